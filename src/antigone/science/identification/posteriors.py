# SPDX-License-Identifier: Apache-2.0
"""Posteriors of all pairs, with DNA alone and with everything, over the grid of priors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antigone.science.identification.joint import Budget, JointPosterior, PlacementTable
from antigone.science.identification.joint import joint_posterior as solve_joint
from antigone.science.identification.weights import DnaWeights
from antigone.science.identification.workers import Workers

Floats = NDArray[np.float64]

NEGLIGIBLE = -46.0
"""Natural log of a weight (activity included) below which a single pair is left out: 1e-20. All
pairs of a national search together then stay below 1e-9, which is added to every upper end."""

KIN_FROM = -7.0
"""Natural log of the weight from which a joint placement is also read with unreported kin in it."""


@dataclass(frozen=True)
class Posteriors:
    """Certified posteriors at every activity of the grid.

    Attributes
    ----------
    low, high, point : float, shape (n_grid, n_remains, n_persons)
    kin_high : float, shape (n_grid, n_remains, n_persons)
        Upper end for a full sibling of the person, whom nobody reported.
    nobody_low, nobody_high, nobody : float, shape (n_grid, n_remains)
        Nobody on the list; kin whom nobody reported are on no list.
    solved : tuple of JointPosterior, one an activity
    """

    low: Floats
    high: Floats
    point: Floats
    kin_high: Floats
    nobody_low: Floats
    nobody_high: Floats
    nobody: Floats
    solved: tuple[JointPosterior, ...]


def placement_table(
    dna: DnaWeights,
    log_other: Floats | None,
    *,
    log_activity: float,
    kin_log_odds: Floats,
    barred: NDArray[np.bool_],
) -> PlacementTable:
    """Every placement that carries weight, as arrays for the joint posterior.

    Parameters
    ----------
    dna : DnaWeights
    log_other : float, shape (n_remains, n_persons), or None
        Ratios of all evidence but DNA; None for DNA alone.
    log_activity : float
        The largest activity that will be used; it decides which weights are negligible.
    kin_log_odds : float, shape (n_persons,)
        Prior odds, in natural log, of a full sibling whom nobody reported against the person.
    barred : bool, shape (n_remains, n_persons)
        Pairs that a decision excluded or withdrew.
    """
    n_persons = dna.log_joint.shape[1]
    group_of = np.empty(n_persons, dtype=np.int64)
    for number, group in enumerate(dna.groups):
        group_of[list(group.persons)] = number
    single = np.where(barred, -np.inf, dna.log_joint + (0.0 if log_other is None else log_other))
    kin = dna.log_kin + kin_log_odds[None, :]
    remains, person = np.nonzero(single + log_activity > NEGLIGIBLE)
    kin_remains, kin_person = np.nonzero(kin + log_activity > NEGLIGIBLE)
    families, pairs, weights = _joint_rows(dna, log_other, log_activity, kin_log_odds, barred)
    sizes = [1] * (remains.size + kin_remains.size) + [len(members) for members in pairs]
    return PlacementTable.of_arrays(
        np.concatenate([group_of[person], group_of[kin_person], np.array(families, dtype=int)]),
        np.concatenate([[0], np.cumsum(sizes)]),
        np.concatenate([remains, kin_remains, [i for members in pairs for i, _ in members]]),
        np.concatenate(
            [person, kin_person + n_persons, [p for members in pairs for _, p in members]]
        ),
        np.concatenate([single[remains, person], kin[kin_remains, kin_person], weights]),
    )


def _joint_rows(
    dna: DnaWeights,
    log_other: Floats | None,
    log_activity: float,
    kin_log_odds: Floats,
    barred: NDArray[np.bool_],
) -> tuple[list[int], list[tuple[tuple[int, int], ...]], list[float]]:
    n_persons = barred.shape[1]
    families: list[int] = []
    pairs: list[tuple[tuple[int, int], ...]] = []
    weights: list[float] = []

    def add(group: int, members: tuple[tuple[int, int], ...], weight: float) -> None:
        families.append(group)
        pairs.append(members)
        weights.append(weight)

    for one in dna.several:
        others = 0.0 if log_other is None else sum(log_other[i, p] for i, p in one.pairs)
        if not any(barred[i, p] for i, p in one.pairs):
            add(one.group, one.pairs, float(one.log_ratio + others))
        at_most = one.log_ratio + max(others, 0.0) + len(one.pairs) * log_activity
        for place, (i, p) in enumerate(one.pairs if at_most > KIN_FROM else ()):
            fit = dna.log_kin[i, p] - dna.log_joint[i, p]
            if not np.isfinite(fit) or not np.isfinite(kin_log_odds[p]):
                continue
            rest = others - (0.0 if log_other is None else log_other[i, p])
            members = (*one.pairs[:place], (i, p + n_persons), *one.pairs[place + 1 :])
            if not any(barred[k, q] for k, q in members if q < n_persons):
                add(one.group, members, float(one.log_ratio + fit + kin_log_odds[p] + rest))
    return families, pairs, weights


def posteriors(
    table: PlacementTable,
    *,
    n_remains: int,
    n_persons: int,
    n_families: int,
    activities: Sequence[float],
    budget: Budget,
    focus: Collection[int],
    thresholds: Sequence[float],
    solved: Callable[[int], None],
    workers: Workers,
) -> Posteriors:
    """Solve `table` at each activity and spread the pairs over dense arrays.

    `focus` are the remains that could reach a tier; the others keep their first bounds. `solved`
    is called with the position of each activity once it is done.
    """
    shape = (len(activities), n_remains, n_persons)
    low, high, point, kin = (np.zeros(shape) for _ in range(4))
    nobody = np.zeros((3, *shape[:2]))

    def solve(activity: float) -> JointPosterior:
        return solve_joint(
            table,
            n_remains=n_remains,
            n_families=n_families,
            activity=activity,
            budget=budget,
            focus=focus,
            thresholds=thresholds,
        )

    results = []
    for k, one in enumerate(workers.together(solve, activities)):
        listed = one.pair_person < n_persons
        place = one.pair_remains[listed], one.pair_person[listed]
        low[k][place], point[k][place] = one.pair_low[listed], one.pair_point[listed]
        high[k][place] = one.pair_high[listed]
        unlisted = one.pair_remains[~listed], one.pair_person[~listed] - n_persons
        kin[k][unlisted] = one.pair_high[~listed]
        nobody[:, k] = _nobody(one, ~listed, n_remains)
        results.append(one)
        solved(k)
    return Posteriors(low, high, point, kin, nobody[0], nobody[1], nobody[2], tuple(results))


def _nobody(one: JointPosterior, unlisted: NDArray[np.bool_], n_remains: int) -> Floats:
    """Low, high and point of "nobody on the list": unused, or kin whom nobody reported."""
    rows = []
    for unused, pair in (
        (one.nobody_low, one.pair_low),
        (one.nobody_high, one.pair_high),
        (one.nobody_point, one.pair_point),
    ):
        kin = np.bincount(one.pair_remains[unlisted], pair[unlisted], minlength=n_remains)
        rows.append(np.minimum(unused + kin, 1.0))
    return np.array(rows)
