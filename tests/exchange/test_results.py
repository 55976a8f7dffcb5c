# SPDX-License-Identifier: Apache-2.0
"""The result tables of a run come back equal, and a spoilt result is refused."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from antigone.exchange.results import (
    ROW_TYPES,
    ResultFolderNotEmpty,
    ResultUnreadable,
    read_results,
    refuse_unless_empty,
    write_results,
)
from antigone.terms.results import (
    NOBODY,
    ChanceRow,
    FactorRow,
    Identification,
    PosteriorRow,
    ProposalRow,
    Remark,
    RuleRow,
    SameCandidateRow,
)

RUN = Identification(
    posterior=(
        PosteriorRow("R1", "P1", 0.1 + 0.2, 1 / 3, 1.0, 0.0, 1e-300, 7.25, -math.inf),
        PosteriorRow("R1", NOBODY, 0.7, 0.6, 0.8, 0.5, 0.9, None, None),
    ),
    factors=(FactorRow("R1", "P1", "journal", -0.5, "names", 'A "source", 2022\nwith a line'),),
    rules=(
        RuleRow("R1", "P1", "R1", "met", Remark("R1.met", "Above %(line)s.", {"line": 0.9995})),
        RuleRow("R1", "P1", "R2", "failed", Remark("R2.failed", "100 %% of %(n)d.", {"n": 3})),
    ),
    chance=(ChanceRow("R1", "P1", "unrelated", 312_900, 2.5e-7),),
    proposals=(
        ProposalRow(
            remains="R1", person="P1", probability=0.99, tier="presumptive", reason="rules_met",
            rules_failed=("R2", "R4"), runner_up="P2", runner_up_probability=0.01,
            primary_log10_lr_over_runner_up=4.5, expected_chance_matches=0.125,
            conflicts=(
                Remark("sex", "Sexes differ.", {}),
                Remark("born", "Born in %(born)s; died before.", {"born": "1956?"}),
            ),
            next_step=Remark("sample", "Take a second sample of %(remains)s.", {"remains": "R1"}),
        ),
        ProposalRow(
            remains="R2", person=None, probability=None, tier="unresolved", reason="no_reference",
            rules_failed=(), runner_up=None, runner_up_probability=None,
            primary_log10_lr_over_runner_up=None, expected_chance_matches=None, conflicts=(),
            next_step=Remark("ask", "Ask for a reference sample.", {}),
        ),
    ),
    same_candidates=(SameCandidateRow("remains", "R1", "R2", 5.5, "profiles"),),
    facts={"digests": {"site": "00"}, "policy": "[case]\r\n", "widest_interval": 1e-9, "n": None},
)  # fmt: skip


@pytest.fixture
def result(tmp_path: Path) -> Path:
    write_results(RUN, tmp_path / "result")
    return tmp_path / "result"


def test_a_run_comes_back_equal(result: Path) -> None:
    assert read_results(result) == RUN


def test_every_field_of_every_table_is_a_column(result: Path) -> None:
    for table, (_, row_type) in ROW_TYPES.items():
        with (result / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            assert next(csv.reader(stream)) == [field.name for field in fields(row_type)]


def test_a_person_reads_sentences(result: Path) -> None:
    with (result / "proposal.csv").open(encoding="utf-8", newline="") as stream:
        first, second = csv.DictReader(stream)
    assert first["next_step"] == "Take a second sample of R1."
    assert first["conflicts"] == "Sexes differ. Born in 1956?; died before."
    assert first["rules_failed"] == "R2;R4"
    assert (second["person"], second["conflicts"]) == ("", "")
    with (result / "rule.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["remark"] for row in csv.DictReader(stream)] == ["Above 0.9995.", "100 % of 3."]


def test_facts_and_policy_stand_beside_the_tables(result: Path) -> None:
    facts = json.loads((result / "run.json").read_text("utf-8"))
    assert facts["result_version"] == 1
    assert facts["digests"] == {"site": "00"}
    assert (result / "policy.toml").read_bytes() == b"[case]\r\n"


def test_array_scalars_are_plain_numbers(tmp_path: Path) -> None:
    row = replace(RUN.chance[0], comparisons=int(np.int64(5)), expected_matches=np.float64(0.1))
    rule = replace(RUN.rules[0], remark=Remark("R1.met", "%(n)d", {"n": np.int64(7)}))
    write_results(replace(RUN, chance=(row,), rules=(rule,)), tmp_path / "result")
    found = read_results(tmp_path / "result")
    assert found.chance[0].expected_matches == 0.1
    assert found.rules[0].remark.facts == {"n": 7}
    assert "np." not in (tmp_path / "result" / "chance.csv").read_text("utf-8")


def test_a_result_is_never_written_over_another(result: Path, tmp_path: Path) -> None:
    with pytest.raises(ResultFolderNotEmpty):
        write_results(RUN, result)
    (tmp_path / "file").write_text("x")
    with pytest.raises(ResultFolderNotEmpty):
        refuse_unless_empty(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    refuse_unless_empty(tmp_path / "empty")
    refuse_unless_empty(tmp_path / "new")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("run.json", '"result_version": 1', '"result_version": 2'),
        ("run.json", "{", ""),
        ("posterior.csv", "probability_low", "low"),
        ("posterior.csv", "0.7,", "likely,"),
        ("chance.csv", "312900", "many"),
        ("remark.csv", "{", "("),
        ("remark.csv", "proposal,2,next_step", "proposal,9,next_step"),
    ],
)
def test_a_spoilt_result_is_refused(result: Path, file: str, old: str, new: str) -> None:
    text = (result / file).read_bytes().decode()
    assert old in text
    (result / file).write_bytes(text.replace(old, new, 1).encode())
    with pytest.raises(ResultUnreadable):
        read_results(result)


def test_no_result_here(tmp_path: Path) -> None:
    with pytest.raises(ResultUnreadable):
        read_results(tmp_path)
