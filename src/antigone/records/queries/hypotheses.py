# SPDX-License-Identifier: Apache-2.0
"""Hypotheses: the pairs that are open, and those that were."""

from django.db.models import QuerySet

from antigone.records.models import InvestigationCase, OpenedHypothesis, Person, Remains


def opened(case: InvestigationCase) -> QuerySet[OpenedHypothesis]:
    """The pairs that are open now, with their remains and persons."""
    return every(case).filter(closed_at__isnull=True)


def about(case: InvestigationCase, record: Remains | Person) -> QuerySet[OpenedHypothesis]:
    """The pairs with these remains or this person that are open, or were."""
    side = "remains" if isinstance(record, Remains) else "person"
    return every(case).filter(**{side: record})


def every(case: InvestigationCase) -> QuerySet[OpenedHypothesis]:
    """Every pair that was ever opened, in the order of opening."""
    found = OpenedHypothesis.objects.filter(case=case)
    return found.select_related("remains", "person")
