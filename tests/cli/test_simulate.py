# SPDX-License-Identifier: Apache-2.0
"""The command `simulate`: a case folder that reads without fault, the same bytes from one seed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from antigone.cli.front import front
from antigone.exchange.case_folder import read_case_folder
from antigone.terms.errors import AntigoneError


def simulated(out: Path, *arguments: Any, seed: int = 5) -> Result:
    words = ["simulate", "--preset", "small", "--seed", seed, "--out", out, *arguments]
    return CliRunner().invoke(front, [str(word) for word in words])


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(one for one in folder.rglob("*") if one.is_file())
    return {str(one.relative_to(folder)): one.read_bytes() for one in files}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_case_folder_reads_back_without_a_remark(tmp_path: Path) -> None:
    found = simulated(tmp_path / "out")
    assert found.exit_code == 0
    assert "12 remains" in found.stderr
    assert found.stdout == ""
    folder = read_case_folder(tmp_path / "out" / "case")
    assert list(folder.notes) == []
    assert len(folder.tables["remains"]) == 12
    assert folder.policy_text is not None
    package = json.loads((tmp_path / "out" / "case" / "datapackage.json").read_text())
    assert "simulated-small-5" in json.dumps(package)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert simulated(tmp_path / name).exit_code == 0
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert simulated(tmp_path / "c", seed=6).exit_code == 0
    assert contents(tmp_path / "a") != contents(tmp_path / "c")


def test_truth_and_faults_stand_beside_the_case_not_in_it(tmp_path: Path) -> None:
    simulated(tmp_path / "out")
    names = contents(tmp_path / "out")
    assert {"truth.csv", "faults.csv", "plan.json"} <= set(names)
    assert not any("truth" in name or "fault" in name for name in names if "case/" in name)
    truth = rows(tmp_path / "out" / "truth.csv")
    assert {row["remains"] for row in truth} == {
        row["remains"] for row in rows(tmp_path / "out" / "case" / "remains.csv")
    }


def test_options_change_the_plan_and_the_plan_is_kept(tmp_path: Path) -> None:
    found = simulated(
        tmp_path / "out",
        *("--remains", 15, "--persons", 30, "--families", 26, "--graves", 13),
        *("--fault", "journal_wrong_person=1", "--set", "people.share_on_list=0.5"),
    )
    assert found.exit_code == 0
    assert len(rows(tmp_path / "out" / "case" / "remains.csv")) == 15
    assert len(rows(tmp_path / "out" / "case" / "person.csv")) == 30
    facts = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert facts["seed"] == 5
    assert facts["plan"]["faults"]["journal_wrong_person"] == 1.0
    assert facts["plan"]["people"]["share_on_list"] == 0.5
    kinds = [row["kind"] for row in rows(tmp_path / "out" / "faults.csv")]
    assert kinds.count("journal_wrong_person") >= 3


def test_refusals_and_misuse(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something.txt").write_text("kept")
    refused = (
        (tmp_path / "full", ()),
        (tmp_path / "a", ("--fault", "no_such_fault=0.1")),
        (tmp_path / "b", ("--remains", 3000)),
        (tmp_path / "c", ("--set", "laboratory.population=Atlantis")),
    )
    for out, arguments in refused:
        found = simulated(out, *arguments)
        assert isinstance(found.exception, AntigoneError), arguments
    assert contents(tmp_path / "full") == {"something.txt": b"kept"}
    assert simulated(tmp_path / "d", "--fault", "journal_wrong_person").exit_code == 2
