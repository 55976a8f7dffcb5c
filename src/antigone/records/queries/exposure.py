# SPDX-License-Identifier: Apache-2.0
"""Who was shown which pictures of the dead, and when: from the log of reads, which carries it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from antigone.records import access
from antigone.records.models import Attachment, InvestigationCase, ReadEvent, User
from antigone.records.models.sight import looking

PICTURE = "picture"
_VERB = f"reads.{PICTURE}"
APPROVES = "openings.approve_opening"
"""Whoever may do this plans who works at what, and sees how much each person was shown."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one account was shown of a case since a moment."""

    account: UUID
    name: str
    pictures: int
    """How often a picture was shown; the same one twice counts twice."""
    days: int
    """On how many days (UTC)."""
    last: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that was shown: which, and when."""

    attachment: UUID
    at: datetime


def note_shown(attachment: Attachment) -> None:
    """Note that whoever looks is being shown this picture: it goes into the log of reads.

    For the page that sends a picture, before it leaves; the operator's sight has no such log.
    """
    read = getattr(looking(), "read", None)
    if read is not None:
        read["attachment", attachment.pk, PICTURE] = None


def shown_to(user: User, case: InvestigationCase, since: datetime) -> list[Shown]:
    """The pictures of a case that this account was shown, the latest first."""
    found = [Shown(record, at) for who, record, at in _shown(case, since) if who == str(user.pk)]
    return found[::-1]


def exposures(case: InvestigationCase, since: datetime, by: User) -> list[Exposure]:
    """How much each account was shown since then: for whoever plans the work; else one's own."""
    moments: dict[str, list[datetime]] = defaultdict(list)
    for who, _record, at in _shown(case, since):
        moments[who].append(at)
    if not access.may(by, APPROVES, case):
        moments = defaultdict(list, {str(by.pk): moments[str(by.pk)]})
    names = dict(User.objects.filter(pk__in=moments).values_list("pk", "username"))
    found = [
        Exposure(UUID(who), names.get(UUID(who), ""), len(many),
                 len({at.date() for at in many}), many[-1])
        for who, many in moments.items() if many
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.pictures, one.name))


def _shown(case: InvestigationCase, since: datetime) -> Iterator[tuple[str, UUID, datetime]]:
    """Account, attachment and moment of every picture shown since then, the oldest first."""
    events = ReadEvent.objects.filter(
        case=case.pk, kind="attachment", at__gte=since, body__contains=f'"verb":"{_VERB}"'
    )
    for body, record, at in events.order_by("sequence").values_list("body", "record", "at"):
        if record is not None:
            yield json.loads(body)["actor"], record, at
