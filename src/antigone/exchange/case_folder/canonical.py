# SPDX-License-Identifier: Apache-2.0
"""One form for equal tables, whatever file or database they come from: digests and differences."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from antigone.exchange.case_folder.cells import is_time, number
from antigone.terms.tables import TABLES, Column, Kind, Row, Table, Tables, several

CanonicalRow = tuple[tuple[str, str], ...]
"""Column and canonical cell of every cell that is not blank: known columns, then others by name."""


def digests(tables: Tables) -> dict[str, str]:
    """The SHA-256 of every table's canonical form, by name, in the format's order.

    Lines of JSON, one a row, sorted: ``[[column, cell], ...]`` without blank cells, known columns
    in the format's order, then others by name. Numbers are written one way, several values are
    parted by ``;`` alone, times are in UTC, and every other text stands as it is. The order of rows
    and columns, and a column without any cell, change nothing.
    """
    return {
        name: hashlib.sha256("".join(_lines(table, tables[name])).encode()).hexdigest()
        for name, table in TABLES.items()
        if name in tables
    }


def tables_equal(one: Tables, other: Tables) -> bool:
    """Whether two sets of tables say the same: equal tables by name, equal canonical rows."""
    return set(one) == set(other) and all(
        _lines(TABLES[name], one[name]) == _lines(TABLES[name], other[name]) for name in one
    )


def _lines(table: Table, rows: Iterable[Row]) -> list[str]:
    canonical = _canonical_rows(table, rows)
    return sorted(json.dumps(row, ensure_ascii=False) + "\n" for row in canonical)


def _canonical_rows(table: Table, rows: Iterable[Row]) -> list[CanonicalRow]:
    known = [(column.name, _canonical_by_kind(column)) for column in table.columns]
    names = set(table.column_names)
    return [
        (
            *(
                (name, cell if convert is None else convert(cell))
                for name, convert in known
                if (cell := row.get(name, "")).strip()
            ),
            *((name, row[name]) for name in sorted(row.keys() - names) if row[name].strip()),
        )
        for row in rows
    ]


def canonical_cell(cell: str, column: Column | None) -> str:
    """`cell` as digests write it; blank is the empty string."""
    if not cell.strip():
        return ""
    convert = _canonical_by_kind(column) if column is not None else None
    return cell if convert is None else convert(cell)


def _canonical_by_kind(column: Column) -> Callable[[str], str] | None:
    return _BY_KIND[column.kind]


def _canonical_number(cell: str) -> str:
    text = cell.strip()
    if number(text) is None:
        return text  # noted as no number; stands as it is
    value = Decimal(text)
    return format(value.normalize(), "f") if value else "0"


def _canonical_several(cell: str) -> str:
    return ";".join(several(cell))


def _canonical_time(cell: str) -> str:
    text = cell.strip().upper()
    return datetime.fromisoformat(text).astimezone(UTC).isoformat() if is_time(text) else text


_BY_KIND: Mapping[Kind, Callable[[str], str] | None] = {
    Kind.TEXT: None,
    Kind.CODE: str.strip,
    Kind.CODES: _canonical_several,
    Kind.TEXTS: _canonical_several,
    Kind.NUMBER: _canonical_number,
    Kind.INTEGER: _canonical_number,
    Kind.DATE: str.strip,
    Kind.TIME: _canonical_time,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that changed, or one row that was added or is missing."""

    table: str
    key: tuple[str, ...]
    kind: Literal["changed", "added", "missing"]
    column: str | None = None
    old: str | None = None
    new: str | None = None


def differences(old: Tables, new: Tables) -> list[Difference]:
    """What `new` says otherwise than `old`, by table and key.

    A table that `new` lacks is not compared: a folder may carry part of a case. A row of a compared
    table that `new` lacks is ``missing``; nothing is removed by an import.
    """
    found: list[Difference] = []
    for name, table in TABLES.items():
        if name in new:
            found.extend(_differences_of(table, old.get(name, ()), new[name]))
    return found


def _differences_of(table: Table, old: Sequence[Row], new: Sequence[Row]) -> list[Difference]:
    before = {table.key_of(row): row for row in old}
    after = {table.key_of(row): row for row in new}
    found = [
        difference
        for key, row in before.items()
        for difference in (
            _changes(table, key, row, after[key])
            if key in after
            else [Difference(table.name, key, "missing")]
        )
    ]
    found.extend(Difference(table.name, key, "added") for key in after if key not in before)
    return found


def _changes(table: Table, key: tuple[str, ...], old: Row, new: Row) -> list[Difference]:
    extra = sorted((old.keys() | new.keys()) - set(table.column_names))
    return [
        Difference(table.name, key, "changed", name, old.get(name, ""), new.get(name, ""))
        for name in (*table.column_names, *extra)
        if canonical_cell(old.get(name, ""), table.column(name))
        != canonical_cell(new.get(name, ""), table.column(name))
    ]
