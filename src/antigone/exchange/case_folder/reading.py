# SPDX-License-Identifier: Apache-2.0
"""Reading a case folder, a .zip of it, or a workbook: all of it, or every fault at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.checking import check_into
from antigone.exchange.case_folder.csv_tables import sheet_of_csv
from antigone.exchange.case_folder.files import (
    BROKEN_ZIP,
    PACKAGE,
    POLICY,
    File,
    files_of_folder,
    files_of_zip,
    is_small_enough,
)
from antigone.exchange.case_folder.limits import LIMITS, Limits
from antigone.exchange.case_folder.packages import (
    NO_PACKAGE,
    Package,
    checked_package,
    read_package,
)
from antigone.exchange.case_folder.policies import checked_policy
from antigone.exchange.case_folder.remarks import CaseFolderFaults, Note, Remarks
from antigone.exchange.case_folder.sheets import Sheet, known_table, table_rows
from antigone.exchange.case_folder.texts import decoded
from antigone.exchange.case_folder.workbooks import read_workbook
from antigone.terms.policy import Policy
from antigone.terms.tables import TABLES, Row, Tables


@dataclass(frozen=True)
class CaseFolder:
    """A sound case folder: its tables in the format's order, its policy, and what was noted."""

    tables: Tables
    policy_text: str | None
    notes: tuple[Note, ...]
    """How it was read: unknown columns, empty tables, no policy."""
    name: str
    invented: bool
    warnings: tuple[Note, ...] = ()
    """What somebody should look at: a pedigree contradicted, an allele not in the table."""


@dataclass(frozen=True, slots=True)
class _Content:
    sheets: list[Sheet]
    policy_text: str | None
    package: Package


def read_case_folder(path: str | Path, *, limits: Limits = LIMITS) -> CaseFolder:
    """Read and check the case folder at `path`: a folder, a .zip of it, or an .xlsx workbook.

    Raises
    ------
    CaseFolderFaults
        With every fault of every table and of the policy.
    """
    path = Path(path)
    remarks = Remarks()
    content = _content(path, remarks, limits)
    tables = _tables(content.sheets, remarks)
    policy = _policy(content, remarks)
    if not tables and not remarks.fault_count:
        remarks.add(kinds.NO_TABLES, path.name, known=", ".join(TABLES))
    check_into(remarks, tables, policy)
    if remarks.fault_count:
        raise CaseFolderFaults(
            path.name,
            remarks.faults,
            count=remarks.fault_count,
            notes=(*remarks.notes, *remarks.warnings),
        )
    return CaseFolder(
        tables=tables,
        policy_text=content.policy_text,
        notes=remarks.notes,
        name=content.package.name or path.stem,
        invented=content.package.invented,
        warnings=remarks.warnings,
    )


def _content(path: Path, remarks: Remarks, limits: Limits) -> _Content:
    nothing = _Content([], None, NO_PACKAGE)
    try:
        if path.is_dir():
            return _of_files(files_of_folder(path, remarks, limits), remarks, limits)
        if not path.is_file():
            remarks.add(kinds.NO_SUCH_PATH, path.name)
        elif path.suffix.lower() not in (".zip", ".xlsx"):
            remarks.add(kinds.NOT_A_CASE_FOLDER, path.name)
        elif not is_small_enough(path.name, path.stat().st_size, remarks, limits):
            pass
        elif path.suffix.lower() == ".zip":
            return _of_files(files_of_zip(path, remarks, limits), remarks, limits)
        else:
            return _of_workbook(path, remarks, limits) or nothing
    except OSError as fault:
        _unreadable(path.name, fault, remarks)
    return nothing


def _unreadable(name: str, fault: OSError, remarks: Remarks) -> None:
    remarks.add(kinds.UNREADABLE, name, reason=fault.strerror or "unknown reason")


def _of_files(files: list[File], remarks: Remarks, limits: Limits) -> _Content:
    by_name = {file.name: file for file in files}
    package = read_package(_text_of(by_name.pop(PACKAGE, None), remarks), remarks)
    policy_text = _text_of(by_name.pop(POLICY, None), remarks)
    refused = {fault.table for fault in remarks.faults}
    for listed, path in package.paths.items():
        if listed in TABLES and path not in by_name and path not in refused:
            remarks.add(kinds.LISTED_BUT_ABSENT, listed, path=path)
    sheets = []
    for file in by_name.values():
        table = known_table(file.name[: -len(".csv")], remarks)
        content = _bytes_of(file, remarks) if table else None
        if table is None or content is None:
            continue
        _compare_hash(package, table.name, content, remarks)
        text = decoded(content, table.name, remarks)
        sheet = sheet_of_csv(table.name, text, remarks, limits) if text is not None else None
        if sheet is not None:
            sheets.append(sheet)
    return _Content(sheets, policy_text, package)


def _bytes_of(file: File, remarks: Remarks) -> bytes | None:
    try:
        return file.read()
    except OSError as fault:
        _unreadable(file.name, fault, remarks)
        return None
    except BROKEN_ZIP:
        remarks.add(kinds.BROKEN_ARCHIVE, file.name)
        return None


def _text_of(file: File | None, remarks: Remarks) -> str | None:
    content = _bytes_of(file, remarks) if file is not None else None
    return decoded(content, file.name, remarks) if file and content is not None else None


def _compare_hash(package: Package, table: str, content: bytes, remarks: Remarks) -> None:
    stated = package.hashes.get(table)
    if stated is not None and stated != "sha256:" + hashlib.sha256(content).hexdigest():
        remarks.add(kinds.CHANGED_SINCE, table)


def _of_workbook(path: Path, remarks: Remarks, limits: Limits) -> _Content | None:
    book = read_workbook(path, remarks, limits)
    if book is None:
        return None
    if book.package is None:
        package = read_package(None, remarks)
    else:
        package = checked_package(book.package, remarks)
    return _Content(book.sheets, _policy_beside(path, book.policy_text, remarks, limits), package)


def _policy_beside(
    path: Path, in_sheet: str | None, remarks: Remarks, limits: Limits
) -> str | None:
    beside = path.parent / POLICY
    if not beside.is_file() or beside.is_symlink():
        return in_sheet
    if not is_small_enough(POLICY, beside.stat().st_size, remarks, limits):
        return in_sheet
    text = decoded(beside.read_bytes(), POLICY, remarks)
    if in_sheet is not None and text is not None and in_sheet.strip() != text.strip():
        remarks.add(kinds.POLICY_TWICE, POLICY)
    return text


def _tables(sheets: list[Sheet], remarks: Remarks) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for sheet in sorted(sheets, key=lambda one: list(TABLES).index(one.name)):
        rows = table_rows(sheet, remarks)
        if rows is not None:
            found[sheet.name] = list(rows)
    return found


def _policy(content: _Content, remarks: Remarks) -> Policy | None:
    if content.policy_text is not None:
        return checked_policy(content.policy_text, remarks)
    if content.sheets and all(fault.table != POLICY for fault in remarks.faults):
        remarks.add(kinds.NO_POLICY, POLICY)
    return None
