# SPDX-License-Identifier: Apache-2.0
"""The joint posterior: split into components, choose an engine for each, gather the pairs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from antigone.science.identification.joint.components import Part, components, edges_of, members
from antigone.science.identification.joint.core import Core, CoreBounds, core_bounds
from antigone.science.identification.joint.elimination import plan_elimination
from antigone.science.identification.joint.exact import (
    ExactMarginals,
    exact_marginals,
    star_marginals,
)
from antigone.science.identification.joint.pairs import gather
from antigone.science.identification.joint.placements import (
    Floats,
    HyperEdges,
    Ints,
    Placement,
    PlacementTable,
    check_placements,
    hyper_edges,
)
from antigone.science.identification.joint.results import (
    Budget,
    ComponentReport,
    JointPosterior,
)
from antigone.science.identification.joint.tree import refine_root


def joint_posterior(
    placements: PlacementTable | Sequence[Placement],
    *,
    n_remains: int,
    n_families: int,
    activity: float,
    budget: Budget,
    focus: Collection[int] | None = None,
    thresholds: Sequence[float] = (),
) -> JointPosterior:
    """Posterior of every pair over all remains and families at once, with certified intervals.

    An assignment chooses placements on disjoint families and remains; its probability is
    proportional to ``Π activity^k exp(log_weight)``, k the number of remains of a placement.

    Parameters
    ----------
    placements : PlacementTable, or Placement values for small cases
        Natural-log weights without activity; ``-inf`` for an impossible placement.
    activity : float
        Prior odds of one pair, ``> 0``.
    budget : Budget
    focus : collection of remains, optional
        Only these are refined; the others get their cheap bounds. None: all.
    thresholds : sequence of float in (0, 1)
        A remains is finished early once its best pair lies on one side of each of them.

    Raises
    ------
    PlacementMalformed, WeightNotANumber, ActivityOutOfRange
    """
    table = (
        placements
        if isinstance(placements, PlacementTable)
        else PlacementTable.of_placements(placements)
    )
    check_placements(table, n_remains=n_remains, n_families=n_families)
    edges = hyper_edges(table, n_remains=n_remains, n_families=n_families, activity=activity)
    roots = np.full(n_remains, focus is None)
    roots[list(focus or ())] = True
    solver = Solver(edges, budget, roots, np.asarray(thresholds, dtype=np.float64))
    solver.solve()
    return gather(solver, table)


class Solver:
    """Intervals of edges and vertices while components are being computed."""

    def __init__(
        self, edges: HyperEdges, budget: Budget, roots: NDArray[np.bool_], thresholds: Floats
    ) -> None:
        self.edges, self.budget, self.roots, self.thresholds = edges, budget, roots, thresholds
        begun = budget.clock()
        self.half_time, self.until = begun + budget.seconds / 2, begun + budget.seconds
        self.ran_out = False
        m, n = edges.log_weight.size, edges.n_vertices
        self.edge_low, self.edge_high, self.edge_point = np.zeros(m), np.ones(m), np.zeros(m)
        self.unused_low, self.unused_high, self.unused_point = np.ones((3, n))
        self.term_low = np.zeros(edges.vertices.size)  # bounds of w Π p, incidence by incidence
        self.term_high = np.full(edges.vertices.size, np.inf)
        self.slack = np.zeros(n)  # chance of edges left out, to be added to intervals of terms
        self.reports: list[ComponentReport] = []

    def solve(self) -> None:
        """Compute every component, the smallest first."""
        label = components(self.edges, np.ones(self.edges.log_weight.size, dtype=bool))
        first = self.edges.vertices[self.edges.indptr[:-1]]
        parts = members(label, label[first]).values()
        for inside in sorted(parts, key=lambda part: (part.size, part[0])):
            self._component(inside)

    def _component(self, inside: Ints) -> None:
        part = edges_of(self.edges, inside)
        exact, width = exact_or_none(part, self.budget)
        if exact is not None:
            self._keep_exact(inside, exact)
            self._report(part, "star" if width == 0 else "elimination", width, nodes=0)
        elif np.abs(part.log_weight).max() > LARGEST_LOG_WEIGHT:
            self.edge_point[inside] = 0.5
            self.unused_low[part.members] = 0.0
            self.unused_point[part.members] = 0.5
            self._report(part, "vacuous", None, nodes=0)
        else:
            nodes, left_out = self._bound(inside, part)
            dropped = max(left_out, self._cut(inside))
            self._report(part, "path tree", None, nodes=nodes, dropped=dropped)

    def _keep_exact(self, inside: Ints, exact: ExactMarginals) -> None:
        down, up = 1.0 - exact.relative_error, 1.0 + exact.relative_error
        self.edge_point[inside] = exact.edge
        self.edge_low[inside] = exact.edge * down
        self.edge_high[inside] = np.minimum(exact.edge * up, 1.0)
        for v, p in exact.unused.items():
            self.unused_point[v] = p
            self.unused_low[v] = p * down
            self.unused_high[v] = min(p * up, 1.0)

    def _bound(self, inside: Ints, part: Part) -> tuple[int, float]:
        """Bound a component; placements of several remains certified improbable are left out first.

        They are many, and their weight hides how little they matter. What is left out is bounded
        by d, the sum of their bounds, and d is added to every interval. Returns nodes and d.
        """
        everybody, dropped = part.members, 0.0
        core = part.core()
        found = self._core_bounds(core)
        for _ in range(ROUNDS):
            high = found.terms.marginals(core)[1]
            out = (np.diff(core.indptr) > 2) & (high < self.budget.drop_below)
            if out.sum() <= core.weights.size / 1000:
                break
            if self.budget.clock() > self.half_time:  # the rest belongs to the tree
                self.ran_out = True
                break
            dropped += float(high[out].sum()) * (1.0 + 1e-11)
            self.edge_high[inside[out]] = high[out] + dropped
            self.term_high[part.incidences[np.repeat(out, np.diff(core.indptr))]] = 0.0
            inside = inside[~out]
            part = edges_of(self.edges, inside)
            core = part.core()
            found = self._core_bounds(core)
        alone = np.setdiff1d(everybody, part.members)
        self.unused_low[alone] = 1.0 - dropped
        self.slack[alone] = dropped
        nodes = self._refine(core, found, part)
        self._keep_bounds(inside, part, core, found, dropped)
        return nodes, dropped

    def _core_bounds(self, core: Core) -> CoreBounds:
        return core_bounds(
            core,
            sweeps=self.budget.sweeps,
            entries=self.budget.entries,
            levels=self.budget.levels,
        )

    def _keep_bounds(
        self, inside: Ints, part: Part, core: Core, found: CoreBounds, dropped: float
    ) -> None:
        low, high, unused_low, unused_high = found.terms.marginals(core)
        low, high = np.maximum(low - dropped, 0.0), np.minimum(high + dropped, 1.0)
        unused_low = np.maximum(unused_low - dropped, 0.0)
        unused_high = np.minimum(unused_high + dropped, 1.0)
        self.edge_low[inside], self.edge_high[inside] = low, high
        self.edge_point[inside] = np.clip(found.point.edge, low, high)
        self.unused_low[part.members], self.unused_high[part.members] = unused_low, unused_high
        self.unused_point[part.members] = np.clip(found.point.unused, unused_low, unused_high)
        self.term_low[part.incidences] = found.terms.low
        self.term_high[part.incidences] = found.terms.high
        self.slack[part.members] = dropped

    def _cut(self, inside: Ints) -> float:
        """Cut edges certified improbable; exact parts hold up to the chance that a cut one is used.

        ``|P(A) - P(A | no cut edge at C)| <= d(C)``, the summed upper bounds of the cut edges that
        touch C. Returns the largest d among the parts made exact.
        """
        kept = self.edge_high[inside] > self.budget.drop_below
        if kept.all() or not kept.any():
            return 0.0
        mask = np.zeros(self.edge_high.size, dtype=bool)
        mask[inside[kept]] = True
        label = components(self.edges, mask)
        first = self.edges.vertices[self.edges.indptr[:-1]]
        touched = edges_of(self.edges, inside[~kept])
        cut = np.repeat(self.edge_high[inside[~kept]], np.diff(touched.indptr))
        dropped = np.bincount(label[touched.members[touched.local]], cut, label.size) * (1 + 1e-11)
        largest = 0.0
        for c, some in members(label, label[first[inside[kept]]]).items():
            edges = inside[kept][some]
            exact, _ = exact_or_none(edges_of(self.edges, edges), self.budget)
            if exact is not None:
                self._narrow(edges, exact, float(dropped[c]))
                largest = max(largest, float(dropped[c]))
        return largest

    def _narrow(self, edges: Ints, exact: ExactMarginals, dropped: float) -> None:
        error = exact.relative_error
        self.edge_low[edges] = np.maximum(self.edge_low[edges], exact.edge * (1 - error) - dropped)
        self.edge_high[edges] = np.minimum(
            self.edge_high[edges], exact.edge * (1 + error) + dropped
        )
        for v, p in exact.unused.items():
            self.unused_low[v] = max(self.unused_low[v], p * (1 - error) - dropped)
            self.unused_high[v] = min(self.unused_high[v], p * (1 + error) + dropped)
            self.unused_point[v] = np.clip(p, self.unused_low[v], self.unused_high[v])
        self.edge_point[edges] = np.clip(exact.edge, self.edge_low[edges], self.edge_high[edges])

    def _refine(self, core: Core, found: CoreBounds, part: Part) -> int:
        """Open the trees of the roots in focus, until each is decided or the budget is spent."""
        order = np.argsort(core.vertices, kind="stable")
        starts = np.searchsorted(core.vertices[order], np.arange(core.n + 1))
        nodes = 0
        for v in range(core.n_families, core.n):
            if not self.roots[part.members[v] - self.edges.n_families]:
                continue
            if self.budget.clock() > self.until:
                self.ran_out = True
                return nodes
            nodes += refine_root(
                core,
                found,
                found.terms,
                order[starts[v] : starts[v + 1]],
                nodes=self.budget.nodes_per_root,
                width=self.budget.width,
                thresholds=self.thresholds,
            )
        return nodes

    def _report(
        self, part: Part, engine: str, width: int | None, *, nodes: int, dropped: float = 0.0
    ) -> None:
        n_families = int((part.members < self.edges.n_families).sum())
        self.reports.append(
            ComponentReport(
                engine=engine,
                remains=part.members[n_families:] - self.edges.n_families,
                n_families=n_families,
                n_edges=part.log_weight.size,
                elimination_width=width,
                dropped=dropped,
                nodes=nodes,
            )
        )


ROUNDS = 4  # of leaving out improbable placements of several remains
LARGEST_LOG_WEIGHT = 600.0  # natural log; beyond it, weights and their products leave float64


def exact_or_none(part: Part, budget: Budget) -> tuple[ExactMarginals | None, int]:
    """Exact marginals of a component and the width of its largest table, if within budget."""
    edges = part.edges()
    star = star_marginals(edges, part.log_weight)
    if star is not None:
        return star, 0
    plan = plan_elimination(
        edges,
        max_width=budget.exact_width,
        max_operations=budget.exact_operations,
        max_entries=budget.entries,
    )
    if plan is None:
        return None, 0
    return exact_marginals(edges, part.log_weight, plan), plan.width
