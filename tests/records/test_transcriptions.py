# SPDX-License-Identifier: Apache-2.0
"""Journal pages read twice: a third reader, who is neither, settles where the two differ."""

import uuid

import pytest

from antigone.records.actions import entries, transcriptions
from antigone.records.actions.transcriptions import LineIncomplete, NotAThirdReader, ReadOnce
from antigone.records.errors import ReasonMissing
from antigone.records.models import Event, JournalEntry, Site, Transcription
from antigone.records.queries.transcriptions import lines
from tests.records.invented import small_case


def read(reader: str, line: str, **cells: str) -> dict[str, str]:
    row = {"transcription": f"{reader} {line}", "site": "S", "reader": reader, "page": "3",
           "line": line, "transcriber": f"Invented {reader}"}  # fmt: skip
    return {**dict.fromkeys(("number", "name", "buried_on"), ""), **row, **cells}


READINGS = [
    read("first", "1", number="17", name="Вигадко"),
    read("second", "1", number="17", name="Вигадко "),
    read("first", "2", number="18", name="Ніхто", buried_on="2022-04"),
    read("second", "2", number="16", name="Ніхто", buried_on="2022-04"),
    read("first", "3", number="19"),
]


@pytest.fixture
def wood(imported):
    return imported(small_case(transcription=READINGS))


@pytest.fixture
def settle(wood, amina):
    def settling(line="2", reader="Invented third", reason="The 6 is an 8.", base=0, **chosen):
        return transcriptions.settle(
            case=wood, site=Site.objects.get(case=wood), page="3", line=line, reader=reader,
            chosen=chosen, base=base, reason=reason, by=amina, number=uuid.uuid4(),
        )  # fmt: skip

    return settling


def test_lines_differ_where_two_readings_differ(wood) -> None:
    found = {one.line: one for one in lines(wood)}
    assert [found[line].state for line in "123"] == ["agreed", "differs", "one_reading"]
    assert found["2"].differing == ("number",)


def test_a_third_reader_settles_and_the_journal_line_stands(wood, settle) -> None:
    acts = set(Event.objects.values_list("act", flat=True))
    entry = settle(number="18")
    assert (entry.number, entry.name, entry.buried_on) == ("18", "Ніхто", "2022-04")
    assert (entry.page, entry.line, entry.transcriber) == ("3", "2", "Invented third")
    assert len(set(Event.objects.values_list("act", flat=True)) - acts) == 1
    (line,) = [one for one in lines(wood) if one.line == "2"]
    assert (line.state, line.third.number, line.entry) == ("settled", "18", entry)
    again = settle(number="10", reason="With a lens.", base=1)
    assert (again.pk, again.number, again.revision) == (entry.pk, "10", 2)
    assert Transcription.objects.filter(case=wood, reader="third").count() == 1


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"reader": "invented  FIRST", "number": "18"}, NotAThirdReader),
        ({"reader": " ", "number": "18"}, NotAThirdReader),
        ({"name": "Ніхто"}, LineIncomplete),
        ({"reason": " ", "number": "18"}, ReasonMissing),
        ({"line": "3", "number": "19"}, ReadOnce),
        ({"line": "9", "number": "19"}, ReadOnce),
    ],
)
def test_what_settles_nothing_is_refused(settle, changed, refusal) -> None:
    with pytest.raises(refusal):
        settle(**changed)
    assert not JournalEntry.objects.exists()


def test_whoever_entered_a_reading_does_not_settle_it_under_another_name(wood, amina, settle):
    cells = read("second", "3", number="9")
    entries.enter(case=wood, table="transcription", cells=cells, by=amina)
    with pytest.raises(NotAThirdReader):
        settle(line="3", number="19")


def test_lines_on_which_both_agree_are_taken_over_once(wood, amina) -> None:
    given = {"case": wood, "site": Site.objects.get(case=wood), "page": "3", "by": amina}
    (made,) = transcriptions.accept_agreed(**given, number=uuid.uuid4())
    assert (made.line, made.name, made.transcriber) == (
        "1", "Вигадко", "Invented first; Invented second",
    )  # fmt: skip
    assert transcriptions.accept_agreed(**given, number=uuid.uuid4()) == []
