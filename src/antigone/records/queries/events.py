# SPDX-License-Identifier: Apache-2.0
"""Events of the log as pages list them: by act, by verb, by actor, by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Min, QuerySet

from antigone.records.kinds import rows_of
from antigone.records.models import Checkpoint, Event, InvestigationCase, User, Witnessing
from antigone.records.queries.history import Moment, moments


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act: its first event as readers are told of it, and how many events it left."""

    first: int
    last: int
    events: int
    told: Moment


def events_of(
    case: InvestigationCase,
    *,
    verb: str = "",
    actor: str = "",
    day: date | None = None,
    act: UUID | None = None,
) -> QuerySet[Event]:
    """Events of a case with this verb, by this account, on this day (in the case's time zone)."""
    found = Event.objects.filter(case=case.pk)
    if verb:  # events are canonical, so that what stands in them can be found by its text
        found = found.filter(body__contains=f'"verb":"{verb}"')
    if actor:
        account = rows_of(User).filter(username=actor).values_list("pk", flat=True).first()
        found = found.filter(body__contains=f'"actor":"{account}"') if account else found.none()
    if day is not None:
        begun = datetime.combine(day, time.min, tzinfo=ZoneInfo(case.time_zone or "UTC"))
        found = found.filter(at__gte=begun, at__lt=begun + timedelta(days=1))
    return found if act is None else found.filter(act=act)


def acts(found: QuerySet[Event]) -> QuerySet[Event, dict[str, object]]:
    """The acts to which events belong, the newest first; told by `act_lines`."""
    grouped = found.order_by().values("act")
    return grouped.annotate(
        first=Min("sequence"), last=Max("sequence"), events=Count("sequence")
    ).order_by("-first")


def act_lines(found: list[dict[str, int]]) -> list[ActLine]:
    """These acts as readers are told of them."""
    firsts = Event.objects.filter(sequence__in=[one["first"] for one in found])
    told = moments(firsts)
    return [ActLine(one["first"], one["last"], one["events"], told[one["first"]]) for one in found]


def event(case: InvestigationCase, sequence: int) -> Event | None:
    """One event of a case; None if it is not there, or of another case."""
    return Event.objects.filter(case=case.pk, sequence=sequence).first()


def checkpoints() -> QuerySet[Checkpoint]:
    """Every checkpoint made here, the newest first: size, root, signature, nothing of a case."""
    return rows_of(Checkpoint).select_related("log").order_by("-made_at")


def witnessings(many: list[Checkpoint]) -> dict[UUID, list[Witnessing]]:
    """Who holds each of these checkpoints, by its id."""
    found: dict[UUID, list[Witnessing]] = {}
    for one in rows_of(Witnessing).filter(checkpoint__in=many).order_by("witnessed_at"):
        found.setdefault(one.checkpoint_id, []).append(one)
    return found
