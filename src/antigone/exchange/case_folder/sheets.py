# SPDX-License-Identifier: Apache-2.0
"""A table as it stands in its file, before its columns mean anything: header and rows of text."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.remarks import Remarks
from antigone.exchange.case_folder.texts import BIDIRECTIONAL, CONTROL, character_name, folded
from antigone.terms.tables import TABLES, Column, Kind, Table, several


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table's text: rows as wide as the header, and each row's number in a spreadsheet."""

    name: str
    header: list[str]
    rows: list[list[str]]
    numbers: list[int]


def closest_words(word: str, known: Iterable[str]) -> str:
    """A sentence that offers the closest known word, with a blank before it; empty if none is."""
    close = difflib.get_close_matches(folded(word).strip().lower(), list(known), n=1)
    return f" The closest is {close[0]}." if close else ""


def known_table(name: str, remarks: Remarks) -> Table | None:
    """The table of that name; a fault that names the others if there is none."""
    if name not in TABLES:
        remarks.add(
            kinds.UNKNOWN_TABLE,
            name,
            known=", ".join(TABLES),
            closest=closest_words(name, TABLES),
        )
    return TABLES.get(name)


def table_rows(sheet: Sheet, remarks: Remarks) -> list[dict[str, str]] | None:
    """The rows of `sheet` as column to cell, codes folded; None when its header is at fault."""
    table = known_table(sheet.name, remarks)
    if table is None or not _header_is_sound(sheet, table, remarks):
        return None
    _check_characters(sheet, remarks)
    remarks.row_numbers[sheet.name] = sheet.numbers
    if not sheet.rows:
        remarks.add(kinds.EMPTY_TABLE, sheet.name)
    columns = [place for place, name in enumerate(sheet.header) if name]
    names = [sheet.header[place] for place in columns]
    if len(columns) == len(sheet.header):
        rows = [dict(zip(names, cells, strict=True)) for cells in sheet.rows]
    else:
        rows = [{sheet.header[c]: cells[c] for c in columns} for cells in sheet.rows]
    for column in table.columns:
        if column.kind in (Kind.CODE, Kind.CODES) and column.name in names:
            _fold_codes(sheet.name, column, rows, remarks)
    return rows


def _header_is_sound(sheet: Sheet, table: Table, remarks: Remarks) -> bool:
    if not any(sheet.header):
        remarks.add(kinds.EMPTY_FILE, sheet.name, 1, columns=", ".join(table.column_names))
        return False
    sound = True
    for name, count in Counter(name for name in sheet.header if name).items():
        if count > 1:
            remarks.add(kinds.DUPLICATE_COLUMN, sheet.name, 1, name)
            sound = False
        if table.column(name) is None:
            close = closest_words(name, set(table.column_names) - set(sheet.header))
            remarks.add(kinds.UNKNOWN_COLUMN, sheet.name, 1, name, closest=close)
    for place, name in enumerate(sheet.header):
        if not name and any(cells[place] for cells in sheet.rows):
            remarks.add(kinds.NAMELESS_COLUMN, sheet.name, 1, number=place + 1)
            sound = False
    if not sheet.rows:  # with rows, the check of the tables finds it
        for column in table.columns:
            if column.required and column.name not in sheet.header:
                missing_column(table, column, remarks)
    return sound


def missing_column(table: Table, column: Column, remarks: Remarks) -> None:
    """Note that `table` lacks a column which every row needs."""
    remarks.add(
        kinds.MISSING_COLUMN, table.name, 1, column.name, columns=", ".join(table.column_names)
    )


def _check_characters(sheet: Sheet, remarks: Remarks) -> None:
    for number, cells in zip([1, *sheet.numbers], [sheet.header, *sheet.rows], strict=True):
        whole = "".join(cells)
        if whole.isascii() and whole.isprintable():
            continue
        for pattern, kind in _CHARACTER_KINDS:
            if pattern.search(whole):
                _name_characters(pattern, kind, sheet, number, cells, remarks)


_CHARACTER_KINDS = ((CONTROL, kinds.CONTROL_CHARACTER), (BIDIRECTIONAL, kinds.BIDIRECTIONAL))


def _name_characters(
    pattern: re.Pattern[str],
    kind: kinds.RemarkKind,
    sheet: Sheet,
    number: int,
    cells: list[str],
    remarks: Remarks,
) -> None:
    for column, cell in zip(sheet.header, cells, strict=True):
        found = pattern.search(cell)
        if found:
            remarks.add(kind, sheet.name, number, column, cell, name=character_name(found.group()))


def _fold_codes(table: str, column: Column, rows: list[dict[str, str]], remarks: Remarks) -> None:
    """Replace codes typed with Cyrillic look-alikes, where the folded word is a code."""
    known = set(column.codes)
    for index, row in enumerate(rows):
        cell = row[column.name]
        if cell.isascii():
            continue
        code = folded(cell)
        words = several(code) if column.kind is Kind.CODES else (code.strip(),)
        if all(word in known for word in words):
            row[column.name] = code
            remarks.at(kinds.FOLDED_CODE, table, index, column.name, cell, code=code)
