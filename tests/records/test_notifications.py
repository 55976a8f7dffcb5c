# SPDX-License-Identifier: Apache-2.0
"""What families may be told: after the decision, in person, and not what they declined."""

from __future__ import annotations

import pytest

from antigone.records.actions import corrections, entries
from antigone.records.actions.corrections import CorrectionRefused
from antigone.records.denials import NotAllowed
from antigone.records.models import Decision, Person, Proposal
from tests.records.deciding import Cast, refused, seen_by, tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(imported, amina):
    return Cast(imported(tables()), amina)


@pytest.mark.parametrize("of", ["identity", "circumstances", "release"])
def test_before_a_decision_a_family_is_told_no_identity(cast, of):
    cast.weigh(("R1", "P1"))
    assert refused(cast.tell, of)["of"] == "told-before-decision"
    assert cast.tell("sample_asked", in_person="no").of == "sample_asked"
    made = cast.identified()
    assert cast.tell(of).decision == made


@pytest.mark.parametrize("of", ["identity", "circumstances"])
@pytest.mark.parametrize("in_person", ["no", ""])
def test_identity_is_told_in_person(cast, of, in_person):
    cast.identified()
    assert refused(cast.tell, of, in_person=in_person) == {"in_person": "not-in-person"}


def test_after_a_withdrawal_the_family_is_told_that_and_no_identity(cast):
    assert refused(cast.tell, "withdrawal") == {"of": "nothing-withdrawn"}
    cast.withdraw(cast.identified())
    assert refused(cast.tell, "identity")["of"] == "told-before-decision"
    assert cast.tell("withdrawal").of == "withdrawal"


def test_a_family_is_told_of_its_own(cast):
    assert refused(cast.tell, "search_opened", family="F2") == {"family": "family-of-others"}


def test_a_liaison_of_one_family_tells_no_other(cast):
    only = cast._with("narrow", "family_liaison", family=cast.family("F1"))
    assert cast.tell("search_opened", by=only).family.key == "F1"
    unknown = {"person": "unknown-reference", "family": "unknown-reference"}
    assert refused(cast.tell, "search_opened", person="P2", family="F2", by=only) == unknown


@pytest.mark.parametrize("role", ["coordinator", "commission", "legal_authority", "auditor"])
def test_nobody_but_the_liaison_tells(cast, role):
    with pytest.raises(NotAllowed):
        cast.tell("search_opened", by=cast._with("other", role))


def test_what_they_declined_is_not_told_before_they_ask(cast):
    cast.identified()
    cast.tell("identity", declined=["circumstances"])
    assert refused(cast.tell, "circumstances") == {"of": "declined-before"}
    assert cast.tell("release").of == "release"
    cast.tell("identity", declined=["circumstances"])
    asked = cast.tell("circumstances", wishes="They ask for it now.")
    assert asked.wishes == "They ask for it now."


def test_a_liaison_sees_the_decision_and_its_summary_no_reasons_no_probability(cast):
    cast.open()
    found = cast.recommended()
    made = cast.decide(found, family_summary="An invented approved sentence.")
    cast.weigh(("R1", "P1"))
    with seen_by(cast.liaison, cast.case):
        seen = Decision.objects.get(pk=made.pk)
        assert seen.family_summary == "An invented approved sentence."
        assert seen.reasons == ""
        assert not Proposal.objects.exists()
        assert Person.objects.filter(case=cast.case).count() == 2


def test_an_entry_by_hand_or_a_correction_is_no_way_around(cast):
    cells = {"person": "P1", "family": "F1", "of": "identity", "in_person": "yes"}
    given = {"case": cast.case, "table": "notification", "cells": cells, "by": cast.amina}
    assert refused(entries.enter, **given)["of"] == "told-before-decision"
    told = cast.tell("search_opened")
    with pytest.raises(CorrectionRefused) as refusal:
        corrections.correct(
            record=told, base=1, changes={"of": "identity"}, reason="a slip", by=cast.amina
        )
    assert refusal.value.faults["of"].code == "told-before-decision"
    corrections.correct(
        record=told, base=1, changes={"note": "By telephone."}, reason="Added.", by=cast.amina
    )
