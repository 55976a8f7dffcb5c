# SPDX-License-Identifier: Apache-2.0
"""What the printed sheet of a checkpoint says: the tree, the clock, and counts of the day."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.conf import settings

from antigone.ledger.notes import origin_of
from antigone.records.ledger_key import verifier_key
from antigone.records.models import CHANGES, LOGS, Checkpoint, Event, ReadEvent

_SAID = re.compile(r'"role":"([^"]+)".*"verb":"([^"]+)"')


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many events of one verb were made in one role. No person is named."""

    verb: str
    role: str
    events: int


@dataclass(frozen=True, slots=True)
class DayFacts:
    """Everything that a day sheet says; nothing in it is personal."""

    installation: str
    device: str
    origin: str
    log: str
    """``changes`` or ``reads``."""
    size: int
    root: str
    """Hexadecimal, 64 digits."""
    key: str
    """The log's key as those who verify take it: name, hash and public key."""
    note: str
    """The signed note, as it stands in the square code."""
    made_at: datetime
    counts: tuple[DayCount, ...]
    """Events of the day of the checkpoint (UTC), up to the checkpoint."""


def day_facts(checkpoint: Checkpoint) -> DayFacts:
    """The facts of the sheet of `checkpoint`, made in this installation."""
    log = checkpoint.log
    assert log.name in LOGS
    return DayFacts(
        installation=settings.ANTIGONE_INSTALLATION,
        device=str(settings.ANTIGONE_DEVICE),
        origin=origin_of(str(log.identifier)),
        log=log.name,
        size=checkpoint.size,
        root=checkpoint.root,
        key=verifier_key(log.identifier).text,
        note=checkpoint.note,
        made_at=checkpoint.made_at.astimezone(UTC),
        counts=_counts(checkpoint),
    )


def _counts(checkpoint: Checkpoint) -> tuple[DayCount, ...]:
    model = Event if checkpoint.log.name == CHANGES else ReadEvent
    day = checkpoint.made_at.astimezone(UTC).date()
    begun = datetime.combine(day, time.min, tzinfo=UTC)
    found = model.objects.filter(at__gte=begun, sequence__lt=checkpoint.size)
    counted: Counter[tuple[str, str]] = Counter()
    for body in found.values_list("body", flat=True).iterator(chunk_size=2000):
        said = _SAID.search(body)
        assert said is not None, "an event names its role and its verb"
        counted[said[2], said[1]] += 1
    return tuple(DayCount(verb, role, n) for (verb, role), n in sorted(counted.items()))
