# SPDX-License-Identifier: Apache-2.0
"""Bounds of every vertex and edge in one or two passes over the edges, rounded outward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from antigone.science.identification.joint.placements import (
    Floats,
    HyperEdges,
    Ints,
    summed,
)

OUTWARD = 1e-11  # relative slack that covers the rounding of any sum of 10^4 terms


@dataclass(frozen=True)
class CheapBounds:
    """Bounds valid for the whole graph.

    `unused_low` holds in every subgraph too; `unused_high` in the whole graph; `edge_high` bounds
    the probability of each edge.
    """

    unused_low: Floats
    unused_high: Floats
    edge_high: Floats


def incidence(edges: HyperEdges) -> tuple[Ints, Ints]:
    """Edge and vertex of every incidence, shapes (n_incidences,)."""
    return np.repeat(np.arange(edges.log_weight.size), edges.sizes), edges.vertices


def cheap_bounds(edges: HyperEdges, weights: Floats) -> CheapBounds:
    """Bounds without a tree.

    ``L_x = 1/(1 + Σ w)``; with the children of x in e known to have lost x's edge,
    ``U_x = 1/(1 + Σ_e w_e Π_{y ∈ e∖x} L_{y∖e})`` with ``L_{y∖e} = 1/(1 + W_y − w_e)``; and for an
    edge, ``m_e = w_e p_f p_{v∖f} ... <= w_e U / (1 + w_e Π L)`` from any of its vertices.
    """
    owner, vertices = incidence(edges)
    total = summed(vertices, weights[owner], edges.n_vertices)
    low = 1.0 / (1.0 + total * (1.0 + OUTWARD))
    rest = np.maximum(total[vertices] - weights[owner], 0.0) + total[vertices] * OUTWARD
    child_low = np.log1p(rest)
    inside = -np.add.reduceat(child_low, edges.indptr[:-1]) if weights.size else np.zeros(0)
    used_at_least = weights[owner] * np.exp(inside[owner] + child_low) * (1.0 - OUTWARD)
    high = 1.0 / (1.0 + summed(vertices, used_at_least, edges.n_vertices))
    others = summed(vertices, used_at_least, edges.n_vertices)[vertices] - used_at_least
    others = np.maximum(others - OUTWARD * (others + used_at_least), 0.0)
    # x = w Π p(children) <= w; m = x / (1 + x + others)
    seen_from = weights[owner] / (1.0 + weights[owner] + others)
    edge_high = np.minimum.reduceat(seen_from, edges.indptr[:-1]) if weights.size else np.zeros(0)
    return CheapBounds(low, high * (1.0 + OUTWARD), edge_high * (1.0 + OUTWARD))
