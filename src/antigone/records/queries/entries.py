# SPDX-License-Identifier: Apache-2.0
"""Records of any table: how many there are, listed, one with its cells, and what joins to what."""

from __future__ import annotations

import re
from collections import defaultdict
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
from antigone.records.queries.history import opened_fields
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
        .annotate(row_table=Value(table, CharField()), row_count=Count("*"))
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
    every = [_values(one) for one in records]
    asked = [_named(target, Q(pk__in=ids)) for target, ids in _ids(table, every).items()]
    keys = _keys(_union(asked))
    return [_cells(table, values, keys) for values in every]


def _values(record: Any) -> dict[str, Any]:
    held = record.__dict__
    values = {one.attname: held.get(one.attname) for one in record._meta.concrete_fields}
    return values | dict.fromkeys(type(record).sealed, "")


def _ids(table: str, every: Iterable[Mapping[str, Any]]) -> dict[str, set[UUID]]:
    """The ids of the records that these values refer to, by table."""
    wanted: dict[str, set[UUID]] = {}
    for values in every:
        for target, field in _reference_fields(table):
            pk = values.get(f"{field}_id")
            if pk is not None:
                wanted.setdefault(target, set()).add(pk)
    return wanted


class _Key(dict[UUID, str]):
    """Keys by id; that of a record which is not there for whoever looks is blank."""

    def __missing__(self, hidden: UUID) -> str:
        return ""


def _keys(rows: Iterable[tuple[str, UUID, str]]) -> dict[str, _Key]:
    found: dict[str, _Key] = defaultdict(_Key)
    for target, pk, key in rows:
        found[target][pk] = key
    return found


def _cells(table: str, values: Mapping[str, Any], keys: Mapping[str, _Key]) -> dict[str, str]:
    written = values.get("as_written") or {}
    return {
        one.name: (written[one.name] or "")
        if one.name in written
        else cell_of(table, one, values, keys)  # type: ignore[arg-type]
        for one in columns_kept(table)
    }


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


@dataclass(frozen=True, slots=True)
class Referring:
    """The records of one table that refer to one record by one column: how many, and the first."""

    table: str
    column: str
    count: int
    named: tuple[Named, ...]
    """All of them where they are few, else none."""


@dataclass(frozen=True, slots=True)
class Around:
    """One record with its cells, what it refers to by each column, and what refers to it."""

    cells: Mapping[str, str]
    referred: Mapping[str, Sequence[Named]]
    referring: Sequence[Referring]


@cache
def referring_columns(table: str) -> tuple[tuple[str, str, str], ...]:
    """Every table, column and field by which a record of `table` may be referred to."""
    return tuple(
        (other, column, fields[table])
        for other in RECORD_OF
        for column, fields in references_of(other).items()
        if table in fields
    )


def around(record: Any) -> Around:
    """One record and what joins to it, in two queries; its sealed cells opened."""
    table = kind_of(type(record))
    values = _values(record)
    if isinstance(record, CaseRow):
        values |= opened_fields(record)
    counted = _referring_counts(record, table)
    few = {name: one for name, one in counted.items() if one[0] <= NAMED}
    ids, lists = _ids(table, [values]), _lists_of_keys(table, values)
    parts = [_said(_named(target, Q(pk__in=some)), "") for target, some in ids.items()]
    parts += [
        _said(_named(target, Q(case=record.case_id, key__in=keys)), column)
        for column, (target, keys) in lists.items()
    ]
    parts += [
        _said(_named(one, Q(**{field: record.pk})), f"{one}.{column}")
        for _n, one, column, field in few.values()
    ]
    found: dict[str, list[Named]] = {}
    for by, *row in _union(parts):
        found.setdefault(by, []).append(Named(*row))
    keys = _keys((one.table, one.id, one.key) for one in found.get("", ()))
    cells = _cells(table, values, keys)
    return Around(
        cells,
        joined(record, cells) | {column: found[column] for column in lists if column in found},
        [
            Referring(one, column, n, tuple(sorted(found.get(name, ()), key=lambda each: each.key)))
            for name, (n, one, column, _field) in counted.items()
        ],
    )


def _said(found: QuerySet[Any], by: str) -> QuerySet[Any]:
    """The rows of `_named`, after a word that says why they were asked for."""
    found = found.annotate(row_by=Value(by, CharField()))
    return found.values_list("row_by", "row_table", "pk", "row_key")


def _lists_of_keys(table: str, values: Mapping[str, Any]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The columns with several keys: the table that they refer to, and the keys."""
    return {
        one.name: (one.refers_to, several(values.get(field_of(table, one.name)) or ""))
        for one in TABLES[table].columns
        if one.kind is Kind.TEXTS and one.refers_to
    }


def _referring_counts(record: Any, table: str) -> dict[str, tuple[int, str, str, str]]:
    """How many records refer to one, with the table, column and field by which they do."""
    asked = {
        f"{other}.{column}": (other, column, field)
        for other, column, field in referring_columns(table)
        if access.sees_rows(RECORD_OF[other]) and access.nameable(RECORD_OF[other], field)
    }
    parts = [
        RECORD_OF[other]
        .objects.filter(**{field: record.pk})
        .order_by()
        .values(field)
        .annotate(row_table=Value(name, CharField()), row_count=Count("*"))
        .values_list("row_table", "row_count")
        for name, (other, _column, field) in asked.items()
    ]
    counted = dict(_union(parts))
    return {name: (counted[name], *asked[name]) for name in asked if name in counted}


def keys_to_choose(case: InvestigationCase, tables: Iterable[str]) -> dict[str, list[str]]:
    """The keys of those of these tables that have few, in two queries; others are absent."""
    seen = [one for one in dict.fromkeys(tables) if one in set(tables_seen()) and has_key(one)]
    sizes = [
        RECORD_OF[table]
        .objects.filter(case=case)
        .order_by()
        .values("case")
        .annotate(row_table=Value(table, CharField()), row_count=Count("*"))
        .values_list("row_table", "row_count")
        for table in seen
    ]
    few = [table for table, found in _union(sizes) if found <= FEW]
    keys: dict[str, list[str]] = {}
    for table, _pk, key in _union([_named(table, Q(case=case)) for table in few]):
        keys.setdefault(table, []).append(key)
    return {table: sorted(found) for table, found in keys.items()}
