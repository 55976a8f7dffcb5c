# SPDX-License-Identifier: Apache-2.0
"""The exact engine against a sum over every assignment, and against planecrash."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from antigone.science.identification.joint import Placement, PlacementTable, joint_posterior
from antigone.science.identification.joint.placements import (
    ActivityOutOfRange,
    PlacementMalformed,
    WeightNotANumber,
)
from tests.science.identification.joint.every_assignment import (
    budget,
    marginals_by_enumeration,
    random_case,
)

PUBLISHED = Path(__file__).parents[3] / "published" / "genetics" / "dvi"


def _holds(found, pairs, nobody, slack):
    assert np.allclose(found.nobody_point, nobody, rtol=0, atol=slack)
    assert np.all(found.nobody_low <= nobody + 1e-15)
    assert np.all(nobody <= found.nobody_high + 1e-15)
    for i, pair in enumerate(zip(found.pair_remains, found.pair_person, strict=True)):
        true = pairs.get((int(pair[0]), int(pair[1])), 0.0)
        assert abs(found.pair_point[i] - true) <= slack
        assert found.pair_low[i] - 1e-15 <= true <= found.pair_high[i] + 1e-15


@pytest.mark.parametrize("seed", range(80))
def test_exact_marginals_are_those_of_every_assignment(seed: int) -> None:
    rng = np.random.default_rng(seed)
    placements, n_remains, n_families = random_case(rng)
    activity = float(10.0 ** rng.uniform(-3, 3))
    found = joint_posterior(
        placements, n_remains=n_remains, n_families=n_families, activity=activity, budget=budget()
    )
    pairs, nobody = marginals_by_enumeration(placements, n_remains, activity)
    _holds(found, pairs, nobody, 1e-12)
    assert np.all(found.pair_high - found.pair_low < 1e-10)


@pytest.mark.parametrize("activity", [1e-12, 1e12])
@pytest.mark.parametrize("seed", range(8))
def test_extreme_activity_stays_exact(seed: int, activity: float) -> None:
    rng = np.random.default_rng(seed)
    placements, n_remains, n_families = random_case(rng)
    found = joint_posterior(
        placements, n_remains=n_remains, n_families=n_families, activity=activity, budget=budget()
    )
    pairs, nobody = marginals_by_enumeration(placements, n_remains, activity)
    _holds(found, pairs, nobody, 1e-12)
    small = [p for p in nobody if p > 1e-250]
    exact = [q for p, q in zip(nobody, found.nobody_point, strict=True) if p > 1e-250]
    assert exact == pytest.approx(small, rel=1e-9)


def test_planecrash_has_its_published_exact_marginals() -> None:
    ratios = np.array(
        json.loads((PUBLISHED / "planecrash.output.json").read_text())["pairwiseLR"]["values"]
    )
    exact = json.loads((PUBLISHED / "planecrash.exact_joint.json").read_text())["marginals"]
    values = np.array(exact["values"])
    placements = [
        Placement(j, ((i, j),), float(np.log(ratios[i, j])))
        for i in range(8)
        for j in range(5)
        if ratios[i, j] > 0
    ]
    found = joint_posterior(placements, n_remains=8, n_families=5, activity=1.0, budget=budget())
    for i, j, p in zip(found.pair_remains, found.pair_person, found.pair_point, strict=True):
        assert p == pytest.approx(values[i, j], abs=1e-12, rel=1e-9)
    assert found.nobody_point == pytest.approx(values[:, 5], rel=1e-9)
    assert np.all(found.pair_high - found.pair_low < 1e-9)


def test_one_family_with_thousands_of_placements_is_a_plain_sum() -> None:
    rng = np.random.default_rng(7)
    first = rng.integers(0, 447, 9847)
    second = (first + rng.integers(1, 447, 9847)) % 447
    weights = rng.normal(0, 8, 9847)
    table = PlacementTable.of_arrays(
        np.zeros(9847),
        2 * np.arange(9848),
        np.column_stack([first, second]).ravel(),
        np.tile([0, 1], 9847),
        weights,
    )
    found = joint_posterior(table, n_remains=447, n_families=1, activity=0.02, budget=budget())
    chance = np.exp(weights + 2 * np.log(0.02))
    chance /= 1.0 + chance.sum()
    used = np.bincount(first, chance, 447) + np.bincount(second, chance, 447)
    assert found.nobody_point == pytest.approx(1.0 - used, abs=1e-11)
    low, high, point = found.pair(int(first[0]), 0)
    assert low <= chance[first == first[0]].sum() * (1 + 1e-14)
    assert point <= high < low + 1e-9


def test_a_sparse_chain_of_hundreds_is_exact() -> None:
    n = 400
    placements = [Placement(f, ((f, f),), 3.0) for f in range(n)]
    placements += [Placement(f, (((f + 1) % n, f),), 2.0) for f in range(n - 1)]
    found = joint_posterior(placements, n_remains=n, n_families=n, activity=0.5, budget=budget())
    assert found.components[0].engine == "elimination"
    assert found.components[0].elimination_width == 1
    direct, shifted = 0.5 * np.exp(3.0), 0.5 * np.exp(2.0)
    value = 1.0
    for step in range(2 * n - 2, -1, -1):
        value = 1.0 / (1.0 + (direct if step % 2 == 0 else shifted) * value)
    assert found.nobody_point[0] == pytest.approx(value, rel=1e-10)


def test_identical_weights_are_exact_ties() -> None:
    placements = [Placement(f, ((r, f),), 5.0) for f in range(3) for r in range(6)]
    found = joint_posterior(placements, n_remains=6, n_families=3, activity=0.1, budget=budget())
    assert np.ptp(found.pair_point) < 1e-15
    assert np.ptp(found.nobody_point) < 1e-15


def test_nothing_to_place_leaves_everybody_unnamed() -> None:
    found = joint_posterior([], n_remains=3, n_families=2, activity=1.0, budget=budget())
    assert found.pair_remains.size == 0
    assert found.nobody_low.tolist() == found.nobody_high.tolist() == [1.0, 1.0, 1.0]
    nobody = joint_posterior([], n_remains=0, n_families=0, activity=1.0, budget=budget())
    assert nobody.nobody_point.size == 0


def test_an_impossible_placement_has_probability_zero() -> None:
    placements = [Placement(0, ((0, 0),), -np.inf), Placement(0, ((1, 0),), 0.0)]
    found = joint_posterior(placements, n_remains=2, n_families=1, activity=1.0, budget=budget())
    assert found.pair(0, 0) == (0.0, 0.0, 0.0)
    assert found.pair(1, 0)[2] == pytest.approx(0.5)
    assert found.nobody_low[0] == found.nobody_high[0] == 1.0


def test_roles_on_the_same_remains_are_added_and_split() -> None:
    one = Placement(0, ((0, 0), (1, 1)), np.log(3.0))
    other = Placement(0, ((1, 0), (0, 1)), np.log(1.0))
    found = joint_posterior([one, other], n_remains=2, n_families=1, activity=1.0, budget=budget())
    assert [found.pair(0, 0)[2], found.pair(0, 1)[2]] == pytest.approx([0.6, 0.2])
    assert found.nobody_point == pytest.approx([0.2, 0.2])


@pytest.mark.parametrize(
    "placement",
    [
        Placement(0, (), 0.0),
        Placement(5, ((0, 0),), 0.0),
        Placement(0, ((9, 0),), 0.0),
        Placement(0, ((0, 0), (0, 1)), 0.0),
        Placement(0, ((0, 0), (1, 0)), 0.0),
    ],
)
def test_what_is_not_a_placement_is_refused(placement: Placement) -> None:
    with pytest.raises(PlacementMalformed):
        joint_posterior([placement], n_remains=2, n_families=1, activity=1.0, budget=budget())


def test_failed_likelihoods_and_priors_are_refused() -> None:
    for weight in (np.nan, np.inf):
        with pytest.raises(WeightNotANumber):
            joint_posterior(
                [Placement(0, ((0, 0),), weight)],
                n_remains=1,
                n_families=1,
                activity=1.0,
                budget=budget(),
            )
    for activity in (0.0, -1.0, np.inf, np.nan):
        with pytest.raises(ActivityOutOfRange):
            joint_posterior([], n_remains=1, n_families=1, activity=activity, budget=budget())
