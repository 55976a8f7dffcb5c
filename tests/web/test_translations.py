# SPDX-License-Identifier: Apache-2.0
"""Every message that a reader may see has its Ukrainian, with the same facts in it."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from babel.messages.catalog import Message

from tests.web.message_extraction import SOURCE, catalogue, messages

_FACT = re.compile(r"%(?:\(\w+\))?[-+# 0]*\d*(?:\.\d+)?[a-z]|%%")


@pytest.fixture(scope="module")
def ukrainian():
    return catalogue("uk")


def entry(ukrainian, message) -> Message | None:
    context, key = message
    return ukrainian.get(key if isinstance(key, str) else key[0], context)


def test_every_message_is_translated(ukrainian):
    missing = [
        message
        for message in messages()
        if (found := entry(ukrainian, message)) is None
        or found.fuzzy
        or not (found.string if isinstance(found.string, str) else all(found.string))
    ]
    assert missing == [], "translate these: python -m tests.web.message_extraction adds them"


def test_no_message_is_left_over(ukrainian):
    said = {key if isinstance(key, str) else key[0] for _context, key in messages()}
    kept = {one.id if isinstance(one.id, str) else one.id[0] for one in ukrainian if one.id}
    assert kept - said == set()


def test_every_translation_has_the_facts_of_its_message(ukrainian):
    for one in ukrainian:
        if not one.id:
            continue
        ids = (one.id,) if isinstance(one.id, str) else one.id
        strings = (one.string,) if isinstance(one.string, str) else one.string
        facts = Counter(_FACT.findall(ids[-1])) if one.python_format else Counter()
        for string in strings:
            found = Counter(_FACT.findall(string)) if one.python_format else Counter()
            assert found == facts, one.id
            assert string.rstrip().endswith(".") == ids[-1].rstrip().endswith("."), one.id


def test_plurals_have_three_forms(ukrainian):
    assert ukrainian.num_plurals == 3
    for one in ukrainian:
        if one.pluralizable:
            assert len(one.string) == 3
            assert all(one.string), one.id


def test_no_template_says_words_outside_a_translation():
    for path in sorted((SOURCE / "web/templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"{% blocktrans.*?endblocktrans %}", "", text, flags=re.DOTALL)
        text = re.sub(r"{%.*?%}|{{.*?}}|<[^>]*>", " ", text)
        words = set(re.findall(r"[^\W\d_]{3,}", text)) - UNTRANSLATED
        assert words == set(), path.name


UNTRANSLATED = {
    "Antigone", "Українська", "English", "antigone", "case", "import", "FOLDER", "SHA", "UTC",
    "log", "doctype", "html",
}  # fmt: skip
"""Names, commands and codes that stand alike in every language."""
