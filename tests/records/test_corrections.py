# SPDX-License-Identifier: Apache-2.0
"""Corrections: of one record, checked as an import, on the revision seen, with a reason."""

from __future__ import annotations

import pytest

from antigone.records import protected
from antigone.records.actions import corrections
from antigone.records.actions.corrections import (
    CorrectionRefused,
    NoSuchColumn,
    NothingToCorrect,
)
from antigone.records.errors import ChangedMeanwhile, ReasonMissing
from antigone.records.models import (
    RECORD_OF,
    Event,
    Family,
    ProfileRun,
    Relative,
    Remains,
    Revision,
    Sample,
)
from antigone.records.queries.cases import case_tables
from tests.records.invented import every_table, small_case


@pytest.fixture
def wood(imported):
    """The smallest invented case."""
    return imported(small_case(), "wood")


def one(case, table: str, key: str):
    return RECORD_OF[table].objects.get(case=case, key=key)


def correct(record, by, base=None, reason="a slip of the pen", **changes):
    return corrections.correct(
        record=record, base=record.revision if base is None else base, changes=changes,
        reason=reason, by=by,
    )  # fmt: skip


def test_a_corrected_cell_is_what_the_tables_say(wood, amina):
    before = case_tables(wood)
    corrected = correct(one(wood, "remains", "R1"), amina, sex="female")
    assert corrected.revision == 2
    after = case_tables(wood)
    before["remains"][0]["sex"] = "female"
    assert after == before


def test_every_cell_of_every_table_round_trips_as_it_was_typed(imported, amina):
    """A number keeps its zeros and a date its blanks, whatever stood there before."""
    case = imported(every_table(), "every")
    typed = {"x_m": "7.50", "y_m": " 1e1 ", "opened_on": " 2022 ", "note": "  two\nlines "}
    correct(one(case, "grave", "grave-0"), amina, **typed)
    row = case_tables(case)["grave"][0]
    assert {name: row[name] for name in typed} == typed
    correct(one(case, "grave", "grave-0"), amina, x_m="7.5")
    grave = one(case, "grave", "grave-0")
    assert "x_m" not in grave.as_written
    assert case_tables(case)["grave"][0]["x_m"] == "7.5"
    assert case_tables(case)["grave"][0]["y_m"] == " 1e1 "


def test_a_column_that_the_source_lacked_is_added_to_its_header(wood, amina):
    assert "note" not in case_tables(wood)["remains"][0]
    correct(one(wood, "remains", "R2"), amina, note="Two bones of the left hand.")
    rows = case_tables(wood)["remains"]
    assert [row["note"] for row in rows] == ["", "Two bones of the left hand.", ""]


def test_one_act_leaves_one_event_for_each_record_that_changed(wood, amina):
    start = Event.objects.count()
    correct(one(wood, "grave", "G1"), amina, x_m="9", reason="Measured again.")
    left = Event.objects.filter(sequence__gte=start)
    assert [row.kind for row in left] == ["grave"]
    correct(one(wood, "grave", "G1"), amina, note="new column")
    left = Event.objects.filter(sequence__gt=start)
    assert sorted(row.kind for row in left) == ["grave", "source_table"]
    assert len({row.act for row in left}) == 1


def test_references_are_joined_to_records(wood, amina):
    correct(one(wood, "remains", "R1"), amina, grave="G2")
    remains = one(wood, "remains", "R1")
    assert remains.grave.key == "G2"
    assert remains.grave_key == ""
    assert case_tables(wood)["remains"][0]["grave"] == "G2"
    correct(one(wood, "remains", "R1"), amina, grave="")
    assert one(wood, "remains", "R1").grave is None


def test_a_reference_to_a_table_that_the_case_lacks_is_kept_as_its_key(imported, amina):
    tables = small_case()
    del tables["remains"], tables["site"]
    case = imported(tables, "no-site")
    correct(one(case, "grave", "G1"), amina, site="S9")
    assert one(case, "grave", "G1").site_key == "S9"
    assert case_tables(case)["grave"][0]["site"] == "S9"


REFUSED = [
    ("remains", "R1", {"sex": "man"}, "sex", "not-a-code"),
    ("remains", "R1", {"age_min": "young"}, "age_min", "not-a-number"),
    ("remains", "R1", {"age_min": "1_0"}, "age_min", "not-a-number"),
    ("remains", "R1", {"age_min": "131"}, "age_min", "above-its-range"),
    ("remains", "R1", {"position": "0"}, "position", "below-its-range"),
    ("remains", "R1", {"position": "1.5"}, "position", "not-a-whole-number"),
    ("remains", "R1", {"recovered_on": "yesterday"}, "recovered_on", "not-a-date"),
    ("remains", "R1", {"note": "a\x00b"}, "note", "control-character"),
    ("remains", "R1", {"grave": "G77"}, "grave", "unknown-reference"),
    ("remains", "R1", {"remains": "R9"}, "remains", "key-not-corrected"),
    ("remains", "R1", {"remains": ""}, "remains", "blank-key"),
    ("remains", "R1", {"age_min": "40", "age_max": "30"}, "age_min", "remains_age_in_order"),
    ("relative", "I1", {"family": ""}, "family", "blank-cell"),
    ("relative", "I2", {"father": "I1"}, "father", "circle"),
    ("relative", "I2", {"father": "I2"}, "father", "circle"),
    ("relative", "I2", {"sex": "female"}, "sex", "is-father"),
    ("relative", "I1", {"mother": "I2"}, "mother", "relative_two_different_parents"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "key", "changes", "column", "code"), REFUSED)
def test_what_cannot_stand_is_refused_at_its_column(wood, amina, table, key, changes, column, code):
    events = Event.objects.count()
    with pytest.raises(CorrectionRefused) as refusal:
        correct(one(wood, table, key), amina, **changes)
    assert refusal.value.faults[column].code == code
    assert str(refusal.value.faults[column]).endswith(".")
    assert not any(cell in str(refusal.value) for cell in changes.values() if len(cell) > 2)
    assert Event.objects.count() == events
    assert one(wood, table, key).revision == 1


def test_every_fault_is_said_at_once(wood, amina):
    with pytest.raises(CorrectionRefused) as refusal:
        correct(one(wood, "remains", "R1"), amina, sex="man", age_min="old", note="fine")
    assert set(refusal.value.faults) == {"sex", "age_min"}


def test_a_sample_is_of_one_right_donor(imported, amina):
    samples = [{"sample": "X1", "kind": "post_mortem", "remains": "R1"}]
    case = imported(small_case(sample=samples), "wood")
    for changes in ({"person": "P1"}, {"kind": "reference"}, {"remains": ""}):
        with pytest.raises(CorrectionRefused) as refusal:
            correct(one(case, "sample", "X1"), amina, **changes)
        assert "sample-of-wrong-kind" in {one.code for one in refusal.value.faults.values()}


def test_a_parent_of_another_family_or_of_the_wrong_sex_is_refused(imported, amina):
    tables = small_case()
    tables["family"] = [*tables["family"], {"family": "F2"}]
    tables["relative"] = [
        *tables["relative"],
        {"individual": "I3", "family": "F2", "sex": "male"},
        {"individual": "I4", "family": "F1", "sex": "female"},
    ]
    case = imported(tables, "wood")
    for column, parent, code in (
        ("father", "I3", "parent-elsewhere"),
        ("father", "I4", "father-female"),
    ):
        with pytest.raises(CorrectionRefused) as refusal:
            correct(one(case, "relative", "I1"), amina, **{column: parent})
        assert refusal.value.faults[column].code == code
    with pytest.raises(CorrectionRefused) as refusal:
        correct(one(case, "relative", "I2"), amina, family="F2")
    assert refusal.value.faults["family"].code == "parent-elsewhere"


def test_a_relation_of_the_same_two_is_refused_in_words(imported, amina):
    relations = [
        {"remains_a": "R1", "remains_b": "R2", "relation": "different"},
        {"remains_a": "R1", "remains_b": "R3", "relation": "different"},
    ]
    case = imported(small_case(relation=relations), "wood")
    second = RECORD_OF["relation"].objects.get(case=case, ordinal=1)
    with pytest.raises(CorrectionRefused) as refusal:
        correct(second, amina, remains_b="R2")
    assert refusal.value.faults[""].code == "relation_once_for_a_pair"
    with pytest.raises(CorrectionRefused) as refusal:
        correct(second, amina, remains_b="R1")
    assert refusal.value.faults[""].code == "relation_not_with_itself"


def test_without_a_reason_or_a_difference_nothing_is_recorded(wood, amina):
    remains = one(wood, "remains", "R1")
    with pytest.raises(ReasonMissing):
        correct(remains, amina, reason="  ", sex="female")
    with pytest.raises(NothingToCorrect):
        correct(remains, amina, sex="male")
    with pytest.raises(NoSuchColumn):
        correct(remains, amina, code="A-1")
    assert one(wood, "remains", "R1").revision == 1


def test_the_second_editor_is_told_all_three_values_and_writes_nothing(wood, amina):
    seen = one(wood, "remains", "R1")
    correct(one(wood, "remains", "R1"), amina, sex="undetermined", note="theirs")
    events = Event.objects.count()
    with pytest.raises(ChangedMeanwhile) as refusal:
        correct(seen, amina, base=1, sex="female", age_min="20")
    found = refusal.value.meanwhile
    assert (found.base, found.now) == (1, 2)
    assert [(one.actor, one.reason) for one in found.events] == [("amina", "a slip of the pen")]
    by_column = {one.column: (one.seen, one.now, one.wanted) for one in found.differences}
    assert by_column == {
        "sex": ("male", "undetermined", "female"),
        "note": ("", "theirs", None),
        "age_min": ("", "", "20"),
    }
    assert [one.column for one in found.differences if one.is_conflict] == ["sex"]
    assert Event.objects.count() == events
    corrected = correct(seen, amina, base=2, sex="female", age_min="20")
    assert (corrected.revision, corrected.note) == (3, "theirs")


def test_how_a_family_is_reached_is_sealed_again(imported, amina):
    tables = small_case(family=[{"family": "F1", "contact_ref": "drawer 4, invented"}])
    case = imported(tables, "wood")
    before = bytes(Family.objects.get(case=case).contact_ref)
    correct(Family.objects.get(case=case), amina, contact_ref="drawer 5, invented")
    family = Family.objects.get(case=case)
    assert bytes(family.contact_ref) != before
    opened = protected.open_value(family.pk, "family", family.pk, "contact", family.contact_ref)
    assert opened == "drawer 5, invented"
    assert case_tables(case)["family"][0]["contact_ref"] == "drawer 5, invented"
    bodies = Revision.objects.filter(record=family.pk).values_list("body", flat=True)
    assert not any("drawer" in body for body in bodies)
    correct(Family.objects.get(case=case), amina, contact_ref="")
    assert Family.objects.get(case=case).contact_ref is None


def test_a_sample_of_somebody_else_takes_its_profiles_along(imported, amina):
    tables = small_case(
        sample=[{"sample": "X1", "kind": "post_mortem", "remains": "R1"}],
        profile=[{"sample": "X1", "run": "1", "marker": "FGA", "allele1": "20", "allele2": "21"}],
        haplotype=[{"sample": "X1", "kind": "Y", "marker": "DYS19", "value": "14"}],
    )
    case = imported(tables, "wood")
    before = case_tables(case)
    correct(Sample.objects.get(case=case), amina, remains="R2")
    run = ProfileRun.objects.get(case=case)
    assert run.subject == Remains.objects.get(case=case, key="R2").pk
    assert run.revision == 2
    before["sample"][0]["remains"] = "R2"
    assert case_tables(case) == before


def test_corrected_tables_pass_the_check_of_an_import(wood, amina):
    from antigone.exchange.case_folder import check_tables

    correct(one(wood, "remains", "R1"), amina, sex="female", age_min="20", age_max="30.0")
    correct(Relative.objects.get(case=wood, key="I1"), amina, sex="female", mother="")
    assert check_tables(case_tables(wood)).faults == ()
