# SPDX-License-Identifier: Apache-2.0
"""Records of any table: how many there are, listed, one with its cells, and what joins to what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from antigone.records import access
from antigone.records.fields import field_of, references_of
from antigone.records.kinds import kind_of
from antigone.records.models import RECORD_OF, CaseRow, InvestigationCase, Recorded
from antigone.records.models.cells import cell_of
from antigone.records.sections import PROTECTED, section_of
from antigone.terms.tables import TABLES, Column, Kind, several

FEW = 200
"""So many keys of a table are offered to choose from; more are typed."""
NAMED = 12
"""So many records of a table that refer to one are named on its page; more are counted."""


@dataclass(frozen=True, slots=True)
class Named:
    """A record as other records speak of it: its table, its id, and its key where it has one."""

    table: str
    id: UUID
    key: str


def tables_seen() -> list[str]:
    """The tables of which rows may be there for whoever looks, in the order of the format."""
    return [table for table in TABLES if table in RECORD_OF and access.sees_rows(RECORD_OF[table])]


def columns_kept(table: str) -> tuple[Column, ...]:
    """The columns of a table that each of its records keeps as a field, or as a reference."""
    fields = {one.name for one in RECORD_OF[table]._meta.get_fields()}
    return tuple(
        one
        for one in TABLES[table].columns
        if field_of(table, one.name) in fields or one.name in references_of(table)
    )


def counts(case: InvestigationCase) -> dict[str, int]:
    """How many rows of each table there are for whoever looks; tables that are not seen are absent.

    In one query, whatever the number of tables.
    """
    tables = tables_seen()
    parts = [
        RECORD_OF[table]
        .objects.filter(case=case)
        .order_by()
        .values("case")
        .annotate(row_table=Value(table, CharField()), row_count=Count("id"))
        .values_list("row_table", "row_count")
        for table in tables
    ]
    return dict.fromkeys(tables, 0) | dict(_union(parts))


def _union(parts: Sequence[QuerySet[Any]]) -> Iterable[Any]:
    """The rows of several queries, in one."""
    if not parts:
        return []
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def listed(
    case: InvestigationCase, table: str, *, text: str = "", newest_first: bool = False,
    by_key: bool = False,
) -> QuerySet[Any]:  # fmt: skip
    """The records of a table whose words contain `text`, or that refer to a record of that key.

    In the order of their source, or by key; protected columns are not read.
    """
    model = RECORD_OF[table]
    found = model.objects.filter(case=case).defer(*_protected(table))
    if text:
        found = _searched(found, case, table, text)
    has_ordinal = issubclass(model, CaseRow)
    order = "key" if by_key and has_key(table) else "ordinal" if has_ordinal else "id"
    return found.order_by(f"-{order}" if newest_first else order)


def has_key(table: str) -> bool:
    """Whether a record of this table is named by one key of its own."""
    return any(one.name == "key" for one in RECORD_OF[table]._meta.concrete_fields)


@cache
def _protected(table: str) -> tuple[str, ...]:
    """The fields of a table that are read only record by record."""
    fields = RECORD_OF[table]._meta.concrete_fields
    return tuple(
        one.attname for one in fields
        if section_of(table, one.name) in PROTECTED or one.attname in RECORD_OF[table].sealed
    )  # fmt: skip


def _searched(
    found: QuerySet[Any], case: InvestigationCase, table: str, text: str
) -> QuerySet[Any]:
    """`found` by its words, and by the keys that it refers to."""
    model = RECORD_OF[table]
    words = [name for name in _words(table) if access.nameable(model, name)]
    wanted = Q(pk__in=[])
    if words:
        parts = [part for name in words for part in (F(name), Value("\n"))]
        found = found.alias(row_words=Concat(*parts, output_field=TextField()))
        wanted |= Q(row_words__iregex=re.escape(text))
    for target, field in _reference_fields(table):
        if access.nameable(model, field):
            meant = RECORD_OF[target].objects.filter(case=case, key__iexact=text)
            wanted |= Q(**{f"{field}__in": meant.values("pk")})
    return found.filter(wanted)


@cache
def _words(table: str) -> tuple[str, ...]:
    """The fields of a table that hold words as they were written."""
    model = RECORD_OF[table]
    fields = {one.name for one in model._meta.concrete_fields}
    named = [field_of(table, one.name) for one in TABLES[table].columns
             if one.kind in (Kind.TEXT, Kind.TEXTS, Kind.DATE)]  # fmt: skip
    written = [f"{field_of(table, name)}_key" for name in references_of(table)]
    code = ["code"] if "code" in fields else []
    hidden = {*model.sealed, *(field for _target, field in _reference_fields(table))}
    return tuple(one for one in (*named, *written, *code) if one in fields - hidden)


def _reference_fields(table: str) -> list[tuple[str, str]]:
    """Each table that rows of this one refer to, and the field that does."""
    return [
        (target, field)
        for fields in references_of(table).values()
        for target, field in fields.items()
        if target in RECORD_OF
    ]


def one_record(case: InvestigationCase, table: str, record: UUID) -> Recorded | None:
    """One record of a table, if it is there for whoever looks."""
    return RECORD_OF[table].objects.filter(case=case, pk=record).first()


def cells(table: str, records: Sequence[Any]) -> list[dict[str, str]]:
    """The cells of each of these records that are kept as they stand; a sealed one stays blank."""
    every = [_values(table, one) for one in records]
    keys = keys_referred_to(table, every)
    return [
        {
            column.name: _cell(table, column, values, keys)
            for column in columns_kept(table)
        }
        for values in every
    ]  # fmt: skip


def _values(table: str, record: Any) -> dict[str, Any]:
    held = record.__dict__
    values = {one.attname: held.get(one.attname) for one in record._meta.concrete_fields}
    return values | dict.fromkeys(type(record).sealed, "")


def _cell(table: str, column: Column, values: Mapping[str, Any], keys: Any) -> str:
    written = (values.get("as_written") or {}).get(column.name)
    return written if written is not None else cell_of(table, column, values, keys)


def keys_referred_to(table: str, every: Iterable[Mapping[str, Any]]) -> dict[str, dict[UUID, str]]:
    """Keys of the records that these values refer to, by table and id, in one query.

    The key of a record that is not there for whoever looks is blank.
    """
    wanted: dict[str, set[UUID]] = {target: set() for target, _ in _reference_fields(table)}
    for values in every:
        for target, field in _reference_fields(table):
            wanted[target].update({values.get(f"{field}_id")} - {None})  # type: ignore[arg-type]
    found = {target: dict.fromkeys(ids, "") for target, ids in wanted.items()}
    parts = [_named(target, Q(pk__in=ids)) for target, ids in wanted.items() if ids]
    for target, pk, key in _union(parts):
        found[target][pk] = key
    return found


def _named(table: str, where: Q) -> QuerySet[Any]:
    """Table, id and key of records; a record without a key of its own has a blank one."""
    key = F("key") if has_key(table) else Value("", TextField())
    found = RECORD_OF[table].objects.filter(where).order_by()
    found = found.annotate(row_table=Value(table, CharField()), row_key=key)
    return found.values_list("row_table", "pk", "row_key")


def withheld_columns(record: Any) -> frozenset[str]:
    """The columns of a record that whoever looks may not see."""
    table = kind_of(type(record))
    hidden = getattr(record, "withheld", frozenset())
    return frozenset(
        one.name for one in TABLES[table].columns if hidden & _attributes(table, one.name)
    )


@cache
def _attributes(table: str, column: str) -> frozenset[str]:
    name = field_of(table, column)
    joined = {f"{one}_id" for one in references_of(table).get(column, {}).values()}
    return frozenset({name, f"{name}_key", *joined})


def joined(record: Any, cells: Mapping[str, str]) -> dict[str, list[Named]]:
    """The record that each reference of a record is joined to, by column; asks nothing."""
    found: dict[str, list[Named]] = {}
    for column, fields in references_of(kind_of(type(record))).items():
        for target, field in fields.items():
            pk = record.__dict__.get(f"{field}_id")
            if pk is not None and cells.get(column):
                found[column] = [Named(target, pk, cells[column])]
    return found


def referred_to(record: Any, cells: Mapping[str, str]) -> dict[str, list[Named]]:
    """The records that each column of a record refers to, as far as they are there."""
    return joined(record, cells) | _lists_of_keys(record, kind_of(type(record)), cells)


def _lists_of_keys(record: Any, table: str, cells: Mapping[str, str]) -> dict[str, list[Named]]:
    lists = [one for one in TABLES[table].columns if one.kind is Kind.TEXTS and one.refers_to]
    wanted = {one.name: several(cells.get(one.name, "")) for one in lists}
    parts = [
        _named(str(one.refers_to), Q(case=record.case_id, key__in=wanted[one.name]))
        for one in lists
        if wanted[one.name]
    ]
    there = [Named(*row) for row in _union(parts)]
    return {
        one.name: [each for each in there if each.table == one.refers_to]
        for one in lists
        if wanted[one.name]
    }


@dataclass(frozen=True, slots=True)
class Referring:
    """The records of one table that refer to one record by one column: how many, and the first."""

    table: str
    column: str
    count: int
    named: tuple[Named, ...]
    """All of them where they are few, else none."""


@cache
def referring_columns(table: str) -> tuple[tuple[str, str, str], ...]:
    """Every table, column and field by which a record of `table` may be referred to."""
    return tuple(
        (other, column, fields[table])
        for other in RECORD_OF
        for column, fields in references_of(other).items()
        if table in fields
    )


def referring(record: Recorded) -> list[Referring]:
    """What refers to a record, in two queries: counted, and named where they are few."""
    seen = set(tables_seen())
    asked = {
        f"{table}.{column}": (table, column, field)
        for table, column, field in referring_columns(kind_of(type(record)))
        if table in seen and access.nameable(RECORD_OF[table], field)
    }
    parts = [
        RECORD_OF[table]
        .objects.filter(**{field: record.pk})
        .order_by()
        .values(field)
        .annotate(row_table=Value(name, CharField()), row_count=Count("id"))
        .values_list("row_table", "row_count")
        for name, (table, _column, field) in asked.items()
    ]
    counted = dict(_union(parts))
    named = _members(record, {name: asked[name] for name, n in counted.items() if n <= NAMED})
    return [
        Referring(table, column, counted[name], tuple(named.get(name, ())))
        for name, (table, column, _field) in asked.items()
        if name in counted
    ]


def _members(record: Recorded, asked: Mapping[str, tuple[str, str, str]]) -> dict[str, list[Named]]:
    found: dict[str, list[Named]] = {}
    parts = [
        _named(table, Q(**{field: record.pk}))
        .annotate(row_by=Value(name, CharField()))
        .values_list("row_by", "row_table", "pk", "row_key")
        for name, (table, _column, field) in asked.items()
    ]
    for name, table, pk, key in _union(parts):
        found.setdefault(name, []).append(Named(table, pk, key))
    for many in found.values():
        many.sort(key=lambda one: one.key)
    return found


def keys_to_choose(case: InvestigationCase, tables: Iterable[str]) -> dict[str, list[str]]:
    """The keys of those of these tables that have few, in two queries; others are absent."""
    seen = [one for one in dict.fromkeys(tables) if one in set(tables_seen()) and has_key(one)]
    sizes = [
        RECORD_OF[table]
        .objects.filter(case=case)
        .order_by()
        .values("case")
        .annotate(row_table=Value(table, CharField()), row_count=Count("id"))
        .values_list("row_table", "row_count")
        for table in seen
    ]
    few = [table for table, found in _union(sizes) if found <= FEW]
    keys: dict[str, list[str]] = {}
    for table, _pk, key in _union([_named(table, Q(case=case)) for table in few]):
        keys.setdefault(table, []).append(key)
    return {table: sorted(found) for table, found in keys.items()}
