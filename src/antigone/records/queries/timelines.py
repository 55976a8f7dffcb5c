# SPDX-License-Identifier: Apache-2.0
"""What happened to remains, and at a site, as far as it is dated and may be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from antigone.records.models import (
    CaseRow,
    ControlPeriod,
    CustodyEvent,
    Decision,
    Examination,
    ExaminationOrder,
    InvestigationCase,
    Lead,
    Notification,
    PlaceEvent,
    Recommendation,
    Recovery,
    Remains,
    Sample,
    Site,
)
from antigone.records.models.together import together
from antigone.records.queries import custody


@dataclass(frozen=True, slots=True)
class Dated:
    """A record, what of it happened, and between which days that was."""

    lane: str
    record: CaseRow
    said: str
    """The date as it was written."""
    earliest: date | None
    latest: date | None
    lasting: bool = False
    """Whether it went on from the first to the last day, rather than once in between."""


_LANES: tuple[tuple[str, type[CaseRow], str], ...] = (
    ("recovery", Recovery, "recovered_on"),
    ("orders", ExaminationOrder, "issued_on"),
    ("examinations", Examination, ""),
    ("samples", Sample, "taken_on"),
    ("recommendations", Recommendation, "sitting_on"),
    ("decisions", Decision, "decided_on"),
)
"""Lane, what is drawn in it, and its date; blank for a moment."""


def of_remains(one: Remains, case: InvestigationCase) -> list[Dated]:
    """Recovery, custody through containers, examinations, samples, decisions, notifications."""
    zone = ZoneInfo(case.time_zone)
    rows = together(*(model.objects.filter(remains=one) for _, model, _ in _LANES))
    found = {
        lane: [_on(lane, row, date) if date else _at(lane, row, zone) for row in every]
        for (lane, _, date), every in zip(_LANES, rows, strict=True)
    }
    if not found["recovery"] and one.recovered_on:
        found["recovery"] = [_on("recovery", one, "recovered_on")]
    decided = [each.record.pk for each in found["decisions"]]
    told = Notification.objects.filter(decision__in=decided)
    return [
        *found.pop("recovery"),
        *(_at("custody", link.event, zone) for link in custody.chain_of(one)),
        *(each for every in found.values() for each in every),
        *(_on("notifications", row, "told_on") for row in (told if decided else ())),
    ]


def of_site(site: Site) -> list[Dated]:
    """Who controlled a site when, what happened there, and what was reported of it."""
    found: list[Dated] = []
    found += [_lasting("control", row) for row in ControlPeriod.objects.filter(site=site)]
    found += [_lasting("events", row) for row in PlaceEvent.objects.filter(site=site)]
    for lead in Lead.objects.filter(site=site):
        found.append(_on("leads", lead, "reported_on"))
        if lead.searched_on:
            found.append(_on("searches", lead, "searched_on"))
    for name in ("found_on", "secured_on"):
        if getattr(site, name):
            found.append(_on("site", site, name))
    return found


def site(case: InvestigationCase, key: str) -> Site | None:
    """One site; None if unknown."""
    return Site.objects.filter(case=case, key=key).first()


def _on(lane: str, row: Any, column: str) -> Dated:
    """A record dated by a column, known in part perhaps."""
    bounds = (getattr(row, f"{column}_{end}") for end in ("earliest", "latest"))
    return Dated(lane, row, getattr(row, column), *bounds)


def _at(lane: str, row: CustodyEvent | Examination, zone: ZoneInfo) -> Dated:
    """A record with a moment: the day that it was in the zone of the case."""
    day = row.at_utc.astimezone(zone).date() if row.at_utc else None
    return Dated(lane, row, row.at, day, day)


def _lasting(lane: str, row: Any) -> Dated:
    """A record that went on from one date to another; with one of them alone it was once."""
    first, last = row.from_date_earliest or row.from_date_latest, row.to_date_latest
    said = " – ".join(one for one in (row.from_date, row.to_date) if one)
    if not row.to_date:
        return Dated(lane, row, said, row.from_date_earliest, row.from_date_latest)
    return Dated(lane, row, said, first or row.to_date_earliest, last, lasting=first is not None)
