# SPDX-License-Identifier: Apache-2.0
"""Several questions asked in one query: what a page shows of many tables comes at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection, models
from django.db.models.query import QuerySet

Slots = dict[tuple[str, int], int]
"""Columns of the joint query, by their type and the how-manieth of it."""


def together(*asked: QuerySet[Any]) -> list[list[Any]]:
    """What each of these querysets finds, asked in one query; related records by prefetching after.

    Each stands in the query as it is, with the conditions of its sight, and its records are built
    and masked as if it had been asked alone. A database joins columns of one type only, so that
    each type has columns of its own, which a question fills as far as it needs them.
    """
    found: list[list[Any]] = [[] for _ in asked]
    parts = [one for one in (_part(n, each) for n, each in enumerate(asked)) if one is not None]
    if not parts:
        return found
    for part, rows in zip(parts, _rows(parts), strict=True):
        found[part.number] = part.built(rows)
    return found


def attach(records: Sequence[models.Model], **related: QuerySet[Any]) -> None:
    """Give each of these records what refers to it, as a prefetch would, all kinds in one query.

    `related` names the accessors (``markers=Marker.objects...``) and what is looked for.
    """
    if not records:
        return
    fields = {name: type(records[0])._meta.get_field(name).field for name in related}  # type: ignore[union-attr]
    asked = [found.filter(**{f"{fields[name].name}__in": records})
             for name, found in related.items()]  # fmt: skip
    for (name, field), rows in zip(fields.items(), together(*asked), strict=True):
        of: dict[Any, list[Any]] = defaultdict(list)
        for row in rows:
            of[getattr(row, field.attname)].append(row)
        for one in records:
            _keep(one, name, field, of[one.pk])


def _keep(one: models.Model, name: str, field: Any, rows: list[Any]) -> None:
    for row in rows:
        setattr(row, field.name, one)
    found = getattr(one, name).all()
    found._result_cache, found._prefetch_done = rows, True
    one.__dict__.setdefault("_prefetched_objects_cache", {})[name] = found


class _Part:
    """One of the questions: its SQL, and which columns of the joint query are its own."""

    def __init__(self, number: int, asked: QuerySet[Any], compiler: Any, sql: str, given: Any):
        self.number, self._asked, self._compiler = number, asked, compiler
        self.sql, self.given = sql, given
        self.types = [_type(expression) for expression, _, _ in compiler.select]
        self.at: list[int] = []

    def place(self, slots: Slots) -> None:
        """Take columns of the joint query, new ones where there are too few of a type."""
        taken: dict[str, int] = defaultdict(int)
        for name in self.types:
            self.at.append(slots.setdefault((name, taken[name]), len(slots)))
            taken[name] += 1

    def select(self, slots: Slots) -> str:
        """The question as a part of the joint query."""
        named = (connection.ops.quote_name(alias) for _, _, alias in self._compiler.select)
        own = dict(zip(self.at, named, strict=True))
        cells = ", ".join(own.get(at, "NULL") for at in range(len(slots)))
        return f"SELECT {self.number}, {cells} FROM ({self.sql}) part{self.number}"  # noqa: S608

    def built(self, rows: list[Any]) -> list[Any]:
        """The records out of their rows, as the queryset itself builds them."""
        asked, compiler = self._asked._chain(), self._compiler
        compiler.execute_sql = lambda *_how, **_more: [rows]
        asked.query.get_compiler = lambda *_how, **_more: compiler
        return list(asked)


def _part(number: int, asked: QuerySet[Any]) -> _Part | None:
    compiler = asked.query.get_compiler(using=asked.db)
    try:
        sql, given = compiler.as_sql(with_col_aliases=True)
    except (EmptyResultSet, FullResultSet):
        return None  # nothing can be found
    return _Part(number, asked, compiler, sql, given)


def _type(expression: Any) -> str:
    """The type of a column, all texts being one."""
    name = expression.output_field.cast_db_type(connection) or "text"
    return "text" if name.startswith(("varchar", "char")) else str(name)


def _rows(parts: Sequence[_Part]) -> list[list[Any]]:
    """The rows of each part."""
    slots: Slots = {}
    for one in parts:
        one.place(slots)
    # first a row that is not there: it gives each column its type, and SQLite none at all
    names = (f"CAST(NULL AS {name})" if _typed() else "NULL" for name, _ in slots)
    sql = [f"SELECT -1, {', '.join(names)} WHERE 1 = 0", *(one.select(slots) for one in parts)]
    found: dict[int, list[Any]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(sql), [each for one in parts for each in one.given])
        for number, *cells in cursor.fetchall():
            found[number].append(cells)
    return [[tuple(cells[at] for at in one.at) for cells in found[one.number]] for one in parts]


def _typed() -> bool:
    return connection.vendor == "postgresql"
