# SPDX-License-Identifier: Apache-2.0
"""Attachments of a record, as whoever looks may see them, and their original bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models.query import QuerySet

from antigone.records import attachments as files
from antigone.records import keys
from antigone.records.models import Attachment, Event, InvestigationCase
from antigone.records.queries.history import Moment, moments


def attachments_of(case: InvestigationCase, kind: str, record: UUID) -> QuerySet[Attachment]:
    """The files of one record."""
    found: QuerySet[Attachment] = Attachment.objects.filter(case=case, kind=kind, record=record)
    return found


def one_attachment(case: InvestigationCase, attachment: UUID) -> Attachment | None:
    """One file of the case."""
    return Attachment.objects.filter(case=case, pk=attachment).first()


def attached_by(attachments: Iterable[Attachment]) -> dict[UUID, Moment]:
    """Who attached each of these files, and when."""
    ids = [one.pk for one in attachments]
    first = Event.objects.filter(kind="attachment", record__in=ids, number=1)
    told = moments(first)
    return {one.record: told[one.sequence] for one in first}


def is_erased(attachment: Attachment) -> bool:
    """Whether the key of a file was destroyed, so that nobody can read it again."""
    return keys.store().destroyed(attachment.pk)


def content_of(case: InvestigationCase, attachment: UUID) -> Iterator[bytes]:
    """The original bytes of an attachment that whoever looks may see, certain chunk by chunk.

    Raises
    ------
    Attachment.DoesNotExist, AttachmentMissing, AttachmentBroken, KeyDestroyed
    """
    found = Attachment.objects.get(case=case, pk=attachment)
    return files.read(found.pk, found.sha256)
