# SPDX-License-Identifier: Apache-2.0
"""Primary identifiers other than DNA, as the records establish or exclude a pair by them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import F, Q

from antigone.records.kinds import rows_of
from antigone.records.models import (
    AnalysisRun,
    Document,
    Fingerprint,
    Mark,
    Person,
    PersonRelation,
    Remains,
    RemainsRelation,
    SameCandidate,
    Tooth,
)

ODONTOLOGISTS = 2


def established(basis: str, case: UUID, remains: UUID, person: UUID, odontologists: int) -> bool:
    """Whether the records establish the pair by this primary identifier (R6)."""
    if basis == "fingerprint":
        return _compared(case, remains, person, "identification")
    if basis == "implant":
        return _one_serial(case, remains, person)
    return basis == "dental" and odontologists >= ODONTOLOGISTS and _teeth_on_both(remains, person)


def excluded(case: UUID, remains: UUID, person: UUID) -> bool:
    """Whether two examiners excluded the pair by fingerprints (R10)."""
    return _compared(case, remains, person, "exclusion")


def _compared(case: UUID, remains: UUID, person: UUID, outcome: str) -> bool:
    """A comparison by an examiner and another verifier."""
    keys = dict(rows_of(Remains).filter(pk=remains).values_list("pk", "key"))
    keys |= dict(rows_of(Person).filter(pk=person).values_list("pk", "key"))
    pair = Q(owner_remains=remains, compared_with=keys.get(person)) | Q(
        owner_person=person, compared_with=keys.get(remains)
    )
    found = rows_of(Fingerprint).filter(pair, case=case, comparison=outcome)
    return found.exclude(examiner="").exclude(verifier="").exclude(examiner=F("verifier")).exists()


def _one_serial(case: UUID, remains: UUID, person: UUID) -> bool:
    implants = rows_of(Mark).filter(case=case, kind="implant").exclude(serial="")
    on_the_body = implants.filter(owner_remains=remains).values("serial")
    return implants.filter(owner_person=person, serial__in=on_the_body).exists()


def _teeth_on_both(remains: UUID, person: UUID) -> bool:
    """Teeth charted of the remains, and dated records of the person's teeth or about the person."""
    before = rows_of(Tooth).filter(owner_person=person).exclude(charted_on="").exists()
    before = before or rows_of(Document).filter(about_person=person).exclude(dated_on="").exists()
    return before and rows_of(Tooth).filter(owner_remains=remains).exists()


def undecided_sameness(case: UUID, remains: UUID, person: UUID) -> Iterator[tuple[str, str]]:
    """What the latest run takes to be perhaps one with these remains or this person, undecided."""
    run = rows_of(AnalysisRun).filter(case=case).order_by("number").last()
    here = rows_of(SameCandidate).filter(run=run)
    for one in here.filter(Q(remains_a=remains) | Q(remains_b=remains)):
        ends = (one.remains_a_id, one.remains_b_id)
        if not _decided(RemainsRelation, "remains", ends):
            yield one.remains_a.key, one.remains_b.key
    for one in here.filter(Q(person_a=person) | Q(person_b=person)):
        ends = (one.person_a_id, one.person_b_id)
        if not _decided(PersonRelation, "person", ends):
            yield one.person_a.key, one.person_b.key


def _decided(
    model: type[RemainsRelation] | type[PersonRelation], noun: str, ends: tuple[UUID, UUID]
) -> bool:
    one, other = ends
    either = Q(**{f"{noun}_a": one, f"{noun}_b": other}) | Q(
        **{f"{noun}_a": other, f"{noun}_b": one}
    )
    return rows_of(model).filter(either).exists()
