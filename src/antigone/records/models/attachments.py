# SPDX-License-Identifier: Apache-2.0
"""Attachments: what is known of a file; its bytes lie sealed on disk (`records.attachments`)."""

from django.db import models
from django.db.models import Q

from antigone.records.models.recorded import Recorded

ATTACHED_SECTIONS = (
    "places", "remains", "custody", "post_mortem", "trauma", "ante_mortem", "family_contact",
    "witnesses", "consent", "laboratory",
)  # fmt: skip
"""Sections that a file can belong to: who may see it is decided by its section alone."""


class Attachment(Recorded):
    """A file that belongs to a record. Its own id is the subject of its key."""

    case = models.ForeignKey("InvestigationCase", models.PROTECT, related_name="attachments")
    section = models.CharField(max_length=20)
    kind = models.CharField(max_length=40)
    record = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    doubt = models.CharField(max_length=200, blank=True, default="")
    file_name = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("kind", "record", "id")
        indexes = (models.Index(fields=["record"], name="attachment_by_record"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(section__in=sorted(ATTACHED_SECTIONS)), name="attachment_section_known"
            ),
            models.CheckConstraint(condition=Q(size__gte=0), name="attachment_size_not_negative"),
            models.CheckConstraint(condition=~Q(sha256=""), name="attachment_digest_stated"),
        )
