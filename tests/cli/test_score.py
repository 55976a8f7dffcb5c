# SPDX-License-Identifier: Apache-2.0
"""The command `score`: results of a simulated case against its truth."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from antigone.cli.front import front
from antigone.exchange.results import write_results
from antigone.exchange.score_inputs import ScoreInputFault, read_swapped, read_truth
from antigone.terms.results import Identification, PosteriorRow, ProposalRow, Remark

REMARK = Remark("test", "A remark.", {})


def score(*arguments: object) -> Result:
    return CliRunner().invoke(front, ["score", *map(str, arguments)])


def table(result: Result) -> dict[str, list[str]]:
    return {line.split("\t")[0]: line.split("\t")[1:] for line in result.stdout.splitlines()}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulated case and a result that proposes the truth for everybody on the list."""
    out = tmp_path_factory.mktemp("score") / "out"
    words = ["simulate", "--preset", "small", "--seed", "3", "--out", str(out)]
    assert CliRunner().invoke(front, words).exit_code == 0
    write_results(_of_truth(read_truth(out / "truth.csv")), out / "result")
    return out


def _of_truth(truth: dict[str, frozenset[str]]) -> Identification:
    proposals, posterior = [], []
    for remains, persons in truth.items():
        person = min(persons) if persons else None
        p = 0.9999 if person else None
        tier = "identification" if person else "unresolved"
        proposals.append(
            ProposalRow(remains, person, p, tier, "test", (), None, None, None, None, (), REMARK)
        )
        if person:
            row = PosteriorRow(remains, person, 0.9999, 0.9999, 0.9999, 0.9, 0.9, 5.0, None)
            posterior.append(row)
    return Identification(
        posterior=tuple(posterior),
        factors=(),
        rules=(),
        chance=(),
        proposals=tuple(proposals),
        same_candidates=(),
        facts={},
    )


def test_a_result_that_is_the_truth_has_no_errors(drawn: Path) -> None:
    found = score(drawn / "result", drawn / "truth.csv")
    assert found.exit_code == 0
    listed = sum(bool(persons) for persons in read_truth(drawn / "truth.csv").values())
    assert table(found)["identification"][:4] == [str(listed), str(listed), "0", "0"]
    assert table(found)["identified_of_those_on_the_list"][2] == "1.0000"
    assert "key_figure" not in table(found)


def test_case_and_faults_add_the_key_figure_and_swaps(drawn: Path) -> None:
    beside = ("--case", drawn / "case", "--faults", drawn / "faults.csv")
    found = table(score(drawn / "result", drawn / "truth.csv", *beside))
    count, of = found["key_figure"][:2]
    assert count == of
    assert int(of) > 0
    assert "swapped_flagged" in found
    strengths = [int(cells[1]) for name, cells in found.items() if name.startswith("identified_")]
    assert sum(strengths[1:]) == strengths[0]


def test_pairs_are_pooled(drawn: Path) -> None:
    once = table(score(drawn / "result", drawn / "truth.csv"))
    pair = (drawn / "result", drawn / "truth.csv")
    twice = table(score(*pair, *pair))
    assert int(twice["identification"][0]) == 2 * int(once["identification"][0])


def test_misuse(drawn: Path) -> None:
    pair = (drawn / "result", drawn / "truth.csv")
    assert score(drawn / "result").exit_code == 2
    assert score(*pair, *pair, "--case", drawn / "case").exit_code == 2
    assert score(*pair, "--faults", drawn / "faults.csv").exit_code == 2


def test_a_file_that_is_no_truth_is_refused(drawn: Path) -> None:
    found = score(drawn / "result", drawn / "faults.csv")
    assert isinstance(found.exception, ScoreInputFault)
    assert "no column remains, person" in str(found.exception)


def test_swaps_are_read_through_the_labels_of_their_samples(tmp_path: Path) -> None:
    path = tmp_path / "faults.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("kind", "keys"))
        writer.writerow(("sample_swap", "S-1;S-2"))
        writer.writerow(("body_label_swap", "R-5;R-6"))
        writer.writerow(("reference_swap", "S-3;S-4"))
        writer.writerow(("journal_swapped", "J-1;G-1"))
    sample = [
        {"sample": "S-1", "remains": "R-1", "individual": "", "person": ""},
        {"sample": "S-2", "remains": "R-2", "individual": "", "person": ""},
        {"sample": "S-3", "remains": "", "individual": "F-1", "person": ""},
        {"sample": "S-4", "remains": "", "individual": "", "person": "P-9"},
    ]
    relative = [
        {"individual": "F-1", "family": "F", "person": ""},
        {"individual": "F-2", "family": "F", "person": "P-1"},
        {"individual": "G-1", "family": "G", "person": "P-2"},
    ]
    found = read_swapped(path, {"sample": sample, "relative": relative})
    assert found.remains == {"R-1", "R-2", "R-5", "R-6"}
    assert found.persons == {"P-1", "P-9"}
