# SPDX-License-Identifier: Apache-2.0
"""The result tables of an identification run: written beside its facts, and read back equal.

Plain CSV for people and other programs. Sentences stand in their tables as a reader sees them;
`remark.csv` holds their codes, templates and facts, so that they can be shown in another language.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.results import (
    ChanceRow,
    FactorRow,
    Identification,
    PosteriorRow,
    ProposalRow,
    Remark,
    RuleRow,
    SameCandidateRow,
)
from antigone.terms.tables import several

RESULT_VERSION = 1
RUN = "run.json"
REMARKS = "remark"
ROW_TYPES: Mapping[str, tuple[str, type]] = {
    "posterior": ("posterior", PosteriorRow),
    "factor": ("factors", FactorRow),
    "rule": ("rules", RuleRow),
    "chance": ("chance", ChanceRow),
    "proposal": ("proposals", ProposalRow),
    "same_candidate": ("same_candidates", SameCandidateRow),
}
"""Each result table: the attribute of `Identification` that holds its rows, and their type."""

_REMARK_COLUMNS = ("table", "row", "column", "code", "template", "facts")
_Value = TypeVar("_Value")
_Remarks = dict[tuple[str, int, str], list[Remark]]


class ResultFolderNotEmpty(AntigoneError):
    """A folder that holds something already; a result is never written over another."""

    code = "exchange.result-folder-not-empty"
    message = gettext_noop(
        "%(path)s exists and is not an empty folder. Name a new one with --out, or empty it "
        "yourself."
    )


class ResultUnreadable(AntigoneError):
    """A folder that is no result, or whose tables were changed into something unreadable."""

    code = "exchange.result-unreadable"
    message = gettext_noop(
        "%(file)s cannot be read as a result: %(what)s. Give the folder that identify wrote, "
        "unchanged."
    )


def refuse_unless_empty(path: Path) -> None:
    """Refuse a result folder that exists and holds something."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ResultFolderNotEmpty(path=path.name)


def write_results(found: Identification, path: Path) -> None:
    """Write every table of `found` and its facts (`run.json`) into the new or empty folder `path`.

    Columns are named as the fields of the rows in `terms.results`; a blank cell is None, numbers
    are written so that they are read back exactly.
    """
    refuse_unless_empty(path)
    path.mkdir(parents=True, exist_ok=True)
    remarks: list[Sequence[str]] = []
    for table, (attribute, row_type) in ROW_TYPES.items():
        names = [field.name for field in fields(row_type)]
        rows = getattr(found, attribute)
        for number, row in enumerate(rows, start=2):
            remarks.extend(_remark_cells(table, number, row, names))
        _write(path / f"{table}.csv", names, ([_cell(getattr(r, n)) for n in names] for r in rows))
    _write(path / f"{REMARKS}.csv", _REMARK_COLUMNS, remarks)
    run = {"result_version": RESULT_VERSION, **found.facts}
    (path / RUN).write_text(_json(run, indent=2) + "\n", encoding="utf-8")
    if isinstance(found.facts.get("policy"), str):
        (path / "policy.toml").write_bytes(found.facts["policy"].encode())


def read_results(path: Path) -> Identification:
    """The run that `write_results` wrote into `path`.

    Raises
    ------
    ResultUnreadable
    """
    facts = _run_facts(path / RUN)
    remarks = _read_remarks(path / f"{REMARKS}.csv")
    tables: dict[str, Any] = {
        attribute: tuple(_read_rows(path / f"{table}.csv", table, row_type, remarks))
        for table, (attribute, row_type) in ROW_TYPES.items()
    }
    return Identification(**tables, facts=facts)


def _cell(value: Any) -> str:
    """One value as text: blank for None, several parted by ``;``, a remark as its sentence."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        parted = " " if any(isinstance(part, Remark) for part in value) else ";"
        return parted.join(str(part) for part in value)
    if isinstance(value, Remark):
        return str(value)
    return repr(int(value)) if isinstance(value, int) else repr(float(value))


def _remark_cells(
    table: str, number: int, row: Any, names: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    for name in names:
        value = getattr(row, name)
        for remark in value if isinstance(value, tuple) else (value,):
            if isinstance(remark, Remark):
                facts = _json(dict(remark.facts))
                yield table, str(number), name, remark.code, remark.template, facts


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)


def _plain(value: Any) -> Any:
    """Array scalars as Python numbers."""
    if not hasattr(value, "item"):
        raise TypeError(f"{type(value).__name__} is not a fact that can be stored")
    return value.item()


def _write(path: Path, header: Sequence[str], rows: Any) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)


def _run_facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise ResultUnreadable(file=path.name, what=str(fault)) from None
    version = facts.pop("result_version", None) if isinstance(facts, dict) else None
    if version != RESULT_VERSION:
        what = f"its result_version is {version}, this program reads {RESULT_VERSION}"
        raise ResultUnreadable(file=path.name, what=what)
    return dict(facts)


def _read_remarks(path: Path) -> _Remarks:
    found: _Remarks = {}
    for number, row in _read(path, _REMARK_COLUMNS):
        try:
            place = row["table"], int(row["row"]), row["column"]
            remark = Remark(row["code"], row["template"], json.loads(row["facts"]))
        except ValueError as fault:
            raise _unreadable(path, number, fault) from None
        found.setdefault(place, []).append(remark)
    return found


def _read_rows(
    path: Path, table: str, row_type: type[_Value], remarks: _Remarks
) -> Iterator[_Value]:
    hints = get_type_hints(row_type)
    converters = {name: _converter(hint) for name, hint in hints.items()}
    for number, row in _read(path, tuple(hints)):
        try:
            yield row_type(
                **{
                    name: convert(row[name], remarks.get((table, number, name), []))
                    for name, convert in converters.items()
                }
            )
        except (ValueError, IndexError) as fault:
            raise _unreadable(path, number, fault) from None


def _converter(hint: Any) -> Callable[[str, list[Remark]], Any]:
    """How a cell, and the remarks at its place, become a value of type `hint`."""
    if get_origin(hint) in (Union, UnionType):
        inner = _converter(next(part for part in get_args(hint) if part is not type(None)))
        return lambda cell, remarks: inner(cell, remarks) if cell else None
    if hint is Remark:
        return lambda cell, remarks: remarks[0]
    if hint == tuple[Remark, ...]:
        return lambda cell, remarks: tuple(remarks)
    if get_origin(hint) is tuple:
        return lambda cell, remarks: several(cell)
    convert = {str: str, int: int, float: float}[hint]
    return lambda cell, remarks: convert(cell)


def _read(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with their spreadsheet numbers; extra columns are allowed and left aside."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restval="", strict=True)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                what = f"it has no column {', '.join(missing)}"
                raise ResultUnreadable(file=path.name, what=what)
            yield from enumerate(reader, start=2)
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise ResultUnreadable(file=path.name, what=str(fault)) from None


def _unreadable(path: Path, number: int, fault: Exception) -> ResultUnreadable:
    return ResultUnreadable(file=path.name, what=f"row {number}: {fault}")
