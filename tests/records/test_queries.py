# SPDX-License-Identifier: Apache-2.0
"""Queries: what a search finds, what a number leads to, and that none asks row by row."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from antigone.records.kinds import rows_of
from antigone.records.models import InvestigationCase, JournalEntry, Marker
from antigone.records.models.together import together
from antigone.records.queries import cases, claims, people, places, remains
from tests.records.invented import large_case, small_case

Import = Callable[..., InvestigationCase]


@pytest.fixture
def case(imported: Import) -> InvestigationCase:
    """Two markers with one number, a journal line for another, samples, decisions, claims."""
    return imported(
        small_case(
            marker=[
                {"marker": "K1", "number": "12a", "grave": "G1"},
                {"marker": "K2", "number": " 12A ", "grave": "G2"},
                {"marker": "K3", "number": "120", "grave": ""},
            ],
            journal=[
                {"entry": "J1", "number": "7", "marker": "K1"},
                {"entry": "J2", "number": "12a", "marker": ""},
            ],
            sample=[
                {"sample": "X1", "kind": "post_mortem", "remains": "R1", "individual": ""},
                {"sample": "X2", "kind": "reference", "remains": "", "individual": "I2"},
            ],
            profile=[
                {"sample": "X1", "run": run, "marker": marker, "allele1": cell}
                for run, marker, cell in (("1", "A", "9"), ("2", "A", "9"), ("2", "B", ""))
            ],
            decision=[
                {"decision": "D1", "remains": "R1", "person": "P1", "outcome": "identified"},
                {"decision": "D2", "remains": "R1", "outcome": "withdrawn", "replaces": "D1"},
            ],
            claim=[
                {"claim": "C1", "measure": "bodies_found", "as_of": "2022-09-16", "value": "17",
                 "qualifier": "about"},
                {"claim": "C2", "measure": "graves_found", "as_of": "2022-10", "value": "445",
                 "qualifier": "exact", "refers_to": "C1"},
            ],
        )
    )  # fmt: skip


def keys(found: Any) -> list[str]:
    """Keys of what was found."""
    return [one.key for one in found]


def test_markers_and_journal_lines_lead_to_their_graves(case: InvestigationCase) -> None:
    markers = {one.key: one.pk for one in rows_of(Marker).filter(case=case)}
    entries = {one.key: one.pk for one in rows_of(JournalEntry).filter(case=case)}
    assert places.graves_led_to([markers["K1"], markers["K2"]], []) == ["G1", "G2"]
    assert places.graves_led_to([], [entries["J1"]]) == ["G1"]
    assert places.graves_led_to([], []) == []


def test_remains_are_found_by_key_code_grave_and_number(case: InvestigationCase) -> None:
    code = remains.one_remains(case, "R3").code
    assert keys(remains.remains(case, text="r2")) == ["R2"]
    assert keys(remains.remains(case, text=code)) == ["R3"]
    assert keys(remains.remains(case, text="g1")) == ["R1", "R2"]
    assert keys(remains.remains(case, text="12a")) == ["R1", "R2"]
    assert keys(remains.remains(case, sex="male")) == ["R1"]
    assert keys(remains.remains(case, keys=["R2", "R3"], sex="undetermined")) == ["R3"]


def test_people_are_found_whatever_the_case_of_their_letters(case: InvestigationCase) -> None:
    assert keys(people.persons(case, "марсіанин")) == ["P1"]
    assert keys(people.persons(case, "p2")) == ["P2"]
    assert keys(people.families(case, "ВИГАДКО")) == ["F1"]
    assert people.names(case, ["P2", "nobody"]) == {"P2": "Nemo Inventius"}


@pytest.mark.parametrize("text", ["", "F1", "Вигадко"])
def test_a_family_s_counts_do_not_hang_on_the_search(case: InvestigationCase, text: str) -> None:
    one = people.families(case, text).get()
    assert (one.member_count, one.sought_count, one.sampled_count) == (2, 1, 1)


def test_one_remains_has_its_samples_and_its_decisions_marked(case: InvestigationCase) -> None:
    one = remains.one_remains(case, "R1")
    asked = remains.belongings(one)
    found = dict(zip(asked, together(*asked.values()), strict=True))
    (sample,) = found["samples"]
    assert (sample.run_count, sample.called_count) == (2, 1)
    decided = remains.by_remains(remains.decided_about([one]))[one.pk]
    assert [(each.key, each.is_replaced) for each in decided] == [("D1", True), ("D2", False)]
    assert keys(found["markers"]) == ["K1"]


def test_claims_are_filtered_and_joined(case: InvestigationCase) -> None:
    assert keys(claims.claims(case, as_of="2022-09", chosen={})) == ["C1"]
    assert keys(claims.claims(case, text="445", chosen={})) == ["C2"]
    assert keys(claims.claims(case, chosen={"qualifier": "about"})) == ["C1"]
    assert keys(claims.referring_to(claims.claim(case, "C1"))) == ["C2"]
    assert claims.codes_in_use(case)["measure"] == {"bodies_found", "graves_found"}


def test_another_case_is_not_searched(imported: Import, case: InvestigationCase) -> None:
    other = imported({}, slug="empty")
    assert not remains.remains(other).exists()
    sizes = {one.case.slug: (one.remains, one.persons) for one in cases.case_sizes()}
    assert sizes == {"empty": (0, 0), "wood": (3, 2)}


def test_lists_ask_a_fixed_number_of_questions(imported: Import) -> None:
    case = imported(large_case(remains=60, persons=90, calls=24 * 80))
    with CaptureQueriesContext(connection) as asked:
        graves = [(one.site, len(one.markers.all()), len(one.remains.all()))
                  for one in places.with_contents(places.graves(case))]  # fmt: skip
        sought = [[each.family.key for each in one.relatives.all()]
                  for one in people.with_families(people.persons(case))]  # fmt: skip
        where = [one.grave.key for one in remains.remains(case)]
    assert (len(graves), len(sought), len(where)) == (60, 90, 60)
    assert len(asked) <= 5
