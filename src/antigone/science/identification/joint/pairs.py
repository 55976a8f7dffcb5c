# SPDX-License-Identifier: Apache-2.0
"""From edges to pairs: every placement gets its share of its edge, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from antigone.science.identification.joint.placements import (
    Floats,
    HyperEdges,
    Ints,
    PlacementTable,
    summed,
)
from antigone.science.identification.joint.results import ComponentReport, JointPosterior

OUTWARD = 1e-11


class Bounded(Protocol):
    """What the engines leave behind: intervals of edges, of vertices unused, and of terms."""

    edges: HyperEdges
    edge_low: Floats
    edge_high: Floats
    edge_point: Floats
    unused_low: Floats
    unused_high: Floats
    unused_point: Floats
    term_low: Floats
    term_high: Floats
    slack: Floats
    ran_out: bool
    reports: list[ComponentReport]


def gather(found: Bounded, table: PlacementTable) -> JointPosterior:
    """Sum the placements of each (remains, person) pair.

    The interval of a pair is the narrower of the sum over its edges and of the certificate for
    the pair as one term at its remains: ``A/(1 + A + rest)`` with A its share of the terms.
    """
    edges = found.edges
    edge = edges.edge_of_placement[table.placement_of_pair]
    alive = np.flatnonzero(edge >= 0)
    edge, share = edge[alive], edges.share[table.placement_of_pair[alive]]
    n_persons = int(table.person.max(initial=0)) + 1
    key = table.remains[alive] * n_persons + table.person[alive]
    pairs, pair_of = np.unique(key, return_inverse=True)
    remains = pairs // n_persons

    def total(values: Floats) -> Floats:
        return summed(pair_of, values * share, pairs.size)

    at = _incidence(edges, edge, table.remains[alive] + edges.n_families)
    lows, highs = (
        summed(edges.vertices, terms, edges.n_vertices)[edges.n_families + remains]
        for terms in (found.term_low, found.term_high)
    )
    low, high = _as_one_term(total(found.term_low[at]), total(found.term_high[at]), lows, highs)
    slack = found.slack[edges.n_families + remains]
    low, high = low - slack, high + slack
    low = np.maximum(low, total(found.edge_low[edge]) * (1.0 - OUTWARD / 10.0))
    high = np.minimum(high, total(found.edge_high[edge]) * (1.0 + OUTWARD / 10.0))
    low, high = np.minimum(low, 1.0), np.minimum(high, 1.0)
    return _posterior(found, remains, pairs % n_persons, low, high, total(found.edge_point[edge]))


def _as_one_term(a: Floats, b: Floats, lows: Floats, highs: Floats) -> tuple[Floats, Floats]:
    known = np.isfinite(highs)
    b, highs = np.where(known, b, 0.0), np.where(known, highs, 0.0)
    rest_high = np.maximum(highs - b, 0.0) + OUTWARD * highs
    rest_low = np.maximum(lows - a - OUTWARD * lows, 0.0)
    low = np.where(known, a / (1.0 + a + rest_high) * (1.0 - OUTWARD), 0.0)
    high = np.where(known, b / (1.0 + b + rest_low) * (1.0 + OUTWARD), 1.0)
    return low, high


def _incidence(edges: HyperEdges, edge: Ints, vertex: Ints) -> Ints:
    """Position of each vertex within its edge's members."""
    at = edges.indptr[edge] + 1
    while True:
        off = edges.vertices[at] != vertex
        if not off.any():
            return at
        at = at + off


def _posterior(
    found: Bounded, remains: Ints, person: Ints, low: Floats, high: Floats, point: Floats
) -> JointPosterior:
    nobody = slice(found.edges.n_families, None)
    width = found.unused_high[nobody] - found.unused_low[nobody]
    np.maximum.at(width, remains, high - low)
    reports: Sequence[ComponentReport] = found.reports
    return JointPosterior(
        pair_remains=remains,
        pair_person=person,
        pair_low=low,
        pair_high=high,
        pair_point=np.clip(point, low, high),
        nobody_low=found.unused_low[nobody],
        nobody_high=found.unused_high[nobody],
        nobody_point=found.unused_point[nobody],
        remains_width=width,
        components=tuple(reports),
        budget_ran_out=found.ran_out,
    )
