# SPDX-License-Identifier: Apache-2.0
"""Attachments of a record, as whoever looks may see them, and their original bytes."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models.query import QuerySet

from antigone.records import attachments as files
from antigone.records.models import Attachment, InvestigationCase


def attachments_of(case: InvestigationCase, kind: str, record: UUID) -> QuerySet[Attachment]:
    """The files of one record."""
    found: QuerySet[Attachment] = Attachment.objects.filter(case=case, kind=kind, record=record)
    return found


def content_of(case: InvestigationCase, attachment: UUID) -> Iterator[bytes]:
    """The original bytes of an attachment that whoever looks may see, certain chunk by chunk.

    Raises
    ------
    Attachment.DoesNotExist, AttachmentMissing, AttachmentBroken, KeyDestroyed
    """
    found = Attachment.objects.get(case=case, pk=attachment)
    return files.read(found.pk, found.sha256)
