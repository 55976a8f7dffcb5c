# SPDX-License-Identifier: Apache-2.0
"""Bounds of every edge of one component that no exact engine can hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from antigone.science.identification.joint.belief import Beliefs, beliefs
from antigone.science.identification.joint.cavity import cavity_bounds
from antigone.science.identification.joint.placements import Floats, Ints, summed
from antigone.science.identification.joint.robust import (
    Incidences,
    Leaves,
    leaves,
    root_terms,
)

HEAVY = 0.1  # belief in a pair from which its members are each other's heavy neighbours
OUTWARD = 1e-11


@dataclass(frozen=True)
class Core:
    """One component in its own numbering: families first, then remains.

    Attributes
    ----------
    indptr, vertices : int
        Members of each edge, family first.
    weights : float, shape (M,)
    n_families, n_remains : int
    """

    indptr: Ints
    vertices: Ints
    weights: Floats
    n_families: int
    n_remains: int

    @property
    def n(self) -> int:
        """Number of vertices."""
        return self.n_families + self.n_remains

    @property
    def single(self) -> bool:
        """Whether every placement is of one remains, so that the core is a bipartite graph."""
        return self.vertices.size == 2 * self.weights.size


@dataclass(frozen=True)
class Terms:
    """Bounds of ``w_e Π p(children)`` for each incidence (e, v), v being the root."""

    low: Floats
    high: Floats

    def marginals(self, core: Core) -> tuple[Floats, Floats, Floats, Floats]:
        """Certificate of edges and vertices: low and high of m_e, then of p_v.

        ``m_e`` lies between ``a_e/(1 + a_e + Σ_{e'≠e} b_e')`` and ``b_e/(1 + b_e + Σ a_e')`` at
        each member of e; the narrowest of these is kept.
        """
        lows = summed(core.vertices, self.low, core.n)[core.vertices]
        highs = summed(core.vertices, self.high, core.n)[core.vertices]
        others_low = np.maximum(lows - self.low - OUTWARD * lows, 0.0)
        others_high = np.maximum(highs - self.high, 0.0) + OUTWARD * highs
        low = self.low / (1.0 + self.low + others_high)
        high = self.high / (1.0 + self.high + others_low)
        start = core.indptr[:-1]
        unused_low = 1.0 / (1.0 + summed(core.vertices, self.high, core.n))
        unused_high = 1.0 / (1.0 + summed(core.vertices, self.low, core.n))
        return (
            np.maximum.reduceat(low, start) * (1.0 - OUTWARD),
            np.minimum.reduceat(high, start) * (1.0 + OUTWARD),
            unused_low * (1.0 - OUTWARD),
            np.minimum(unused_high * (1.0 + OUTWARD), 1.0),
        )


def plain_terms(core: Core) -> Terms:
    """``w`` from above, ``w Π 1/(1 + W)`` from below: always true, needs no memory."""
    floor = 1.0 / (1.0 + summed(core.vertices, np.repeat(core.weights, sizes(core)), core.n))
    log_floor = np.log(floor[core.vertices])
    inside = np.add.reduceat(log_floor, core.indptr[:-1])
    high = np.repeat(core.weights, sizes(core))
    low = high * np.exp(np.repeat(inside, sizes(core)) - log_floor) * (1.0 - OUTWARD)
    return Terms(low, high)


def sizes(core: Core) -> Ints:
    """Members of each edge."""
    return np.diff(core.indptr)


def narrowed(terms: Terms, low: Floats, high: Floats) -> Terms:
    """Intersection of two true bounds."""
    return Terms(np.maximum(terms.low, low), np.minimum(terms.high, high))


def cavity_terms(core: Core, sweeps: int) -> tuple[Floats, Floats]:
    """Bounds of the terms of a graph from its messages; incidences are (family, remains)."""
    cavities = cavity_bounds(
        core.vertices[::2],
        core.vertices[1::2] - core.n_families,
        core.weights,
        n_families=core.n_families,
        n_remains=core.n_remains,
        sweeps=sweeps,
    )
    low, high = np.zeros(core.vertices.size), np.zeros(core.vertices.size)
    low[::2], high[::2] = core.weights * cavities.remains_low, core.weights * cavities.remains_high
    low[1::2], high[1::2] = core.weights * cavities.family_low, core.weights * cavities.family_high
    return low, high


def heavy_neighbours(core: Core, point: Beliefs) -> tuple[Ints, Ints]:
    """Pairs of vertices believed to share an edge with probability HEAVY or more, by vertex."""
    together = np.zeros((core.n, core.n))
    count = sizes(core)
    for i in range(int(count.max())):
        for j in range(int(count.max())):
            both = np.flatnonzero(count > max(i, j))
            a, b = core.vertices[core.indptr[both] + i], core.vertices[core.indptr[both] + j]
            np.add.at(together, (a, b), point.edge[both])
    np.fill_diagonal(together, 0.0)
    heavy = together >= HEAVY
    at = np.concatenate([[0], np.cumsum(heavy.sum(axis=1))])
    return at.astype(np.int64), np.nonzero(heavy)[1].astype(np.int64)


@dataclass(frozen=True)
class CoreBounds:
    """Terms, point estimate, and the leaves for a tree (None if they would not fit)."""

    terms: Terms
    point: Beliefs
    leaves: Leaves | None
    seen: Incidences


def core_bounds(core: Core, *, sweeps: int, entries: float, levels: int) -> CoreBounds:
    """Bound all terms of a component; each kind of bound is true, so the narrowest is kept.

    `entries` limits the stored numbers, `levels` the deletions that leaves allow for.
    """
    point = beliefs(core.indptr, core.vertices, core.weights, core.n, sweeps=4 * sweeps)
    seen = Incidences.of(core.indptr, core.vertices, core.weights, core.n)
    terms = plain_terms(core)
    if core.single:
        terms = narrowed(terms, *cavity_terms(core, sweeps))
    depths = min(3, levels)
    if 4.0 * depths * core.n**2 > entries:
        return CoreBounds(terms, point, None, seen)
    at, heavy = heavy_neighbours(core, point)
    found = leaves(seen, at, heavy, core.n, core.n_families, depths=depths, levels=levels)
    low, high = root_terms(
        core.indptr,
        core.vertices,
        core.weights,
        core.n_families,
        found.sum_low,
        found.sum_high,
        found.lost,
        found.gained,
        found.gone,
        found.gone_multiple,
        *found.bounds,
    )
    return CoreBounds(narrowed(terms, low, high), point, found, seen)
