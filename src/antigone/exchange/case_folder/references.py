# SPDX-License-Identifier: Apache-2.0
"""Keys that must be unique, and cells that must name a row of another table."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.remarks import Remarks
from antigone.terms.tables import TABLES, Column, Kind, Row, Table, Tables, several

MANY_KEYS = 5_000
"""Beyond this many keys the closest one is not looked for: it would take too long."""


def check_keys(table: Table, rows: Sequence[Row], remarks: Remarks) -> None:
    """Note keys that stand twice; both rows are named."""
    kind = kinds.DUPLICATE_CALL if table.name == "profile" else kinds.DUPLICATE_KEY
    first_with: dict[tuple[str, ...], int] = {}
    columns = table.key
    for index, row in enumerate(rows):
        key = tuple([row.get(name, "") for name in columns])
        if not all(key):
            continue  # noted as blank
        first = first_with.setdefault(key, index)
        if first != index:
            remarks.at(
                kind, table.name, index, ", ".join(columns), " ".join(key),
                first=remarks.row_number(table.name, first),
                second=remarks.row_number(table.name, index),
            )  # fmt: skip


def check_references(tables: Tables, remarks: Remarks) -> None:
    """Note cells that name no row of the table they refer to, where that table is present."""
    keys = {
        name: {row.get(TABLES[name].key[0], "") for row in rows} - {""}
        for name, rows in tables.items()
    }
    for name, rows in tables.items():
        for column in TABLES[name].columns:
            if column.or_words:
                continue
            if column.refers_to:
                _check_column(name, column, rows, keys, remarks)
            elif column.refers_by:
                _check_owners(name, column, rows, keys, remarks)


def _check_column(
    table: str,
    column: Column,
    rows: Sequence[Row],
    keys: Mapping[str, set[str]],
    remarks: Remarks,
) -> None:
    target = column.refers_to or ""
    cells = {cell for row in rows if (cell := row.get(column.name, "").strip())}
    if target not in keys:
        if cells:
            remarks.add(
                kinds.UNCHECKED_REFERENCE, table, None, column.name, table=target, count=len(cells)
            )
        return
    unknown = {cell for cell in cells if not _parts(cell, column) <= keys[target]}
    if unknown:
        for index, row in enumerate(rows):
            cell = row.get(column.name, "")
            if cell.strip() in unknown:
                _unknown(table, index, column, cell, target, keys[target], remarks)


def _parts(cell: str, column: Column) -> set[str]:
    return set(several(cell)) if column.kind is Kind.TEXTS else {cell}


def _unknown(
    table: str,
    index: int,
    column: Column,
    cell: str,
    target: str,
    keys: set[str],
    remarks: Remarks,
) -> None:
    close = closest_key(cell, keys)
    remarks.at(
        kinds.UNKNOWN_REFERENCE, table, index, column.name, cell, table=target, closest=close
    )


def closest_key(cell: str, keys: set[str]) -> str:
    """A sentence that offers the key most like `cell`; empty if none is, or there are too many."""
    if len(keys) > MANY_KEYS:
        return ""
    close = difflib.get_close_matches(cell.strip(), sorted(keys), n=1)
    return f" The closest is {close[0]}." if close else ""


def _check_owners(
    table: str,
    column: Column,
    rows: Sequence[Row],
    keys: Mapping[str, set[str]],
    remarks: Remarks,
) -> None:
    """Cells whose table another column of the row names (``owner`` by ``owner_kind``)."""
    by = column.refers_by or ""
    for index, row in enumerate(rows):
        cell, target = row.get(column.name, "").strip(), row.get(by, "").strip()
        if cell and not target:
            remarks.at(kinds.OWNER_WITHOUT_KIND, table, index, column.name, cell, by=by)
        elif cell and target in keys and cell not in keys[target]:
            _unknown(table, index, column, cell, target, keys[target], remarks)
