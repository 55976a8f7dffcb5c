# SPDX-License-Identifier: Apache-2.0
"""A record entered by hand: checked as an import, coded, joined, entered once."""

import uuid
from datetime import UTC, datetime

import pytest

from antigone.records.actions import entries
from antigone.records.actions.entries import EntryRefused
from antigone.records.errors import UnknownTable
from antigone.records.models import CustodyEvent, Event, Remains, SourceTable, Statement, Tooth
from antigone.records.queries.cases import case_tables
from tests.records.invented import small_case


@pytest.fixture
def wood(imported):
    return imported(small_case())


def enter(case, amina, table, number=None, **cells):
    return entries.enter(case=case, table=table, cells=cells, by=amina, number=number)


def test_remains_get_a_code_that_is_their_key_where_none_is_written(wood, amina) -> None:
    one = enter(wood, amina, "remains", grave="G2", kind="body")
    assert one.key == one.code != ""
    named = enter(wood, amina, "remains", remains="X-17", grave="G2")
    assert named.key == "X-17"
    assert named.code not in ("X-17", one.code)
    assert one.grave.key == "G2"


def test_an_entry_is_one_event_and_comes_out_with_the_case(wood, amina) -> None:
    before = Event.objects.filter(kind="lead").count()
    enter(wood, amina, "lead", site="S", says="An invented clearing.", result="not_searched")
    assert Event.objects.filter(kind="lead").count() == before + 1
    (row,) = case_tables(wood)["lead"]
    assert row["says"] == "An invented clearing."
    assert row["site"] == "S"


def test_a_form_sent_twice_enters_one_record(wood, amina) -> None:
    number = uuid.uuid4()
    first = enter(wood, amina, "grave", number, site="S", grave="G9")
    second = enter(wood, amina, "grave", number, site="S", grave="G9")
    assert first.pk == second.pk == number
    assert second.revision == 1


def test_a_reference_to_several_tables_is_joined_to_the_one_that_is_said(wood, amina) -> None:
    moved = enter(
        wood, amina, "custody", item_kind="remains", item="R1", action="recovered",
        at="2022-09-20T14:05:00+03:00",
    )  # fmt: skip
    assert moved.item_remains == Remains.objects.get(case=wood, key="R1")
    assert moved.at_utc == datetime(2022, 9, 20, 11, 5, tzinfo=UTC)
    tooth = enter(wood, amina, "tooth", owner_kind="person", owner="P1", tooth="11",
                  charted_on="2020", state="sound")  # fmt: skip
    assert tooth.owner_person.key == "P1"
    assert Tooth.objects.get(pk=tooth.pk).owner_remains is None
    assert CustodyEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("table", "cells", "column", "code"),
    [
        ("grave", {"grave": "G1", "site": "S"}, "", ""),
        ("grave", {"grave": "G8", "site": "nowhere"}, "site", "unknown-reference"),
        ("grave", {"grave": "G8", "x_m": "far"}, "x_m", "not-a-number"),
        ("custody", {"item": "R1", "action": "stored"}, "item", "owner-without-kind"),
        ("custody", {"item_kind": "remains", "item": "R99"}, "item", "unknown-reference"),
        ("estimate", {"remains": "R1", "of": "age"}, "method", "blank-cell"),
        ("remains", {"age_min": "40", "age_max": "30"}, "age_min", "remains_age_in_order"),
        ("lead", {"reported_on": "yesterday"}, "reported_on", "not-a-date"),
    ],
)
def test_what_cannot_stand_is_refused_at_its_column_and_nothing_is_kept(
    wood, amina, table, cells, column, code
) -> None:
    events, headers = Event.objects.count(), SourceTable.objects.count()
    with pytest.raises(EntryRefused) as refusal:
        enter(wood, amina, table, **cells)
    if code:
        assert refusal.value.faults[column].code == code
    assert (Event.objects.count(), SourceTable.objects.count()) == (events, headers)


def test_a_statement_is_sealed(wood, amina) -> None:
    said = enter(wood, amina, "statement", site="S", protection="sealed", summary="Invented words.")
    assert b"Invented" not in bytes(Statement.objects.get(pk=said.pk).summary)
    assert case_tables(wood)["statement"][0]["summary"] == "Invented words."


def test_profiles_are_not_entered_by_hand(wood, amina) -> None:
    with pytest.raises(UnknownTable):
        enter(wood, amina, "profile", sample="X")
