# SPDX-License-Identifier: Apache-2.0
"""The kinds of record, and each record as the canonical value that the ledger commits to.

A kind is the table's name of the exchange format or, where there is none, the model's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models.query import QuerySet

from antigone.ledger.canonical import Json
from antigone.records.models import RECORD_OF, Part, Recorded
from antigone.records.models.documents import PROTECTED_TABLES

AT_ONCE = 500
"""Records read in one query: SQLite takes a limited number of parameters."""
_LEFT_OUT = ("id", "revision")

Encoder = Callable[[Any], Json]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a record, and how its value is written in a revision and read back."""

    name: str
    write: Encoder
    read: Callable[[Json], Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One record as the database holds it now."""

    kind: str
    record: UUID
    revision: int
    case: UUID | None
    body: dict[str, Json]
    sealed: Mapping[str, tuple[UUID, bytes]]
    """Protected section: its subject and the sealed bytes."""


@cache
def kinds() -> Mapping[str, type[Recorded]]:
    """Every kind of record, and its model."""
    named = {model: table for table, model in RECORD_OF.items()}
    found = [
        one for one in apps.get_app_config("records").get_models() if issubclass(one, Recorded)
    ]
    return {named.get(one) or words_of(one.__name__): one for one in found}


@cache
def kind_of(model: type[Recorded]) -> str:
    """The kind of a model's records."""
    return next(kind for kind, one in kinds().items() if one is model)


@cache
def parts_of(model: type[Recorded]) -> tuple[type[Part], ...]:
    """The models whose rows belong to a revision of `model`."""
    every = apps.get_app_config("records").get_models()
    return tuple(
        one
        for one in every
        if issubclass(one, Part) and one._meta.get_field(one.whole).related_model is model
    )


def words_of(name: str) -> str:
    """A model's name in lower case, its words parted by underscores."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def section_of(model: type[Recorded], column: str, values: Mapping[str, Any]) -> str:
    """The protected section that a sealed column of a record is."""
    section = model.sealed[column]
    return PROTECTED_TABLES[values["table"]] if section == "table" else section


def rows_of(model: type[models.Model]) -> QuerySet[Any]:
    """Every row of a model, whoever looks: for the ledger alone, which hides behind commitments."""
    return QuerySet(model)


def snapshots(kind: str, records: Sequence[UUID]) -> Iterator[Snapshot]:
    """The records of `kind` with these ids as they stand; those not there are left out."""
    model = kinds()[kind]
    for first in range(0, len(records), AT_ONCE):
        ids = records[first : first + AT_ONCE]
        rows = list(rows_of(model).filter(id__in=ids).order_by().values())  # an order may join
        parts = _parts(model, ids) if parts_of(model) else {}
        yield from (_snapshot(kind, model, row, parts.get(row["id"])) for row in rows)


def _snapshot(
    kind: str, model: type[Recorded], row: Mapping[str, Any], parts: dict[str, Json] | None
) -> Snapshot:
    body: dict[str, Json] = {one.name: one.write(row[one.name]) for one in columns_of(model)}
    if parts is not None:
        body["parts"] = parts
    sealed = {
        section_of(model, column, row): (_subject(model, row), bytes(row[column]))
        for column in model.sealed
        if row[column] is not None
    }
    return Snapshot(kind, row["id"], row["revision"], _case(model, row), body, sealed)


def _subject(model: type[Recorded], row: Mapping[str, Any]) -> UUID:
    """Whose key seals the record's protected columns: its `subject`, else the record itself."""
    found = row.get("subject") or row["id"]
    assert isinstance(found, UUID)
    return found


def _case(model: type[Recorded], row: Mapping[str, Any]) -> UUID | None:
    found: UUID | None = row["id"] if kind_of(model) == "investigation_case" else row.get("case_id")
    return found


def _parts(model: type[Recorded], ids: Sequence[UUID]) -> dict[UUID, dict[str, Json]]:
    found: dict[UUID, dict[str, Json]] = {one: {} for one in ids}
    for part in parts_of(model):
        whole = f"{part.whole}_id"
        columns = [one for one in columns_of(part) if one.name != whole]
        names: list[Json] = [one.name for one in columns]
        tables: dict[UUID, list[Json]] = {one: [] for one in ids}
        rows = rows_of(part).filter(**{f"{whole}__in": ids}).order_by(whole, "ordinal")
        wanted = (whole, *(one.name for one in columns))
        for of, *cells in rows.values_list(*wanted).iterator(chunk_size=2000):
            pairs = zip(columns, cells, strict=True)
            tables[of].append([column.write(cell) for column, cell in pairs])
        for one in ids:
            found[one][words_of(part.__name__)] = {"columns": names, "rows": tables[one]}
    return found


@cache
def columns_of(model: type[models.Model]) -> tuple[Column, ...]:
    """The columns that a revision of `model` holds, in the order of their names."""
    digested = getattr(model, "digested", ())
    left_out = (*_LEFT_OUT, *getattr(model, "unrecorded", ()))
    found = [
        _column(field, digested=field.attname in digested)
        for field in model._meta.concrete_fields
        if field.attname not in left_out
    ]
    return tuple(sorted(found, key=lambda one: one.name))


@cache
def defaults_of(model: type[models.Model]) -> Mapping[str, Json]:
    """What each column holds in records that are older than the column."""
    fields = {one.attname: one for one in model._meta.concrete_fields}
    return {one.name: one.write(fields[one.name].get_default()) for one in columns_of(model)}


def _column(field: models.Field[Any, Any], *, digested: bool) -> Column:
    if digested:
        return Column(field.attname, _digest, lambda value: value)
    target = field.target_field if field.is_relation else field
    for kind, write, read in _FORMS:
        if isinstance(target, kind):
            return Column(field.attname, _or_none(write), _or_none(read))
    raise TypeError(f"the ledger has no form for {field}")


def _or_none(one: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else one(value)


def _digest(value: str) -> Json:
    return {"sha256": sha256(value.encode()).hexdigest()}


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _outside_document(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _same(value: Any) -> Any:
    return value


# The first form that fits counts: a date with a time is also a date, a whole number of 64 bits does
# not fit JSON, and a float is written as the shortest text that reads back as the same number.
_FORMS: tuple[tuple[type, Callable[[Any], Any], Callable[[Any], Any]], ...] = (
    (models.BigIntegerField, str, int),
    (models.BooleanField, _same, _same),
    (models.IntegerField, _same, _same),
    (models.FloatField, repr, float),
    (models.UUIDField, str, UUID),
    (models.DateTimeField, _moment, datetime.fromisoformat),
    (models.DateField, date.isoformat, date.fromisoformat),
    (models.JSONField, _outside_document, json.loads),
    (models.BinaryField, lambda value: {"sealed": sha256(value).hexdigest()}, _same),
    (models.CharField, _same, _same),
    (models.TextField, _same, _same),
)


def by_kind(due: Iterable[tuple[str, UUID]]) -> dict[str, list[UUID]]:
    """Ids grouped by kind, in order."""
    found: dict[str, list[UUID]] = {}
    for kind, record in due:
        found.setdefault(kind, []).append(record)
    return found
