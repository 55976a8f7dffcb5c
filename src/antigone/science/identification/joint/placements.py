# SPDX-License-Identifier: Apache-2.0
"""Placements: the ways to place a family's missing persons on remains, as arrays and as edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from antigone.terms.errors import AntigoneError, gettext_noop

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class PlacementMalformed(AntigoneError):
    """A placement names nobody, an index out of range, or one remains or person twice."""

    code = "science.joint.placement-malformed"
    message = gettext_noop(
        "Placement %(placement)s of family %(family)s is not a placement: %(why)s. "
        "Correct the list of placements."
    )


class WeightNotANumber(AntigoneError):
    """A log weight is NaN or +inf: the likelihood that produced it failed."""

    code = "science.joint.weight-not-a-number"
    message = gettext_noop(
        "The log weight of placement %(placement)s of family %(family)s is %(weight)s. It must be "
        "a finite natural logarithm, or -inf for an impossible placement; check its likelihood."
    )


class ActivityOutOfRange(AntigoneError):
    """The activity, prior odds of one pair, is not a positive finite number."""

    code = "science.joint.activity-out-of-range"
    message = gettext_noop(
        "The activity is %(activity)s, but prior odds are positive and finite. "
        "State the share of remains on the list strictly between 0 and 1."
    )


@dataclass(frozen=True)
class Placement:
    """One way to place a family's missing persons; everybody else of the family is elsewhere.

    Attributes
    ----------
    family : int
    pairs : tuple of (remains, person)
        At least one; remains distinct, persons distinct. A person may stand for unreported kin.
    log_weight : float
        Natural log of the joint likelihood ratio times all non-DNA ratios, **without** activity.
    """

    family: int
    pairs: tuple[tuple[int, int], ...]
    log_weight: float


@dataclass(frozen=True)
class PlacementTable:
    """All placements as arrays: E placements, N pairs in them.

    Attributes
    ----------
    family : int, shape (E,)
    indptr : int, shape (E + 1,)
        Placement ``e`` holds pairs ``indptr[e]:indptr[e + 1]``.
    remains, person : int, shape (N,)
    log_weight : float, shape (E,)
        Natural logs, without activity; ``-inf`` if impossible.
    """

    family: Ints
    indptr: Ints
    remains: Ints
    person: Ints
    log_weight: Floats

    @classmethod
    def of_arrays(
        cls,
        family: ArrayLike,
        indptr: ArrayLike,
        remains: ArrayLike,
        person: ArrayLike,
        log_weight: ArrayLike,
    ) -> PlacementTable:
        """Build a table from anything like arrays (see the class for shapes)."""
        return cls(
            np.asarray(family, dtype=np.int64),
            np.asarray(indptr, dtype=np.int64),
            np.asarray(remains, dtype=np.int64),
            np.asarray(person, dtype=np.int64),
            np.asarray(log_weight, dtype=np.float64),
        )

    @classmethod
    def of_placements(cls, placements: Sequence[Placement]) -> PlacementTable:
        """Build a table from Placement values, for small cases."""
        pairs = [pair for placement in placements for pair in placement.pairs]
        return cls.of_arrays(
            [placement.family for placement in placements],
            np.cumsum([0] + [len(placement.pairs) for placement in placements]),
            [remains for remains, _ in pairs],
            [person for _, person in pairs],
            [placement.log_weight for placement in placements],
        )

    @property
    def sizes(self) -> Ints:
        """Number of remains in each placement, shape (E,)."""
        return np.diff(self.indptr)

    @property
    def placement_of_pair(self) -> Ints:
        """Placement of every pair, shape (N,)."""
        return np.repeat(np.arange(self.family.size), self.sizes)


def check_placements(table: PlacementTable, *, n_remains: int, n_families: int) -> None:
    """Refuse a table that is not a list of placements.

    Raises
    ------
    PlacementMalformed, WeightNotANumber
    """
    sizes = table.sizes
    if table.indptr.size != table.family.size + 1 or table.indptr[-1] != table.remains.size:
        raise PlacementMalformed(placement="?", family="?", why="the arrays do not fit together")
    _refuse(table, sizes < 1, "it places nobody")
    outside = (table.family < 0) | (table.family >= n_families)
    _refuse(table, outside, "its family is out of range")
    owner = table.placement_of_pair
    astray = (table.remains < 0) | (table.remains >= n_remains) | (table.person < 0)
    _refuse(table, np.bincount(owner[astray], minlength=sizes.size) > 0, "an index out of range")
    _refuse(table, _repeated(owner, table.remains, sizes.size), "it uses one remains twice")
    _refuse(table, _repeated(owner, table.person, sizes.size), "it places one person twice")
    bad = np.isnan(table.log_weight) | (table.log_weight == np.inf)
    if bad.any():
        e = int(np.argmax(bad))
        raise WeightNotANumber(
            placement=e, family=int(table.family[e]), weight=float(table.log_weight[e])
        )


def _refuse(table: PlacementTable, faulty: NDArray[np.bool_], why: str) -> None:
    if faulty.any():
        e = int(np.argmax(faulty))
        raise PlacementMalformed(placement=e, family=int(table.family[e]), why=why)


def _repeated(owner: Ints, member: Ints, n: int) -> NDArray[np.bool_]:
    order = np.lexsort((member, owner))
    same = (np.diff(owner[order]) == 0) & (np.diff(member[order]) == 0)
    return np.bincount(owner[order][1:][same], minlength=n) > 0


def summed(index: Ints, values: Floats, n: int) -> Floats:
    """Sum of `values` by `index`, shape (n,)."""
    return np.asarray(np.bincount(index, values, n), dtype=np.float64)


@dataclass(frozen=True)
class HyperEdges:
    """Placements added over roles: M edges, each one family and a set of remains.

    Vertices number families first: family f is ``f``, remains i is ``n_families + i``.

    Attributes
    ----------
    indptr : int, shape (M + 1,)
    vertices : int
        Edge ``e`` covers ``vertices[indptr[e]:indptr[e + 1]]``, its family first, then remains
        in rising order.
    log_weight : float, shape (M,)
        Natural log of the summed weights, with activity. All finite.
    edge_of_placement : int, shape (E,)
        -1 for a placement of weight 0.
    share : float, shape (E,)
        Each placement's part of its edge; shares of an edge sum to 1.
    """

    n_vertices: int
    n_families: int
    indptr: Ints
    vertices: Ints
    log_weight: Floats
    edge_of_placement: Ints
    share: Floats

    @property
    def sizes(self) -> Ints:
        """Number of vertices of each edge, shape (M,)."""
        return np.diff(self.indptr)


def hyper_edges(
    table: PlacementTable, *, n_remains: int, n_families: int, activity: float
) -> HyperEdges:
    """Weigh placements with activity and add those on the same family and remains.

    Weight of an edge: ``activity^k Σ exp(log_weight)``, k its number of remains.
    """
    if not (np.isfinite(activity) and activity > 0):
        raise ActivityOutOfRange(activity=activity)
    sizes, n_placements = table.sizes, table.family.size
    log_weight = table.log_weight + sizes * np.log(activity)
    rows = np.full((n_placements, int(sizes.max(initial=0)) + 1), n_remains, dtype=np.int64)
    rows[:, 0] = table.family
    owner = table.placement_of_pair
    rows[owner, np.arange(owner.size) - table.indptr[owner] + 1] = table.remains
    rows[:, 1:] = np.sort(rows[:, 1:], axis=1)

    alive = np.flatnonzero(np.isfinite(log_weight))
    alive = alive[np.lexsort(rows[alive].T[::-1])]
    rows, weights = rows[alive], log_weight[alive]
    first = np.ones(alive.size, dtype=bool)
    first[1:] = (np.diff(rows, axis=0) != 0).any(axis=1)
    edge = np.cumsum(first) - 1
    starts = np.flatnonzero(first)
    total = np.logaddexp.reduceat(weights, starts) if starts.size else np.zeros(0)

    edge_of_placement = np.full(n_placements, -1, dtype=np.int64)
    edge_of_placement[alive] = edge
    share = np.zeros(n_placements)
    share[alive] = np.exp(weights - total[edge])
    members = rows[starts]
    present = np.column_stack([np.ones((starts.size, 1), dtype=bool), members[:, 1:] < n_remains])
    members[:, 1:] += n_families
    return HyperEdges(
        n_vertices=n_families + n_remains,
        n_families=n_families,
        indptr=np.concatenate([[0], np.cumsum(present.sum(axis=1))]).astype(np.int64),
        vertices=members[present],
        log_weight=total,
        edge_of_placement=edge_of_placement,
        share=share,
    )
