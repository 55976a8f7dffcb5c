# SPDX-License-Identifier: Apache-2.0
"""Certified intervals against a sum over every assignment; exact engines switched off."""

from __future__ import annotations

import numpy as np
import pytest

from antigone.science.identification.joint import JointPosterior, Placement, joint_posterior
from tests.science.identification.joint.every_assignment import (
    budget,
    marginals_by_enumeration,
    random_case,
)


def contains(found: JointPosterior, pairs: dict, nobody: np.ndarray) -> None:
    assert np.all(found.nobody_low <= nobody * (1 + 1e-9))
    assert np.all(nobody <= found.nobody_high * (1 + 1e-9))
    for i, pair in enumerate(zip(found.pair_remains, found.pair_person, strict=True)):
        true = pairs.get((int(pair[0]), int(pair[1])), 0.0)
        assert found.pair_low[i] <= true * (1 + 1e-9)
        assert true <= found.pair_high[i] * (1 + 1e-9)
        assert found.pair_low[i] <= found.pair_point[i] <= found.pair_high[i]


@pytest.mark.parametrize("levels", [1, 3, 5])
@pytest.mark.parametrize("seed", range(60))
def test_intervals_contain_the_truth(seed: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    placements, n_remains, n_families = random_case(rng, low=-3, high=float(rng.uniform(-1, 8)))
    found = joint_posterior(
        placements,
        n_remains=n_remains,
        n_families=n_families,
        activity=1.0,
        budget=budget(exact_width=0, levels=levels),
    )
    contains(found, *marginals_by_enumeration(placements, n_remains, 1.0))


@pytest.mark.parametrize("seed", range(40))
def test_intervals_of_graphs_contain_the_truth(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_remains, n_families = int(rng.integers(2, 7)), int(rng.integers(2, 7))
    spread = rng.uniform(0.1, 4)
    placements = [
        Placement(f, ((r, f),), float(rng.normal(0, spread)))
        for f in range(n_families)
        for r in range(n_remains)
        if rng.random() < 0.8
    ]
    found = joint_posterior(
        placements,
        n_remains=n_remains,
        n_families=n_families,
        activity=0.3,
        budget=budget(exact_width=0),
    )
    contains(found, *marginals_by_enumeration(placements, n_remains, 0.3))


def dense(rng: np.random.Generator, n: int) -> list[Placement]:
    """Every family may be any remains; each has one strong candidate, the rest is dust."""
    return [
        Placement(f, ((r, f),), float(rng.normal(12.0 if r == f else -3.0, 0.5)))
        for f in range(n)
        for r in range(n)
    ]


def test_dense_dust_is_certified_where_the_exact_engine_says_so() -> None:
    placements = dense(np.random.default_rng(3), 13)
    case = {"n_remains": 13, "n_families": 13, "activity": 0.1}
    exact = joint_posterior(placements, **case, budget=budget())
    bounds = joint_posterior(placements, **case, budget=budget(exact_width=0))
    assert exact.components[0].engine == "elimination"
    assert bounds.components[0].engine == "path tree"
    assert np.all(bounds.pair_low <= exact.pair_high)
    assert np.all(exact.pair_low <= bounds.pair_high)
    assert np.all(bounds.nobody_low <= exact.nobody_high)
    assert np.all(exact.nobody_low <= bounds.nobody_high)
    assert bounds.remains_width.max() < 1e-4


def test_identical_weights_keep_identical_intervals() -> None:
    placements = [Placement(f, ((r, f),), 1.0) for f in range(3) for r in range(6)]
    found = joint_posterior(
        placements, n_remains=6, n_families=3, activity=0.1, budget=budget(exact_width=0)
    )
    for values in (found.pair_low, found.pair_high, found.pair_point):
        assert np.ptp(values) < 1e-6


def test_weights_out_of_range_certify_nothing_rather_than_something_wrong() -> None:
    placements = [Placement(f, ((r, f),), 900.0) for f in range(3) for r in range(3)]
    found = joint_posterior(
        placements, n_remains=3, n_families=3, activity=1.0, budget=budget(exact_width=0)
    )
    assert found.components[0].engine == "vacuous"
    assert np.all(found.pair_low == 0.0)
    assert np.all(found.pair_high == 1.0)
    assert found.undecided(0.95).all()


@pytest.mark.parametrize("seed", range(25))
def test_cut_edges_widen_intervals_that_still_contain_the_truth(seed: int) -> None:
    rng = np.random.default_rng(seed)
    placements = [
        Placement(f, ((r, f),), float(rng.normal(6.0 if r == f else -9.0, 1.0)))
        for f in range(5)
        for r in range(5)
    ]
    found = joint_posterior(
        placements,
        n_remains=5,
        n_families=5,
        activity=0.3,
        budget=budget(exact_width=2, drop_below=1e-3),
    )
    assert found.components[0].engine == "path tree"
    assert 0 < found.components[0].dropped < 0.01
    contains(found, *marginals_by_enumeration(placements, 5, 0.3))


@pytest.mark.parametrize("seed", range(10))
def test_a_larger_budget_only_narrows_and_focus_leaves_the_others(seed: int) -> None:
    rng = np.random.default_rng(seed)
    placements, n_remains, n_families = random_case(rng, low=-2, high=2)
    case = {"n_remains": n_remains, "n_families": n_families, "activity": 1.0}
    few, more = (
        joint_posterior(
            placements, **case, budget=budget(exact_width=0, nodes_per_root=nodes, levels=2)
        )
        for nodes in (0, 500)
    )
    assert np.all(more.pair_low >= few.pair_low - 1e-12)
    assert np.all(more.pair_high <= few.pair_high + 1e-12)
    nobody = joint_posterior(placements, **case, budget=budget(exact_width=0, levels=2), focus=[])
    assert np.array_equal(nobody.pair_low, few.pair_low)
    assert sum(c.nodes for c in nobody.components) == 0


def test_opening_the_tree_narrows_a_dense_core_and_stops_when_decided() -> None:
    rng = np.random.default_rng(11)
    placements = [
        Placement(f, ((r, f),), float(rng.normal(0.0, 1.0))) for f in range(8) for r in range(8)
    ]
    case = {"n_remains": 8, "n_families": 8, "activity": 0.3}
    closed, opened = (
        joint_posterior(
            placements, **case, budget=budget(exact_width=0, nodes_per_root=nodes, levels=3)
        )
        for nodes in (0, 5000)
    )
    assert opened.remains_width.mean() < 0.8 * closed.remains_width.mean()
    exact = joint_posterior(placements, **case, budget=budget())
    assert np.all(opened.pair_low <= exact.pair_high)
    assert np.all(exact.pair_low <= opened.pair_high)
    done = joint_posterior(
        placements,
        **case,
        budget=budget(exact_width=0, nodes_per_root=5000, levels=3),
        thresholds=(0.9999,),
    )
    assert sum(c.nodes for c in done.components) == 0


def test_no_seconds_left_is_said() -> None:
    ticks = iter(range(100))
    found = joint_posterior(
        dense(np.random.default_rng(0), 4),
        n_remains=4,
        n_families=4,
        activity=0.1,
        budget=budget(exact_width=0, seconds=0.5, clock=lambda: float(next(ticks))),
    )
    assert found.budget_ran_out


@pytest.mark.parametrize("seed", range(40))
def test_placements_left_out_are_accounted_for(seed: int) -> None:
    rng = np.random.default_rng(seed)
    placements, n_remains, n_families = random_case(rng, low=-6, high=6)
    found = joint_posterior(
        placements,
        n_remains=n_remains,
        n_families=n_families,
        activity=0.3,
        budget=budget(exact_width=0, drop_below=1e-2, nodes_per_root=20),
    )
    contains(found, *marginals_by_enumeration(placements, n_remains, 0.3))
