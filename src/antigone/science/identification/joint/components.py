# SPDX-License-Identifier: Apache-2.0
"""Connected parts of a set of edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from antigone.science.identification.joint.placements import HyperEdges, Ints


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
