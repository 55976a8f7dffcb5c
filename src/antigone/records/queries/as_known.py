# SPDX-License-Identifier: Apache-2.0
"""As known on a day: the records as an earlier part of the log left them, for the same queries.

The tables are rebuilt from the revisions in memory, and inside `as_known` every query of this
thread is answered from there. So whatever the house can count or list today, it can count and
list as it was known on any day, and no second set of queries can drift from the first.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Min, Q
from django.db.utils import ConnectionHandler

from antigone.records.errors import NotKnownThen
from antigone.records.kinds import (
    columns_of,
    kinds,
    parts_of,
    rows_of,
    section_of,
    words_of,
)
from antigone.records.models import (
    CHANGES,
    Event,
    InvestigationCase,
    Log,
    Part,
    Recorded,
    Revision,
    SealedSection,
)

KEPT_READY = 2
"""Rebuilt states that each thread keeps, for the next page of the same day."""
_BATCH = 500
_ready = threading.local()


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in the log: what its first `events` events say; `day` if a day was asked for."""

    events: int
    day: date | None = None


def end_of_day(case: InvestigationCase, day: date) -> Moment:
    """The moment at which `day` ends in the time zone of the case (UTC where it has none).

    Every event before the first one whose clock shows a later day counts. Clocks are claims: where
    one ran ahead, less is shown as known than was, never more.
    """
    zone = ZoneInfo(case.time_zone or "UTC")
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    first_later = Event.objects.filter(at__gte=midnight).aggregate(n=Min("sequence"))["n"]
    return Moment(_size() if first_later is None else first_later, day)


def after_event(sequence: int) -> Moment:
    """The moment after event `sequence`."""
    return Moment(min(sequence + 1, _size()))


def _size() -> int:
    return Log.objects.filter(name=CHANGES).values_list("size", flat=True).first() or 0


@contextmanager
def as_known(case: InvestigationCase, moment: Moment) -> Iterator[InvestigationCase]:
    """Answer every query of this thread from the case as it was known at `moment`.

    Gives the case as it was then. Nothing written inside reaches the database.

    Raises
    ------
    NotKnownThen
    """
    if not Event.objects.filter(case=case.pk, sequence__lt=moment.events).exists():
        raise NotKnownThen(case=case.slug, events=moment.events)
    copy = _rebuilt(case, moment.events)
    with _in_place_of_the_database(copy):
        yield InvestigationCase.objects.get(pk=case.pk)


@contextmanager
def _in_place_of_the_database(copy: BaseDatabaseWrapper) -> Iterator[None]:
    database = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = copy
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = database


def _rebuilt(case: InvestigationCase, events: int) -> BaseDatabaseWrapper:
    """The rebuilt tables, from the last few that this thread made, or made now."""
    log = Log.objects.values_list("identifier", flat=True).get(name=CHANGES)
    kept: dict[tuple[UUID, UUID, int], BaseDatabaseWrapper] = _ready.__dict__.setdefault("kept", {})
    key = (log, case.pk, events)
    if key not in kept:
        rows = {kind: list(_rows(case, kind, events)) for kind in kinds()}
        for old in list(kept)[: len(kept) - KEPT_READY + 1]:
            kept.pop(old).close()
        kept[key] = _filled(rows)
    return kept[key]


def _rows(case: InvestigationCase, kind: str, events: int) -> Iterator[tuple[Any, ...]]:
    """Id, number, body and sealed columns of each record's last revision before `events`."""
    model = kinds()[kind]
    of = Q(case=case.pk) | Q(case=None)
    found = Revision.objects.filter(of, kind=kind, event__lt=events).order_by("record", "number")
    last: dict[UUID, tuple[int, int, str]] = {}
    for record, number, event, body in found.values_list("record", "number", "event_id", "body"):
        last[record] = (number, event, body)
    seals = _seals([event for _, event, _ in last.values()]) if model.sealed else {}
    for record, (number, event, body) in last.items():
        yield record, number, json.loads(body), seals.get(event, {})


def _seals(events: list[int]) -> dict[int, dict[str, bytes]]:
    found: dict[int, dict[str, bytes]] = {}
    for first in range(0, len(events), _BATCH):
        rows = SealedSection.objects.filter(event__in=events[first : first + _BATCH])
        for event, section, sealed in rows.values_list("event_id", "section", "sealed"):
            found.setdefault(event, {})[section] = bytes(sealed)
    return found


def _filled(rows: Mapping[str, list[tuple[Any, ...]]]) -> BaseDatabaseWrapper:
    """A database in memory with the tables of the records, filled with these rows."""
    copy = _empty_database()
    with _in_place_of_the_database(copy):
        for kind, model in kinds().items():
            wholes = [_record(model, *row) for row in rows[kind]]
            rows_of(model).bulk_create(wholes, batch_size=_BATCH)
            for part in parts_of(model):
                lines = [line for row in rows[kind] for line in _part_rows(part, row[0], row[2])]
                rows_of(part).bulk_create(lines, batch_size=_BATCH)
    return copy


def _empty_database() -> BaseDatabaseWrapper:
    settings = {"ENGINE": "antigone.records.embedded", "NAME": ":memory:"}
    copy = ConnectionHandler({DEFAULT_DB_ALIAS: settings})[DEFAULT_DB_ALIAS]
    with _in_place_of_the_database(copy):
        copy.disable_constraint_checking()
        with copy.schema_editor() as editor:
            for model in apps.get_app_config("records").get_models():
                editor.create_model(model)
        copy.disable_constraint_checking()
    return copy


def _record(
    model: type[Recorded],
    record: UUID,
    number: int,
    body: Mapping[str, Any],
    seals: Mapping[str, bytes],
) -> Recorded:
    values: dict[str, Any] = {}
    for column in columns_of(model):
        if column.name in body and column.name not in (*model.sealed, *model.digested):
            values[column.name] = column.read(body[column.name])
    for column in model.sealed:
        if body.get(column) is not None:
            values[column] = seals[section_of(model, column, values)]
    return model(id=record, revision=number, **values)


def _part_rows(part: type[Part], whole: UUID, body: Mapping[str, Any]) -> Iterator[models.Model]:
    table = body["parts"].get(words_of(part.__name__), {"columns": [], "rows": []})
    readers = {column.name: column.read for column in columns_of(part)}
    for cells in table["rows"]:
        values = {
            name: readers[name](cell)
            for name, cell in zip(table["columns"], cells, strict=True)
            if name in readers
        }
        yield part(**{f"{part.whole}_id": whole}, **values)
