# SPDX-License-Identifier: Apache-2.0
"""Sheets to a workbook (.xlsx): text as text, never a formula; equal tables give equal bytes.

The few parts of a workbook that are needed are written directly (ECMA-376, part 1, 18): ten times
faster than an object for each cell, and nothing in them depends on clock or library version.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr  # writes XML; parses none

from antigone.exchange.case_folder.cells import number
from antigone.exchange.case_folder.forms import CellCannotBeWritten, header_of, zip_bytes
from antigone.exchange.case_folder.packages import FORMAT_VERSION
from antigone.exchange.case_folder.workbooks import PACKAGE_SHEET, POLICY_SHEET
from antigone.terms.tables import TABLES, Kind, Row, Tables

LONGEST_CELL = 32_767
"""Characters that a spreadsheet keeps of a cell."""

_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_TEXT, _FORMULA_LIKE = 1, 2  # places in `_STYLES`

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" '
    'applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)  # fmt: skip
"""Number format 49 is text, so that text stays text when somebody edits it."""

Cells = Sequence[str | float]


def workbook_bytes(tables: Tables, policy_text: str | None, name: str, invented: bool) -> bytes:
    """The workbook of `tables`: a sheet each, one for the package's words, one for the policy."""
    _check_lengths(tables)
    words: list[Cells] = [
        ("title", name),
        ("case_folder_version", str(FORMAT_VERSION)),
        ("invented", "true" if invented else "false"),
    ]
    strings: dict[str, int] = {}
    sheets = {PACKAGE_SHEET: _sheet(words, strings)}
    for table in TABLES:
        if table in tables:
            sheets[table] = _sheet(_rows(table, tables[table]), strings, frozen=True)
    if policy_text is not None:
        lines = policy_text.rstrip("\n").split("\n")
        sheets[POLICY_SHEET] = _sheet([(line,) for line in lines], strings)
    parts = {path: (_XML + text).encode() for path, text in _parts(sheets, strings).items()}
    return zip_bytes(parts)


def _rows(table: str, rows: Sequence[Row]) -> list[Cells]:
    known = TABLES[table]
    header = header_of(known, rows)
    columns = [known.column(name) for name in header]
    numeric = [one is not None and one.kind in (Kind.NUMBER, Kind.INTEGER) for one in columns]
    found: list[Cells] = [header]
    for row in rows:
        cells = zip((row.get(name, "") for name in header), numeric, strict=True)
        found.append([_number_or_text(cell) if is_number else cell for cell, is_number in cells])
    return found


def _number_or_text(cell: str) -> str | float:
    """A number where a spreadsheet keeps it exactly (15 digits), else the text."""
    value = number(cell.strip())
    if value is None or abs(value) >= 1e15 or Decimal(f"{value:.15g}") != Decimal(cell.strip()):
        return cell
    return int(value) if value.is_integer() else value


def _check_lengths(tables: Tables) -> None:
    """Refuse cells that a spreadsheet would cut off."""
    for table, rows in tables.items():
        for index, row in enumerate(rows):
            for column, cell in row.items():
                if len(cell) > LONGEST_CELL // 7 and len(_escaped(cell)) > LONGEST_CELL:
                    why = f"a workbook's cell holds {LONGEST_CELL} characters; write a folder"
                    raise CellCannotBeWritten(table=table, row=index + 2, column=column, why=why)


def _sheet(rows: Sequence[Cells], strings: dict[str, int], *, frozen: bool = False) -> str:
    """One sheet's XML; texts go into `strings`, each once."""
    letters = [_letters(place) for place in range(max(len(row) for row in rows))]
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    lines = [
        f'<worksheet xmlns="{_MAIN}"><dimension ref="A1:{letters[-1]}{len(rows)}"/>'
        f'<sheetViews><sheetView workbookViewId="0">{pane if frozen else ""}</sheetView>'
        "</sheetViews><sheetData>"
    ]
    for place, row in enumerate(rows, start=1):
        cells = [
            _cell(f"{letter}{place}", value, strings)
            for letter, value in zip(letters, row, strict=False)
            if value != ""
        ]
        lines.append(f'<row r="{place}">{"".join(cells)}</row>')
    lines.append("</sheetData></worksheet>")
    return "".join(lines)


def _cell(place: str, value: str | float, strings: dict[str, int]) -> str:
    if not isinstance(value, str):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    style = _FORMULA_LIKE if value[0] in "=+-@" else _TEXT
    text = _escaped(value)
    if "_x" in text:  # in the shared strings, some readers undo escapes and some do not
        return f'<c r="{place}" s="{style}" t="inlineStr"><is>{_text(text)}</is></c>'
    index = strings.setdefault(text, len(strings))
    return f'<c r="{place}" s="{style}" t="s"><v>{index}</v></c>'


def _text(text: str) -> str:
    return f'<t xml:space="preserve">{escape(text)}</t>'


def _escaped(text: str) -> str:
    """Text as a workbook keeps it: carriage returns escaped, and what looks like an escape."""
    return _LOOKS_ESCAPED.sub("_x005F_", text).replace("\r", "_x000D_")


def _letters(place: int) -> str:
    """The letters of the column at `place` (from 0): A, B, ..., Z, AA, AB, ..."""
    letters = ""
    place += 1
    while place:
        place, digit = divmod(place - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def _parts(sheets: dict[str, str], strings: dict[str, int]) -> dict[str, str]:
    """Every part of the workbook by its path."""
    numbered = list(enumerate(sheets.items(), start=1))
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, (name, _) in numbered
    )
    targets = [(f"worksheets/sheet{n}.xml", "worksheet") for n, _ in numbered]
    targets += [("styles.xml", "styles"), ("sharedStrings.xml", "sharedStrings")]
    shared = "".join(f"<si>{_text(text)}</si>" for text in strings)
    return {
        "[Content_Types].xml": _content_types([(f"xl/{path}", kind) for path, kind in targets]),
        "_rels/.rels": _relations([("xl/workbook.xml", "officeDocument")]),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
            f"<bookViews><workbookView/></bookViews><sheets>{listed}</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": _relations(targets),
        "xl/styles.xml": _STYLES,
        "xl/sharedStrings.xml": (
            f'<sst xmlns="{_MAIN}" uniqueCount="{len(strings)}">{shared}</sst>'
        ),
        **{f"xl/worksheets/sheet{n}.xml": sheet for n, (_, sheet) in numbered},
    }


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{path}"/>'
        for n, (path, kind) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _content_types(targets: Sequence[tuple[str, str]]) -> str:
    parts = [("xl/workbook.xml", "sheet.main"), *targets]
    lines = "".join(
        f'<Override PartName="/{path}" ContentType="{_PART}.{kind}+xml"/>' for path, kind in parts
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{rels}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{lines}</Types>'
    )
