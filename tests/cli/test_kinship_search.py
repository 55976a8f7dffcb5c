# SPDX-License-Identifier: Apache-2.0
"""The command `kinship search`."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from antigone.cli import kinship_search
from antigone.cli.kinship import kinship
from antigone.exchange.case_folder import write_case_folder
from antigone.exchange.search_results import UNFINISHED
from antigone.science.genetics.blind_search import BlindSearch
from tests.cases import CaseBuilder, policy_text

WORDS = ("--thresholds", "2,1000", "--draws", "200")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A mother, her son among the remains, and a stranger."""
    built = CaseBuilder(12).person("P1", "F1", sex="male", mother="I1")
    built.relative("I1", "F1", sex="female").reference("I1", "1/2")
    built.body("R1", ["1/3"]).body("R2", ["4/5"])
    write_case_folder(
        built.tables, policy_text(), tmp_path / "case", name="Invented Wood", invented=True
    )
    return tmp_path / "case"


def search(folder: Path, out: Path, *words: str) -> Any:
    return CliRunner().invoke(kinship, ["search", str(folder), "--out", str(out), *words])


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_mother_is_found_and_chance_stands_beside(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = search(folder, out, "--among", "references", *WORDS)
    assert found.exit_code == 0, found.output
    first = table(out / "hit.csv")[0]
    assert (first["relationship"], first["remains"], first["reference"]) == (
        "parent_child", "R1", "I1",
    )  # fmt: skip
    assert float(first["log10_lr"]) > 3
    assert first["markers"] == "12"
    rows = {(row["relationship"], row["threshold"]): row for row in table(out / "chance.csv")}
    row = rows["parent_child", "1000.0"]
    assert (row["comparisons"], row["reached"]) == ("2", "1")
    assert 0 < float(row["expected_if_unrelated"]) < 0.1
    facts = json.loads((out / "search.json").read_text())
    assert facts["remains"] == 2
    assert facts["draws"] == 200
    assert not (out / UNFINISHED).exists()


def test_remains_among_each_other(folder: Path, tmp_path: Path) -> None:
    found = search(folder, tmp_path / "out", "--among", "remains", *WORDS)
    assert found.exit_code == 0, found.output
    assert {row["comparisons"] for row in table(tmp_path / "out" / "chance.csv")} == {"1"}


def test_an_interrupted_search_goes_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(BlindSearch, "run", lambda *_words, **_more: None)  # stopped at once
        assert search(folder, out, "--among", "references", *WORDS).exit_code == 130
    assert (out / UNFINISHED).exists()
    other = search(folder, out, "--among", "references", "--thresholds", "3", "--draws", "9")
    assert "science.search-not-of-these" in str(getattr(other.exception, "code", ""))
    again = search(folder, out, "--among", "references", *WORDS)
    assert again.exit_code == 0
    assert "Going on" in again.stderr
    assert table(out / "hit.csv")
    assert not (out / UNFINISHED).exists()


def test_what_was_kept_and_broken_is_refused(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / UNFINISHED).write_bytes(b"no archive")
    found = search(folder, out, "--among", "references", *WORDS)
    assert getattr(found.exception, "code", "") == "exchange.search-unreadable"


def test_a_case_without_profiles_says_so(tmp_path: Path) -> None:
    built = CaseBuilder(3).person("P1", "F1", sex="male", mother="I1")
    built.relative("I1", "F1", sex="female").reference("I1", "1/2")
    write_case_folder(
        built.tables, policy_text(), tmp_path / "case", name="Invented Wood", invented=True
    )
    found = search(tmp_path / "case", tmp_path / "out", "--among", "references", *WORDS)
    assert getattr(found.exception, "code", "") == "analysis.nothing-to-search"


def test_ctrl_c_is_asked_of_the_search_not_of_the_process() -> None:
    import os
    import signal

    with kinship_search._Stopped() as stopped:
        os.kill(os.getpid(), signal.SIGINT)
        assert stopped.asked
