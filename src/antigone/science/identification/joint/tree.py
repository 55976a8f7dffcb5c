# SPDX-License-Identifier: Apache-2.0
"""The path tree: one remains at a time, opened where its pairs are still undecided."""

from __future__ import annotations

import numpy as np
from numba import njit

from antigone.science.identification.joint.core import Core, CoreBounds, Terms
from antigone.science.identification.joint.placements import Floats, Ints
from antigone.science.identification.joint.robust import OUTWARD, leaf


def refine_root(
    core: Core,
    found: CoreBounds,
    terms: Terms,
    places: Ints,
    *,
    nodes: int,
    width: float,
    thresholds: Floats,
) -> int:
    """Narrow the terms of one root in place, by the recursion with the deleted vertices known.

    Children are opened in the order of width of their terms: first one generation deep, then
    two, until every pair at this root is decided or `nodes` are spent. A child opened is

        1/p_y(H − S) = 1 + Σ_{e ∋ y} w_e Π p_u(H − S − y − ...)

    with leaves below; every bound found is true, whichever children were opened.

    Parameters
    ----------
    places : int, shape (deg,)
        The root's incidences, as indices into ``core.vertices``.
    width, thresholds : as in Budget and joint_posterior.

    Returns
    -------
    int
        Nodes opened.
    """
    leaves_ = found.leaves
    if leaves_ is None:
        return 0
    root = int(core.vertices[places[0]])
    owner = np.searchsorted(core.indptr, places, side="right") - 1
    spent = 0
    for generations in (1, 2):
        gaps = terms.high[places] - terms.low[places]
        for i in np.argsort(-gaps, kind="stable"):
            if spent >= nodes or decided(terms.low[places], terms.high[places], width, thresholds):
                return spent
            low, high, opened = _open_edge(
                root, int(owner[i]), generations, nodes - spent, core.n_families,
                core.indptr, core.vertices, core.weights, found.seen.at, found.seen.edge,
                leaves_.sum_low, leaves_.sum_high, leaves_.lost, leaves_.gained, leaves_.gone,
                leaves_.gone_multiple, *leaves_.bounds,
            )  # fmt: skip
            spent += opened
            terms.low[places[i]] = max(terms.low[places[i]], low)
            terms.high[places[i]] = min(terms.high[places[i]], high)
    return spent


def decided(low: Floats, high: Floats, width: float, thresholds: Floats) -> bool:
    """Whether each pair's interval is narrow enough, or has no threshold inside."""
    rest_high, rest_low = high.sum() - high, np.maximum(low.sum() - low, 0.0)
    m_low, m_high = low / (1.0 + low + rest_high), high / (1.0 + high + rest_low)
    open_ = m_high - m_low > width
    if thresholds.size:
        inside = (m_low[:, None] < thresholds) & (thresholds <= m_high[:, None])
        open_ &= inside.any(axis=1)
    return not bool(open_.any())


@njit(cache=True, nogil=True)
def _bound(
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
    heavy_at: Ints,
    heavy: Ints,
    free: Floats,
    without: Floats,
    floor: Floats,
    floor_without: Floats,
) -> tuple[float, float]:
    """Narrowest leaf of y once ``deleted[:k]`` are gone."""
    hit, hits = -1, 0
    for h in range(heavy_at[y], heavy_at[y + 1]):
        for i in range(k):
            if deleted[i] == heavy[h]:
                if hit < 0 or floor_without[h] > floor_without[hit]:
                    hit = h
                hits += 1
    level = min(k, free.shape[1] - 1)
    low, high = floor[y], 1.0
    if hits == 0:
        low, high = free[0, level, y], free[1, level, y]
    elif hits == 1:
        low, high = without[0, level, hit], without[1, level, hit]
    else:
        low = floor_without[hit]
    a, b = leaf(y, deleted, k, n_families, sum_low, sum_high, lost, gained, gone, gone_multiple)
    return max(a, low), min(b, high)


@njit(cache=True, nogil=True)
def _open_edge(
    root: int,
    e: int,
    generations: int,
    nodes: int,
    n_families: int,
    indptr: Ints,
    vertices: Ints,
    weights: Floats,
    at: Ints,
    edge: Ints,
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
) -> tuple[float, float, int]:
    """Bounds of ``w_e Π p(children)`` with the children opened `generations` deep."""
    low = high = weights[e]
    opened, k = 0, 1
    deleted = np.zeros(64, dtype=np.int64)
    deleted[0] = root
    for j in range(indptr[e], indptr[e + 1]):
        y = vertices[j]
        if y == root:
            continue
        a, b, more = _open(
            y,
            deleted,
            k,
            generations,
            nodes - opened,
            n_families,
            indptr,
            vertices,
            weights,
            at,
            edge,
            sum_low,
            sum_high,
            lost,
            gained,
            gone,
            gone_multiple,
            heavy_at,
            heavy,
            free,
            without,
            floor,
            floor_without,
        )
        low, high, opened = low * a, high * b, opened + more
        deleted[k] = y
        k += 1
    return low * (1.0 - OUTWARD), high * (1.0 + OUTWARD), opened


@njit(cache=True, nogil=True)
def _open(
    y: int,
    deleted: Ints,
    k: int,
    generations: int,
    nodes: int,
    n_families: int,
    indptr: Ints,
    vertices: Ints,
    weights: Floats,
    at: Ints,
    edge: Ints,
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
) -> tuple[float, float, int]:
    """Bounds of p_y once ``deleted[:k]`` are gone, from all children of y; and nodes opened."""
    best_low, best_high = _bound(
        y,
        deleted,
        k,
        n_families,
        sum_low,
        sum_high,
        lost,
        gained,
        gone,
        gone_multiple,
        heavy_at,
        heavy,
        free,
        without,
        floor,
        floor_without,
    )
    if nodes <= 0:
        return best_low, best_high, 0
    opened, low, high = 1, 0.0, 0.0
    deleted[k] = y
    for i in range(at[y], at[y + 1]):
        e = edge[i]
        alive = True
        for j in range(indptr[e], indptr[e + 1]):
            for s in range(k):
                alive = alive and vertices[j] != deleted[s]
        if not alive:
            continue
        a, b, below = weights[e], weights[e], k + 1
        for j in range(indptr[e], indptr[e + 1]):
            u = vertices[j]
            if u == y:
                continue
            a_u, b_u = _bound(
                u,
                deleted,
                below,
                n_families,
                sum_low,
                sum_high,
                lost,
                gained,
                gone,
                gone_multiple,
                heavy_at,
                heavy,
                free,
                without,
                floor,
                floor_without,
            )
            # a gap that matters beside 1/p, worth a generation more
            if generations > 1 and weights[e] * (b_u - a_u) > 0.01 / best_high:
                a_v, b_v, more = _open(
                    u,
                    deleted,
                    below,
                    generations - 1,
                    nodes - opened,
                    n_families,
                    indptr,
                    vertices,
                    weights,
                    at,
                    edge,
                    sum_low,
                    sum_high,
                    lost,
                    gained,
                    gone,
                    gone_multiple,
                    heavy_at,
                    heavy,
                    free,
                    without,
                    floor,
                    floor_without,
                )
                a_u, b_u, opened = max(a_u, a_v), min(b_u, b_v), opened + more
            a, b = a * a_u, b * b_u
            deleted[below] = u
            below += 1
        low += a
        high += b
    new_low = (1.0 - OUTWARD) / (1.0 + high * (1.0 + OUTWARD))
    new_high = (1.0 + OUTWARD) / (1.0 + low * (1.0 - OUTWARD))
    return max(best_low, new_low), min(best_high, new_high, 1.0), opened
