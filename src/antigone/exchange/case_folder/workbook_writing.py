# SPDX-License-Identifier: Apache-2.0
"""Sheets to a workbook (.xlsx): text as text, never a formula; equal tables give equal bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from antigone.exchange.case_folder.cells import number
from antigone.exchange.case_folder.forms import CellCannotBeWritten, header_of, zip_bytes
from antigone.exchange.case_folder.packages import FORMAT_VERSION
from antigone.exchange.case_folder.workbooks import PACKAGE_SHEET, POLICY_SHEET
from antigone.terms.tables import TABLES, Kind, Row, Tables

LONGEST_CELL = 32_767
"""Characters that a cell of a workbook can hold (ECMA-376, limits of the application)."""

_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def workbook_bytes(tables: Tables, policy_text: str | None, name: str, invented: bool) -> bytes:
    """The workbook of `tables`: a sheet each, one for the package's words, one for the policy."""
    import openpyxl

    _check_lengths(tables)
    book = openpyxl.Workbook(write_only=True)
    words = (
        ("title", name),
        ("case_folder_version", str(FORMAT_VERSION)),
        ("invented", "true" if invented else "false"),
    )
    _Page(book, PACKAGE_SHEET).append(words)
    for table in TABLES:
        if table in tables:
            _append_table(_Page(book, table, frozen=True), table, tables[table])
    if policy_text is not None:
        lines = policy_text.rstrip("\n").split("\n")
        _Page(book, POLICY_SHEET).append([(line,) for line in lines])
    stream = io.BytesIO()
    book.save(stream)
    return _with_fixed_times(stream)


class _Page:
    """A sheet that takes rows of texts and numbers; one cell object is used again and again."""

    def __init__(self, book: Any, title: str, *, frozen: bool = False) -> None:
        from openpyxl.cell import WriteOnlyCell

        self.sheet = book.create_sheet(title)
        if frozen:
            self.sheet.freeze_panes = "A2"
        self.text = WriteOnlyCell(self.sheet)
        self.text.number_format = "@"  # text stays text when somebody edits it
        self.formula_like = WriteOnlyCell(self.sheet)
        self.formula_like.number_format = "@"
        self.formula_like.quotePrefix = True
        self.number = WriteOnlyCell(self.sheet)

    def append(self, rows: Sequence[Sequence[str | float]]) -> None:
        for row in rows:
            self.sheet.append(self._cells(row))

    def _cells(self, row: Sequence[str | float]) -> Iterator[Any]:
        for value in row:
            if value == "" and isinstance(value, str):
                yield None
            elif isinstance(value, str):
                cell = self.formula_like if value[0] in "=+-@" else self.text
                cell.value = _escaped(value)
                cell.data_type = "s"  # also where it begins with = or reads #N/A
                yield cell
            else:
                self.number.value = value
                yield self.number


def _append_table(page: _Page, table: str, rows: Sequence[Row]) -> None:
    known = TABLES[table]
    header = header_of(known, rows)
    columns = [known.column(name) for name in header]
    numeric = [one is not None and one.kind in (Kind.NUMBER, Kind.INTEGER) for one in columns]
    page.append([header])
    for row in rows:
        cells = zip((row.get(name, "") for name in header), numeric, strict=True)
        page.append([[_number_or_text(cell) if is_number else cell for cell, is_number in cells]])


def _check_lengths(tables: Tables) -> None:
    """Refuse cells too long before the workbook is begun; the writer would cut them off."""
    for table, rows in tables.items():
        for index, row in enumerate(rows):
            for column, cell in row.items():
                if len(cell) > LONGEST_CELL // 7 and len(_escaped(cell)) > LONGEST_CELL:
                    why = f"a workbook's cell holds {LONGEST_CELL} characters; write a folder"
                    raise CellCannotBeWritten(table=table, row=index + 2, column=column, why=why)


def _number_or_text(cell: str) -> str | float:
    """A number where a spreadsheet keeps it exactly (15 digits), else the text."""
    value = number(cell.strip())
    if value is None or abs(value) >= 1e15 or Decimal(f"{value:.15g}") != Decimal(cell.strip()):
        return cell
    return int(value) if value.is_integer() else value


def _escaped(text: str) -> str:
    """Text as a workbook keeps it: carriage returns escaped, and what looks like an escape."""
    return _LOOKS_ESCAPED.sub("_x005F_", text).replace("\r", "_x000D_")


def _with_fixed_times(stream: io.BytesIO) -> bytes:
    with zipfile.ZipFile(stream) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    members[core] = _TIMES.sub(rb"\g<1>1980-01-01T00:00:00Z", members[core])
    return zip_bytes(members)
