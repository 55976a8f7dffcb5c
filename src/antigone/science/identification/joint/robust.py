# SPDX-License-Identifier: Apache-2.0
"""Bounds that hold after any few deletions: the leaves of the path tree, for any family size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from antigone.science.identification.joint.placements import Floats, Ints

OUTWARD = 4e-12  # relative; covers the rounding of sums of up to 10^4 terms


@dataclass(frozen=True)
class Incidences:
    """Edges as seen from vertices: those at v are ``edge[at[v]:at[v + 1]]``."""

    indptr: Ints
    vertices: Ints
    weights: Floats
    at: Ints
    edge: Ints

    @classmethod
    def of(cls, indptr: Ints, vertices: Ints, weights: Floats, n: int) -> Incidences:
        """Sort the incidences of M edges on n vertices by vertex."""
        owner = np.repeat(np.arange(weights.size), np.diff(indptr))
        order = np.argsort(vertices, kind="stable")
        at = np.concatenate([[0], np.cumsum(np.bincount(vertices, minlength=n))])
        return cls(indptr, vertices, weights, at.astype(np.int64), owner[order])


@dataclass(frozen=True)
class Leaves:
    """For the sum ``Σ_{e ∋ v} w_e Π p`` of each vertex v, after `depth` deletions (axis 0).

    Attributes
    ----------
    sum_low, sum_high : float, shape (depths, n)
        Bounds of the sum if none of the deleted vertices matters to v.
    lost, gained : float, shape (depths, n, n)
        What deleting s (last axis) can at most take from the low and add to the high sum.
    gone, gone_multiple : float, shape (depths, n, n)
        What of the high sum goes through s, and so is gone with it: by edges of one remains, and
        by edges of several, which two deleted vertices may share.
    floor : float, shape (n,)
        ``1/(1 + W_v)``, below p_v in every subgraph.
    bounds : tuple
        heavy_at, heavy, and bounds of p_v by number of deletions: free of heavy ones, without
        one heavy neighbour (both of shape (2, levels + 2, .)), and their floors.
    """

    sum_low: Floats
    sum_high: Floats
    lost: Floats
    gained: Floats
    gone: Floats
    gone_multiple: Floats
    floor: Floats
    n_families: int
    bounds: tuple[Ints, Ints, Floats, Floats, Floats, Floats]


def leaves(
    seen: Incidences,
    heavy_at: Ints,
    heavy: Ints,
    n: int,
    n_families: int,
    *,
    depths: int,
    levels: int,
) -> Leaves:
    """Bounds of p_v(H − S) for **every** S of at most k vertices, k falling from `levels` to 1.

    Deleting a vertex s matters much to few others, those of which it is a *heavy* neighbour. For
    all S of at most k vertices that avoid heavy(v), by the recursion and because every term of
    it increases in its children,

        1/p_v(H − S) - 1  >=  Σ w Π a(k+1) − (the k largest lost_v[s]),

    and likewise from above; lost_v[s] sums the edges through s and, for the children y with s in
    heavy(y), their fall to the floor ``1/(1 + W_y)`` of every subgraph. The children of the
    k-th level come from the (k+1)-th, the last being the floors. v without one heavy neighbour
    t is followed apart (its bound once t is deleted). Deletions of dust cost their own small
    weight only, however many edges there are; nothing is assumed of the family sizes.

    Parameters
    ----------
    heavy_at, heavy : int
        ``heavy[heavy_at[v]:heavy_at[v + 1]]``, any choice is rigorous; few per vertex.
    depths : int
        Depths 1..depths whose sums are returned for the tree.
    levels : int
        Deletions allowed for, ``>= depths``.
    """
    free = np.zeros((2, levels + 2, n))
    free[1] = 1.0
    without = np.zeros((2, levels + 2, heavy.size))
    without[1] = 1.0
    floor, floor_without = np.zeros(n), np.zeros(heavy.size)
    parts = (seen.indptr, seen.vertices, seen.weights, seen.at, seen.edge, heavy_at, heavy)
    _floors(*parts, floor, floor_without)
    free[0, -1], without[0, -1] = floor, floor_without
    out = Leaves(
        np.zeros((depths, n)),
        np.zeros((depths, n)),
        np.zeros((depths, n, n)),
        np.zeros((depths, n, n)),
        np.zeros((depths, n, n)),
        np.zeros((depths, n, n)),
        floor,
        n_families,
        (heavy_at, heavy, free, without, floor, floor_without),
    )
    for k in range(levels, 0, -1):
        d = k - 1 if k <= depths else -1
        _level(
            k,
            d,
            *parts,
            free,
            without,
            floor,
            floor_without,
            out.sum_low,
            out.sum_high,
            out.lost,
            out.gained,
            out.gone,
            out.gone_multiple,
        )
    return out


@njit(cache=True, nogil=True)
def leaf(
    y: int,
    deleted: Ints,
    k: int,
    n_families: int,
    sum_low: Floats,
    sum_high: Floats,
    lost: Floats,
    gained: Floats,
    gone: Floats,
    gone_multiple: Floats,
) -> tuple[float, float]:
    """Bounds of p_y once ``deleted[:k]`` are gone; vacuous beyond the depths of the leaves."""
    if k > sum_low.shape[0]:
        return 0.0, 1.0
    d = k - 1
    low, high = sum_low[d, y] * (1.0 - OUTWARD), sum_high[d, y]
    slack = OUTWARD * high  # of the differences
    of_families, of_one = 0.0, 0.0  # edges of two families never coincide, of two remains may
    for i in range(k):
        s = deleted[i]
        low -= lost[d, y, s] * (1.0 + OUTWARD)
        high += gained[d, y, s] * (1.0 + OUTWARD) - gone[d, y, s]
        slack += OUTWARD * gained[d, y, s]
        if s < n_families:
            of_families += gone_multiple[d, y, s]
        of_one = max(of_one, gone_multiple[d, y, s])
    high = max(high - max(of_families, of_one) + slack, low, 0.0)
    return (1.0 - OUTWARD) / (1.0 + high), (1.0 + OUTWARD) / (1.0 + max(low, 0.0))


@njit(cache=True, nogil=True)
def root_terms(
    indptr: Ints,
    vertices: Ints,
    weights: Floats,
    n_families: int,
    sum_low: Floats,
    sum_high: Floats,
    lost: Floats,
    gained: Floats,
    gone: Floats,
    gone_multiple: Floats,
    heavy_at: Ints,
    heavy: Ints,
    free: Floats,
    without: Floats,
    floor: Floats,
    floor_without: Floats,
) -> tuple[Floats, Floats]:
    """Bounds of ``w_e Π p(children)`` with each member of each edge as the root."""
    low, high = np.zeros(vertices.size), np.zeros(vertices.size)
    deleted = np.zeros(16, dtype=np.int64)
    child = np.zeros((16, 4))
    for e in range(weights.size):
        for i in range(indptr[e], indptr[e + 1]):
            low[i], high[i], deleted[0] = weights[e], weights[e], vertices[i]
            count = _children(
                vertices[i],
                e,
                0,
                indptr,
                vertices,
                heavy_at,
                heavy,
                free,
                without,
                floor,
                floor_without,
                child,
            )
            for c in range(count):
                y = int(child[c, 3])
                a, b = leaf(
                    y,
                    deleted,
                    c + 1,
                    n_families,
                    sum_low,
                    sum_high,
                    lost,
                    gained,
                    gone,
                    gone_multiple,
                )
                low[i] *= max(a, child[c, 0])
                high[i] *= min(b, child[c, 1])
                deleted[c + 1] = y
    return low, high


@njit(cache=True, nogil=True)
def _floors(
    indptr: Ints,
    vertices: Ints,
    weights: Floats,
    at: Ints,
    edge: Ints,
    heavy_at: Ints,
    heavy: Ints,
    floor: Floats,
    floor_without: Floats,
) -> None:
    """``1/(1 + W)`` of each vertex, and of each vertex without one heavy neighbour."""
    for v in range(at.size - 1):
        total = 0.0
        for i in range(at[v], at[v + 1]):
            total += weights[edge[i]]
        floor[v] = (1.0 - OUTWARD) / (1.0 + total)
        for h in range(heavy_at[v], heavy_at[v + 1]):
            total = 0.0
            for i in range(at[v], at[v + 1]):
                e = edge[i]
                through = False
                for j in range(indptr[e], indptr[e + 1]):
                    through = through or vertices[j] == heavy[h]
                if not through:
                    total += weights[e]
            floor_without[h] = (1.0 - OUTWARD) / (1.0 + total)


@njit(cache=True, nogil=True)
def _children(
    v: int,
    e: int,
    k: int,
    indptr: Ints,
    vertices: Ints,
    heavy_at: Ints,
    heavy: Ints,
    free: Floats,
    without: Floats,
    floor: Floats,
    floor_without: Floats,
    child: Floats,
) -> int:
    """Fill child[j] = (low, high, floor, vertex) of the children of v in e, in order."""
    count, deepest = 0, free.shape[1] - 1
    for j in range(indptr[e], indptr[e + 1]):
        y = vertices[j]
        if y == v:
            continue
        level = min(k + 1 + count, deepest)
        hit, hits = -1, 0
        for h in range(heavy_at[y], heavy_at[y + 1]):
            struck = heavy[h] == v
            for c in range(count):
                struck = struck or heavy[h] == int(child[c, 3])
            if struck:
                if hit < 0 or floor_without[h] > floor_without[hit]:
                    hit = h
                hits += 1
        if hits == 0:
            child[count, 0], child[count, 1] = free[0, level, y], free[1, level, y]
            child[count, 2] = floor[y]
        elif hits == 1:
            child[count, 0], child[count, 1] = without[0, level, hit], without[1, level, hit]
            child[count, 2] = floor_without[hit]
        else:
            child[count, 0], child[count, 1] = floor_without[hit], 1.0
            child[count, 2] = floor_without[hit]
        child[count, 3] = y
        count += 1
    return count


@njit(cache=True, nogil=True)
def _level(
    k: int,
    d: int,
    indptr: Ints,
    vertices: Ints,
    weights: Floats,
    at: Ints,
    edge: Ints,
    heavy_at: Ints,
    heavy: Ints,
    free: Floats,
    without: Floats,
    floor: Floats,
    floor_without: Floats,
    sum_low: Floats,
    sum_high: Floats,
    all_lost: Floats,
    all_gained: Floats,
    all_gone: Floats,
    all_gone_multiple: Floats,
) -> None:
    n = at.size - 1
    child = np.zeros((16, 4))
    lost, gained, gone, multiple = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    largest = np.zeros(k)
    for v in range(n):
        lost[:] = 0.0
        gained[:] = 0.0
        gone[:] = 0.0
        multiple[:] = 0.0
        first, last = heavy_at[v], heavy_at[v + 1]
        low_without, high_without = np.zeros(last - first), np.zeros(last - first)
        lost_without, gained_without = np.zeros((last - first, n)), np.zeros((last - first, n))
        low, high = 0.0, 0.0
        for i in range(at[v], at[v + 1]):
            e = edge[i]
            count = _children(
                v,
                e,
                k,
                indptr,
                vertices,
                heavy_at,
                heavy,
                free,
                without,
                floor,
                floor_without,
                child,
            )
            a = b = weights[e]
            for c in range(count):
                a *= child[c, 0]
                b *= child[c, 1]
            low += a
            high += b
            for h in range(first, last):  # the same, once heavy[h] is deleted
                _without(
                    v,
                    heavy[h],
                    weights[e],
                    count,
                    child,
                    heavy_at,
                    heavy,
                    low_without,
                    high_without,
                    lost_without,
                    gained_without,
                    h - first,
                )
            for c in range(count):
                y = int(child[c, 3])
                lost[y] += a
                if count == 1:
                    gone[y] += b
                else:
                    multiple[y] += b
                for g in range(heavy_at[y], heavy_at[y + 1]):
                    s = heavy[g]
                    if s != v:
                        lost[s] += a * max(1.0 - child[c, 2] / child[c, 0], 0.0)
                        # to one whole child if it is the only one, else to the whole weight
                        gained[s] += max(weights[e] - b, 0.0)
        if d >= 0:
            sum_low[d, v], sum_high[d, v] = low, high
            all_lost[d, v], all_gained[d, v] = lost, gained
            all_gone[d, v], all_gone_multiple[d, v] = gone, multiple
        for h in range(first, last):
            lost[heavy[h]] = gained[heavy[h]] = 0.0
            lost_without[:, heavy[h]] = 0.0
            gained_without[:, heavy[h]] = 0.0
        free[0, k, v], free[1, k, v] = _probability(
            low, high, _top(lost, largest), _top(gained, largest)
        )
        for h in range(first, last):
            g = h - first
            without[0, k, h], without[1, k, h] = _probability(
                low_without[g],
                high_without[g],
                _top(lost_without[g], largest),
                _top(gained_without[g], largest),
            )


@njit(cache=True, nogil=True)
def _without(
    v: int,
    t: int,
    weight: float,
    count: int,
    child: Floats,
    heavy_at: Ints,
    heavy: Ints,
    low: Floats,
    high: Floats,
    lost: Floats,
    gained: Floats,
    g: int,
) -> None:
    """Add one edge of v to row g of the sums that hold once t is deleted."""
    a = b = weight
    for c in range(count):
        y = int(child[c, 3])
        if y == t:
            return
        struck = False
        for h in range(heavy_at[y], heavy_at[y + 1]):
            struck = struck or heavy[h] == t
        a *= child[c, 2] if struck else child[c, 0]
        b *= 1.0 if struck else child[c, 1]
    low[g] += a
    high[g] += b
    for c in range(count):
        y = int(child[c, 3])
        lost[g, y] += a
        for h in range(heavy_at[y], heavy_at[y + 1]):
            if heavy[h] != v:
                lost[g, heavy[h]] += a * max(1.0 - child[c, 2] / child[c, 0], 0.0)
                gained[g, heavy[h]] += max(weight - b, 0.0)


@njit(cache=True, nogil=True)
def _probability(low: float, high: float, lost: float, gained: float) -> tuple[float, float]:
    least = max(low * (1.0 - OUTWARD) - lost * (1.0 + OUTWARD), 0.0)
    most = (high + gained) * (1.0 + OUTWARD)
    return (1.0 - OUTWARD) / (1.0 + most), min((1.0 + OUTWARD) / (1.0 + least), 1.0)


@njit(cache=True, nogil=True)
def _top(values: Floats, largest: Floats) -> float:
    """Sum of as many of the largest values as `largest` has places."""
    largest[:] = 0.0
    for value in values:
        if value > largest[-1]:
            i = largest.size - 1
            while i > 0 and largest[i - 1] < value:
                largest[i] = largest[i - 1]
                i -= 1
            largest[i] = value
    return float(largest.sum())
