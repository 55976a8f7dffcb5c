# SPDX-License-Identifier: Apache-2.0
"""The three axes of identity, from the records alone, on every day, for every sight."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from antigone.records import access
from antigone.records.actions import entries
from antigone.records.models import Event, Person, Remains
from antigone.records.queries import as_known, identity
from tests.records.deciding import Cast, seen_by, tables
from tests.records.invented import small_case
from tests.roles import somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(imported, amina):
    return Cast(imported(tables()), amina)


def axes(case, key="R1"):
    one = Remains.objects.get(case=case, key=key)
    return identity.axes_of(case, [one])[one.pk]


def state(case, key="P1"):
    one = Person.objects.get(case=case, key=key)
    return identity.states_of(case, [one])[one.pk]


def enter(cast, table, **cells):
    return entries.enter(case=cast.case, table=table, cells=cells, by=cast.amina)


def test_evidence_comes_from_what_names_somebody(imported):
    marker = [
        {"marker": "M1", "site": "S", "grave": "G1", "number": "319"},
        {"marker": "M2", "site": "S", "grave": "G2", "text": "Невідомий чоловік"},
    ]
    case = imported(small_case(marker=marker))
    assert axes(case).evidence == axes(case, "R3").evidence == "nothing_known"


@pytest.mark.parametrize(
    "more",
    [
        {"marker": [{"marker": "M1", "grave": "G1", "text": "Вигадко М."}]},
        {"marker": [{"marker": "M1", "grave": "G1"}],
         "journal": [{"entry": "J1", "marker": "M1", "name": "Вигадко"}]},
        {"effect": [{"effect": "E1", "remains": "R1", "inscription": "В. М."},
                    {"effect": "E2", "remains": "R2", "inscription": "x"}]},
    ],
    ids=["marker", "journal", "effect"],
)  # fmt: skip
def test_a_name_claimed_is_no_more_than_claimed(imported, more):
    case = imported(small_case(**more))
    assert [axes(case, key).evidence for key in ("R1", "R2", "R3")] == [
        "claimed_name", "claimed_name", "nothing_known",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tier", "reason", "expected"),
    [
        ("identification", "rules_met", "candidate"),
        ("presumptive", "rules_failed", "candidate"),
        ("unresolved", "family_level", "family_level"),
        ("unresolved", "no_reference", "no_reference"),
        ("unresolved", "claimed_name_only", "claimed_name"),
        ("unresolved", "no_profile", "nothing_known"),
    ],
)
def test_the_latest_run_says_what_was_weighed(cast, tier, reason, expected):
    from dataclasses import replace

    from antigone.records.actions import analyses
    from tests.records.deciding import run_of

    run = run_of(("R1", "P1"), tier=tier)
    run = replace(run, proposals=tuple(replace(one, reason=reason) for one in run.proposals))
    analyses.store_run(case=cast.case, found=run, by=cast.amina)
    assert axes(cast.case).evidence == expected


def test_the_commission_may_say_that_it_is_one_of_a_family(cast):
    cast.open()
    cast.recommend(outcome="family_level", basis=[])
    assert axes(cast.case).evidence == "family_level"


def test_every_step_moves_its_own_axis(cast):
    case = cast.case
    assert (axes(case).decision, axes(case).notification) == ("open", "not_told")
    assert state(case) == "sought"
    made = cast.identified()
    assert (axes(case).decision, axes(case).persons) == ("identified", ("P1",))
    assert (axes(case).notification, state(case)) == ("not_told", "identified")
    cast.tell()
    assert axes(case).notification == "told"
    enter(cast, "custody", item_kind="remains", item="R1", action="released", place="Their town")
    assert (axes(case).notification, axes(case).place) == ("released", "Their town")
    enter(cast, "custody", item_kind="remains", item="R1", action="reburied", place="Row 3")
    assert (axes(case).notification, axes(case).place) == ("reburied", "Row 3")
    withdrawn = cast.withdraw(made)
    assert (axes(case).decision, axes(case).frozen_by) == ("withdrawn", withdrawn.key)
    assert (axes(case).excluded, state(case)) == (("P1",), "withdrawn")
    assert axes(case).notification == "reburied", "where they lie is still true"


def test_what_lies_in_a_bag_is_released_with_it(cast):
    cast.identified()
    enter(cast, "container", container="B1", kind="bag")
    enter(cast, "custody", item_kind="remains", item="R1", action="packed", container="B1")
    enter(cast, "custody", item_kind="container", item="B1", action="released")
    assert axes(cast.case).notification == "released"
    assert axes(cast.case, "R2").notification == "not_told"


def test_who_is_alive_is_found_alive(imported):
    found = small_case()
    found["person"] = [row | {"found_alive_on": "2023"} for row in found["person"]]
    assert state(imported(found)) == "found_alive"


def test_queries_do_not_grow_with_the_list(imported, amina):
    rows = [{"remains": f"R{n}", "grave": "G1"} for n in range(1, 60)]
    case = imported(small_case(remains=rows))
    every = list(Remains.objects.filter(case=case))
    asked = []
    for many in (every[:2], every):
        with CaptureQueriesContext(
            connection,
        ) as found:
            identity.axes_of(case, many)
        asked.append(len(found))
    assert asked[0] == asked[1] <= 9


def test_counts_stand_beside_one_another(cast):
    cast.identified()
    found = identity.counts(cast.case)
    assert found.decision == {"open": 2, "identified": 1, "withdrawn": 0}
    assert sum(found.evidence.values()) == sum(found.notification.values()) == 3
    assert sum(found.undecided_by_evidence.values()) == 2
    assert found.persons == {"sought": 1, "identified": 1, "found_alive": 0, "withdrawn": 0}


def test_as_known_on_a_day_the_axes_are_those_of_that_day(cast):
    before = Event.objects.count()
    cast.withdraw(cast.identified())
    with as_known.as_known(cast.case, as_known.Moment(before)) as then:
        assert (axes(then).decision, state(then)) == ("open", "sought")
    assert axes(cast.case).decision == "withdrawn"


@pytest.mark.parametrize(
    ("role", "evidence", "decision", "notification"),
    [
        ("coordinator", "nothing_known", "open", "not_told"),
        ("observer", "withheld", "open", "withheld"),
        ("morgue", "withheld", "withheld", "withheld"),
        ("geneticist", "withheld", "withheld", "withheld"),
    ],
)
def test_what_may_not_be_seen_is_withheld_and_not_guessed(
    cast, role, evidence, decision, notification
):
    user = somebody(role, cast.case)
    with seen_by(user, cast.case):
        found = axes(cast.case, "R2")
        assert identity.counts(cast.case) is None or role == "coordinator"
    assert (found.evidence, found.decision, found.notification) == (
        evidence, decision, notification,
    )  # fmt: skip


def test_a_liaison_knows_of_the_own_family_only(cast):
    cast.identified("R3", "P2")
    user = somebody("family_liaison", cast.case, family=cast.family("F1"))
    with access.looking_as(user, cast.case, datetime.now(UTC)):
        assert not Remains.objects.filter(case=cast.case).exists()
        assert [one.key for one in Person.objects.filter(case=cast.case)] == ["P1"]
        assert state(cast.case) == "sought"
    with seen_by(cast.judge, cast.case):
        assert state(cast.case, "P2") == "identified"
