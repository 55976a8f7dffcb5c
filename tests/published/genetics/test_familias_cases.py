# SPDX-License-Identifier: Apache-2.0
"""Against Familias 2.6.4: F_ST, equal and stabilised mutation, a loop; see source.toml."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from antigone.exchange.kinship_cases import KinshipFile
from antigone.science.genetics.comparison import hypothesis_log_likelihoods

FILE = Path(__file__).parent / "familias_cases.json"
PUBLISHED: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads(FILE.read_text())["cases"]
}
WITHOUT_SILENT = [
    name
    for name, case in PUBLISHED.items()
    if all(marker["silent_allele"] is None for marker in case["markers"])
]


def without_single_child_founders(pedigree: dict[str, Any], typed: set[str]) -> dict[str, Any]:
    """As Familias at F_ST = 0: such a founder is left out if untyped, without a mutation step."""
    rows = pedigree["rows"]
    parents = [parent for row in rows for parent in row[1:3]]
    dropped = {
        row[0]
        for row in rows
        if row[1:3] == ["0", "0"] and row[0] not in typed and parents.count(row[0]) == 1
    }
    kept = [
        [row[0], *("0" if parent in dropped else parent for parent in row[1:3]), row[3]]
        for row in rows
        if row[0] not in dropped
    ]
    return {**pedigree, "rows": kept}


def as_kinship_case(case: dict[str, Any]) -> dict[str, Any]:
    typed = set(case["genotypes"])
    return {
        **case,
        "LR_denominator": case["reference"],
        "markers": [
            {
                **marker,
                "mutation": {sex: {"matrix": marker[sex]["matrix"]} for sex in ("female", "male")},
            }
            for marker in case["markers"]
        ],
        "hypotheses": [
            {
                **one,
                "pedigrees": [
                    pedigree if case["theta"] else without_single_child_founders(pedigree, typed)
                    for pedigree in one["pedigrees"]
                ],
            }
            for one in case["hypotheses"]
        ],
    }


def test_the_cases_without_silent_alleles() -> None:
    assert len(WITHOUT_SILENT) == 13
    assert {PUBLISHED[name]["theta"] for name in WITHOUT_SILENT} == {0, 0.01, 0.02, 0.03, 0.05}


@pytest.mark.parametrize("name", WITHOUT_SILENT)
def test_likelihoods(name: str) -> None:
    case = KinshipFile(FILE.name, {name: as_kinship_case(PUBLISHED[name])}).case(name)
    totals = {}
    for one, published in zip(case.hypotheses, PUBLISHED[name]["hypotheses"], strict=True):
        found = hypothesis_log_likelihoods(
            one.components, case.profiles, case.models, one.founder_inbreeding, theta=case.theta
        )
        totals[one.name] = found.sum()
        for log_likelihood, likelihood in zip(
            found, published["likelihood_per_marker"], strict=True
        ):
            assert math.isclose(math.exp(log_likelihood), likelihood, rel_tol=1e-8)
    for hypothesis, ratio in PUBLISHED[name]["LR"].items():
        log_lr = totals[hypothesis] - totals[case.denominator]
        assert math.isclose(math.exp(log_lr), ratio, rel_tol=1e-8)
