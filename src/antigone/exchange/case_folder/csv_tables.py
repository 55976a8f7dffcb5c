# SPDX-License-Identifier: Apache-2.0
"""CSV to sheets and back: RFC 4180 with commas, and every malformed row named."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.limits import Limits
from antigone.exchange.case_folder.remarks import Remarks
from antigone.exchange.case_folder.sheets import Sheet

_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def sheet_of_csv(name: str, text: str, remarks: Remarks, limits: Limits) -> Sheet | None:
    """The table written in `text`; None after a fault that hides the rest of it."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(rows, [])
    except csv.Error as fault:
        remarks.add(kinds.BROKEN_CSV, name, 1, reason=str(fault))
        return None
    if _has_wrong_delimiter(header):
        words = next(words for sign, words in _OTHER_DELIMITERS.items() if sign in header[0])
        remarks.add(kinds.WRONG_DELIMITER, name, 1, delimiter=words)
        return None
    sheet = Sheet(name, header, [], [])
    _read_rows(rows, sheet, remarks, limits)
    return sheet


def _has_wrong_delimiter(header: Sequence[str]) -> bool:
    return len(header) == 1 and any(sign in header[0] for sign in _OTHER_DELIMITERS)


def _read_rows(rows: Iterable[list[str]], sheet: Sheet, remarks: Remarks, limits: Limits) -> None:
    wanted = len(sheet.header)
    number, empty = 1, []
    try:
        for number, cells in enumerate(rows, start=2):
            if not any(cells):
                empty.append(number)
            elif len(cells) != wanted:
                remarks.add(
                    kinds.WRONG_CELL_COUNT, sheet.name, number, found=len(cells), wanted=wanted
                )
            else:
                sheet.rows.append(cells)
                sheet.numbers.append(number)
            if number > limits.rows or number * wanted > limits.cells:
                remarks.add(kinds.TOO_MANY_ROWS, sheet.name, number, limit=limits.rows)
                break
    except csv.Error as fault:
        remarks.add(kinds.BROKEN_CSV, sheet.name, number + 1, reason=str(fault))
    note_empty_rows(sheet, empty, remarks)


def note_empty_rows(sheet: Sheet, empty: Sequence[int], remarks: Remarks) -> None:
    """Note rows without any cell that stand above a row that has some."""
    last = sheet.numbers[-1] if sheet.numbers else 0
    inside = [number for number in empty if number < last]
    if inside:
        remarks.add(kinds.EMPTY_ROWS, sheet.name, inside[0], count=len(inside))


def csv_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 CSV with CRLF line ends, as RFC 4180 has them; cells unchanged."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
