# SPDX-License-Identifier: Apache-2.0
"""The exact engine: elimination over disjoint-union tables, all marginals by one reverse sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from antigone.science.identification.joint.elimination import Edge, Forget, Join, Plan
from antigone.science.identification.joint.kernels import join, join_adjoint, place, place_adjoint
from antigone.science.identification.joint.placements import Floats, Ints

ROUNDING = float(np.finfo(float).eps)


@dataclass(frozen=True)
class ExactMarginals:
    """Probabilities of every edge, and of every vertex unused, of one component.

    `relative_error` bounds the rounding of each of them: nothing is ever subtracted, so a
    probability of 1e-200 has as many true digits as one of 0.5.
    """

    edge: Floats
    unused: dict[int, float]
    relative_error: float


def star_marginals(edges: Sequence[Edge], log_weights: Floats) -> ExactMarginals | None:
    """Marginals where one vertex is in every edge, so that at most one edge is used.

    ``m_e = w_e / (1 + Σ w)``. None if no vertex is in every edge.
    """
    centre = set(edges[0]).intersection(*edges[1:])
    if not centre:
        return None
    top = max(0.0, float(log_weights.max()))
    weights = np.exp(log_weights - top)
    total = float(np.exp(-top) + weights.sum())
    edge = weights / total
    none = float(np.exp(-top)) / total
    with_vertex: dict[int, list[int]] = {}
    for e, members in enumerate(edges):
        for v in members:
            with_vertex.setdefault(v, []).append(e)
    unused = {}
    for v, inside in with_vertex.items():
        outside = np.delete(weights, inside) if len(inside) < len(edges) else np.zeros(0)
        unused[v] = none if outside.size == 0 else (np.exp(-top) + float(outside.sum())) / total
    terms = len(edges) + 8.0 + 2.0 * float(np.abs(log_weights).max()) + top
    return ExactMarginals(edge, unused, 4.0 * ROUNDING * terms)


def exact_marginals(edges: Sequence[Edge], log_weights: Floats, plan: Plan) -> ExactMarginals:
    """Marginals of a set of disjoint edges drawn with probability ∝ Π w.

    A table over a scope holds, for each set S of its vertices, the summed weight of what was
    placed so far and uses exactly S of them. Joining is ``Σ_{X ⊆ S} a[X] b[S − X]``, placing an
    edge ``t[S ∪ e] += w t[S]``, forgetting v ``t[S] + t[S ∪ v]``. The reverse sweep gives
    ``m_e = w_e ∂log Z / ∂w_e``. Weights are first divided by vertex potentials that make them
    at most 1, which changes no probability and keeps tables in range.

    Parameters
    ----------
    edges : sequence of M tuples of vertices
    log_weights : float, shape (M,), natural logs, finite
    plan : Plan
        From `plan_elimination` on the same edges.

    References
    ----------
    Dechter (1999), Artif Intell 113:41-85 (bucket elimination); Björklund, Husfeldt, Kaski &
    Koivisto (2007), STOC, 67-74 (disjoint-union products); Darwiche (2003), J ACM 50:280-305
    (marginals as derivatives).
    """
    potential = vertex_potentials(edges, log_weights)
    scaled = np.array(
        [lw - sum(potential[v] for v in edge) for lw, edge in zip(log_weights, edges, strict=True)]
    )
    run = _Run(edges, np.exp(scaled), {v: float(np.exp(-p)) for v, p in potential.items()})
    for step in plan.steps:
        run.forward(step)
    for step in reversed(plan.steps):
        run.backward(step)
    return ExactMarginals(run.edge, run.unused, _relative_error(log_weights, potential, plan))


def _relative_error(log_weights: Floats, potential: dict[int, float], plan: Plan) -> float:
    """Roundings met by any one product: exponentials of each weight, then sums along the tape."""
    largest = float(np.abs(log_weights).max()) + 3.0 * max(potential.values())
    exponentials = 2.0 * len(potential) * (largest + 4.0)
    sums = sum(
        len(step.edges) + 4.0 if isinstance(step, Forget) else 2.0 ** len(step.scope) + 4.0
        for step in plan.steps
    )
    return ROUNDING * (exponentials + 4.0 * (sums + 2.0**plan.width))


def vertex_potentials(edges: Sequence[Edge], log_weights: Floats) -> dict[int, float]:
    """Potentials y >= 0 with ``Σ_{v ∈ e} y_v >= log w_e``: from either side, the smaller total."""
    order = sorted({v for edge in edges for v in edge})
    at_vertex: dict[int, list[int]] = {v: [] for v in order}
    for e, edge in enumerate(edges):
        for v in edge:
            at_vertex[v].append(e)
    best: dict[int, float] = {}
    for first in (order, order[::-1]):
        y = dict.fromkeys(order, max(0.0, float(log_weights.max())))
        for _ in range(2):
            for v in first:
                need = (
                    log_weights[e] - sum(y[u] for u in edges[e] if u != v) for e in at_vertex[v]
                )
                y[v] = max(0.0, float(max(need)))
        if not best or sum(y.values()) < sum(best.values()):
            best = y
    return best


class _Run:
    """Tables and their derivatives while a plan is carried out forwards, then backwards."""

    def __init__(self, edges: Sequence[Edge], weights: Floats, alone: dict[int, float]) -> None:
        self.edges, self.weights, self.alone = edges, weights, alone
        self.tables: dict[int, tuple[tuple[int, ...], Floats]] = {}
        self.inputs: dict[int, tuple[Floats, ...]] = {}
        self.bars: dict[int, Floats] = {}
        self.edge = np.zeros(len(edges))
        self.unused: dict[int, float] = {}

    def forward(self, step: Join | Forget) -> None:
        if isinstance(step, Join):
            a, b = (self._spread(t, step.scope) for t in (step.left, step.right))
            masks = [_mask(self.tables[t][0], step.scope) for t in (step.left, step.right)]
            self.inputs[step.out] = (a, b)
            self.tables[step.out] = (step.scope, _in_range(join(a, b, masks[0], masks[1])))
            return
        unplaced, placed = self._halves(step)
        self.inputs[step.out] = (unplaced,) if placed is None else (unplaced, placed)
        weights, masks_ = self._edges(step)
        out = place(unplaced, self.alone[step.vertex], weights, masks_)
        if placed is not None:
            out += placed
        self.tables[step.out] = (step.scope, _in_range(out))

    def backward(self, step: Join | Forget) -> None:
        bar = self.bars.pop(step.out, None)
        if bar is None:  # a last table: its one entry is a factor of the total
            bar = np.ones(1)
        if isinstance(step, Join):
            a, b = self.inputs.pop(step.out)
            masks = [_mask(self.tables[t][0], step.scope) for t in (step.left, step.right)]
            bar_a, bar_b = join_adjoint(bar, a, b, masks[0], masks[1])
            for t, bar_t in ((step.left, bar_a), (step.right, bar_b)):
                self.bars[t] = _in_range(_gather(bar_t, step.scope, self.tables[t][0]))
            return
        self._backward_forget(step, bar)

    def _backward_forget(self, step: Forget, bar: Floats) -> None:
        unplaced, *placed = self.inputs.pop(step.out)
        weights, masks = self._edges(step)
        alone = self.alone[step.vertex]
        bar_table, bar_weight = place_adjoint(bar, unplaced, alone, weights, masks)
        used = float(placed[0] @ bar) if placed else 0.0
        unused = alone * float(unplaced @ bar)
        mass = weights * bar_weight
        total = unused + used + float(mass.sum())
        self.edge[list(step.edges)] = mass / total
        self.unused[step.vertex] = unused / total
        if step.table is not None:
            scope, _ = self.tables[step.table]
            if step.vertex in scope:
                full = np.concatenate([bar_table, bar])
                spread: tuple[int, ...] = (step.vertex, *step.scope)
            else:
                full, spread = bar_table, step.scope
            self.bars[step.table] = _in_range(_gather(full, spread, scope))

    def _halves(self, step: Forget) -> tuple[Floats, Floats | None]:
        if step.table is None:
            start = np.zeros(2 ** len(step.scope))
            start[0] = 1.0
            return start, None
        scope, _ = self.tables[step.table]
        if step.vertex not in scope:
            return self._spread(step.table, step.scope), None
        full = self._spread(step.table, (step.vertex, *step.scope))
        half = full.size // 2
        return full[:half].copy(), full[half:].copy()

    def _edges(self, step: Forget) -> tuple[Floats, Ints]:
        masks = [
            _mask(tuple(v for v in self.edges[e] if v != step.vertex), step.scope)
            for e in step.edges
        ]
        return self.weights[list(step.edges)], np.array(masks, dtype=np.int64)

    def _spread(self, table: int, target: tuple[int, ...]) -> Floats:
        scope, values = self.tables[table]
        if scope == target:
            return values
        out = np.zeros((2,) * len(target))
        inside, axes = _view(scope, target)
        out[inside] = values.reshape((2,) * len(scope)).transpose(axes)
        return out.ravel()


def _view(
    scope: tuple[int, ...], target: tuple[int, ...]
) -> tuple[tuple[slice | int, ...], list[int]]:
    """Where a table over `scope` lies in one over `target`, and its axes in target's order."""
    members = set(scope)
    inside = tuple(slice(None) if v in members else 0 for v in target)
    return inside, [scope.index(v) for v in target if v in members]


def _gather(values: Floats, target: tuple[int, ...], scope: tuple[int, ...]) -> Floats:
    if scope == target:
        return values
    inside, axes = _view(scope, target)
    part = values.reshape((2,) * len(target))[inside]
    return np.ascontiguousarray(part.transpose(np.argsort(axes))).ravel()


def _mask(members: tuple[int, ...], scope: tuple[int, ...]) -> int:
    return sum(1 << (len(scope) - 1 - scope.index(v)) for v in members)


def _in_range(values: Floats) -> Floats:
    """Multiply by a power of two so that the largest entry is near 1: exact, changes no ratio."""
    _, exponent = np.frexp(values.max())
    scaled: Floats = np.ldexp(values, -int(exponent))
    return scaled
