# SPDX-License-Identifier: Apache-2.0
"""Against pedprobr 1.1.0 and forrel 1.9.0: see source.toml."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from antigone.exchange.kinship_cases import KinshipCaseUnsupported, read_kinship_file
from antigone.science.genetics.comparison import hypothesis_log_likelihoods

FILE = Path(__file__).parent / "pedigree_cases.json"
CASES = read_kinship_file(FILE)
PUBLISHED: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads(FILE.read_text())["cases"]
}
UNSUPPORTED = [
    name
    for name, case in PUBLISHED.items()
    if any(marker["chrom"] == "X" for marker in case["markers"])
]
SUPPORTED = [name for name in PUBLISHED if name not in UNSUPPORTED]
RELATIVE = 1e-8


def close(found: float, published: float) -> bool:
    return math.isclose(found, published, rel_tol=RELATIVE, abs_tol=0)


@pytest.mark.parametrize("name", SUPPORTED)
def test_likelihoods_and_ratios(name: str) -> None:
    published, case = PUBLISHED[name], CASES.case(name)
    found = {
        one.name: hypothesis_log_likelihoods(
            one.components, case.profiles, case.models, one.founder_inbreeding, theta=case.theta
        )
        for one in case.hypotheses
    }
    for hypothesis in published["hypotheses"]:
        logs = found[hypothesis["name"]]
        pairs = zip(logs, hypothesis["likelihood_per_marker"], case.models, strict=True)
        for log_likelihood, likelihood, model in pairs:
            assert close(math.exp(log_likelihood), float(likelihood)), model.marker
        assert math.isclose(
            float(logs.sum()), float(hypothesis["loglik_total"]), rel_tol=0, abs_tol=1e-7
        )
    for numerator, ratio in published["LR_total"].items():
        log_lr = float((found[numerator] - found[case.denominator]).sum())
        assert math.isclose(math.exp(log_lr), float(ratio), rel_tol=RELATIVE * len(case.models))


def test_every_case_is_computed_or_refused_by_name() -> None:
    assert len(SUPPORTED) == 56
    assert len(UNSUPPORTED) == 13
    for name in UNSUPPORTED:
        with pytest.raises(KinshipCaseUnsupported, match=name):
            CASES.case(name)


def test_partial_genotypes_by_hand() -> None:
    """Father 9/any, son 9/10, son 10/any: summed over the parents' genotypes by hand.

    Alleles 9, 10 and any other, with 9 and 10 as frequent as the file says.
    """
    case = CASES.case("partial_genotypes")
    p = dict(zip(case.models[0].alleles, case.models[0].frequencies, strict=True))
    p["other"] = 1 - p["9"] - p["10"]
    total = 0.0
    names = ("9", "10", "other")
    for a in names:
        for b in names:
            if "9" not in (a, b):
                continue  # the father has at least one 9
            for c in names:
                for d in names:
                    children = [(x, y) for x in (a, b) for y in (c, d)]
                    first = sum(sorted(child) == ["10", "9"] for child in children) / 4
                    second = sum("10" in child for child in children) / 4
                    total += p[a] * p[b] * p[c] * p[d] * first * second
    (likelihood,) = PUBLISHED["partial_genotypes"]["hypotheses"][0]["likelihood_per_marker"]
    assert total == pytest.approx(likelihood, rel=1e-12)
