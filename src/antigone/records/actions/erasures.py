# SPDX-License-Identifier: Apache-2.0
"""Lawful erasure: what is sealed about a subject, by an order, for ever, and said so for ever."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from antigone.records import access, keys
from antigone.records import attachments as files
from antigone.records.actions import trail
from antigone.records.actions.changes import change
from antigone.records.errors import ChangedMeanwhile, NothingSealed
from antigone.records.kinds import kind_of, kinds, rows_of
from antigone.records.models import (
    Attachment,
    InvestigationCase,
    Recorded,
    SealedSection,
    User,
)


@access.guarded("erasures.erase")
def erase(*, case: InvestigationCase, subject: UUID, order: str, by: User) -> None:
    """Erase all that is sealed about `subject`, by the `order` of a court.

    That is every protected section that its key seals, and every file that is attached to the
    record of that id (each has a key of its own). The current values are emptied and an event
    states it for each record; once that is committed the keys are destroyed and the files removed.
    An erasure that was interrupted between the two is completed by
    `records.erasing.complete_erasures` at the next start.
    """
    store = keys.store()
    sealed = [] if store.destroyed(subject) else list(_sealed_for(case, subject))
    attached = [one for one in _attached_to(case, subject) if not store.destroyed(one.pk)]
    if not sealed and not attached:
        raise NothingSealed(kind="subject", record=subject)
    for record in sealed:
        _empty(record, **dict.fromkeys(record.sealed))
    for one in attached:
        _empty(one, file_name="", doubt="")
    trail.record(action="erasures.erase", by=by, case=case, reason=order)
    transaction.on_commit(lambda: _destroy([subject] if sealed else [], attached))


def _empty(record: Recorded, **values: object) -> None:
    if not change(record, **values):
        raise ChangedMeanwhile(
            kind=kind_of(type(record)), record=record.pk, base=record.revision, now="?"
        )


def _destroy(subjects: list[UUID], attached: list[Attachment]) -> None:
    keys.store().destroy_many(subjects + [one.pk for one in attached])
    files.remove_files_of(one.pk for one in attached)


def _attached_to(case: InvestigationCase, subject: UUID) -> QuerySet[Attachment]:
    """The files of the record of that id, or the one file that has it."""
    found = rows_of(Attachment).filter(Q(record=subject) | Q(pk=subject), case=case)
    return found.select_for_update()


def _sealed_for(case: InvestigationCase, subject: UUID) -> Iterator[Recorded]:
    """Records of the case that the key of `subject` ever sealed, in whatever revision."""
    sealed = SealedSection.objects.filter(subject=subject, event__case=case.pk)
    for model in kinds().values():
        if model.sealed:
            ever = sealed.filter(event__kind=kind_of(model)).values_list("event__record", flat=True)
            yield from rows_of(model).filter(case=case, pk__in=list(ever)).select_for_update()
