# SPDX-License-Identifier: Apache-2.0
"""Belief propagation: the point estimate where nothing exact is within reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from antigone.science.identification.joint.placements import Floats, Ints, summed

SETTLED = 1e-5  # relative movement of a message in the last pass
DAMPING = 0.2


@dataclass(frozen=True)
class Beliefs:
    """Point values: of each edge, of each vertex unused. Not certified; exact on trees."""

    edge: Floats
    unused: Floats
    sweeps: int
    settled: bool


def beliefs(indptr: Ints, vertices: Ints, weights: Floats, n: int, *, sweeps: int) -> Beliefs:
    """Belief propagation for sets of disjoint edges.

    ``ν_y→e = 1/(1 + Σ_{e'≠e} w_e' Π_{u ∈ e'∖y} ν_u→e')``, then ``x_e = w_e Π ν_y→e`` and
    ``m_e = x_e/(1 + x_e)``. DAMPING of the old message is kept, so that messages do not swing.

    Source: Bayati & Nair (2006), Allerton, arXiv:cs/0607064 (matchings of graphs).
    """
    owner = np.repeat(np.arange(weights.size), np.diff(indptr))
    order = np.argsort(vertices, kind="stable")
    at = np.concatenate([[0], np.cumsum(np.bincount(vertices, minlength=n))]).astype(np.int64)
    message = np.ones(vertices.size)
    done, moved = _propagate(indptr, owner, at, order, weights, message, sweeps)
    edge, seen = _terms(indptr, weights, message)
    unused = 1.0 / (1.0 + summed(vertices, seen, n))
    return Beliefs(edge / (1.0 + edge), unused, int(done), bool(moved < SETTLED))


@njit(cache=True, nogil=True)
def _terms(indptr: Ints, weights: Floats, message: Floats) -> tuple[Floats, Floats]:
    """``w Π ν`` of each edge, and without its own ν for each member."""
    edge, seen = weights.copy(), np.zeros(message.size)
    for e in range(weights.size):
        for i in range(indptr[e], indptr[e + 1]):
            edge[e] *= message[i]
            seen[i] = weights[e]
            for j in range(indptr[e], indptr[e + 1]):
                if j != i:
                    seen[i] *= message[j]
    return edge, seen


@njit(cache=True, nogil=True)
def _propagate(
    indptr: Ints, owner: Ints, at: Ints, order: Ints, weights: Floats, message: Floats, sweeps: int
) -> tuple[int, float]:
    """Renew messages vertex by vertex until none moves; returns passes and the last movement."""
    moved = 0.0
    x = np.zeros(message.size)
    for sweep in range(sweeps):
        moved = 0.0
        for v in range(at.size - 1):
            total, top = 1.0, -1
            for k in range(at[v], at[v + 1]):
                i = order[k]
                e = owner[i]
                x[k] = weights[e]
                for j in range(indptr[e], indptr[e + 1]):
                    if j != i:
                        x[k] *= message[j]
                if top < 0 or x[k] > x[top]:
                    top = k
                total += x[k]
            rest = 1.0
            for k in range(at[v], at[v + 1]):
                if k != top:
                    rest += x[k]
            for k in range(at[v], at[v + 1]):
                i = order[k]
                new = 1.0 / (rest if k == top else total - x[k])
                change = abs(new - message[i]) / new
                moved = max(moved, change)
                message[i] = new + DAMPING * (message[i] - new)
        if moved < SETTLED:
            return sweep + 1, moved
    return sweeps, moved
