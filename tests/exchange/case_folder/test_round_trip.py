# SPDX-License-Identifier: Apache-2.0
"""Written and read again, tables are equal, in every form; and equal tables give equal bytes."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antigone.exchange.case_folder import (
    CellCannotBeWritten,
    FileInTheWay,
    SealedStatements,
    UnknownTable,
    read_case_folder,
    tables_equal,
    write_case_folder,
)
from antigone.terms.tables import Tables
from tests.exchange.case_folder.small_case import changed, policy_text, small_case

FORMS = ["case", "case.zip", "case.xlsx"]


def round_trip(tables: Tables, path: Path, policy: str | None = None) -> Tables:
    write_case_folder(tables, policy, path, name="Invented case", invented=True)
    found = read_case_folder(path)
    assert found.policy_text == policy
    assert (found.name, found.invented) == ("Invented case", True)
    return found.tables


@pytest.mark.parametrize("form", FORMS)
def test_a_case_comes_back_equal_and_in_order(tmp_path: Path, form: str) -> None:
    tables = small_case()
    found = round_trip(tables, tmp_path / form, policy_text())
    assert tables_equal(found, tables)
    for name, rows in tables.items():
        assert [row[next(iter(row))] for row in found[name]] == [
            row[next(iter(row))] for row in rows
        ]


def test_from_folder_to_zip_to_workbook_and_back(tmp_path: Path) -> None:
    tables: Tables = small_case()
    for form in ("one", "two.zip", "three.xlsx", "four"):
        tables = round_trip(tables, tmp_path / form, policy_text())
    assert tables_equal(tables, small_case())


# Any text that a cell may hold, with what spreadsheets and CSV readers stumble over.
TEXTS = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), include_characters="\t\n\r")
    .filter(lambda letter: letter not in "\ufffe\uffff"),
    max_size=20,
) | st.sampled_from(
    ["=1+1", "+380", "-1", "@name", "#N/A", "TRUE", "9.3", "007", "1e5", " padded ", "_x000D_",
     "_x005F_x000D_", "a\r\nb", "\n", "'quoted", '"', ",", ";", "2022-04-03", "<&>", "None"]
)  # fmt: skip
NUMBERS = st.floats(-1e6, 1e6).map(repr) | st.sampled_from(["", "0.10", "-0", "1e-7", "100.0"])
SITES = st.lists(
    st.fixed_dictionaries({"name": TEXTS, "note": TEXTS, "weather": TEXTS}),
    min_size=1,
    max_size=5,
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sites=SITES, grid=st.lists(NUMBERS, max_size=4))
def test_any_text_comes_back_unchanged(
    form: str, sites: list[dict[str, str]], grid: list[str]
) -> None:
    tables = {
        "site": [{"site": f"S{i}", **cells} for i, cells in enumerate(sites)],
        "grave": [{"grave": f"G{i}", "x_m": x} for i, x in enumerate(grid)],
    }
    with TemporaryDirectory() as folder:
        found = round_trip(tables, Path(folder) / form)
    assert tables_equal(found, tables)
    for row, wanted in zip(found["site"], tables["site"], strict=True):
        assert {name: row[name] for name in ("name", "note", "weather")} == {
            name: wanted[name] for name in ("name", "note", "weather")
        }


@pytest.mark.parametrize("form", ["case.zip", "case.xlsx"])
def test_equal_tables_give_equal_bytes(tmp_path: Path, form: str) -> None:
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        round_trip(small_case(), tmp_path / place / form, policy_text())
    one, two = ((tmp_path / place / form).read_bytes() for place in ("one", "two"))
    assert one == two
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {1980}


def test_no_live_formula_leaves_in_a_workbook(tmp_path: Path) -> None:
    tables = changed("site", 0, name='=HYPERLINK("x")', country="+1", area="@SUM(A1)", note="-2")
    write_case_folder(tables, None, tmp_path / "case.xlsx", name="x", invented=True)
    book = openpyxl.load_workbook(tmp_path / "case.xlsx")
    cells = {cell.value: cell for cell in book["site"][2]}
    for text in ('=HYPERLINK("x")', "+1", "@SUM(A1)", "-2"):
        assert cells[text].data_type in ("s", "inlineStr")
        assert cells[text].quotePrefix
    assert all(cell.data_type != "f" for page in book for row in page for cell in row)


def test_numbers_are_numbers_in_a_workbook(tmp_path: Path) -> None:
    write_case_folder(small_case(), None, tmp_path / "case.xlsx", name="x", invented=True)
    book = openpyxl.load_workbook(tmp_path / "case.xlsx")
    assert [cell.value for cell in book["grave"][2]] == ["G1", "S1", 0, 1.5]
    assert [cell.value for cell in book["profile"][3]][2:4] == ["TH01", "9.3"]


def test_the_package_describes_every_table(tmp_path: Path) -> None:
    round_trip(changed("site", 0, weather="rain"), tmp_path / "case")
    package = json.loads((tmp_path / "case" / "datapackage.json").read_text("utf-8"))
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert set(resources) == set(small_case())
    assert resources["profile"]["schema"]["primaryKey"] == ["sample", "run", "marker"]
    grave = resources["grave"]["schema"]
    assert grave["foreignKeys"] == [
        {"fields": ["site"], "reference": {"resource": "site", "fields": ["site"]}}
    ]
    claim = resources["claim"]["schema"]["foreignKeys"]
    assert claim == [{"fields": ["part_of"], "reference": {"resource": "", "fields": ["claim"]}}]
    assert {"name": "weather", "type": "string"} in resources["site"]["schema"]["fields"]
    assert package["case_folder_version"] == 1


def test_an_empty_table_keeps_its_header(tmp_path: Path) -> None:
    found = round_trip({"site": [], "grave": [{"grave": "G1"}]}, tmp_path / "case")
    assert found["site"] == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    for form in FORMS:
        write_case_folder(small_case(), None, tmp_path / form, name="x", invented=True)
        with pytest.raises(FileInTheWay):
            write_case_folder(small_case(), None, tmp_path / form, name="x", invented=True)
    assert {path.name for path in tmp_path.iterdir()} == set(FORMS)


def test_a_sealed_statement_never_leaves(tmp_path: Path) -> None:
    tables = {"statement": [{"statement": "T1", "protection": "sealed"}]}
    with pytest.raises(SealedStatements):
        write_case_folder(tables, None, tmp_path / "case", name="x", invented=True)
    assert not (tmp_path / "case").exists()


@pytest.mark.parametrize(
    ("form", "cell"), [("case", "a\0b"), ("case.xlsx", "a\x1bb"), ("case.xlsx", "x" * 32_768)]
)
def test_a_cell_that_no_reader_accepts_is_not_written(tmp_path: Path, form: str, cell: str) -> None:
    tables = {"site": [{"site": "S1"}, {"site": "S2", "note": cell}]}
    with pytest.raises(CellCannotBeWritten, match="row 3, column note"):
        write_case_folder(tables, None, tmp_path / form, name="x", invented=True)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_table_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(UnknownTable):
        write_case_folder({"sites": []}, None, tmp_path / "case", name="x", invented=True)
