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


def of_remains(one: Remains) -> list[Dated]:
    """Recovery, custody through containers, examinations, samples, decisions, notifications."""
    zone = ZoneInfo(one.case.time_zone)
    recovered = [_on("recovery", row, "recovered_on")
                 for row in Recovery.objects.filter(remains=one)]  # fmt: skip
    if not recovered and one.recovered_on:
        recovered = [_on("recovery", one, "recovered_on")]
    decisions = list(Decision.objects.filter(remains=one))
    told = Notification.objects.filter(decision__in=[row.pk for row in decisions])
    return [
        *recovered,
        *(_at("custody", link.event, zone) for link in custody.chain_of(one)),
        *(_on("orders", row, "issued_on") for row in ExaminationOrder.objects.filter(remains=one)),
        *(_at("examinations", row, zone) for row in Examination.objects.filter(remains=one)),
        *(_on("samples", row, "taken_on") for row in Sample.objects.filter(remains=one)),
        *(_on("recommendations", row, "sitting_on")
          for row in Recommendation.objects.filter(remains=one)),
        *(_on("decisions", row, "decided_on") for row in decisions),
        *(_on("notifications", row, "told_on") for row in (told if decisions else ())),
    ]  # fmt: skip


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
