# SPDX-License-Identifier: Apache-2.0
"""In what order to sum vertices out of one component, and what that costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from scipy.sparse import csr_matrix

Edge = tuple[int, ...]


@dataclass(frozen=True)
class Join:
    """Multiply tables `left` and `right` into table `out` over `scope`."""

    left: int
    right: int
    out: int
    scope: tuple[int, ...]


@dataclass(frozen=True)
class Forget:
    """Place `edges`, which all use `vertex`, into a table and sum the vertex out.

    `table` is None when nothing was known yet; `scope` is that of `out`.
    """

    vertex: int
    edges: tuple[int, ...]
    table: int | None
    out: int
    scope: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """Steps from edges to the total, with their width, operations and table entries kept."""

    steps: tuple[Join | Forget, ...]
    width: int
    operations: float
    entries: float


@dataclass
class _Planner:
    edges: Sequence[Edge]
    at_vertex: dict[int, set[int]]
    scopes: dict[int, frozenset[int]] = field(default_factory=dict)
    steps: list[Join | Forget] = field(default_factory=list)
    used: int = 0
    width: int = 0
    operations: float = 0.0
    entries: float = 0.0

    def eliminate(self, vertex: int) -> None:
        """Add the joins and the forgetting of one vertex; smallest tables are joined first."""
        touching = sorted(
            (t for t, scope in self.scopes.items() if vertex in scope),
            key=lambda t: (len(self.scopes[t]), t),
        )
        while len(touching) > 1:
            touching = [self._join(touching[0], touching[1]), *touching[2:]]
        edges = sorted(self.at_vertex[vertex])
        near = frozenset(v for e in edges for v in self.edges[e]) - {vertex}
        table = touching[0] if touching else self._table_covering(near)
        self._forget(vertex, edges, near, table)

    def _table_covering(self, near: frozenset[int]) -> int | None:
        covering = [t for t, scope in self.scopes.items() if near <= scope]
        return min(covering, key=lambda t: (len(self.scopes[t]), t), default=None)

    def _join(self, left: int, right: int) -> int:
        a, b = self.scopes.pop(left), self.scopes.pop(right)
        scope = a | b
        self.operations += 3.0 ** len(a & b) * 2.0 ** len(a ^ b)
        out = self._new_table(scope)
        self.steps.append(Join(left, right, out, tuple(sorted(scope))))
        return out

    def _forget(
        self, vertex: int, edges: list[int], near: frozenset[int], table: int | None
    ) -> None:
        before = self.scopes.pop(table) if table is not None else frozenset()
        scope = (before | near) - {vertex}
        self.operations += (len(edges) + 2.0) * 2.0 ** len(scope)
        out = self._new_table(scope)
        self.steps.append(Forget(vertex, tuple(edges), table, out, tuple(sorted(scope))))
        for e in edges:
            for v in self.edges[e]:
                self.at_vertex[v].discard(e)

    def _new_table(self, scope: frozenset[int]) -> int:
        self.scopes[self.used] = scope
        self.used += 1
        self.width = max(self.width, len(scope))
        self.entries += 3.0 * 2.0 ** len(scope)
        return self.used - 1


def plan_elimination(
    edges: Sequence[Edge], *, max_width: int, max_operations: float, max_entries: float
) -> Plan | None:
    """Plan the exact sum over all sets of disjoint edges of one component.

    Vertices go in order of least degree in the graph that joins the members of an edge and, at
    each elimination, the neighbours of what goes. A vertex without a table is absorbed by one
    that covers its neighbours, so a small side of n vertices costs (edges) 2^n, not 3^n.

    Returns None if a table would span more than `max_width` vertices, or the limits on
    operations and stored numbers would be passed.
    """
    if _has_dense_core(edges, max_width):
        return None
    near = _neighbours(edges)
    at_vertex: dict[int, set[int]] = {v: set() for v in near}
    for e, edge in enumerate(edges):
        for v in edge:
            at_vertex[v].add(e)
    planner = _Planner(edges, at_vertex)
    while near:
        vertex = min(near, key=lambda v: (len(near[v]), v))
        if len(near[vertex]) > max_width:
            return None
        planner.eliminate(vertex)
        beyond = (
            planner.width > max_width
            or planner.operations > max_operations
            or planner.entries > max_entries
        )
        if beyond:
            return None
        _remove(near, vertex)
    return Plan(tuple(planner.steps), planner.width, planner.operations, planner.entries)


def _has_dense_core(edges: Sequence[Edge], width: int) -> bool:
    """Whether some vertices all have more than `width` neighbours among themselves.

    Then every elimination passes `width`: the first of them to go has that many neighbours left.
    """
    vertices, local = np.unique(
        np.fromiter(chain.from_iterable(edges), dtype=np.int64), return_inverse=True
    )
    owner = np.repeat(np.arange(len(edges)), [len(e) for e in edges])
    shape = (vertices.size, len(edges))
    member = csr_matrix((np.ones(local.size, dtype=np.int32), (local, owner)), shape=shape)
    near = ((member @ member.T) > 0).astype(np.int32)
    inside = np.ones(vertices.size, dtype=np.int32)
    while inside.any():
        leaves = (near @ inside - 1 <= width) & (inside > 0)
        if not leaves.any():
            return True
        inside[leaves] = 0
    return False


def _neighbours(edges: Iterable[Edge]) -> dict[int, set[int]]:
    near: dict[int, set[int]] = {}
    for edge in edges:
        for v in edge:
            near.setdefault(v, set()).update(edge)
    for v, others in near.items():
        others.discard(v)
    return near


def _remove(near: dict[int, set[int]], vertex: int) -> None:
    left = near.pop(vertex)
    for v in left:
        near[v] |= left
        near[v] -= {v, vertex}
