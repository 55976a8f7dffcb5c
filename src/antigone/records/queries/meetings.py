# SPDX-License-Identifier: Apache-2.0
"""The daily meeting: how many remains came in, were examined and sampled, and who is awaited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from antigone.records import access
from antigone.records.models import (
    CustodyEvent,
    Decision,
    Examination,
    InvestigationCase,
    ProfileRun,
    Remains,
    Sample,
)
from antigone.records.movements import Movements
from antigone.records.queries.samples import ASKED_FOR
from antigone.records.sections import Section

STAGES: Mapping[str, Section] = {
    "recovered": Section.REMAINS,
    "received": Section.CUSTODY,
    "imaging": Section.POST_MORTEM,
    "autopsy": Section.POST_MORTEM,
    "anthropology": Section.POST_MORTEM,
    "odontology": Section.POST_MORTEM,
    "sampled": Section.SAMPLES,
    "profiled": Section.LABORATORY,
    "identified": Section.DECISIONS,
}
"""What is done with remains, in this order, and the section that shows whether it was."""
_EXAMINATIONS = ("imaging", "autopsy", "anthropology", "odontology")
Done = Mapping[UUID, date | None]
"""When each of some remains came to a stage; None where the day is not recorded."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How many remains had come to a stage by the end of a day, and how many on that day."""

    name: str
    by_then: int
    on_the_day: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """What the people at the meeting have before them, by the dates in the records."""

    day: date
    remains: int
    stages: tuple[Stage, ...]
    awaiting: Mapping[str, tuple[str, ...]]
    """For each stage the codes of the remains whose next step it is."""


def meeting(case: InvestigationCase, day: date) -> Meeting:
    """The case as of `day`; stages that may not be seen whole are left out."""
    here = Remains.objects.filter(case=case).exclude(recovered_on_earliest__gt=day)
    every = dict(here.order_by("ordinal").values_list("pk", "code"))
    seen = [name for name, section in STAGES.items() if access.sees_whole(section)]
    events = _until(CustodyEvent.objects.filter(case=case), day) if "received" in seen else ()
    moved = Movements(events)
    done = {name: _done(case, day, name, moved) for name in seen}
    stages = tuple(
        Stage(name, len(done[name]), sum(one == day for one in done[name].values()))
        for name in seen
    )
    return Meeting(day, len(every), stages, _awaiting(every, seen, done, _ended(every, moved)))


def _awaiting(
    every: Mapping[UUID, str], seen: list[str], done: Mapping[str, Done], ended: set[UUID]
) -> dict[str, tuple[str, ...]]:
    """Under each stage the remains that lack it and nothing before it."""
    found: dict[str, list[str]] = {name: [] for name in seen}
    for one, code in every.items():
        lacking = next((name for name in seen if one not in done[name]), None)
        if lacking is not None and one not in ended:
            found[lacking].append(code)
    return {name: tuple(codes) for name, codes in found.items()}


def _done(case: InvestigationCase, day: date, name: str, moved: Movements) -> Done:
    """What had come to one stage; asked only of whoever sees all of its section."""
    if name == "recovered":
        return _first(_by(Remains.objects.filter(case=case), "recovered_on", day, "pk"))
    if name == "received":
        return _received(case, moved)
    if name in _EXAMINATIONS:
        return _examined(case, day, name)
    if name == "sampled":
        return _sampled(case, day)
    return _profiled(case) if name == "profiled" else _identified(case, day)


def _identified(case: InvestigationCase, day: date) -> Done:
    named = Decision.objects.filter(case=case, outcome="identified", remains__isnull=False)
    standing = named.exclude(replaced_by__isnull=False)
    return _first(_by(standing, "decided_on", day, "remains"))


def _by(found: Any, column: str, day: date, of: str) -> Iterable[tuple[UUID, date | None]]:
    """Records whose date is not after `day`: of which remains, and the day where it is certain."""
    done = found.exclude(**{f"{column}_earliest__gt": day})
    for one, early, late in done.values_list(of, f"{column}_earliest", f"{column}_latest"):
        yield one, late if early == late else None


def _first(found: Iterable[tuple[UUID, date | None]]) -> Done:
    first: dict[UUID, date | None] = {}
    for one, day in found:
        known = first.get(one)
        first[one] = min(known, day) if known and day else known or day
    return first


def _received(case: InvestigationCase, moved: Movements) -> Done:
    """Remains that somebody confirmed to hold, by themselves or in what they lay in."""
    found: dict[UUID, date | None] = {}
    for one in Remains.objects.filter(case=case).values_list("pk", flat=True):
        for step in moved.chain(("remains", one)):
            if step.event.action == "received" and one not in found:
                found[one] = step.event.at_utc.date() if step.event.at_utc else None
    return found


def _ended(every: Iterable[UUID], moved: Movements) -> set[UUID]:
    """Remains released or reburied by then: nobody is awaited."""
    return {one for one in every if moved.whereabouts(("remains", one)).end is not None}


def _until(found: Any, day: date) -> Any:
    return found.filter(Q(at_utc__date__lte=day) | Q(at_utc__isnull=True))


def _examined(case: InvestigationCase, day: date, kind: str) -> Done:
    done = _until(Examination.objects.filter(case=case, remains__isnull=False, kind=kind), day)
    found = done.values_list("remains", "at_utc")
    return _first((one, at.date() if at else None) for one, at in found)


def _sampled(case: InvestigationCase, day: date) -> Done:
    """Remains of which as many samples were taken as are asked for; the day of the last of them."""
    samples = Sample.objects.filter(case=case, kind="post_mortem", remains__isnull=False)
    taken = list(_by(samples, "taken_on", day, "remains"))
    counted = Counter(one for one, _ in taken)
    last: dict[UUID, date | None] = {}
    for one, on in taken:
        known = last.get(one)
        last[one] = max(known, on) if known and on else known or on
    return {one: on for one, on in last.items() if counted[one] >= ASKED_FOR}


def _profiled(case: InvestigationCase) -> Done:
    """Remains with a profile; the format does not say of which day."""
    found = ProfileRun.objects.filter(
        case=case, called_markers__gt=0, sample__remains__isnull=False
    )
    return dict.fromkeys(found.values_list("sample__remains", flat=True).distinct())
