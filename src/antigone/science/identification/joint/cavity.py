# SPDX-License-Identifier: Apache-2.0
"""Certified bounds from one message each way along every edge, where families miss one person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from antigone.science.identification.joint.placements import Floats, Ints

SETTLED = 1e-4  # relative movement of a bound in the last pass; true at any pass
OUTWARD = 4e-12  # relative; covers the rounding of sums of up to 10^4 terms


@dataclass(frozen=True)
class Cavities:
    """Bounds of p_y(H − x) both ways along each single edge, shapes (n_edges,)."""

    family_low: Floats
    family_high: Floats
    remains_low: Floats
    remains_high: Floats
    sweeps: int


def cavity_bounds(
    family: Ints, remains: Ints, weights: Floats, *, n_families: int, n_remains: int, sweeps: int
) -> Cavities:
    """Bound, for every edge (f, r), both p_f(H − r) and p_r(H − f), by repeated rigorous passes.

    With ``μ_y→x = p_y(H − x)``, the recursion reads ``1/μ_y→x = 1 + Σ_{z≠x} w_yz p_z(H−y−x)``.
    In a bipartite graph deleting x can only lower p_z on its own side, and by no more than
    ``1 − μ_x→y`` **in total**: the expected number of pairs changes by at most one. So

        Σ w lo(μ_z→y) − K_y(1 − μ_x→y)  <=  1/μ_y→x − 1  <=  Σ w hi(μ_z→y),

    where ``K_y(B)`` is the dearest way to lower the children by B altogether, none below the
    floor ``1/(1 + W_z − w_zy)`` that holds in every subgraph. All quantities belong to the one
    graph H, so passes may be repeated until they settle. In dust (many small weights) K is the
    size of one weight, which is what a tree can only reach at great depth.

    Parameters
    ----------
    family, remains : int, shape (E,), one edge each, no two alike
    weights : float, shape (E,), ``> 0``, with activity
    sweeps : int
        Most passes; ends earlier once nothing moves by SETTLED of itself.
    """
    n = n_families + n_remains
    ends = np.concatenate([family, n_families + remains])
    edge = np.tile(np.arange(weights.size), 2)
    order = np.lexsort((-weights[edge], ends))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=n))]).astype(np.int64)
    low, high, floor, rival = (np.zeros((2, weights.size)) for _ in range(4))
    done = _sweep(n_families, indptr, edge[order], weights, low, high, floor, rival, sweeps)
    return Cavities(low[0], high[0], low[1], high[1], int(done))


@njit(cache=True, nogil=True)
def _sweep(
    n_families: int,
    indptr: Ints,
    edge: Ints,
    weights: Floats,
    low: Floats,
    high: Floats,
    floor: Floats,
    rival: Floats,
    sweeps: int,
) -> int:
    """Row 0 of low, high, floor bounds the family without the remains, row 1 the reverse."""
    n = indptr.size - 1
    most = int(np.diff(indptr).max())
    for v in range(n):
        _start(indptr[v], indptr[v + 1], edge, weights, low, high, floor, rival, v < n_families)
    ahead_low, ahead_high = np.zeros(most + 1), np.zeros(most + 1)
    caps, worth = np.zeros(most + 1), np.zeros(most + 1)
    for sweep in range(sweeps):
        moved = 0.0
        for v in range(n):
            moved = max(
                moved,
                _update(
                    v,
                    0 if v < n_families else 1,
                    indptr,
                    edge,
                    weights,
                    low,
                    high,
                    floor,
                    rival,
                    ahead_low,
                    ahead_high,
                    caps,
                    worth,
                ),
            )
        if moved < SETTLED:
            return sweep + 1
    return sweeps


@njit(cache=True, nogil=True)
def _start(
    start: int,
    stop: int,
    edge: Ints,
    weights: Floats,
    low: Floats,
    high: Floats,
    floor: Floats,
    rival: Floats,
    is_family: bool,
) -> None:
    """Floors of one vertex's messages, and the heaviest other weight of the vertex."""
    side = 0 if is_family else 1
    after = np.zeros(stop - start + 1)
    for i in range(stop - start - 1, -1, -1):
        after[i] = after[i + 1] + weights[edge[start + i]]
    before = 0.0
    for i in range(stop - start):
        e = edge[start + i]
        floor[side, e] = (1.0 - OUTWARD) / (1.0 + (before + after[i + 1]) * (1.0 + OUTWARD))
        low[side, e], high[side, e] = floor[side, e], 1.0
        if i > 0:
            rival[side, e] = weights[edge[start]]
        elif stop - start > 1:
            rival[side, e] = weights[edge[start + 1]]
        before += weights[e]


@njit(cache=True, nogil=True)
def _room(side: int, e: int, low: Floats, high: Floats, floor: Floats, rival: Floats) -> float:
    """How far one more deletion on its own side can lower this message.

    Not below its floor; and ``1/p`` grows by at most the heaviest other weight, since the
    children rise by at most one in total: ``p^2 w / (1 + p w)``.
    """
    top = high[side, e] * rival[side, e]
    drop = high[side, e] * top / (1.0 + top) * (1.0 + OUTWARD)
    room: float = max(min(low[side, e] - floor[side, e], drop), 0.0)
    return room


@njit(cache=True, nogil=True)
def _update(
    v: int,
    side: int,
    indptr: Ints,
    edge: Ints,
    weights: Floats,
    low: Floats,
    high: Floats,
    floor: Floats,
    rival: Floats,
    ahead_low: Floats,
    ahead_high: Floats,
    caps: Floats,
    worth: Floats,
) -> float:
    """Renew all messages that leave vertex v; returns the largest relative tightening."""
    start, n = indptr[v], indptr[v + 1] - indptr[v]
    other = 1 - side
    ahead_low[n] = ahead_high[n] = 0.0
    for i in range(n - 1, -1, -1):
        e = edge[start + i]
        ahead_low[i] = ahead_low[i + 1] + weights[e] * low[other, e]
        ahead_high[i] = ahead_high[i + 1] + weights[e] * high[other, e]
    caps[0] = worth[0] = 0.0  # cumulated over all but the heaviest edge
    for i in range(1, n):
        e = edge[start + i]
        room = _room(other, e, low, high, floor, rival)
        caps[i] = caps[i - 1] + room
        worth[i] = worth[i - 1] + weights[e] * room
    moved, before_low, before_high = 0.0, 0.0, 0.0
    for i in range(n):
        e = edge[start + i]
        budget = 1.0 - low[other, e]
        lost = 0.0
        if i > 0:  # the heaviest edge is lowered first
            first = edge[start]
            room = min(_room(other, first, low, high, floor, rival), budget)
            lost = weights[first] * room
            budget -= room
        k = np.searchsorted(caps[:n], budget)  # caps[k - 1] < budget <= caps[k]
        if k >= n:
            lost += worth[n - 1]
        elif k > 0:
            lost += worth[k - 1] + (budget - caps[k - 1]) * weights[edge[start + k]]
        most = (before_high + ahead_high[i + 1]) * (1.0 + OUTWARD)
        sure = before_low + ahead_low[i + 1]
        least = max(sure * (1.0 - OUTWARD) - lost * (1.0 + OUTWARD), 0.0)
        new_low = (1.0 - OUTWARD) / (1.0 + most)
        new_high = min((1.0 + OUTWARD) / (1.0 + least), 1.0)
        if new_low > low[side, e]:
            moved = max(moved, 1.0 - low[side, e] / new_low)
            low[side, e] = new_low
        if new_high < high[side, e]:
            moved = max(moved, 1.0 - new_high / high[side, e])
            high[side, e] = new_high
        before_low += weights[e] * low[other, e]
        before_high += weights[e] * high[other, e]
    return moved
