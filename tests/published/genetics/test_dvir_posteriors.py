# SPDX-License-Identifier: Apache-2.0
"""Joint posteriors of dvir's data sets, from the case folder to the result: see source.toml."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from antigone.exchange.dvi_sets import dvi_set_tables
from antigone.science.identification.identify import STANDARD_EFFORT, identify
from antigone.terms.case import case_from_tables
from antigone.terms.policy import read_policy
from antigone.terms.results import NOBODY

FOLDER = Path(__file__).parent / "dvi"
ABSOLUTE = 1e-9
LEFT_OUT = 1e-6  # the result may leave out pairs below this

SETS = [
    "example1",
    "example2",
    "fire",
    "planecrash",
    "symmetricSibs",
    pytest.param("icmp", marks=pytest.mark.proof),  # about a minute
]


def published(name: str) -> dict[tuple[str, str], float]:
    """Marginal posterior by victim and missing person, flat prior, mutation as in the data."""
    matrix: dict[str, Any]
    if name == "planecrash":
        matrix = json.loads((FOLDER / "planecrash.exact_joint.json").read_text())["marginals"]
    else:
        matrix = json.loads((FOLDER / f"{name}.output.json").read_text())["Bmarginal_full"]
    return {
        (victim, NOBODY if missing == "*" else missing): float(value)
        for victim, row in zip(matrix["rows"], matrix["values"], strict=True)
        for missing, value in zip(matrix["cols"], row, strict=True)
    }


@pytest.mark.parametrize("name", SETS)
def test_marginal_posteriors(name: str) -> None:
    tables, policy_text = dvi_set_tables(FOLDER / f"{name}.input.json")
    result = identify(
        case_from_tables(tables, read_policy(policy_text)),
        effort=STANDARD_EFFORT,
        clock=time.monotonic,
        progress=lambda stage, share: None,
    )
    found = {(row.remains, row.person): row for row in result.posterior}
    wanted = published(name)
    assert found.keys() <= wanted.keys()
    for pair, value in wanted.items():
        if pair not in found:
            assert value < LEFT_OUT, pair
            continue
        row = found[pair]
        assert row.probability == pytest.approx(value, rel=1e-6, abs=ABSOLUTE), pair
        assert row.probability_low <= value + ABSOLUTE
        assert value - ABSOLUTE <= row.probability_high
