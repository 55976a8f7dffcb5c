# SPDX-License-Identifier: Apache-2.0
"""Rules 1 to 6 and 13 to 17 of the domain: what each refuses, and what it tells to do.

Rules of custody (5) at length in `test_custody`; rules 7 to 12 with the identifications.
"""

import pytest
from django.db import IntegrityError, connection, transaction

from antigone.records.actions import cases, entries
from antigone.records.actions.changes import change
from antigone.records.actions.corrections import CorrectionRefused, correct
from antigone.records.actions.entries import EntryRefused
from antigone.records.models import (
    CodeCounter,
    Container,
    CustodyEvent,
    Effect,
    Remains,
    Sample,
)
from antigone.records.queries import counts
from antigone.records.queries.contradictions import contradictions
from antigone.records.queries.samples import samples_wanted
from antigone.terms.codes import issue
from tests.records.invented import POLICY, small_case

FINDINGS = [
    {"finding": "F1", "remains": "R1", "mechanism": "ligature"},
    {"finding": "F2", "remains": "R2", "mechanism": "fracture"},
]


@pytest.fixture
def wood(imported):
    return imported(
        small_case(
            finding=FINDINGS,
            consistency=[{"finding": "F1", "allegation": "A1", "degree": "diagnostic"}],
            container=[{"container": "B1", "kind": "bag"}],
            effect=[{"effect": "E1", "remains": "R1"}],
        )
    )


@pytest.fixture
def refused(wood, amina):
    """What is said, column by column, when a record is refused; it is never refused in silence."""

    def entering(table, **cells):
        with pytest.raises(EntryRefused) as refusal:
            entries.enter(case=wood, table=table, cells=cells, by=amina)
        faults = refusal.value.faults
        assert all(str(one).endswith(".") for one in faults.values())
        return {column: one.code for column, one in faults.items()}

    return entering


def database_refuses(act) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        act()
    return str(refusal.value)


def test_rule_1_every_body_and_part_has_a_code_of_its_own(wood, amina) -> None:
    codes = Remains.objects.filter(case=wood).values_list("code", flat=True)
    assert len(set(codes)) == 3
    one = Remains.objects.get(case=wood, key="R1")
    database_refuses(lambda: change(one, code=""))
    other = Remains.objects.get(case=wood, key="R2")
    database_refuses(lambda: change(other, code=one.code))
    rule = counts.five_counts(wood).minimum_individuals_rule
    assert "lower bound" in str(rule)  # individuals are counted by a rule that is stated


def test_rule_2_codes_are_never_issued_again(wood, amina) -> None:
    issued = CodeCounter.objects.get(case=wood).last_issued
    ahead = issue(wood.code_prefix, "A", issued + 2)
    typed = entries.enter(case=wood, table="container", cells={"container": ahead}, by=amina)
    following = entries.enter(case=wood, table="remains", cells={"kind": "body"}, by=amina)
    assert (typed.key, following.code) == (ahead, issue(wood.code_prefix, "A", issued + 3))
    with pytest.raises(EntryRefused):
        entries.enter(case=wood, table="container", cells={"container": ahead}, by=amina)


def test_rule_2_holds_for_a_folder_that_brings_codes(amina) -> None:
    brought = issue("FORE", "A", 41)
    tables = small_case(container=[{"container": brought}, {"container": "FOREST-1"}])
    case = cases.import_case(
        tables=tables, policy_text=POLICY, name="Invented", slug="forest", by=amina, invented=True
    )
    codes = set(Remains.objects.filter(case=case).values_list("code", flat=True))
    assert codes == {issue("FORE", "A", number) for number in (42, 43, 44)}


def test_rule_2_the_code_on_a_label_is_the_code_of_its_remains(wood, amina) -> None:
    issued = CodeCounter.objects.get(case=wood).last_issued
    label = issue(wood.code_prefix, "A", issued + 7)
    one = entries.enter(case=wood, table="remains", cells={"remains": label}, by=amina)
    assert one.code == one.key == label
    without_hyphens = {"remains": label.replace("-", "")}
    with pytest.raises(EntryRefused) as refusal:
        entries.enter(case=wood, table="remains", cells=without_hyphens, by=amina)
    assert "Compare it with the label" in str(refusal.value.faults["remains"])


def test_rule_3_a_bag_has_a_label_and_a_photograph_the_code_that_is_seen(wood, amina) -> None:
    bag = Container.objects.get(case=wood)
    assert "container_key_given" in database_refuses(lambda: change(bag, key=""))
    cells = {"photograph": "H1", "item_kind": "remains", "item": "R1", "code_visible": "R2"}
    entries.enter(case=wood, table="photograph", cells=cells, by=amina)  # awkward, and recorded
    (found,) = [one for one in contradictions(wood) if one.kind == "photograph_under_another_code"]
    assert found.remains == ("R1",)
    right = cells | {"photograph": "H2", "code_visible": Remains.objects.get(key="R1").code}
    entries.enter(case=wood, table="photograph", cells=right, by=amina)
    assert sum(one.kind == found.kind for one in contradictions(wood)) == 1


def test_rule_4_effects_stay_under_the_code_of_their_remains(wood, amina) -> None:
    effect = Effect.objects.get(case=wood)
    with pytest.raises(CorrectionRefused) as refusal:
        correct(record=effect, base=1, changes={"remains": ""}, reason="lost", by=amina)
    assert "Write the remains" in str(refusal.value.faults["remains"])


def test_rule_5_what_was_sent_is_received_before_it_moves(wood, amina, refused) -> None:
    sent = {"item_kind": "remains", "item": "R1", "action": "handed_over"}
    entries.enter(case=wood, table="custody", cells=sent, by=amina)
    stored = {**sent, "action": "stored"}
    assert refused("custody", **stored) == {"action": "receipt-not-confirmed"}
    assert CustodyEvent.objects.filter(case=wood).count() == 1


def test_rule_6_two_samples_are_asked_for_whoever_it_is_thought_to_be(wood, amina) -> None:
    cells = {"sample": "S1", "kind": "post_mortem", "remains": "R1"}
    entries.enter(case=wood, table="sample", cells=cells, by=amina)
    with pytest.raises(EntryRefused):  # the same sample is not a second one
        entries.enter(case=wood, table="sample", cells=cells, by=amina)
    assert {one.key: one.wanted for one in samples_wanted(wood)} == {"R1": 1, "R2": 2, "R3": 2}
    entries.enter(case=wood, table="sample", cells={**cells, "sample": "S2"}, by=amina)
    assert "R1" not in {one.key for one in samples_wanted(wood)}
    assert Sample.objects.filter(case=wood).count() == 2


TORTURE = {"remains": "R1", "of": "torture", "findings": "F1", "words": "Invented words.",
           "signed_by": "Invented pathologist; Invented anthropologist"}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"findings": ""}, "findings", "blank-cell"),
        ({"findings": "F2"}, "findings", "finding-of-others"),
        ({"findings": "F1; A1"}, "findings", "unknown-reference"),  # consistency is no finding
        ({"signed_by": "Invented pathologist; INVENTED pathologist"}, "signed_by", "signed-by-one"),
        ({"words": ""}, "words", "blank-cell"),
    ],
)
def test_rule_13_torture_is_a_signed_conclusion_on_findings_of_the_same_remains(
    wood, amina, refused, changed, column, code
) -> None:
    assert refused("conclusion", **{**TORTURE, **changed}) == {column: code}
    assert entries.enter(case=wood, table="conclusion", cells=TORTURE, by=amina).of == "torture"


def test_rule_13_without_any_finding_there_is_no_conclusion(imported, amina) -> None:
    case = imported(small_case(), slug="bare")
    with pytest.raises(EntryRefused) as refusal:
        entries.enter(case=case, table="conclusion", cells=TORTURE, by=amina)
    assert refusal.value.faults["findings"].code == "finding-of-others"


def test_rule_14_undetermined_is_an_answer(wood, amina, refused) -> None:
    assert refused("remains", sex="unknown") == {"sex": "not-a-code"}
    estimate = {"remains": "R1", "of": "sex", "method": "Invented method"}
    assert refused("estimate", **estimate) == {"sex": "estimate-without-answer"}
    answered = {**estimate, "sex": "undetermined"}
    assert entries.enter(case=wood, table="estimate", cells=answered, by=amina).sex


def test_rule_15_five_counts_stand_side_by_side_and_none_for_another(wood) -> None:
    found = counts.five_counts(wood)
    assert (found.graves, found.remains, found.containers, found.identified) == (2, 3, 1, 0)
    with pytest.raises(ValueError, match="status_basis"):
        counts.answers(wood, "remains", "status_basis")  # words are not counted


def test_rule_16_not_recorded_and_absent_and_undetermined_stand_apart(wood, amina, refused) -> None:
    for restraint in ("", "none", "undetermined", "hands_behind"):
        cells = {"remains": "R1", "restraint": restraint}
        entries.enter(case=wood, table="recovery", cells=cells, by=amina)
    found = counts.answers(wood, "recovery", "restraint")
    assert (found.not_recorded, found.absent, found.undetermined) == (1, 1, 1)
    assert found.found == {"hands_behind": 1}
    told = {"remains": "R1", "restraint": "none", "restraint_material": "rope"}
    assert refused("recovery", **told) == {"restraint_material": "nothing-made-of-something"}
    item = {"owner_kind": "remains", "owner": "R1", "item": "31", "recorded_on": "2022",
            "no_data": "yes", "value": "brown"}  # fmt: skip
    assert refused("dvi_item", **item) == {"value": "value-without-data"}


def test_rule_17_nothing_is_deleted(wood) -> None:
    for model in (Remains, Container, Sample):
        table = model._meta.db_table

        def delete(table: str = table) -> None:
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608

        if model.objects.filter(case=wood).exists():
            assert "never deleted" in database_refuses(delete)
    assert Remains.objects.filter(case=wood).count() == 3


def test_imaging_comes_before_an_autopsy_or_it_is_said_why_not(wood, amina, refused) -> None:
    autopsy = {"remains": "R1", "kind": "autopsy", "at": "2022-09-20T12:00:00+03:00"}
    assert refused("examination", **autopsy) == {
        "without_imaging_because": "autopsy-before-imaging"
    }
    late = {**autopsy, "kind": "imaging", "at": "2022-09-20T13:00:00+03:00"}
    entries.enter(case=wood, table="examination", cells=late, by=amina)
    assert refused("examination", **autopsy) == {
        "without_imaging_because": "autopsy-before-imaging"
    }
    reason = {"without_imaging_because": "The invented machine had no power."}
    entries.enter(case=wood, table="examination", cells={**autopsy, **reason}, by=amina)
    entries.enter(
        case=wood, table="examination", by=amina,
        cells={**autopsy, "at": "2022-09-20T14:00:00+03:00"},
    )  # fmt: skip


def test_an_examination_or_sample_without_an_order_is_flagged_and_not_refused(wood, amina) -> None:
    order = {"number": "17", "issued_by": "Invented prosecutor", "kinds": "dna", "remains": "R2"}
    entries.enter(case=wood, table="examination_order", cells=order, by=amina)
    for remains in ("R1", "R2"):
        sample = {"kind": "post_mortem", "remains": remains, "taken_on": "2022-09-20"}
        entries.enter(case=wood, table="sample", cells=sample, by=amina)
    flagged = [one for one in contradictions(wood) if one.kind == "sample_without_order"]
    assert [one.remains for one in flagged] == [("R1",)]
    assert "Do not send it" in str(flagged[0].remark)
