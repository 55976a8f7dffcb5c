# SPDX-License-Identifier: Apache-2.0
"""Mutation matrices that keep the frequencies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.science.genetics.mutation import mutation_matrix
from antigone.science.genetics.stationary import (
    METHODS,
    StabilisingImpossible,
    StabilisingUnknown,
    stabilised,
)

ALLELES = ("8", "9", "9.3", "10", "11")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0.1, 1), min_size=5, max_size=5), st.sampled_from(METHODS))
def test_rows_frequencies_rate_and_balance(weights: list[float], method: str) -> None:
    p = np.array(weights) / sum(weights)
    steps = mutation_matrix("stepwise", ALLELES, p, rate=0.01, rate2=0.001, step_range=0.1)
    found = stabilised(steps, p, method)
    assert found.min() >= 0
    assert found.sum(axis=1) == pytest.approx(np.ones(5), rel=1e-12)
    assert p @ found == pytest.approx(p, rel=1e-10)
    assert p @ (1 - np.diag(found)) == pytest.approx(p @ (1 - np.diag(steps)), rel=1e-10)
    if method != "PM":
        assert p[:, None] * found == pytest.approx((p[:, None] * found).T, rel=1e-10)


def test_what_keeps_them_already_stays() -> None:
    p = np.array([0.5, 0.3, 0.2])
    proportional = mutation_matrix(
        "proportional", ALLELES[:3], p, rate=0.01, rate2=None, step_range=None
    )
    for method in METHODS:
        assert stabilised(proportional, p, method) == pytest.approx(proportional, rel=1e-9)
        assert stabilised(np.eye(3), p, method) == pytest.approx(np.eye(3))


def test_refusals() -> None:
    p = np.array([0.98, 0.01, 0.01])
    wild = np.array([[0.1, 0.45, 0.45], [0.45, 0.1, 0.45], [0.45, 0.45, 0.1]])
    with pytest.raises(StabilisingImpossible, match="INVENTED1"):
        stabilised(wild, p, "PR", marker="INVENTED1")
    with pytest.raises(StabilisingUnknown, match="XY"):
        stabilised(wild, p, "XY")
