# SPDX-License-Identifier: Apache-2.0
"""The joint posterior: split into components, choose an engine for each, gather the pairs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from antigone.science.identification.joint.bounds import cheap_bounds
from antigone.science.identification.joint.components import components, members
from antigone.science.identification.joint.elimination import Edge, plan_elimination
from antigone.science.identification.joint.exact import (
    ExactMarginals,
    exact_marginals,
    star_marginals,
)
from antigone.science.identification.joint.placements import (
    Floats,
    HyperEdges,
    Ints,
    Placement,
    PlacementTable,
    check_placements,
    hyper_edges,
    summed,
)
from antigone.science.identification.joint.results import (
    Budget,
    ComponentReport,
    JointPosterior,
)


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
    solver = _Solver(edges, budget)
    solver.solve()
    return solver.gather(table, n_remains)


class _Solver:
    """Intervals of edges and vertices while components are being computed."""

    def __init__(self, edges: HyperEdges, budget: Budget) -> None:
        self.edges, self.budget = edges, budget
        cheap = cheap_bounds(edges, np.exp(np.minimum(edges.log_weight, 700.0)))
        self.edge_low = np.zeros(edges.log_weight.size)
        self.edge_high = cheap.edge_high
        self.edge_point = cheap.edge_high / 2.0
        self.unused_low = cheap.unused_low
        self.unused_high = np.minimum(cheap.unused_high, 1.0)
        self.unused_point = (self.unused_low + self.unused_high) / 2.0
        self.reports: list[ComponentReport] = []

    def solve(self) -> None:
        label = components(self.edges, np.ones(self.edges.log_weight.size, dtype=bool))
        first = self.edges.vertices[self.edges.indptr[:-1]]
        for inside in members(label, label[first]).values():
            self._component(inside)

    def _component(self, inside: Ints) -> None:
        edges = [_edge(self.edges, e) for e in inside]
        exact, width = exact_or_none(edges, self.edges.log_weight[inside], self.budget)
        self._report(inside, exact is not None, width)
        if exact is None:
            return
        self.edge_point[inside] = exact.edge
        self.edge_low[inside] = exact.edge * (1.0 - exact.relative_error)
        self.edge_high[inside] = np.minimum(exact.edge * (1.0 + exact.relative_error), 1.0)
        for v, p in exact.unused.items():
            self.unused_point[v] = p
            self.unused_low[v] = p * (1.0 - exact.relative_error)
            self.unused_high[v] = min(p * (1.0 + exact.relative_error), 1.0)

    def _report(self, inside: Ints, exact: bool, width: int) -> None:
        vertices = np.unique(np.concatenate([_edge(self.edges, e) for e in inside]))
        n_families = int((vertices < self.edges.n_families).sum())
        self.reports.append(
            ComponentReport(
                engine=("elimination" if width > 0 else "star") if exact else "bounds",
                remains=vertices[n_families:] - self.edges.n_families,
                n_families=n_families,
                n_edges=inside.size,
                elimination_width=width if exact else None,
                dropped=0.0,
                width=0.0,
                nodes=0,
            )
        )

    def gather(self, table: PlacementTable, n_remains: int) -> JointPosterior:
        """Pairs from edges: every placement gets its share of its edge."""
        edge = self.edges.edge_of_placement[table.placement_of_pair]
        share = self.edges.share[table.placement_of_pair]
        alive = edge >= 0
        n_persons = int(table.person.max(initial=0)) + 1
        key = table.remains[alive] * n_persons + table.person[alive]
        pairs, pair_of = np.unique(key, return_inverse=True)

        low, high, point = (
            summed(pair_of, values[edge[alive]] * share[alive], pairs.size)
            for values in (self.edge_low, self.edge_high, self.edge_point)
        )
        high = np.minimum(high * (1.0 + 1e-14), 1.0)
        low = np.minimum(low * (1.0 - 1e-14), high)
        remains = pairs // n_persons
        nobody = slice(self.edges.n_families, None)
        width = self.unused_high[nobody] - self.unused_low[nobody]
        np.maximum.at(width, remains, high - low)
        return JointPosterior(
            pair_remains=remains,
            pair_person=pairs % n_persons,
            pair_low=low,
            pair_high=high,
            pair_point=np.clip(point, low, high),
            nobody_low=self.unused_low[nobody],
            nobody_high=self.unused_high[nobody],
            nobody_point=self.unused_point[nobody],
            remains_width=width,
            components=tuple(self.reports),
            budget_ran_out=False,
        )


def _edge(edges: HyperEdges, e: int) -> Edge:
    return tuple(edges.vertices[edges.indptr[e] : edges.indptr[e + 1]].tolist())


def exact_or_none(
    edges: Sequence[Edge], log_weights: Floats, budget: Budget
) -> tuple[ExactMarginals | None, int]:
    """Exact marginals of a component and the width of its largest table, if within budget."""
    star = star_marginals(edges, log_weights)
    if star is not None:
        return star, 0
    plan = plan_elimination(
        edges,
        max_width=budget.exact_width,
        max_operations=budget.exact_operations,
        max_entries=budget.exact_entries,
    )
    if plan is None:
        return None, 0
    return exact_marginals(edges, log_weights, plan), plan.width
