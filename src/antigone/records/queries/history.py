# SPDX-License-Identifier: Apache-2.0
"""The history of one record: its revisions, who made them, and what changed, cell by cell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from antigone.ledger.events import REASON
from antigone.records import access, protected
from antigone.records.keys import KeyDestroyed, KeyMissing
from antigone.records.kinds import columns_of, kind_of, kinds, rows_of
from antigone.records.models import (
    RECORD_OF,
    CaseRow,
    Event,
    Recorded,
    Revision,
    SealedSection,
    User,
    references_of,
)
from antigone.records.models.cells import cell_of
from antigone.terms.tables import TABLES

PROTECTED = "\x00protected"
"""Stands for a cell whose words are sealed; no cell of a source can hold this character."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An event as a reader is told of it."""

    sequence: int
    at: datetime
    actor: str
    role: str
    verb: str
    act: UUID
    reason: str | None
    """The actor's words; None where they are not to be read or were erased."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell, before and after; `sealed` where only the change itself may be known."""

    column: str
    before: str
    after: str
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One revision of a record: its number, who made it, and what it changed."""

    number: int
    event: Moment
    changes: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell of a record that two people have before them."""

    column: str
    seen: str
    now: str
    wanted: str | None
    """What the second editor wrote; None where they left the cell as they saw it."""

    @property
    def is_conflict(self) -> bool:
        """Whether both changed the cell, and not to the same words."""
        return self.wanted is not None and self.seen != self.now != self.wanted


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What happened to a record between two revisions, beside what somebody wanted to write."""

    base: int
    now: int
    events: tuple[Moment, ...]
    """The events after the base, the newest first."""
    differences: tuple[Difference, ...]


def key_of(record: Recorded) -> str:
    """What a record is called in messages: its key, its code, or its id."""
    return str(getattr(record, "key", "") or record.pk)


def cells_now(record: CaseRow) -> dict[str, str]:
    """Every cell of a record as an export would write it; a sealed one opened."""
    kind = kind_of(type(record))
    values = {one.attname: getattr(record, one.attname) for one in record._meta.concrete_fields}
    values |= opened_fields(record)
    return _cells(kind, values, _keys(kind, [values]))


def opened_fields(record: CaseRow) -> dict[str, str]:
    """The words of the sealed fields of a record."""
    kind = kind_of(type(record))
    return {
        name: _opened(record.pk, kind, record.pk, section, getattr(record, name))
        for name, section in type(record).sealed.items()
    }


def _opened(subject: UUID, kind: str, record: UUID, section: str, sealed: Any) -> str:
    if sealed is None:
        return ""
    return str(protected.open_value(subject, kind, record, section, bytes(sealed)))


def _cells(
    kind: str, values: Mapping[str, Any], keys: Mapping[str, Mapping[Any, str]]
) -> dict[str, str]:
    as_written = values.get("as_written") or {}
    return {
        column.name: (as_written[column.name] or "")
        if column.name in as_written
        else cell_of(kind, column, values, keys)
        for column in TABLES[kind].columns
    }


def _keys(kind: str, every: Iterable[Mapping[str, Any]]) -> dict[str, dict[UUID, str]]:
    """Keys of the records that these values refer to: table, then id."""
    wanted: dict[str, set[UUID]] = {}
    for values in every:
        for fields in references_of(kind).values():
            for target, field in fields.items():
                wanted.setdefault(target, set()).update({values.get(f"{field}_id")} - {None})
    return {
        table: dict.fromkeys(ids, "") | _seen_keys(table, ids)
        for table, ids in wanted.items()
        if table in RECORD_OF
    }


def _seen_keys(table: str, ids: set[UUID]) -> dict[UUID, str]:
    """Keys of those of these records that are there for whoever looks; the others stay blank."""
    return dict(RECORD_OF[table].objects.filter(pk__in=ids).values_list("pk", "key"))


def of_record(kind: str, record: UUID) -> list[Stage]:
    """Every revision of a record, the newest first, with what it changed, as far as it is seen.

    Sealed cells are opened for whoever may read them, which the log of reads then says.
    """
    found = Revision.objects.filter(record=record, kind=kind).select_related("event")
    revisions = list(found.order_by("number"))
    told = moments([one.event for one in revisions])
    bodies = [_read(kind, one) for one in revisions]
    stages: list[Stage] = []
    before: dict[str, str] = {}
    for one, cells in zip(revisions, _all_cells(kind, bodies), strict=True):
        seen = access.visible(kind, record, cells)
        after = {
            name: _disclosed(one, name, cell) if name in seen else cell
            for name, cell in cells.items()
            if name in seen or PROTECTED in cell
        }
        stages.append(Stage(one.number, told[one.event_id], tuple(_changes(before, after))))
        before = after
    return stages[::-1]


def _disclosed(revision: Revision, name: str, cell: str) -> str:
    """The words of a sealed cell of a row; of anything else what stands there."""
    model = kinds()[revision.kind]
    if PROTECTED not in cell or not issubclass(model, CaseRow):
        return cell
    kept = SealedSection.objects.filter(event=revision.event_id, section=model.sealed[name]).first()
    if kept is None:
        return cell
    try:
        return _opened(
            kept.subject, revision.kind, revision.record, model.sealed[name], kept.sealed
        )
    except (KeyDestroyed, KeyMissing):
        return cell  # erased since


def as_of(kind: str, record: UUID, number: int) -> dict[str, str]:
    """The cells of one revision of a record; a sealed cell is `PROTECTED` and its digest."""
    one = Revision.objects.get(record=record, kind=kind, number=number)
    return _all_cells(kind, [_read(kind, one)])[0]


def _read(kind: str, revision: Revision) -> dict[str, Any]:
    """The values of a revision's columns; of a sealed one its digest."""
    body = json.loads(revision.body)
    model = kinds()[kind]
    values = {one.name: one.read(body[one.name]) for one in columns_of(model) if one.name in body}
    for name in model.sealed:
        values[name] = PROTECTED + body[name]["sealed"] if body.get(name) else ""
    return values


def _all_cells(kind: str, bodies: list[dict[str, Any]]) -> list[dict[str, str]]:
    model = kinds()[kind]
    if issubclass(model, CaseRow):
        keys = _keys(kind, bodies)
        return [_cells(kind, one, keys) for one in bodies]
    return [{name: _plain(value) for name, value in one.items()} for one in bodies]


def _plain(value: Any) -> str:
    if value is None or value == {}:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[CellChange]:
    for name, cell in after.items():
        was = before.get(name, "")
        if was == cell:
            continue
        if PROTECTED in was + cell:
            yield CellChange(name, "", "", sealed=True)
        else:
            yield CellChange(name, was, cell)


def moments(events: Iterable[Event]) -> dict[int, Moment]:
    """These events as readers are told of them, by their sequence."""
    found = list(events)
    bodies = {one.sequence: json.loads(one.body) for one in found}
    actors = {UUID(body["actor"]) for body in bodies.values()}
    names = dict(rows_of(User).filter(pk__in=actors).values_list("pk", "username"))
    reasons = _reasons({one.act for one in found}) if access.sees("reasons") else {}
    return {
        one.sequence: Moment(
            sequence=one.sequence, at=one.at, act=one.act,
            actor=names.get(UUID(bodies[one.sequence]["actor"]), bodies[one.sequence]["actor"]),
            role=bodies[one.sequence]["role"], verb=bodies[one.sequence]["verb"],
            reason=reasons.get(one.act),
        )
        for one in found
    }  # fmt: skip


def _reasons(acts: set[UUID]) -> dict[UUID, str]:
    """The words with which each act was explained, where they may be read."""
    found = SealedSection.objects.filter(subject__in=acts, section=REASON)
    reasons = {}
    for one in found.values("subject", "sealed"):
        act = one["subject"]
        try:
            words = protected.open_value(act, "act", act, REASON, bytes(one["sealed"]))
        except (KeyDestroyed, KeyMissing):
            continue  # erased: that there was a reason stays, its words do not
        reasons[act] = str(words)
    return reasons


def meanwhile(record: CaseRow, base: int, wanted: Mapping[str, str]) -> Meanwhile:
    """What `record` was at revision `base`, is now, and is wanted to be, where these differ."""
    kind = kind_of(type(record))
    seen = _with_opened(record, base, access.visible(kind, record.pk, as_of(kind, record.pk, base)))
    now = {name: cell for name, cell in cells_now(record).items() if name in seen}
    later = Revision.objects.filter(record=record.pk, kind=kind, number__gt=base)
    told = moments(one.event for one in later.select_related("event").order_by("-number"))
    return Meanwhile(
        base, record.revision, tuple(told.values()),
        tuple(
            Difference(name, seen[name], now[name], _meant(wanted, seen, name))
            for name in now
            if seen[name] != now[name] or _meant(wanted, seen, name) is not None
        ),
    )  # fmt: skip


def _meant(wanted: Mapping[str, str], seen: Mapping[str, str], name: str) -> str | None:
    cell = wanted.get(name)
    return None if cell is None or cell == seen[name] else cell


def _with_opened(record: CaseRow, number: int, cells: dict[str, str]) -> dict[str, str]:
    """Cells of a revision with its sealed ones opened."""
    kind = kind_of(type(record))
    opened = {}
    for name, section in type(record).sealed.items():
        if not cells.get(name):
            continue
        kept = SealedSection.objects.filter(
            event__record=record.pk, event__number=number, section=section
        ).first()
        try:
            opened[name] = _opened(record.pk, kind, record.pk, section, kept and kept.sealed)
        except (KeyDestroyed, KeyMissing):
            continue  # erased since: the cell stays `PROTECTED`
    return cells | opened
