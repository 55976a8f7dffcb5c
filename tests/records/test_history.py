# SPDX-License-Identifier: Apache-2.0
"""The history of one record: revisions, who made them, cell by cell."""

from __future__ import annotations

import pytest
from django.utils import timezone

from antigone.records import access
from antigone.records.actions import accounts, corrections
from antigone.records.kinds import kinds, rows_of
from antigone.records.models import (
    CaseRow,
    Event,
    Family,
    Grave,
    Person,
    ProfileRun,
    Remains,
    Revision,
)
from antigone.records.queries import history
from antigone.terms.tables import TABLES
from tests.records.invented import every_table, small_case
from tests.roles import grant, somebody


@pytest.fixture
def wood(imported):
    """The smallest invented case, with a family that can be reached."""
    families = [{"family": "F1", "contact_ref": "drawer 4, invented"}]
    return imported(small_case(family=families), "wood")


@pytest.fixture
def ben(amina):
    """Ben, who corrects after Amina."""
    return accounts.open_account(username="ben", by=amina)


def test_revisions_stand_newest_first_with_actor_reason_and_changes(wood, amina, ben):
    remains = Remains.objects.get(case=wood, key="R1")
    for base, by, changes in (
        (1, amina, {"sex": "female", "grave": "G2"}),
        (2, ben, {"sex": "undetermined"}),
    ):
        corrections.correct(
            record=remains, base=base, changes=changes, reason=f"by {by.username}", by=by
        )
    stages = history.of_record("remains", remains.pk)
    told = [(one.number, one.event.actor, one.event.verb, one.event.reason) for one in stages]
    assert told == [
        (3, "ben", "corrections.correct", "by ben"),
        (2, "amina", "corrections.correct", "by amina"),
        (1, "amina", "cases.import_case", None),
    ]
    changes = [
        {one.column: (one.before, one.after) for one in stage.changes} for stage in stages[:2]
    ]
    assert changes == [
        {"sex": ("female", "undetermined")},
        {"sex": ("male", "female"), "grave": ("G1", "G2")},
    ]
    first = {one.column: one.after for one in stages[-1].changes}
    assert first == {"remains": "R1", "grave": "G1", "sex": "male"}
    assert stages[0].event.sequence == Event.objects.latest("sequence").sequence


def test_a_sealed_cell_says_only_that_it_changed_unless_it_may_be_read(wood, amina):
    family = Family.objects.get(case=wood)
    corrections.correct(
        record=family, base=1, changes={"contact_ref": "drawer 5, invented"},
        reason="moved house (invented)", by=amina,
    )  # fmt: skip
    (opened,) = history.of_record("family", family.pk)[0].changes
    assert (opened.before, opened.after) == ("drawer 4, invented", "drawer 5, invented")
    grant(amina, "coordinator", wood)
    with access.looking_as(amina, wood, timezone.now()) as sight:
        stages = history.of_record("family", family.pk)
    assert not sight.read
    (changed,) = stages[0].changes
    assert (changed.column, changed.sealed, changed.before, changed.after) == (
        "contact_ref", True, "", "",
    )  # fmt: skip
    assert "drawer" not in repr(stages)


def test_whoever_reads_no_names_reads_none_in_a_history(wood, amina):
    """A name that was corrected is as hidden as the one that stands, and so is the reason."""
    person = Person.objects.get(case=wood, key="P2")
    corrections.correct(
        record=person, base=1, changes={"name": "Nemo Novus", "sex": "other"}, reason="r", by=amina
    )
    observer = somebody("observer", wood)
    with access.looking_as(observer, wood, timezone.now()):
        stages = history.of_record("person", person.pk)
    assert [one.column for one in stages[0].changes] == ["sex"]
    assert "Nemo" not in repr(stages)
    assert stages[0].event.reason is None
    stranger = accounts.open_account(username="chidi", by=amina)
    with access.looking_as(stranger, wood, timezone.now()):
        assert not any(one.changes for one in history.of_record("person", person.pk))


def test_an_erased_reason_leaves_that_there_was_an_act(wood, amina):
    from antigone.records import keys

    grave = Grave.objects.get(case=wood, key="G1")
    corrections.correct(record=grave, base=1, changes={"x_m": "9"}, reason="a name", by=amina)
    keys.store().destroy(Event.objects.latest("sequence").act)
    stage = history.of_record("grave", grave.pk)[0]
    assert stage.event.reason is None
    assert [(one.column, one.after) for one in stage.changes] == [("x_m", "9")]


def test_cells_of_a_revision_are_those_that_were_written(imported, amina):
    """Also ``1.50`` and blanks around; the first revision is the row of the source."""
    tables = every_table()
    case = imported(tables, "every")
    grave = Grave.objects.get(case=case, key="grave-1")
    corrections.correct(record=grave, base=1, changes={"x_m": "1.500"}, reason="x", by=amina)
    known = {name: cell for name, cell in tables["grave"][1].items() if name != "unknown column"}
    assert history.as_of("grave", grave.pk, 1) == known
    assert history.as_of("grave", grave.pk, 2) == known | {"x_m": "1.500"}
    assert history.cells_now(Grave.objects.get(pk=grave.pk)) == known | {"x_m": "1.500"}


def test_every_kind_of_record_has_a_history(imported, amina):
    imported(every_table(), "every")
    seen = set()
    for kind, record in Revision.objects.values_list("kind", "record"):
        if kind not in seen:
            seen.add(kind)
            stages = history.of_record(kind, record)
            assert stages[-1].number == 1
            assert stages[-1].changes
    assert seen >= {"grave", "profile", "kept_row", "investigation_case", "user"}
    assert {rows_of(kinds()[kind]).exists() for kind in seen} == {True}
    run = ProfileRun.objects.first()
    sealed = [one for one in history.of_record("profile", run.pk)[0].changes if one.sealed]
    assert [one.column for one in sealed] == ["calls"]


ELSEWHERE = "CANARY"
"""Begins every code of a site of which the recorder sees nothing."""


@pytest.fixture
def two_sites(imported):
    """A case of two sites, with records of one that first referred to the other."""
    other = f"{ELSEWHERE}-G9"
    return imported(
        {
            "site": [{"site": "S", "name": "Invented Wood"}, {"site": f"{ELSEWHERE}-T"}],
            "grave": [
                {"grave": "G1", "site": "S"},
                {"grave": "G2", "site": f"{ELSEWHERE}-T"},
                {"grave": other, "site": f"{ELSEWHERE}-T"},
            ],
            "marker": [{"marker": "M1", "site": "S", "grave": other}],
            "remains": [
                {"remains": "R1", "grave": other},
                {"remains": "R2", "grave": "G1"},
                {"remains": f"{ELSEWHERE}-R8", "grave": other},
            ],
            "effect": [{"effect": "E1", "remains": f"{ELSEWHERE}-R8"}],
            "relation": [{"remains_a": "R2", "remains_b": f"{ELSEWHERE}-R8",
                          "relation": "same_individual", "decided_on": "2022", "basis": "x"}],
        },
        "sites",
    )  # fmt: skip


def moved_here(case, by) -> None:
    """What referred to the other site refers to this one now; G2 belongs here as well."""
    for kind, key, changes in (
        ("remains", "R1", {"grave": "G1"}),
        ("marker", "M1", {"grave": "G1"}),
        ("effect", "E1", {"remains": "R1"}),
        ("grave", "G2", {"site": "S"}),
    ):
        one = rows_of(kinds()[kind]).get(case=case, key=key)
        corrections.correct(record=one, base=1, changes=changes, reason="r", by=by)


def test_a_history_shows_no_code_of_another_site(two_sites, amina):
    moved_here(two_sites, amina)
    recorder = somebody(
        "field_recorder", two_sites, site=rows_of(kinds()["site"]).get(case=two_sites, key="S")
    )
    shown = {}
    with access.looking_as(recorder, two_sites, timezone.now()):
        for kind, model in kinds().items():
            if kind in TABLES and issubclass(model, CaseRow):
                for one in model.objects.filter(case=two_sites):
                    stages = history.of_record(kind, one.pk)
                    told = history.meanwhile(one, 1, {})
                    shown[kind, one.pk] = repr([stages, history.cells_now(one), told])
    assert {kind for kind, _ in shown} == {
        "site", "grave", "marker", "remains", "effect", "relation",
    }  # fmt: skip
    assert not [one for one, text in shown.items() if ELSEWHERE in text]
    with access.at_the_terminal(None):  # it is there for whoever sees both
        one = Remains.objects.get(key="R1")
        assert ELSEWHERE in repr(history.of_record("remains", one.pk))


def test_no_code_of_another_site_can_be_found_out_by_correcting(two_sites, amina):
    """What is out of sight is refused in the same words as what is not there at all."""
    recorder = somebody(
        "field_recorder", two_sites, site=rows_of(kinds()["site"]).get(case=two_sites, key="S")
    )
    refused = {}
    with access.looking_as(recorder, two_sites, timezone.now()):
        one = Remains.objects.get(key="R2")
        for grave in (f"{ELSEWHERE}-G9", "nowhere"):
            with pytest.raises(corrections.CorrectionRefused) as refusal:
                corrections.correct(
                    record=one, base=1, changes={"grave": grave}, reason="r", by=recorder
                )
            refused[grave] = str(refusal.value), str(refusal.value.faults["grave"])
    assert len(set(refused.values())) == 1
    assert ELSEWHERE not in repr(refused.values())
