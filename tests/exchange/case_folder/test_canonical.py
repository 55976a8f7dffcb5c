# SPDX-License-Identifier: Apache-2.0
"""Digests depend on what tables say, and on nothing else; differences are named by key."""

from __future__ import annotations

import pytest

from antigone.exchange.case_folder import Difference, differences, digests, tables_equal
from tests.exchange.case_folder.small_case import added, changed, small_case


def test_order_of_rows_and_columns_and_blank_columns_change_no_digest() -> None:
    tables = {
        name: [dict(reversed([*row.items(), ("weather", "")])) for row in reversed(rows)]
        for name, rows in reversed(small_case().items())
    }
    assert digests(tables) == digests(small_case())
    assert list(digests(tables)) == list(digests(small_case()))
    assert tables_equal(tables, small_case())


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("grave", {"x_m": "0.0", "y_m": "+1.50"}),
        ("grave", {"x_m": "-0", "y_m": "15e-1"}),
        ("custody", {"at": "2022-09-17T07:00:00Z"}),
        ("remains", {"sex": " female ", "grave": "G1"}),
    ],
)
def test_equal_cells_written_otherwise_have_one_digest(table: str, cells: dict[str, str]) -> None:
    assert digests(changed(table, 0, **cells)) == digests(small_case())
    assert differences(small_case(), changed(table, 0, **cells)) == []


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("grave", {"x_m": "0.1"}),
        ("site", {"name": "Invented  forest"}),
        ("site", {"weather": "rain"}),
        ("site", {"site": "S1 "}),
        ("profile", {"allele1": "14.0"}),
    ],
)
def test_a_changed_cell_changes_the_digest_of_its_table_alone(
    table: str, cells: dict[str, str]
) -> None:
    before, after = digests(small_case()), digests(changed(table, 0, **cells))
    assert {name for name in before if before[name] != after[name]} == {table}
    assert not tables_equal(small_case(), changed(table, 0, **cells))


def test_the_digest_of_a_known_table() -> None:
    # printf '[["site", "S1"], ["latitude", "1.5"], ["weather", "rain"]]\n' | sha256sum
    tables = {"site": [{"weather": "rain", "latitude": "1.50", "site": "S1", "note": ""}]}
    assert digests(tables) == {
        "site": "9d7fc463d65998243e69d1dd127062ba916e551096565198e535d76fcd8ef5ac"
    }


def test_differences_name_key_column_old_and_new() -> None:
    tables = added("site", site="S2", name="Invented field")
    tables["person"][0]["born"] = "1981"
    tables["person"][0]["weather"] = "rain"
    del tables["profile"][4]
    del tables["effect"]
    assert differences(small_case(), tables) == [
        Difference("site", ("S2",), "added"),
        Difference("person", ("P1",), "changed", "born", "1980~", "1981"),
        Difference("person", ("P1",), "changed", "weather", "", "rain"),
        Difference("profile", ("X3", "1", "D3S1358"), "missing"),
    ]
