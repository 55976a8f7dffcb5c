# SPDX-License-Identifier: Apache-2.0
"""Whatever the bytes and cells are: a case folder, or a refusal with its faults; never a crash."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antigone.exchange.case_folder import (
    CaseFolderFaults,
    check_tables,
    differences,
    digests,
    read_case_folder,
    write_case_folder,
)
from antigone.terms.policy import read_policy
from antigone.terms.tables import TABLES
from tests.exchange.case_folder.folders import contents, folder
from tests.exchange.case_folder.small_case import policy_text, small_case


def read_or_refuse(path: Path) -> None:
    try:
        found = read_case_folder(path)
    except CaseFolderFaults as refusal:
        faults = refusal.faults
    else:
        digests(found.tables)
        return
    assert faults
    assert all(fault.sentence and fault.remedy for fault in faults)


@cache
def sound(suffix: str) -> bytes:
    with TemporaryDirectory() as place:
        path = Path(place) / f"case{suffix}"
        write_case_folder(small_case(), policy_text(), path, name="Invented", invented=True)
        return path.read_bytes()


@pytest.mark.parametrize("suffix", [".zip", ".xlsx"])
@settings(max_examples=15, deadline=None)
@given(places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_damaged_archives(suffix: str, places: list[tuple[float, int]]) -> None:
    content = bytearray(sound(suffix))
    for share, byte in places:
        content[int(share * (len(content) - 1))] = byte
    with TemporaryDirectory() as place:
        path = Path(place) / f"case{suffix}"
        path.write_bytes(content)
        read_or_refuse(path)


@pytest.mark.parametrize("suffix", [".zip", ".xlsx"])
@settings(max_examples=8, deadline=None)
@given(share=st.floats(0, 1))
def test_archives_cut_short(suffix: str, share: float) -> None:
    with TemporaryDirectory() as place:
        path = Path(place) / f"case{suffix}"
        path.write_bytes(sound(suffix)[: int(share * len(sound(suffix)))])
        read_or_refuse(path)


@settings(max_examples=25, deadline=None)
@given(content=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@example(content=b"site,latitude\nS1,1e9999999999\n")
@example(content=b"site\n" + b"x" * 200_000)
@example(content="site,found_on\nS1,٢٠٢٢\n".encode())
def test_any_bytes_as_table_package_or_policy(content: bytes) -> None:
    for name in ("site_csv", "datapackage_json", "policy_toml"):
        with TemporaryDirectory() as place:
            read_or_refuse(folder(Path(place) / "case", contents(), **{name: content}))


CELLS = st.text(max_size=8) | st.sampled_from(
    ["", " ", "R1", "P1", "I1", "I2", "F1", "14", "9.3", "٣", "1e999", "-0", "nan", "/", "../..",
     "0000", "2022-13", "9999-12-31/", "female", "male", "stepwise", "reference", ";", "S1;S1"]
)  # fmt: skip
ANY_TABLES = st.dictionaries(
    st.sampled_from(sorted(TABLES)), st.none(), min_size=1, max_size=6
).flatmap(
    lambda names: st.fixed_dictionaries(
        {
            name: st.lists(
                st.fixed_dictionaries({}, optional=dict.fromkeys(TABLES[name].column_names, CELLS)),
                max_size=4,
            )
            for name in names
        }
    )
)


@settings(max_examples=60, deadline=None)
@given(tables=ANY_TABLES)
def test_any_cells(tables: dict[str, list[dict[str, str]]]) -> None:
    checked = check_tables(tables, read_policy(policy_text()))
    for remark in (*checked.faults, *checked.warnings):
        assert "%(" not in str(remark)
    assert digests(tables) == digests(tables)
    assert not any(one.kind == "changed" for one in differences(tables, tables))
