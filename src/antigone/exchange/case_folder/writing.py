# SPDX-License-Identifier: Apache-2.0
"""Writing a case folder, a .zip of it, or a workbook: equal tables give equal bytes."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from antigone.exchange.case_folder.csv_tables import csv_of
from antigone.exchange.case_folder.files import PACKAGE, POLICY
from antigone.exchange.case_folder.forms import CellCannotBeWritten, header_of, zip_bytes
from antigone.exchange.case_folder.packages import package_document
from antigone.exchange.case_folder.texts import CONTROL, character_name
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import TABLES, Row, Tables

ONE_FILE = (".zip", ".xlsx")
"""Suffixes of the forms that are one file; any other path is a folder."""


LEFT_OUT = ("attribute",)
"""Tables that stay out of what leaves, unless somebody says why: what made people targets."""


def without_attributes(tables: Tables) -> Tables:
    """The same tables without those of `LEFT_OUT`, heading and rows."""
    return {name: rows for name, rows in tables.items() if name not in LEFT_OUT}


class FileInTheWay(AntigoneError):
    """Something stands where the case folder is to be written."""

    code = "exchange.file-in-the-way"
    message = gettext_noop(
        "%(name)s exists already and is not overwritten. Name another place, or remove it first."
    )


class SealedStatements(AntigoneError):
    """A sealed statement among the tables: it never leaves in a folder."""

    code = "exchange.sealed-statements"
    message = gettext_noop(
        "The table statement holds %(count)d sealed statements (the first is %(first)s), which "
        "never leave in a folder. Take them out of the export."
    )


class UnknownTable(AntigoneError):
    """A table that the format does not have."""

    code = "exchange.unknown-table"
    message = gettext_noop("The format has no table %(table)s. The tables are: %(known)s.")


def write_case_folder(
    tables: Tables, policy_text: str | None, path: str | Path, *, name: str, invented: bool
) -> None:
    """Write `tables` and the policy to `path`: a folder, or by its suffix a .zip or an .xlsx.

    Nothing is overwritten (an empty folder may stand there), and a write that fails leaves nothing.

    Raises
    ------
    FileInTheWay, SealedStatements, UnknownTable, CellCannotBeWritten
    """
    path = Path(path)
    if path.suffix.lower() in ONE_FILE:
        content = case_file(tables, policy_text, path.suffix, name=name, invented=invented)
        _write_file(path, content)
        return
    _check_all(tables, policy_text, name)
    _write_folder(path, _files(tables, policy_text, name, invented))


def case_file(
    tables: Tables, policy_text: str | None, suffix: str, *, name: str, invented: bool
) -> bytes:
    """The bytes of the one file, by its `suffix` a .zip or an .xlsx, that holds the case.

    Raises
    ------
    SealedStatements, UnknownTable, CellCannotBeWritten
    """
    _check_all(tables, policy_text, name)
    if suffix.lower() == ".xlsx":
        from antigone.exchange.case_folder.workbook_writing import workbook_bytes

        return workbook_bytes(tables, policy_text, name, invented)
    return zip_bytes(_files(tables, policy_text, name, invented))


def _check_all(tables: Tables, policy_text: str | None, name: str) -> None:
    _check_tables(tables)
    _check_characters("datapackage", 0, {"title": name})
    _check_characters("policy", 0, {"text": policy_text or ""})


def _check_tables(tables: Tables) -> None:
    for name in tables:
        if name not in TABLES:
            raise UnknownTable(table=name, known=", ".join(TABLES))
    sealed = [
        row["statement"]
        for row in tables.get("statement", ())
        if row.get("protection", "").strip() == "sealed"
    ]
    if sealed:
        raise SealedStatements(count=len(sealed), first=sealed[0])
    for name, rows in tables.items():
        for index, row in enumerate(rows):
            _check_characters(name, index, row)


def _check_characters(table: str, index: int, row: Row) -> None:
    whole = "".join(row.values())
    if whole.isascii() and whole.isprintable():
        return
    for column, cell in row.items():
        found = CONTROL.search(cell)
        if found:
            why = f"it holds the control character {character_name(found.group())}"
            raise CellCannotBeWritten(table=table, row=index + 2, column=column, why=why)


def _files(tables: Tables, policy_text: str | None, name: str, invented: bool) -> dict[str, bytes]:
    present = {table: tables[table] for table in TABLES if table in tables}
    headers = {table: header_of(TABLES[table], rows) for table, rows in present.items()}
    contents = {
        table: csv_of(
            header, ([row.get(column, "") for column in header] for row in present[table])
        )
        for table, header in headers.items()
    }
    package = package_document(headers, contents, name, invented)
    files = {PACKAGE: (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()}
    if policy_text is not None:
        files[POLICY] = policy_text.encode()
    files.update((f"{table}.csv", content) for table, content in contents.items())
    return files


def _write_file(path: Path, content: bytes) -> None:
    if path.exists() or path.is_symlink():
        raise FileInTheWay(name=path.name)
    handle, waiting = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.replace(waiting, path)
    except BaseException:
        os.unlink(waiting)
        raise


def _write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    if path.is_symlink() or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
        raise FileInTheWay(name=path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as waiting:
        folder = Path(waiting) / "folder"
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        os.replace(folder, path)
