# SPDX-License-Identifier: Apache-2.0
"""Against pedprobr 1.1.0 and forrel 1.9.0: see source.toml."""

import json
from pathlib import Path

import pytest

from antigone.exchange.kinship_cases import read_kinship_file

FILE = Path(__file__).parent / "pedigree_cases.json"
CASES = read_kinship_file(FILE)
PUBLISHED = {case["id"]: case for case in json.loads(FILE.read_text())["cases"]}


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
