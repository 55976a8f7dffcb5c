# SPDX-License-Identifier: Apache-2.0
"""Compiled sums over sets: the inner loops of the exact engine. A set is a bit mask."""

from __future__ import annotations

import numpy as np
from numba import njit

from antigone.science.identification.joint.placements import Floats, Ints


@njit(cache=True, nogil=True)
def join(a: Floats, b: Floats, mask_a: int, mask_b: int) -> Floats:
    """Disjoint-union product ``c[S] = Σ_{X ⊆ S} a[X] b[S − X]`` of tables within two masks."""
    out = np.zeros(a.size)
    both = mask_a & mask_b
    for s in range(a.size):
        fixed, free = s & ~mask_b, s & both
        x, total = free, 0.0
        while True:
            total += a[x | fixed] * b[s & ~(x | fixed)]
            if x == 0:
                break
            x = (x - 1) & free
        out[s] = total
    return out


@njit(cache=True, nogil=True)
def join_adjoint(
    bar: Floats, a: Floats, b: Floats, mask_a: int, mask_b: int
) -> tuple[Floats, Floats]:
    """Derivatives of a total with respect to both factors of `join`, from that of its product."""
    bar_a, bar_b = np.zeros(a.size), np.zeros(b.size)
    both = mask_a & mask_b
    for s in range(a.size):
        if bar[s] == 0.0:
            continue
        fixed, free = s & ~mask_b, s & both
        x = free
        while True:
            left, right = x | fixed, s & ~(x | fixed)
            bar_a[left] += bar[s] * b[right]
            bar_b[right] += bar[s] * a[left]
            if x == 0:
                break
            x = (x - 1) & free
    return bar_a, bar_b


@njit(cache=True, nogil=True)
def place(unplaced: Floats, alone: float, weights: Floats, masks: Ints) -> Floats:
    """``out[S] = alone t[S] + Σ_e w_e t[S − e]``, edges that all use the forgotten vertex."""
    out = alone * unplaced
    for e in range(weights.size):
        w, mask = weights[e], masks[e]
        for s in range(unplaced.size):
            if s & mask == 0:
                out[s | mask] += w * unplaced[s]
    return out


@njit(cache=True, nogil=True)
def place_adjoint(
    bar: Floats, unplaced: Floats, alone: float, weights: Floats, masks: Ints
) -> tuple[Floats, Floats]:
    """Derivatives with respect to the table and, per edge, to its weight."""
    bar_table, bar_weight = alone * bar, np.zeros(weights.size)
    for e in range(weights.size):
        w, mask, total = weights[e], masks[e], 0.0
        for s in range(unplaced.size):
            if s & mask == 0:
                bar_table[s] += w * bar[s | mask]
                total += unplaced[s] * bar[s | mask]
        bar_weight[e] = total
    return bar_table, bar_weight
