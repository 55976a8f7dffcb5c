# SPDX-License-Identifier: Apache-2.0
"""Recommendations, signatures, decisions and withdrawals: each rule in which it refuses."""

from __future__ import annotations

import random
import uuid

import pytest

from antigone.records import standing
from antigone.records.actions import corrections, entries
from antigone.records.actions.corrections import CorrectionRefused
from antigone.records.actions.new_rows import EntryRefused
from antigone.records.denials import NotAllowed
from antigone.records.models import (
    AffectedRecord,
    Decision,
    Event,
    Notice,
    OpenedHypothesis,
    Recommendation,
    Signature,
    Withdrawal,
)
from antigone.terms.results import Remark, SameCandidateRow
from tests.records.deciding import Cast, refused, tables
from tests.roles import grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(imported, amina):
    return Cast(imported(tables()), amina)


def test_two_disciplines_sign_and_the_authority_decides(cast):
    made = cast.identified()
    assert (made.outcome, made.person.key, made.basis) == ("identified", "P1", "fingerprint")
    assert made.signed_by_roles == "anthropology;fingerprints;legal_authority"
    assert made.decided_by == cast.judge
    (only,) = standing.naming(cast.case.pk, person=cast.person().pk)
    assert only.pk == made.pk


# Rule 10 and R7: who signs


def test_the_author_does_not_sign(cast):
    cast.open()
    found = cast.recommend()
    assert refused(cast.sign, found, cast.orest, "pathology") == {"": "author-signs"}


def test_nobody_signs_twice_nor_for_two_disciplines(cast):
    cast.open()
    cast.open("R3", "P2")
    first, second = cast.recommend(), cast.recommend("R3", "P2")
    cast.sign(first, cast.petro, "anthropology")
    assert refused(cast.sign, first, cast.petro, "anthropology") == {"": "signed-before"}
    other = refused(cast.sign, second, cast.petro, "genetics")
    assert other == {"discipline": "another-discipline-before"}
    wrote = refused(cast.sign, second, cast.orest, "genetics")
    assert wrote == {"discipline": "another-discipline-before"}
    assert refused(cast.sign, second, cast.rada, " ") == {"discipline": "discipline-missing"}


def test_an_examiner_speaks_for_the_own_discipline(cast):
    cast.open()
    grant(cast.petro, "odontologist", cast.case)
    found = cast.recommend()
    wrong = refused(cast.sign, found, cast.petro, "genetics")
    assert wrong == {"discipline": "discipline-of-another-role"}
    assert cast.sign(found, cast.petro, "odontology").discipline == "odontology"


def test_one_discipline_is_not_two(cast):
    cast.open()
    found = cast.recommend()
    assert refused(cast.decide, found)["recommendation"] == "disciplines-missing"
    cast.sign(found, cast.petro, "anthropology")
    cast.sign(found, cast.stepan, "anthropology")
    assert refused(cast.decide, found)["recommendation"] == "disciplines-missing"
    cast.sign(found, cast.rada, "fingerprints")
    assert cast.decide(found).outcome == "identified"
    assert refused(cast.sign, found, cast._with("late", "commission"), "genetics") == {
        "": "decided-before"
    }


def test_only_the_authority_decides_and_only_the_commission_recommends(cast):
    cast.open()
    found = cast.recommended()
    for by in (cast.orest, cast.liaison, cast._with("other", "coordinator")):
        with pytest.raises(NotAllowed):
            cast.decide(found, by=by)
    for by in (cast.judge, cast.liaison):
        with pytest.raises(NotAllowed):
            cast.recommend("R3", "P2", by=by)
    with pytest.raises(NotAllowed):
        cast.withdraw(cast.decide(found), by=cast.orest)


def test_whoever_wrote_or_signed_does_not_decide(cast):
    cast.open()
    grant(cast.rada, "legal_authority", cast.case)
    found = cast.recommended()
    assert refused(cast.decide, found, by=cast.rada) == {"": "decides-on-own"}


def test_a_pair_that_nobody_opened_is_neither_recommended_nor_decided(cast):
    unknown = {"remains": "unknown-reference", "person": "unknown-reference"}
    assert refused(cast.recommend) == unknown  # what is out of sight is as if it were not there


# Rules 8 and 9: on what


def test_without_a_primary_identifier_nobody_is_named(cast):
    cast.open()
    assert refused(cast.recommend, basis=[]) == {"basis": "primary-identifier-missing"}
    found = cast.recommended()
    assert refused(cast.decide, found, basis=[])["basis"] == "primary-identifier-missing"
    assert refused(cast.decide, found, basis=["dental"])["basis"] in (
        "basis-not-recommended", "not-established",
    )  # fmt: skip


@pytest.mark.parametrize("basis", ["fingerprint", "dental", "implant"])
def test_what_the_records_do_not_establish_closes_nothing(cast, basis):
    cast.open("R2", "P2")
    found = cast.recommended("R2", "P2", basis=[basis])
    assert refused(cast.decide, found, basis=[basis]) == {"basis": "not-established"}


def test_teeth_need_two_odontologists_and_dated_records(imported, amina):
    teeth = [
        {"owner_kind": "remains", "owner": "R1", "tooth": "11", "charted_on": "2022-10-01"},
        {"owner_kind": "person", "owner": "P1", "tooth": "11", "charted_on": "2019-05"},
    ]
    cast = Cast(imported(tables(tooth=teeth)), amina)
    cast.open()
    found = cast.recommended(basis=["dental"])
    assert refused(cast.decide, found, basis=["dental"]) == {"basis": "not-established"}
    found = cast.recommend(by=cast.stepan, basis=["dental"], discipline="odontology")
    cast.sign(found, cast.petro, "anthropology")
    cast.sign(found, cast._with("dentist", "commission"), "odontology")
    assert cast.decide(found, basis=["dental"]).basis == "dental"


def test_one_serial_number_on_both_sides_is_primary(imported, amina):
    marks = [
        {"mark": f"M{n}", "owner_kind": kind, "owner": owner, "kind": "implant", "serial": "X-1"}
        for n, (kind, owner) in enumerate((("remains", "R2"), ("person", "P2")))
    ]
    cast = Cast(imported(tables(mark=marks)), amina)
    cast.open("R2", "P2")
    found = cast.recommended("R2", "P2", basis=["implant"])
    assert cast.decide(found, basis=["implant"]).person.key == "P2"


def test_dna_closes_only_under_the_policy(cast):
    cast.open()
    found = cast.recommended(basis=["dna"])

    def why():
        return refused(cast.decide, found, basis=["dna"])["basis"]

    assert why() == "not-weighed"
    cast.weigh(("R1", "P1"), tier="presumptive")
    assert why() == "policy-not-met"
    cast.weigh(("R1", "P1"), rules=("R1", "R2", "R3", "R5"))
    assert why() == "policy-not-met"
    cast.weigh(("R1", "P2"))
    assert why() == "policy-not-met"
    cast.weigh(("R1", "P1"), policy="another")
    assert why() == "policy-of-another-day"
    cast.weigh(("R1", "P1"))
    made = cast.decide(found, basis=["dna"])
    assert len(made.policy) == 64


def test_nobody_found_alive_is_named(imported, amina):
    found = tables()
    found["person"] = [
        row | ({"found_alive_on": "2023-01-01"} if row["person"] == "P1" else {})
        for row in found["person"]
    ]
    cast = Cast(imported(found), amina)
    cast.open()
    assert refused(cast.decide, cast.recommended()) == {"person": "found-alive"}


def test_commingled_remains_are_nobody(imported, amina):
    found = tables()
    found["remains"] = [row | {"kind": "commingled"} for row in found["remains"]]
    cast = Cast(imported(found), amina)
    cast.open()
    assert refused(cast.decide, cast.recommended()) == {"remains": "commingled"}


def test_a_primary_exclusion_is_settled_by_no_reason(imported, amina):
    found = tables()
    found["fingerprint"] = [
        *found["fingerprint"],
        found["fingerprint"][0] | {"finger": "2", "comparison": "exclusion"},
    ]
    cast = Cast(imported(found), amina)
    cast.open()
    assert refused(cast.decide, cast.recommended()) == {"person": "excluded-by-primary"}


def test_what_may_be_one_is_decided_first(cast):
    same = (SameCandidateRow("remains", "R1", "R2", 4.0, "profiles"),)
    cast.weigh(("R1", "P1"), same=same)
    cast.open()
    found = cast.recommended()
    assert refused(cast.decide, found) == {"": "may-be-one"}
    cells = {"remains_a": "R1", "remains_b": "R2", "relation": "different"}
    entries.enter(case=cast.case, table="relation", cells=cells, by=cast.amina)
    assert cast.decide(found).outcome == "identified"


def test_a_decision_has_reasons(cast):
    cast.weigh(("R1", "P1"), conflicts=(Remark("conflict.age", "Age.", {}),))
    cast.open()
    found = cast.recommended()
    assert set(refused(cast.decide, found, reasons=" ")) == {"reasons"}
    with pytest.raises(AssertionError, match="nothing was refused"):
        refused(cast.decide, found)


# One decision


def test_the_second_decision_is_refused_with_what_to_do(cast):
    cast.identified()
    cast.open("R1", "P2")
    other = cast.recommended("R1", "P2")
    assert refused(cast.decide, other)["remains"] == "remains-named"
    cast.open("R3", "P1")
    assert refused(cast.decide, cast.recommended("R3", "P1"))["person"] == "person-named"
    again = cast.recommended()
    assert refused(cast.decide, again)["remains"] == "remains-named"


def test_parts_of_one_body_are_one_person_once_they_are_joined(imported, amina):
    found = tables()
    found["fingerprint"] = [
        *found["fingerprint"], found["fingerprint"][0] | {"owner": "R2", "finger": "3"},
    ]  # fmt: skip
    cast = Cast(imported(found), amina)
    cast.identified()
    cast.open("R2", "P1")
    part = cast.recommended("R2", "P1")
    assert refused(cast.decide, part) == {"person": "person-named"}
    cells = {"remains_a": "R1", "remains_b": "R2", "relation": "part_of"}
    entries.enter(case=cast.case, table="relation", cells=cells, by=cast.amina)
    assert cast.decide(part).person.key == "P1"


def test_a_recommendation_serves_once_and_only_for_what_it_says(cast):
    cast.open()
    found = cast.recommended(outcome="more_evidence")
    assert refused(cast.decide, found) == {"recommendation": "recommendation-of-others"}
    number = uuid.uuid4()
    found = cast.recommended()
    first = cast.decide(found, number=number)
    assert cast.decide(found, number=number).pk == first.pk
    assert "decided-before" in refused(cast.decide, found).values()


# Rule 11


def test_an_exclusion_has_reasons_and_bars_the_pair(cast):
    cast.open()
    found = cast.recommended(outcome="exclude", basis=[])
    assert refused(cast.decide, found, basis=[], reasons="") == {"reasons": "reasons-missing"}
    made = cast.decide(found, basis=[])
    assert made.outcome == "excluded"
    again = cast.recommended()
    assert refused(cast.decide, again) == {"person": "pair-barred"}
    fallen = cast.decide(again, replaces=made)
    assert fallen.replaces == made


def test_whoever_is_named_is_not_excluded_but_withdrawn(cast):
    cast.identified()
    found = cast.recommended(outcome="exclude", basis=[])
    assert refused(cast.decide, found, basis=[]) == {"person": "named-withdraw-first"}


# Rule 12


def test_a_withdrawal_does_everything_in_one_act(cast):
    cast.open("R1", "P2")
    made = cast.identified()
    closed = OpenedHypothesis.objects.get(closed_by=made)
    cast.tell()
    withdrawn = cast.withdraw(made)
    events = Event.objects.filter(kind__in=("decision", "withdrawal", "notice")).order_by("-at")
    assert len({one.act for one in events[:2]}) == 1
    assert withdrawn.replaces == made
    assert standing.naming(cast.case.pk, person=cast.person().pk) == []
    assert standing.freezing(cast.case.pk, cast.remains().pk).pk == withdrawn.pk
    opened = OpenedHypothesis.objects.filter(closed_at=None, remains=closed.remains)
    assert {one.person.key for one in opened} == {"P1", "P2"}
    listed = AffectedRecord.objects.filter(withdrawal__decision=withdrawn)
    kinds = [one.kind for one in listed]
    assert kinds.count("family") == kinds.count("notification") == 1
    told = Notice.objects.filter(code="withdrawal.made").values_list("to__username", flat=True)
    assert "invented-liaison" in set(told)
    barred = cast.recommended()
    assert refused(cast.decide, barred) == {"person": "pair-barred"}


def test_a_withdrawal_lists_burials_certificates_and_figures(imported, amina):
    more = {
        "custody": [{"event": "C1", "item_kind": "remains", "item": "R1", "action": "reburied"}],
        "death": [{"remains": "R1", "manner": "homicide"}],
        "claim": [{"claim": "Q1", "measure": "identified", "value": "1"},
                  {"claim": "Q2", "measure": "graves_found", "value": "1"}],
    }  # fmt: skip
    cast = Cast(imported(tables(**more)), amina)
    cast.withdraw(cast.identified())
    listed = AffectedRecord.objects.all()
    assert [one.custody.key for one in listed if one.custody] == ["C1"]
    assert [one.death.manner for one in listed if one.death] == ["homicide"]
    assert [one.claim.key for one in listed if one.claim] == ["Q1"]


def test_only_what_stands_is_withdrawn_once_and_with_reason(cast):
    made = cast.identified()
    assert refused(cast.withdraw, made, reasons="") == {"reasons": "reasons-missing"}
    assert refused(cast.withdraw, made, because="") == {"withdrawn_because": "because-missing"}
    withdrawn = cast.withdraw(made)
    assert refused(cast.withdraw, made) == {"replaces": "nothing-to-withdraw"}
    assert refused(cast.withdraw, withdrawn) == {"replaces": "nothing-to-withdraw"}
    assert Withdrawal.objects.count() == 1


def test_who_is_alive_is_barred_for_all_remains(cast):
    cast.withdraw(cast.identified(), because="found_alive")
    cast.open("R3", "P1")
    assert refused(cast.decide, cast.recommended("R3", "P1"))["person"] == "pair-barred"


def test_release_is_frozen_by_a_withdrawal(cast):
    def release():
        cells = {"item_kind": "remains", "item": "R1", "action": "released"}
        return entries.enter(case=cast.case, table="custody", cells=cells, by=cast.amina)

    assert refused(release) == {"action": "release-without-decision"}
    made = cast.identified()
    cast.withdraw(made)
    assert refused(release) == {"action": "release-frozen"}
    assert cast.decide(cast.recommended(), replaces=Decision.objects.get(replaces=made))
    assert release().action == "released"


def test_a_container_with_frozen_remains_is_not_released(cast):
    for table, cells in (
        ("container", {"container": "B1", "kind": "bag"}),
        ("custody", {"item_kind": "remains", "item": "R1", "action": "packed",
                     "container": "B1"}),
    ):  # fmt: skip
        entries.enter(case=cast.case, table=table, cells=cells, by=cast.amina)
    cells = {"item_kind": "container", "item": "B1", "action": "released"}
    given = {"case": cast.case, "table": "custody", "cells": cells, "by": cast.amina}
    assert refused(entries.enter, **given) == {"action": "release-without-decision"}


@pytest.mark.parametrize("seed", range(4))
def test_no_sequence_of_acts_leads_to_a_name_without_all_of_it(cast, seed):
    """Whatever anybody tries, in whatever order: a name rests on all that it needs."""
    rng = random.Random(seed)
    for remains, person in PAIRS:
        cast.open(remains, person)
    grant(cast.rada, "legal_authority", cast.case)  # who signs may not decide, either
    people = [cast.orest, cast.petro, cast.rada, cast.stepan, cast.judge, cast.liaison]
    done = 0
    for _ in range(45):
        try:
            _at_random(cast, rng, rng.choice(people))
            done += 1
        except (EntryRefused, NotAllowed):
            pass
        _everything_named_rests_on_all(cast)
    assert done > 5, "the walk goes somewhere"


PAIRS = (("R1", "P1"), ("R1", "P2"), ("R3", "P2"), ("R3", "P1"))


def _at_random(cast, rng, by):
    found = list(Recommendation.objects.filter(case=cast.case))
    made = list(Decision.objects.filter(case=cast.case))
    basis = rng.choice([["fingerprint"], ["fingerprint"], ["dna"], [], ["dental"]])
    act = rng.choice(["recommend", "sign", "sign", "sign", "decide", "decide", "withdraw", "type"])
    if act == "recommend" or not found:
        more = {"outcome": rng.choice(["identify", "identify", "exclude", "family_level"])}
        cast.recommend(*rng.choice(PAIRS), by=by, basis=basis, discipline="pathology", **more)
    elif act == "sign":
        cast.sign(rng.choice(found), by, rng.choice(["anthropology", "genetics", "pathology"]))
    elif act == "decide":
        replaces = rng.choice([None, *made])
        cast.decide(rng.choice(found), by=by, basis=basis, replaces=replaces)
    elif act == "withdraw" and made:
        cast.withdraw(rng.choice(made), by=by)
    elif act == "type":
        remains, person = rng.choice(PAIRS)
        cells = {"remains": remains, "person": person, "outcome": "identified", "basis": "dna",
                 "reasons": "x"}  # fmt: skip
        entries.enter(case=cast.case, table="decision", cells=cells, by=cast.amina)


def _everything_named_rests_on_all(cast):
    named = list(standing.standing_decisions(cast.case.pk).filter(outcome="identified"))
    for one in named:
        signed = Signature.objects.filter(recommendation=one.recommendation)
        signers = {each.account_id: each.discipline for each in signed}
        assert len(set(signers.values())) >= 2
        author = one.recommendation.author_account_id
        assert author not in signers
        assert one.decided_by_id not in {author, *signers}
        assert one.decided_by in (cast.judge, cast.rada)
        assert set(one.basis.split(";")) <= {"fingerprint"}, "no run: DNA closes nothing"
        assert (one.remains.key, one.person.key) in (("R1", "P1"), ("R3", "P2"))
    assert len({one.remains_id for one in named}) == len(named)
    assert len({one.person_id for one in named}) == len(named)


# No way around


def test_none_of_it_is_typed_as_a_record(cast):
    cast.open()
    found = cast.recommend()
    typed = {
        "recommendation": {"remains": "R1", "person": "P1", "outcome": "identify",
                           "basis": "dna", "reasons": "x"},
        "signature": {"recommendation": found.key, "signer": "somebody",
                      "discipline": "genetics"},
        "decision": {"remains": "R1", "person": "P1", "outcome": "identified", "basis": "dna"},
    }  # fmt: skip
    for table, cells in typed.items():
        given = {"case": cast.case, "table": table, "cells": cells, "by": cast.amina}
        assert refused(entries.enter, **given)[""] == "has-its-own-page", table


@pytest.mark.parametrize(
    ("column", "cell"), [("person", "P2"), ("outcome", "excluded"), ("basis", "dna"),
                         ("replaces", ""), ("remains", "R2"), ("signed_by_roles", "judge")],
)  # fmt: skip
def test_a_decision_is_withdrawn_and_not_corrected(imported, amina, column, cell):
    kept = {"decision": "D1", "remains": "R1", "person": "P1", "outcome": "identified",
            "basis": "dental", "replaces": "D0", "signed_by_roles": "dentist"}  # fmt: skip
    earlier = {"decision": "D0", "remains": "R1", "person": "P1", "outcome": "excluded",
               "basis": "", "replaces": "", "signed_by_roles": ""}  # fmt: skip
    case = imported(tables(decision=[earlier, kept]))
    record = Decision.objects.get(case=case, key="D1")
    with pytest.raises(CorrectionRefused) as refusal:
        corrections.correct(
            record=record, base=1, changes={column: cell}, reason="a slip", by=amina
        )
    assert refusal.value.faults[column].code == "stands-as-signed"


def test_what_is_signed_is_not_corrected(cast):
    cast.open()
    found = cast.recommended()
    signature = Signature.objects.filter(recommendation=found).first()
    for record, column, cell in (
        (found, "basis", "dna"), (found, "author", "x"), (signature, "discipline", "genetics"),
    ):  # fmt: skip
        with pytest.raises(CorrectionRefused) as refusal:
            corrections.correct(
                record=record, base=1, changes={column: cell}, reason="a slip", by=cast.amina
            )
        assert refusal.value.faults[column].code == "stands-as-signed"
