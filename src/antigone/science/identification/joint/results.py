# SPDX-License-Identifier: Apache-2.0
"""What the caller states, and what comes back: budget, certified intervals, component reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antigone.science.identification.joint.placements import Floats, Ints


@dataclass(frozen=True)
class Budget:
    """How much work may be spent. Intervals are true at any budget; a larger one narrows them.

    Attributes
    ----------
    seconds : float
        Stop refining once `clock` has advanced by this much; ``inf`` to let nodes decide alone,
        which makes the result repeatable to the last digit.
    clock : callable
        Returns seconds, e.g. ``time.monotonic``; given by the caller because science has no clock.
    nodes_per_root : int
        Tree nodes opened for one remains.
    width : float
        A remains is finished once its widest pair interval is no wider.
    drop_below : float
        Edges whose probability is certified below this may be cut, to make small components and
        narrower bounds; what is cut widens every interval that it can touch.
    exact_width : int
        Most vertices in one exact table (2^width numbers).
    exact_operations : float
        Most multiplications for one exact component.
    entries : float
        Most stored numbers (8 bytes each) for one component, exact or not.
    sweeps : int
        Most passes of the bounds; belief propagation may take four times as many.
    levels : int
        Deletions that the leaves of the tree allow for; more are narrower and take longer.
    """

    seconds: float
    clock: Callable[[], float]
    nodes_per_root: int
    width: float
    drop_below: float
    exact_width: int
    exact_operations: float
    entries: float
    sweeps: int
    levels: int


@dataclass(frozen=True)
class Marginals:
    """Certified intervals and point values of probabilities; arrays of one shape."""

    low: Floats
    high: Floats
    point: Floats


@dataclass(frozen=True)
class ComponentReport:
    """One connected part of the problem and how it was computed.

    Attributes
    ----------
    engine : str
        ``star``, ``elimination`` (both exact) or ``path tree`` (certified bounds), or
        ``vacuous``: weights out of the range of numbers, nothing certified.
    remains : int, shape (k,)
        The remains in it.
    n_families, n_edges : int
    elimination_width : int or None
        Vertices in the largest exact table.
    dropped : float
        Largest d(C) among the parts of it that were computed exactly after improbable edges were
        cut: d(C) bounds the chance that a cut edge at C is used, and is part of its intervals.
    nodes : int
        Tree nodes opened.
    """

    engine: str
    remains: Ints
    n_families: int
    n_edges: int
    elimination_width: int | None
    dropped: float
    nodes: int


@dataclass(frozen=True)
class JointPosterior:
    """Posterior of every (remains, person) pair and of "nobody on the list" for each remains.

    The true value lies in ``[low, high]`` for the weights as given; `point` is the best single
    value, exact where the engine is. Where an interval straddles a threshold the pair is
    *undecidable numerically* on that side of the budget (`undecided`).

    Attributes
    ----------
    pair_remains, pair_person : int, shape (n_pairs,), sorted by remains, then person
    pair_low, pair_high, pair_point : float, shape (n_pairs,)
    nobody_low, nobody_high, nobody_point : float, shape (n_remains,)
    remains_width : float, shape (n_remains,)
        Widest interval among a remains' pairs and nobody.
    components : tuple of ComponentReport
    budget_ran_out : bool
        Whether seconds ended the work, so that another machine may give other widths.
    """

    pair_remains: Ints
    pair_person: Ints
    pair_low: Floats
    pair_high: Floats
    pair_point: Floats
    nobody_low: Floats
    nobody_high: Floats
    nobody_point: Floats
    remains_width: Floats
    components: tuple[ComponentReport, ...]
    budget_ran_out: bool

    def undecided(self, threshold: float) -> NDArray[np.bool_]:
        """Which pairs' intervals contain `threshold` inside, shape (n_pairs,)."""
        return (self.pair_low < threshold) & (threshold <= self.pair_high)

    def pair(self, remains: int, person: int) -> tuple[float, float, float]:
        """Low, high and point of one pair; (0, 0, 0) if no placement joins the two."""
        found = np.flatnonzero((self.pair_remains == remains) & (self.pair_person == person))
        if found.size == 0:
            return 0.0, 0.0, 0.0
        i = found[0]
        return float(self.pair_low[i]), float(self.pair_high[i]), float(self.pair_point[i])
