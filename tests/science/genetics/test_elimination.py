# SPDX-License-Identifier: Apache-2.0
"""Elimination against one sum over everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.science.genetics.elimination import (
    eliminate,
    eliminate_in_logs,
    plan_elimination,
)


@st.composite
def problems(draw: st.DrawFn):
    n = draw(st.integers(1, 6))
    sizes = tuple(draw(st.lists(st.integers(1, 3), min_size=n, max_size=n)))
    scope = st.lists(st.integers(0, n - 1), min_size=0, max_size=3, unique=True).map(tuple)
    scopes = tuple(draw(st.lists(scope, min_size=1, max_size=12)))
    held = sorted({v for s in scopes for v in s})
    keep = tuple(draw(st.permutations(held))[: draw(st.integers(0, 2))])
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    families = draw(st.integers(1, 3))
    factors = []
    for s in scopes:
        rows = families if draw(st.booleans()) else 1
        table = rng.random((rows, *(sizes[v] for v in s)))
        factors.append(np.where(table < 0.2, 0.0, table))
    return scopes, sizes, keep, factors, families


@settings(deadline=None, max_examples=200)
@given(problems())
def test_elimination_is_the_sum_of_products(problem) -> None:
    scopes, sizes, keep, factors, families = problem
    plan = plan_elimination(scopes, sizes, keep)
    operands = []
    for scope, factor in zip(scopes, factors, strict=True):
        operands += [np.broadcast_to(factor, (families, *factor.shape[1:])), [9, *scope]]
    expected = np.einsum(*operands, [9, *keep])
    log_scale, table = eliminate(plan, factors, keep)
    scaled = np.exp(log_scale).reshape(-1, *[1] * len(keep)) * table
    assert np.broadcast_to(scaled, expected.shape) == pytest.approx(expected, rel=1e-12)
    in_logs = np.exp(eliminate_in_logs(plan, factors, keep))
    assert np.broadcast_to(in_logs, expected.shape) == pytest.approx(expected, rel=1e-12)


def test_the_largest_factor_is_counted_with_the_sizes_given() -> None:
    scopes = ((0, 1, 2), (2, 3))
    plan = plan_elimination(scopes, (4, 4, 4, 4), (0,))
    assert plan.largest((10, 20, 30, 5)) == (6000, (0, 1, 2))


def test_many_tiny_factors_do_not_underflow() -> None:
    scopes = tuple((i, i + 1) for i in range(60))
    plan = plan_elimination(scopes, (2,) * 61, ())
    factors = [np.full((1, 2, 2), 1e-20) for _ in scopes]
    log_scale, total = eliminate(plan, factors, ())
    assert log_scale[0] + np.log(total[0]) == pytest.approx(60 * np.log(1e-20) + 61 * np.log(2))
