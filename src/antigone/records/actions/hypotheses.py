# SPDX-License-Identifier: Apache-2.0
"""Hypotheses: the coordinator opens a pair to both sides' examiners, and closes it again."""

from django.utils import timezone

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.actions.changes import change
from antigone.records.denials import (
    HypothesisClosed,
    HypothesisOpenAlready,
    NoReason,
    NotOfThisCase,
)
from antigone.records.models import InvestigationCase, OpenedHypothesis, Person, Remains, User


@access.guarded("hypotheses.open_hypothesis")
def open_hypothesis(
    *, case: InvestigationCase, remains: Remains, person: Person, by: User, reason: str
) -> OpenedHypothesis:
    """Open the hypothesis that `remains` are `person`."""
    if not reason.strip():
        raise NoReason
    for kind, one in (("remains", remains), ("person", person)):
        if one.case_id != case.pk:
            raise NotOfThisCase(kind=kind)
    pair = {"remains": remains, "person": person, "closed_at__isnull": True}
    if OpenedHypothesis.objects.filter(**pair).exists():
        raise HypothesisOpenAlready(remains=remains.key, person=person.key)
    opened = OpenedHypothesis.objects.create(
        case=case, remains=remains, person=person, opened_by=by, opened_at=timezone.now(),
        reason=reason.strip(),
    )  # fmt: skip
    trail.record(action="hypotheses.open_hypothesis", by=by, case=case)
    return opened


@access.guarded("hypotheses.close_hypothesis")
def close_hypothesis(*, hypothesis: OpenedHypothesis, by: User, reason: str) -> OpenedHypothesis:
    """Close an open hypothesis: each side sees its own side only again."""
    hypothesis = OpenedHypothesis.objects.get(pk=hypothesis.pk)
    if not reason.strip():
        raise NoReason
    if hypothesis.closed_at or not change(
        hypothesis, closed_at=timezone.now(), closed_reason=reason.strip()
    ):
        raise HypothesisClosed
    trail.record(
        action="hypotheses.close_hypothesis", by=by, case=hypothesis.case
    )  # fmt: skip
    return hypothesis
