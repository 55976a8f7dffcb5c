# SPDX-License-Identifier: Apache-2.0
"""The ledger: events, the revisions they commit to, the head of each log, and checkpoints.

Written by `actions.trail` and `actions.checkpoints` alone; `docs/ledger-spec.md` is the format.
"""

import uuid

from django.db import models
from django.db.models import Q

from antigone.records.models.recorded import Recorded

CHANGES, READS = "changes", "reads"
LOGS = (CHANGES, READS)


class Log(models.Model):
    """The head of a log: how many events it has, and the hashes from which its root follows."""

    name = models.CharField(max_length=20, primary_key=True)
    identifier = models.UUIDField(default=uuid.uuid4)
    size = models.BigIntegerField(default=0)
    frontier = models.TextField(blank=True, default="")
    last_leaf = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(name__in=LOGS), name="log_known"),)


class LoggedEvent(models.Model):
    """One event as it is hashed (`body`), with what it is found by."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    act = models.UUIDField()
    case = models.UUIDField(null=True)
    kind = models.CharField(max_length=40)
    record = models.UUIDField(null=True)
    number = models.PositiveIntegerField()
    body = models.TextField()

    class Meta:
        abstract = True
        ordering = ("sequence",)


class Event(LoggedEvent):
    """An event of the log of changes: who did what to which record, and when."""

    class Meta(LoggedEvent.Meta):
        indexes = (
            models.Index(fields=["record", "number"], name="event_by_record"),
            models.Index(fields=["at"], name="event_by_clock"),
            models.Index(fields=["act"], name="event_by_act"),
            models.Index(fields=["case", "sequence"], name="event_by_case"),
        )


class ReadEvent(LoggedEvent):
    """An event of the log of reads: who read which protected section of which record."""

    class Meta(LoggedEvent.Meta):
        indexes = (
            models.Index(fields=["record"], name="read_event_by_record"),
            models.Index(fields=["at"], name="read_event_by_clock"),
        )


class Revision(models.Model):
    """The open section of one record as it stood after an act, and the salt of its commitment."""

    record = models.UUIDField()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    case = models.UUIDField(null=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="revision_kept")
    salt = models.CharField(max_length=64)
    body = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["record", "number"], name="revision_once_for_record"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_from_1"),
        )
        indexes = (models.Index(fields=["case", "kind", "event"], name="revision_by_kind"),)


class SealedSection(models.Model):
    """A protected section of a revision, or the words of a reason, under the subject's key."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="sealed_sections")
    section = models.CharField(max_length=20)
    subject = models.UUIDField()
    sealed = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["event", "section"], name="sealed_section_once"),
        )
        indexes = (models.Index(fields=["subject"], name="sealed_section_by_subject"),)


class Tile(models.Model):
    """The hash of a full part of a log's tree, kept so that proofs need few events."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="tiles")
    height = models.PositiveSmallIntegerField()
    place = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["log", "height", "place"], name="tile_once"),
        )


class Checkpoint(Recorded):
    """A signed statement of a log's size and root (a C2SP signed note), made here."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="checkpoints")
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("size", "made_at")


MANNERS = ("signed_sheet", "witness_file", "installation", "time_stamp")


class Witnessing(Recorded):
    """A checkpoint that somebody outside holds: a signed sheet, a file, another installation.

    `note` is what they signed, and `key` the key with which they did, where there is one.
    """

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="witnessings")
    manner = models.CharField(max_length=20)
    witness = models.TextField()
    note = models.TextField(blank=True, default="")
    key = models.TextField(blank=True, default="")
    witnessed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(manner__in=MANNERS), name="witnessing_manner_known"),
            models.CheckConstraint(condition=~Q(witness=""), name="witnessing_by_somebody"),
        )


class HeldCheckpoint(Recorded):
    """A checkpoint of somebody else's log that we hold as its witness."""

    origin = models.CharField(max_length=200)
    key = models.TextField()
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()
    held_at = models.DateTimeField()

    class Meta:
        ordering = ("origin", "size")
        constraints = (
            models.UniqueConstraint(fields=["origin", "size", "root"], name="held_checkpoint_once"),
            models.CheckConstraint(condition=~Q(origin=""), name="held_checkpoint_of_a_log"),
        )
