# SPDX-License-Identifier: Apache-2.0
"""Cells that are not what their column says, as remarks about a case folder."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.kinds import RemarkKind
from antigone.exchange.case_folder.remarks import Remarks
from antigone.exchange.case_folder.sheets import closest_words, missing_column
from antigone.terms.cells import canonical, is_time, number, unfit
from antigone.terms.results import Remark
from antigone.terms.tables import Column, Row, Table

__all__ = ["canonical", "check_cells", "is_time", "number", "verdict_on"]

Verdict = tuple[RemarkKind, Mapping[str, Any]]
"""What is wrong with a cell, and the facts of the sentence."""


def check_cells(table: Table, rows: list[Row], remarks: Remarks) -> None:
    """Note every cell of `rows` that is not what its column says; each different text once."""
    present = set().union(*rows) if rows else set()
    for column in table.columns:
        if column.name in present:
            _check_column(table, column, rows, remarks)
        elif rows and column.required:
            missing_column(table, column, remarks)


def _check_column(table: Table, column: Column, rows: list[Row], remarks: Remarks) -> None:
    name = column.name
    bad = {
        cell: verdict
        for cell in {row.get(name, "") for row in rows}
        if (verdict := verdict_on(cell, column, table.name)) is not None
    }
    if not bad:
        return
    for index, row in enumerate(rows):
        cell = row.get(name, "")
        if cell in bad:
            kind, facts = bad[cell]
            remarks.at(kind, table.name, index, name, cell, **facts)


def verdict_on(cell: str, column: Column, table: str) -> Verdict | None:
    """What is wrong with `cell` in `column`; None if nothing is."""
    found = unfit(cell, column, table)
    if found is None:
        return None
    if found.code in ("below-its-range", "above-its-range"):
        return kinds.OUT_OF_RANGE, {"low": _bound(column.low), "high": _bound(column.high)}
    return kinds.KINDS[found.code], _facts(found, column)


def _facts(found: Remark, column: Column) -> Mapping[str, Any]:
    if found.code != "not-a-code":
        return found.facts
    closest = closest_words(found.facts["found"], column.codes)
    return {"codes": found.facts["codes"], "closest": closest}


def _bound(value: float | None) -> str:
    return "any number" if value is None or math.isinf(value) else f"{value:g}"
