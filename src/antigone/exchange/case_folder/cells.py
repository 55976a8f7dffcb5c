# SPDX-License-Identifier: Apache-2.0
"""What the text of one cell must be: codes, numbers, partial dates, times, alleles."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.kinds import RemarkKind
from antigone.exchange.case_folder.remarks import Remarks
from antigone.exchange.case_folder.sheets import closest_words, missing_column
from antigone.terms.alleles import NotAnAllele, canonical_allele
from antigone.terms.dates import NotAPartialDate, parse_partial_date
from antigone.terms.tables import Column, Kind, Row, Table, several

NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
ALLELE_COLUMNS = {"profile": ("allele1", "allele2"), "frequency": ("allele",)}

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
    text = cell.strip()
    if not text:
        if column.required:
            kind = kinds.BLANK_KEY if column.is_key else kinds.BLANK_CELL
            return kind, {"column": column.name}
        return None
    if text != cell and (column.is_key or column.refers_to or column.refers_by):
        return kinds.BLANKS_AROUND, {}
    if column.name in ALLELE_COLUMNS.get(table, ()):
        return None if canonical(text) is not None else (kinds.NOT_AN_ALLELE, {})
    return _verdict_on_text(text, column)


def _verdict_on_text(text: str, column: Column) -> Verdict | None:
    if column.kind is Kind.CODE:
        return _wrong_code((text,), column)
    if column.kind is Kind.CODES:
        return _wrong_code(several(text), column)
    if column.kind in (Kind.NUMBER, Kind.INTEGER):
        return _wrong_number(text, column)
    if column.kind is Kind.DATE:
        return None if _is_partial_date(text) else (kinds.NOT_A_DATE, {})
    if column.kind is Kind.TIME:
        return None if is_time(text) else (kinds.NOT_A_TIME, {})
    return None


def _wrong_code(words: tuple[str, ...], column: Column) -> Verdict | None:
    wrong = next((word for word in words if word not in column.codes), None)
    if wrong is None:
        return None
    return kinds.NOT_A_CODE, {
        "codes": ", ".join(column.codes),
        "closest": closest_words(wrong, column.codes),
    }


def _wrong_number(text: str, column: Column) -> Verdict | None:
    if column.kind is Kind.INTEGER and not _WHOLE.fullmatch(text):
        return kinds.NOT_A_WHOLE_NUMBER, {}
    value = number(text)
    if value is None:
        return kinds.NOT_A_NUMBER, {}
    low = -math.inf if column.low is None else column.low
    high = math.inf if column.high is None else column.high
    if not low <= value <= high:
        return kinds.OUT_OF_RANGE, {"low": _bound(low), "high": _bound(high)}
    return None


def _bound(value: float) -> str:
    return "any number" if math.isinf(value) else f"{value:g}"


def number(text: str) -> float | None:
    """The finite number that `text` writes with ASCII digits; None if it writes none."""
    if not NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def _is_partial_date(text: str) -> bool:
    try:
        parse_partial_date(text)
    except NotAPartialDate:
        return False
    return text.isascii()


def is_time(text: str) -> bool:
    """Whether `text` is an RFC 3339 time with its offset that exists."""
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4_096)  # a national case has 80,000 cells of some hundred alleles
def canonical(allele: str) -> str | None:
    """The canonical allele that a cell writes; None where it writes none."""
    if not allele.isascii():
        return None
    try:
        return canonical_allele(allele, "")
    except NotAnAllele:
        return None
