# SPDX-License-Identifier: Apache-2.0
"""Events: one form, nothing missing, nothing more, nothing that contradicts."""

from __future__ import annotations

import dataclasses
import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antigone.ledger.canonical import canonical
from antigone.ledger.errors import CanonicalFault, EventFault
from antigone.ledger.events import (
    FORMS,
    NOTHING_BEFORE,
    Attachment,
    Event,
    commitment,
    event_bytes,
    read_event,
    read_values,
)
from tests.ledger.invented import some_event, uuid


def as_value(event: Event) -> dict[str, Any]:
    value = dataclasses.asdict(event)
    value["attachments"] = [dict(file) for file in value["attachments"]]
    return value


EVENTS = [
    some_event(),
    some_event(sequence=0, previous=NOTHING_BEFORE),
    some_event(kind=None, record=None, revision=0, base=0, commitments={}),
    some_event(case=None, revision=0, base=0, commitments={"reason": "cd" * 32}),
    some_event(attachments=(Attachment("12" * 32, 0), Attachment("34" * 32, 10**12))),
    some_event(commitments={"open": "ab" * 32, "dna": "cd" * 32, "contact": "ef" * 32}),
]


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_its_canonical_json_and_comes_back(event: Event) -> None:
    written = event_bytes(event)
    assert written == canonical(as_value(event))
    assert read_event(written) == event


def test_all_keys_are_there_and_ascend() -> None:
    keys = [*json.loads(event_bytes(some_event()))]
    assert keys == sorted(keys) == [*FORMS]
    assert set(keys) == {field.name for field in dataclasses.fields(Event)}


@pytest.mark.parametrize("event", EVENTS)
def test_the_values_of_an_event_are_those_of_its_bytes(event: Event) -> None:
    read = read_values(event_bytes(event))
    assert read._fields == tuple(FORMS)
    for key in FORMS.keys() - {"attachments", "commitments"}:
        value = getattr(event, key)
        assert getattr(read, key) == (value if value is None else str(value))
    assert read.committed() == dict(event.commitments)
    assert json.loads(read.attachments) == as_value(event)["attachments"]


ILL_FORMED: dict[str, list[Any]] = {
    "log": ["", uuid(1).upper(), uuid(1)[:-1], None, uuid(1) + "\n", 7],
    "sequence": [-1, True, 5.0, None, 10**15],
    "previous": ["ab" * 31, "AB" * 32, NOTHING_BEFORE, None],
    "at": [
        "2026-03-01T09:30:00Z",
        "2026-03-01T09:30:00.000001+00:00",
        "2026-02-30T09:30:00.000001Z",
        "2026-03-01T24:30:00.000001Z",
        "0000-03-01T09:30:00.000001Z",
        "2026-03-01 09:30:00.000001Z",
        "２026-03-01T09:30:00.000001Z",
    ],
    "monotonic": ["", "-1", "01", "1.5"],
    "boot": ["", "a" * 65, "a b", 'a"b'],
    "device": ["device", None],
    "actor": ["Amina", None],
    "role": ["", "Morgue", "the morgue", None],
    "software": ["", "a" * 65, 'x","verb":"a.b', "a\n", "нова"],
    "act": [None, ""],
    "verb": ["remains", "remains.", ".reassociate", "a.b.c", "Remains.read", 'a.b","x":"y'],
    "case": ["", 7],
    "kind": ["", "Remains", None],
    "record": ["", None],
    "revision": [-1, True, 10**15],
    "base": [-1, 2, 3, None],
    "commitments": [
        {},
        {"reason": "ab" * 32},
        {"open": "ab" * 31},
        {"open": "ab" * 32, "": "ab" * 32},
        {"open": "ab" * 32, 'x"': "ab" * 32},
    ],
    "version": [0, 2],
    "attachments": [
        (Attachment("12" * 31, 1),),
        (Attachment("12" * 32, -1),),
        (Attachment("12" * 32, 1.5),),  # type: ignore[arg-type]
    ],
}


@pytest.mark.parametrize(
    "key, value", [(key, value) for key, values in ILL_FORMED.items() for value in values]
)
def test_an_ill_formed_value_is_refused_written_and_read(key: str, value: Any) -> None:
    event = some_event(**{key: value})
    with pytest.raises(EventFault):
        event_bytes(event)
    as_json = as_value(event)
    if key == "revision" and value == -1:
        as_json["commitments"] = {}
    with pytest.raises((EventFault, CanonicalFault)):
        read_event(json.dumps(as_json, sort_keys=True, separators=(",", ":")).encode())


@pytest.mark.parametrize("key, value", [("sequence", "5"), ("monotonic", 12), ("version", "1")])
def test_a_number_is_no_text_and_text_is_no_number(key: str, value: Any) -> None:
    with pytest.raises(EventFault) as refusal:
        read_event(canonical({**as_value(some_event()), key: value}))
    assert refusal.value.facts["key"] == key


@pytest.mark.parametrize("key", FORMS)
def test_a_missing_key_is_refused_by_name(key: str) -> None:
    value = as_value(some_event())
    del value[key]
    with pytest.raises(EventFault) as refusal:
        read_event(canonical(value))
    assert refusal.value.facts["key"] == key


def test_one_key_more_is_refused() -> None:
    with pytest.raises(EventFault):
        read_event(canonical({**as_value(some_event()), "zone": "Kyiv"}))


CONTRADICTIONS = [
    {"sequence": 0},
    {"previous": NOTHING_BEFORE},
    {"kind": None},
    {"record": None},
    {"base": 2},
    {"revision": 0, "base": 0},
    {"revision": 0, "base": 1, "commitments": {}},
    {"revision": 0, "base": 0, "commitments": {"dna": "ab" * 32}},
    {"kind": None, "record": None},
]


@pytest.mark.parametrize("changed", CONTRADICTIONS)
def test_keys_that_contradict_each_other_are_refused(changed: dict[str, Any]) -> None:
    event = some_event(**changed)
    with pytest.raises(EventFault):
        event_bytes(event)
    with pytest.raises(EventFault):
        read_event(canonical(as_value(event)))


def test_only_the_one_form_of_an_event_is_read() -> None:
    written = event_bytes(some_event())
    swapped = written.replace(b'"open"', b'"zzzz"', 1).replace(b'"reason"', b'"open"', 1)
    twice = written.replace(b'"reason"', b'"open"', 1)
    for changed in [
        written + b"\n",
        b" " + written,
        written.replace(b'":', b'": ', 1),
        written.replace(b"morgue", b"mor\\u0067ue"),
        swapped,
        twice,
        b"[" + written + b"]",
        b"null",
        written[:-1],
        written.replace(b"morgue", b"morg\xc3\xbce"),
    ]:
        with pytest.raises((EventFault, CanonicalFault)):
            read_event(changed)


@given(st.data())
def test_no_single_changed_byte_is_read_as_the_same_event(data: st.DataObject) -> None:
    written = event_bytes(some_event())
    place = data.draw(st.integers(0, len(written) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != written[place]))
    changed = written[:place] + bytes([byte]) + written[place + 1 :]
    try:
        event = read_event(changed)
    except (EventFault, CanonicalFault):
        return
    assert event_bytes(event) == changed != written


def test_a_commitment_is_the_hash_of_salt_and_canonical_body() -> None:
    body = {"place": "Ізюм", "grave": 7}
    salt = bytes(range(32))
    expected = sha256(salt + '{"grave":7,"place":"Ізюм"}'.encode()).hexdigest()
    assert commitment(salt, body) == expected
    assert commitment(bytes(32), body) != expected
    with pytest.raises(EventFault):
        commitment(b"short", body)
    with pytest.raises(CanonicalFault):
        commitment(salt, {"stature": 1.7})
