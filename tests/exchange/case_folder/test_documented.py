# SPDX-License-Identifier: Apache-2.0
"""The reference page names every table, column and code; the guide names every kind of fault."""

from __future__ import annotations

import csv
import re
from dataclasses import fields
from pathlib import Path

import pytest

from antigone.exchange.case_folder import KINDS, LIMITS, check_tables
from antigone.exchange.results import REMARKS, ROW_TYPES
from antigone.terms import tables
from antigone.terms.tables import TABLES, Table

ROOT = Path(__file__).parents[3]
REFERENCE = (ROOT / "docs" / "reference" / "case-folder.md").read_text("utf-8")
GUIDE = (ROOT / "docs" / "guide" / "bad-input.md").read_text("utf-8")
TESTS = "".join(
    path.read_text("utf-8") for path in (ROOT / "tests" / "exchange" / "case_folder").glob("*.py")
)


def line_of(name: str) -> str:
    (line,) = [line for line in REFERENCE.splitlines() if line.startswith(f"| `{name}` |")]
    return line


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_the_reference_names_every_column_and_code(table: Table) -> None:
    line = line_of(table.name)
    codes = line + REFERENCE.split("### Codes of claims")[1].split("## ")[0]
    for column in table.columns:
        name = f"**`{column.name}`**" if column.is_key else f" `{column.name}`"
        assert name in line, column.name
        for code in column.codes:
            assert f"`{code}`" in (codes if table.name == "claim" else line), (column.name, code)


def test_the_reference_names_no_table_that_is_not() -> None:
    named = {
        line.split("`")[1]
        for part in REFERENCE.split("| table | columns |")[1:]
        for line in part.split("\n## ")[0].splitlines()
        if line.startswith("| `")
    }
    assert named == {*TABLES, *ROW_TYPES, REMARKS}


@pytest.mark.parametrize("table", ROW_TYPES)
def test_the_reference_names_every_column_of_the_results(table: str) -> None:
    for field in fields(ROW_TYPES[table][1]):
        assert f"`{field.name}`" in line_of(table)


def test_the_reference_states_the_limits() -> None:
    mebibyte = 1024 * 1024
    for limit in (LIMITS.file_bytes, LIMITS.small_file_bytes, LIMITS.total_bytes):
        assert f"| {limit // mebibyte} MiB |" in REFERENCE
    for limit in (LIMITS.files, LIMITS.ratio, LIMITS.rows, LIMITS.cells):
        assert f"| {limit:,} |" in REFERENCE


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_of_remark_is_explained_and_tested(code: str) -> None:
    assert f"| `{code}` |" in GUIDE
    assert f'"{code}"' in TESTS


def test_the_guide_explains_no_kind_that_is_not() -> None:
    named = {line.split("`")[1] for line in GUIDE.splitlines() if line.startswith("| `")}
    assert named == set(KINDS)


def test_every_test_that_the_guide_names_is_there() -> None:
    path, named = "", 0
    for word in re.findall(r"`([^`]*::test_\w+)`", GUIDE):
        path, test = (word.split("::")[0] or path), word.split("::")[1]
        assert f"def {test}(" in (ROOT / path).read_text("utf-8"), word
        named += 1
    assert named > 20


def test_the_shipped_claims_are_a_sound_table() -> None:
    shipped = Path(tables.__file__).parents[1] / "exchange" / "shipped" / "claims-izium.csv"
    with shipped.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert check_tables({"claim": rows}) == ((), ())
    assert len(rows) > 100
