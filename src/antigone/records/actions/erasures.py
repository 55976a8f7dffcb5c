# SPDX-License-Identifier: Apache-2.0
"""Lawful erasure: a subject's protected sections, by an order, for ever, and said so for ever."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction

from antigone.records import access, keys
from antigone.records.actions import trail
from antigone.records.actions.changes import change
from antigone.records.errors import ChangedMeanwhile, NothingSealed
from antigone.records.kinds import kind_of, kinds, rows_of
from antigone.records.models import InvestigationCase, Recorded, SealedSection, User


@access.guarded("erasures.erase")
def erase(*, case: InvestigationCase, subject: UUID, order: str, by: User) -> None:
    """Erase every protected section that the key of `subject` seals, by the `order` of a court.

    The current values are emptied and an event states it for each record; once that is committed
    the key is destroyed. An erasure that was interrupted between the two is completed by
    `records.erasing.complete_erasures` at the next start.
    """
    found = list(_sealed_for(case, subject))
    if keys.store().destroyed(subject) or not found:
        raise NothingSealed(kind="subject", record=subject)
    for record in found:
        if not change(record, **dict.fromkeys(record.sealed)):
            raise ChangedMeanwhile(
                kind=kind_of(type(record)), record=record.pk, base=record.revision, now="?"
            )
    trail.record(action="erasures.erase", by=by, case=case, reason=order)
    transaction.on_commit(lambda: keys.store().destroy(subject))


def _sealed_for(case: InvestigationCase, subject: UUID) -> Iterator[Recorded]:
    """Records of the case that the key of `subject` ever sealed, in whatever revision."""
    sealed = SealedSection.objects.filter(subject=subject, event__case=case.pk)
    for model in kinds().values():
        if model.sealed:
            ever = sealed.filter(event__kind=kind_of(model)).values_list("event__record", flat=True)
            yield from rows_of(model).filter(case=case, pk__in=list(ever)).select_for_update()
