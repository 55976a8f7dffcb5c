# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON: the examples of RFC 8785, properties, and what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antigone.ledger.canonical import DEEPEST, LARGEST, canonical, read_canonical
from antigone.ledger.errors import CanonicalFault

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


def test_keys_sort_by_utf_16_units_as_in_the_rfc() -> None:
    """The example of RFC 8785, section 3.2.3."""
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\x80": "Control",
        "\xf6": "Latin Small Letter O With Diaeresis",
    }
    assert [*json.loads(canonical(value)).values()] == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]
    nested = json.loads(
        canonical({"a": [{"\ufb33": 1, "\U0001f600": {"\ufb33": 1, "\U0001f600": 2}}]})
    )
    assert [*nested["a"][0]] == ["\U0001f600", "\ufb33"]
    assert [*nested["a"][0]["\U0001f600"]] == ["\U0001f600", "\ufb33"]


def test_text_is_escaped_as_in_the_rfc() -> None:
    """The string of RFC 8785, sections 3.2.2 to 3.2.4, and every control character."""
    assert canonical('\u20ac$\x0f\nA\'B"\\\\"/') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()
    assert canonical("\b\t\n\f\r\x1f\x7f\u2028") == b'"\\b\\t\\n\\f\\r\\u001f\x7f\xe2\x80\xa8"'
    assert canonical({"b": [None, True, False, -0], "a": {}}) == (
        b'{"a":{},"b":[null,true,false,0]}'
    )


@given(VALUES)
def test_what_is_written_is_read_back_and_written_the_same(value: object) -> None:
    written = canonical(value)
    assert read_canonical(written) == value
    assert canonical(read_canonical(written)) == written


@given(st.dictionaries(TEXT, st.integers(0, 9)))
def test_keys_ascend_by_utf_16(value: dict) -> None:
    keys = [*json.loads(canonical(value))]
    assert keys == sorted(value, key=lambda key: key.encode("utf-16-be"))


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        LARGEST + 1,
        -LARGEST - 1,
        {"a": [{"b": 0.5}]},
        {1: "a"},
        {None: "a"},
        ("a",),
        b"a",
        {"a"},
        "\ud800",
        {"\udfff": 1},
        {"\ufb33\ud800": 1},
    ],
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(CanonicalFault):
        canonical(value)


def test_a_value_too_deep_or_round_is_refused() -> None:
    deep: list = []
    for _ in range(DEEPEST - 1):
        deep = [deep]
    assert read_canonical(canonical(deep)) == deep
    with pytest.raises(CanonicalFault):
        canonical([deep])
    deep.append(deep)
    with pytest.raises(CanonicalFault):
        canonical(deep)


def test_a_refusal_names_the_place_and_never_the_value() -> None:
    with pytest.raises(CanonicalFault) as refusal:
        canonical({"person": {"stature": 171.5}})
    assert refusal.value.facts["where"] == "stature"
    assert "171" not in str(refusal.value)


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b" 1",
        b"1 ",
        b"01",
        b"-0",
        b"1.0",
        b"1e3",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b"9" * 5000,
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1, "b":2}',
        b'"\\u0041"',
        b'"\\u20AC"',
        b'"\\/"',
        b'"\\ud83d\\ude00"',
        b'"\\ud800"',
        b'"\t"',
        b"\xef\xbb\xbf1",
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"[" * 100_000,
        b"{}\n",
        '{"\ufb33":1,"\U0001f600":2}'.encode(),
    ],
)
def test_what_is_not_in_the_one_form_is_refused(written: bytes) -> None:
    with pytest.raises(CanonicalFault):
        read_canonical(written)


@given(st.binary(max_size=40))
def test_bytes_are_read_as_they_are_written_or_refused(written: bytes) -> None:
    try:
        value = read_canonical(written)
    except CanonicalFault:
        return
    assert canonical(value) == written
