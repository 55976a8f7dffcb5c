# SPDX-License-Identifier: Apache-2.0
"""Workbooks (.xlsx) to sheets: cells as text, formulas refused, dates only where dates belong."""

from __future__ import annotations

import datetime
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError  # parsing itself goes through defusedxml

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.csv_tables import note_empty_rows
from antigone.exchange.case_folder.files import BROKEN_ZIP, checked_members
from antigone.exchange.case_folder.limits import Limits
from antigone.exchange.case_folder.remarks import Remarks
from antigone.exchange.case_folder.sheets import Sheet, known_table
from antigone.terms.tables import Kind, Table

POLICY_SHEET = "policy"
PACKAGE_SHEET = "datapackage"

_BROKEN = (
    *BROKEN_ZIP, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError,
    AssertionError,
)  # fmt: skip
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a workbook holds: a sheet per table, the policy's lines, words about the package."""

    sheets: list[Sheet]
    policy_text: str | None
    package: dict[str, Any] | None


def read_workbook(path: Path, remarks: Remarks, limits: Limits) -> Workbook | None:
    """The tables of the workbook at `path`, checked as an archive before it is opened."""
    if not checked_members(path, remarks, limits):
        return None
    import openpyxl  # noqa: PLC0415 - costs 0.2 s, and most folders are CSV

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
            try:
                return _read_sheets(book, remarks, limits)
            finally:
                book.close()
    except _BROKEN:
        remarks.add(kinds.BROKEN_WORKBOOK, path.name)
        return None


def _read_sheets(book: Any, remarks: Remarks, limits: Limits) -> Workbook:
    sheets, policy_text, package = [], None, None
    for page in book.worksheets:
        page.reset_dimensions()  # the stated ones may be wrong, or made to exhaust the machine
        if page.title == POLICY_SHEET:
            policy_text = _policy_text(page, remarks, limits)
        elif page.title == PACKAGE_SHEET:
            package = _package(page, remarks, limits)
        elif (table := known_table(page.title, remarks)) is not None:
            sheets.append(_sheet(page, table, remarks, limits))
    return Workbook(sheets, policy_text, package)


def _sheet(page: Any, table: Table, remarks: Remarks, limits: Limits) -> Sheet:
    rows = _rows(page, remarks, limits)
    _, first = next(rows, (1, ()))
    header = [_header_text(cell, table.name, remarks) for cell in first]
    while header and not header[-1]:
        header.pop()
    sheet = Sheet(table.name, header, [], [])
    columns = [table.column(name) for name in header]
    date_columns = [column is not None and column.kind is Kind.DATE for column in columns]
    empty: list[int] = []
    for number, cells in rows:
        texts = [
            _text(cell, table.name, number, name, is_date, remarks)
            for cell, name, is_date in zip(cells, header, date_columns, strict=False)
        ]
        if any(cell.value not in (None, "") for cell in cells[len(header) :]):
            wide = max(place for place, cell in enumerate(cells, 1) if cell.value is not None)
            remarks.add(kinds.WRONG_CELL_COUNT, table.name, number, found=wide, wanted=len(header))
        elif any(texts):
            sheet.rows.append(texts + [""] * (len(header) - len(texts)))
            sheet.numbers.append(number)
        else:
            empty.append(number)
    note_empty_rows(sheet, empty, remarks)
    return sheet


def _rows(page: Any, remarks: Remarks, limits: Limits) -> Iterator[tuple[int, tuple[Any, ...]]]:
    cell_count = 0
    for number, cells in enumerate(page.iter_rows(), start=1):
        cell_count += len(cells)
        if number > limits.rows or cell_count > limits.cells:
            remarks.add(kinds.TOO_MANY_ROWS, page.title, number, limit=limits.rows)
            return
        yield number, cells


def _header_text(cell: Any, table: str, remarks: Remarks) -> str:
    return _text(cell, table, 1, None, False, remarks)


def _text(
    cell: Any, table: str, row: int, column: str | None, is_date: bool, remarks: Remarks
) -> str:
    """The text of one cell; a formula, an error or a wandering date is noted as a fault."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str) and cell.data_type not in ("f", "e"):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value
    if cell.data_type in ("f", "e"):
        kind = kinds.FORMULA if cell.data_type == "f" else kinds.ERROR_CELL
        shown = value if isinstance(value, str) else getattr(value, "text", "")
        remarks.add(kind, table, row, column, shown, cell=cell.coordinate)
        return ""
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return _date_text(cell, table, row, column, is_date, remarks)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _date_text(
    cell: Any, table: str, row: int, column: str | None, is_date: bool, remarks: Remarks
) -> str:
    value = cell.value
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    if is_date and type(value) is datetime.date:
        return value.isoformat()
    remarks.add(kinds.TURNED_INTO_DATE, table, row, column, str(cell.value), cell=cell.coordinate)
    return ""


def _policy_text(page: Any, remarks: Remarks, limits: Limits) -> str:
    lines = [
        _text(cells[0], POLICY_SHEET, number, None, False, remarks) if cells else ""
        for number, cells in _rows(page, remarks, limits)
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _package(page: Any, remarks: Remarks, limits: Limits) -> dict[str, Any]:
    """The sheet's two columns, property and value, as a package document."""
    words = {}
    for number, cells in _rows(page, remarks, limits):
        pair = [_text(cell, PACKAGE_SHEET, number, None, False, remarks) for cell in cells[:2]]
        if len(pair) == 2:
            words[pair[0]] = pair[1]
    truth = {"true": True, "false": False, "yes": True, "no": False, "": False}
    version = words.get("case_folder_version")
    return {
        "title": words.get("title"),
        "invented": truth.get(words.get("invented", "").lower()),
        "case_folder_version": int(version) if version and version.isdecimal() else version,
    }
