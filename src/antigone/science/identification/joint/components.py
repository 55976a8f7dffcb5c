# SPDX-License-Identifier: Apache-2.0
"""Connected parts of a set of edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from antigone.science.identification.joint.core import Core
from antigone.science.identification.joint.elimination import Edge
from antigone.science.identification.joint.placements import Floats, HyperEdges, Ints


def components(edges: HyperEdges, kept: NDArray[np.bool_]) -> Ints:
    """Component number of every vertex, joined by the kept edges only, shape (n_vertices,)."""
    owner = np.repeat(np.arange(kept.size), edges.sizes)
    hub = edges.vertices[edges.indptr[:-1]][owner] if kept.size else np.zeros(0, dtype=np.int64)
    use = kept[owner] if kept.size else np.zeros(0, dtype=bool)
    n = edges.n_vertices
    graph = coo_matrix((np.ones(int(use.sum())), (hub[use], edges.vertices[use])), shape=(n, n))
    label: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return label


def members(label: Ints, of: Ints) -> dict[int, Ints]:
    """Indices of `of` (one label each, e.g. of edges) by component, in rising order."""
    order = np.argsort(of, kind="stable")
    numbers, starts = np.unique(of[order], return_index=True)
    parts = np.split(order, starts[1:]) if numbers.size else []
    return {int(c): part for c, part in zip(numbers, parts, strict=True)}


@dataclass(frozen=True)
class Part:
    """Some edges of the whole, with the places of their incidences there.

    Attributes
    ----------
    members : int, shape (n,)
        Their vertices in the numbering of the whole, in rising order, so families first.
    local : int
        For each incidence, its vertex as an index into `members`.
    incidences : int
        Each incidence's place in the vertices of the whole.
    """

    indptr: Ints
    members: Ints
    local: Ints
    incidences: Ints
    log_weight: Floats
    n_families: int

    def edges(self) -> list[Edge]:
        """Return each edge as a tuple of vertices of the whole."""
        vertices = self.members[self.local].tolist()
        bounds = self.indptr.tolist()
        return [tuple(vertices[a:b]) for a, b in zip(bounds[:-1], bounds[1:], strict=True)]

    def core(self) -> Core:
        """Return these edges in their own numbering, with plain weights."""
        return Core(
            self.indptr,
            self.local,
            np.exp(self.log_weight),
            self.n_families,
            self.members.size - self.n_families,
        )


def edges_of(edges: HyperEdges, inside: Ints) -> Part:
    """Cut the edges `inside` out of the whole."""
    sizes = edges.sizes[inside]
    indptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    incidences = np.arange(indptr[-1]) + np.repeat(edges.indptr[inside] - indptr[:-1], sizes)
    members_, local = np.unique(edges.vertices[incidences], return_inverse=True)
    n_families = int((members_ < edges.n_families).sum())
    return Part(indptr, members_, local, incidences, edges.log_weight[inside], n_families)
