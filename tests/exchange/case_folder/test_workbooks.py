# SPDX-License-Identifier: Apache-2.0
"""Workbooks as people make them: numbers, dates, formulas, notes in the margin."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from antigone.exchange.case_folder import CaseFolderFaults, Fault, Limits, read_case_folder
from tests.exchange.case_folder.small_case import policy_text


def workbook(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    """A workbook made by hand."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    book.save(path)
    return path


def faults_of(path: Path, **limits: Any) -> list[Fault]:
    with pytest.raises(CaseFolderFaults) as refusal:
        read_case_folder(path, **limits)
    return list(refusal.value.faults)


def test_numbers_dates_and_texts_become_the_text_that_is_meant(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "case.xlsx",
        grave=[["grave", "x_m", "opened_on"], [1, 1.5, datetime.date(2022, 9, 17)]],
        marker=[["marker", "number", "stated_burials"], ["M1", 7.0, 3], ["M2", "007", None]],
    )
    tables = read_case_folder(path).tables
    assert tables["grave"] == [{"grave": "1", "x_m": "1.5", "opened_on": "2022-09-17"}]
    assert tables["marker"] == [
        {"marker": "M1", "number": "7", "stated_burials": "3"},
        {"marker": "M2", "number": "007", "stated_burials": ""},
    ]


def test_empty_rows_and_columns_at_the_edge_are_nothing(tmp_path: Path) -> None:
    rows = [["site", "name", None], ["S1", "x", None], [None, None, None], ["S2", "y"], [None]]
    found = read_case_folder(workbook(tmp_path / "case.xlsx", site=rows))
    assert [row["site"] for row in found.tables["site"]] == ["S1", "S2"]
    assert "empty-rows" in {note.code for note in found.notes}


def test_a_formula_is_refused_with_its_cell(tmp_path: Path) -> None:
    rows = [["site", "note"], ["S1", "=1+1"], ["S2", "=HYPERLINK(A1)"]]
    faults = faults_of(workbook(tmp_path / "case.xlsx", site=rows))
    assert [(f.code, f.row, f.column, f.value) for f in faults] == [
        ("formula", 2, "note", "=1+1"),
        ("formula", 3, "note", "=HYPERLINK(A1)"),
    ]
    assert "B3" in faults[1].sentence


def test_an_array_formula_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "site"
    book.active.append(["site", "note"])
    book.active.append(["S1"])
    book.active["B2"] = openpyxl.worksheet.formula.ArrayFormula("B2:B2", "=SUM(A1:A9)")
    book.save(tmp_path / "case.xlsx")
    assert [fault.code for fault in faults_of(tmp_path / "case.xlsx")] == ["formula"]


def test_an_error_of_the_spreadsheet_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "case.xlsx", site=[["site", "note"], ["S1", "#DIV/0!"]])
    assert [(f.code, f.row) for f in faults_of(path)] == [("error-cell", 2)]


def test_an_allele_that_became_a_date_is_refused(tmp_path: Path) -> None:
    nine_three = datetime.datetime(2022, 3, 9)
    path = workbook(
        tmp_path / "case.xlsx",
        profile=[["sample", "run", "marker", "allele1"], ["X1", 1, "TH01", nine_three]],
    )
    (fault,) = faults_of(path)
    assert (fault.code, fault.row, fault.column) == ("turned-into-date", 2, "allele1")
    assert "D2" in fault.sentence


def test_cells_beside_the_table_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "case.xlsx", site=[["site"], ["S1"], ["S2", None, "a remark"]])
    assert [(f.code, f.row) for f in faults_of(path)] == [("wrong-cell-count", 3)]


def test_an_unknown_sheet_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "case.xlsx", Sheet1=[["x"]], site=[])
    assert {(f.code, f.table) for f in faults_of(path)} == {
        ("unknown-table", "Sheet1"),
        ("empty-file", "site"),
    }


def test_the_policy_may_stand_in_a_sheet_or_beside(tmp_path: Path) -> None:
    lines = [[line] for line in policy_text().splitlines()]
    site = [["site"], ["S1"]]
    in_sheet = workbook(tmp_path / "sheet.xlsx", site=site, policy=lines)
    assert read_case_folder(in_sheet).policy_text == policy_text()
    (tmp_path / "policy.toml").write_text(policy_text(), "utf-8")
    assert read_case_folder(in_sheet).policy_text == policy_text()
    beside = workbook(tmp_path / "beside.xlsx", site=site)
    assert read_case_folder(beside).policy_text == policy_text()
    (tmp_path / "policy.toml").write_text(policy_text().replace("0.85", "0.8"), "utf-8")
    assert [fault.code for fault in faults_of(in_sheet)] == ["policy-twice"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([["case_folder_version", "2"]], "wrong-version"),
        ([["case_folder_version", 1], ["invented", "perhaps"]], "broken-package"),
    ],
)
def test_the_package_sheet_is_checked(tmp_path: Path, words: list[list[Any]], code: str) -> None:
    path = workbook(tmp_path / "case.xlsx", datapackage=words, site=[["site"], ["S1"]])
    assert [fault.code for fault in faults_of(path)] == [code]


def respelt(path: Path, member: str, change: Callable[[bytes], bytes]) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[member] = change(members[member])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("member", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_entities_are_refused(tmp_path: Path, member: str) -> None:
    path = workbook(tmp_path / "case.xlsx", site=[["site"], ["S1"]])

    def with_entities(content: bytes) -> bytes:
        start = content.index(b"?>") + 2 if content.startswith(b"<?xml") else 0
        return content[:start] + ENTITIES + content[start:]

    assert faults_of(respelt(path, member, with_entities))[0].code == "broken-workbook"


@pytest.mark.parametrize(
    "change", [lambda c: c[: len(c) // 2], lambda c: b"", lambda c: c.replace(b"<row ", b"<wor ")]
)
def test_a_broken_sheet_is_refused(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    path = workbook(tmp_path / "case.xlsx", site=[["site"], ["S1"]])
    found = faults_of(respelt(path, SHEET, change))[0].code
    assert found in ("broken-workbook", "empty-file")


def test_a_workbook_that_is_only_a_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "case.xlsx", "w") as archive:
        archive.writestr("site.csv", b"site\nS1\n")
    assert [fault.code for fault in faults_of(tmp_path / "case.xlsx")] == ["broken-workbook"]


def test_a_row_number_made_to_exhaust_the_machine_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "case.xlsx", site=[["site"], ["S1"]])

    def far_down(content: bytes) -> bytes:
        return content.replace(b'r="2"', b'r="999999999"').replace(b'"A2"', b'"A999999999"')

    found = faults_of(respelt(path, SHEET, far_down), limits=Limits(rows=10_000))
    assert "too-many-rows" in {fault.code for fault in found}


def test_a_control_character_in_an_escape_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "case.xlsx", site=[["site", "note"], ["S1", "a_x0000_b"]])
    (fault,) = faults_of(path)
    assert (fault.code, fault.row, fault.column) == ("control-character", 2, "note")
