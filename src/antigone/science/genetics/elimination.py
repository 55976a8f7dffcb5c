# SPDX-License-Identifier: Apache-2.0
"""Sums of products over discrete variables, one variable at a time, for many families at once.

A likelihood is a sum, over all values of some variables, of a product of factors; each factor is a
table over a few of them. Summing one variable out replaces the factors that hold it by one new
factor. The order decides the cost: it is planned once for each pattern of factors.
(Lauritzen & Sheehan 2003, Statistical Science 18:489-514, on graphical models of pedigrees.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Scope = tuple[int, ...]

FACTORS_BEFORE_RESCALING = 8  # tables multiplied before the product is brought back to maximum 1
_LOG_SMALLEST = -690.0  # a product above exp of this cannot underflow
_FEW_FACTORS = 2  # a step that joins no more than this needs no merging first


@dataclass(frozen=True)
class Operation:
    """One step: multiply two factors (or take one), and perhaps sum one variable out.

    Attributes
    ----------
    left, right : int
        Factors, by number; new ones are numbered on. `right` is -1 where there is only one.
    variable : int
        Summed out; -1 if none is.
    left_axes, right_axes : tuple of int
        Transposition that brings the axes into the order shared, own, summed (right: shared,
        summed, own). Axis 0 runs over families and stays.
    shared, own : int
        Numbers of shared and of the left factor's own axes, the summed one not counted.
    scope : Scope
        Variables of the result, in the order of its axes 1, 2, ...
    rescale : bool
        Whether the result is divided by its maximum.
    """

    left: int
    right: int
    variable: int
    left_axes: tuple[int, ...]
    right_axes: tuple[int, ...]
    shared: int
    own: int
    scope: Scope
    rescale: bool


@dataclass(frozen=True)
class Plan:
    """The operations of one elimination, and the scopes of everything they make."""

    operations: tuple[Operation, ...]
    scopes: tuple[Scope, ...]
    order: tuple[int, ...]

    def largest(self, sizes: Sequence[int]) -> tuple[int, Scope]:
        """Cells (one family) and scope of the largest factor, the variables having `sizes`."""
        counts = [math.prod(sizes[v] for v in scope) for scope in self.scopes]
        top = max(range(len(counts)), key=counts.__getitem__, default=None)
        return (1, ()) if top is None else (counts[top], self.scopes[top])


@lru_cache(maxsize=8192)
def plan_elimination(scopes: tuple[Scope, ...], sizes: tuple[int, ...], keep: Scope) -> Plan:
    """Plan the sum over all variables but `keep` of the product of factors with these `scopes`.

    Greedy: the next variable is the one whose new factor is smallest, or which adds least to the
    neighbourhood; of the two orders the one with fewer multiplications is taken.
    """
    graph = _neighbours(scopes, len(sizes))
    orders = [_greedy_order(graph, sizes, keep, score) for score in (_result_size, _fill)]
    order = min(orders, key=lambda candidate: candidate[0])[1]
    return _operations(scopes, sizes, keep, order)


def _neighbours(scopes: Iterable[Scope], n: int) -> list[set[int]]:
    graph: list[set[int]] = [set() for _ in range(n)]
    for scope in scopes:
        for v in scope:
            graph[v].update(scope)
    for v in range(n):
        graph[v].discard(v)
    return graph


Score = Callable[[list[set[int]], Sequence[int], int], tuple[float, float]]


def _result_size(graph: list[set[int]], sizes: Sequence[int], v: int) -> tuple[float, float]:
    result = math.prod(sizes[u] for u in graph[v])
    return result, -sizes[v]


def _fill(graph: list[set[int]], sizes: Sequence[int], v: int) -> tuple[float, float]:
    around = list(graph[v])
    missing = sum(
        sizes[a] * sizes[b] for i, a in enumerate(around) for b in around[:i] if b not in graph[a]
    )
    return missing, math.prod(sizes[u] for u in around)


def _greedy_order(
    graph: list[set[int]], sizes: Sequence[int], keep: Scope, score: Score
) -> tuple[float, list[int]]:
    """Multiplications and order of the greedy elimination."""
    graph = [set(around) for around in graph]
    scores = {v: score(graph, sizes, v) for v in range(len(sizes)) if v not in keep}
    cost, order = 0.0, []
    while scores:
        v = min(scores, key=lambda u: (scores[u], u))
        cost += math.prod(sizes[u] for u in graph[v]) * sizes[v]
        order.append(v)
        del scores[v]
        touched = set(graph[v])
        for u in graph[v]:
            graph[u] |= graph[v]
            graph[u] -= {u, v}
        for u in graph[v]:
            touched |= graph[u]
        for u in touched & scores.keys():
            scores[u] = score(graph, sizes, u)
    return cost, order


class _Planner:
    """Collects operations while the live factors change."""

    def __init__(self, scopes: Sequence[Scope], sizes: Sequence[int]) -> None:
        self.scopes: list[Scope] = list(scopes)
        self.live = dict.fromkeys(range(len(scopes)))
        self.sizes = sizes
        self.operations: list[Operation] = []
        self.depth = [1] * len(scopes)  # factors multiplied since the last rescaling

    def add(self, left: int, right: int, variable: int) -> int:
        """Record one operation; the number of its result."""
        a = self.scopes[left]
        b = self.scopes[right] if right >= 0 else ()
        shared = [v for v in a if v in b and v != variable]
        own_a = [v for v in a if v not in b and v != variable]
        own_b = [v for v in b if v not in a and v != variable]
        summed = [variable] if variable >= 0 else []
        depth = self.depth[left] + (self.depth[right] if right >= 0 else 0)
        rescale = depth >= FACTORS_BEFORE_RESCALING
        self.operations.append(
            Operation(
                left=left,
                right=right,
                variable=variable,
                left_axes=(0, *(a.index(v) + 1 for v in shared + own_a + summed)),
                right_axes=(0, *(b.index(v) + 1 for v in shared + summed + own_b if v in b)),
                shared=len(shared),
                own=len(own_a),
                scope=(*shared, *own_a, *own_b),
                rescale=rescale,
            )
        )
        self.scopes.append(self.operations[-1].scope)
        self.depth.append(1 if rescale else depth)
        for used in {left, right} & self.live.keys():
            del self.live[used]
        result = len(self.scopes) - 1
        self.live[result] = None
        return result

    def cells(self, *factors: int) -> int:
        """Cells of the product of these factors."""
        union = {v for f in factors for v in self.scopes[f]}
        return math.prod(self.sizes[v] for v in union)

    def merge(self, factors: list[int], down_to: int) -> list[int]:
        """Multiply the cheapest pairs until `down_to` factors are left."""
        while len(factors) > down_to:
            pairs = ((a, b) for i, a in enumerate(factors) for b in factors[:i])
            a, b = min(pairs, key=lambda pair: (self.cells(*pair), pair))
            factors = [f for f in factors if f not in (a, b)] + [self.add(a, b, -1)]
        return factors


def _operations(
    scopes: tuple[Scope, ...], sizes: tuple[int, ...], keep: Scope, order: Sequence[int]
) -> Plan:
    planner = _Planner(scopes, sizes)
    for v in order:
        holding = [f for f in planner.live if v in planner.scopes[f]]
        if not holding:
            continue
        holding = planner.merge(holding, _FEW_FACTORS)
        planner.add(holding[0], holding[1] if len(holding) == _FEW_FACTORS else -1, v)
    planner.merge(list(planner.live), 1)
    return Plan(tuple(planner.operations), tuple(planner.scopes), tuple(order))


def eliminate(plan: Plan, factors: Sequence[Array], keep: Scope) -> tuple[Array, Array]:
    """Carry out a plan on the tables of many families.

    Parameters
    ----------
    plan : Plan
    factors : sequence of float arrays, shape (n_families or 1, size of each variable of the scope)
        Not negative. A first axis of length 1 is the same for all families.
    keep : Scope
        As in the plan: the order of the result's axes.

    Returns
    -------
    log_scale : float, shape (n_families or 1,)
    table : float, shape (n_families or 1, sizes of the kept variables)
        The sum is ``exp(log_scale) * table``.
    """
    live: list[Array] = list(factors)
    used = len(live)
    log_scale = np.zeros(1)
    for operation in plan.operations:
        result = _apply(operation, live)
        if operation.rescale:
            result, log_top = _rescaled(result)
            log_scale = log_scale + log_top
        live.append(result)
        for spent in (operation.left, operation.right):
            if spent >= used:
                live[spent] = result  # lets the spent table go
    table = live[-1]
    scope = plan.scopes[-1]
    axes = (0, *(scope.index(v) + 1 for v in keep))
    return log_scale, table.transpose(axes)


def _rescaled(table: Array) -> tuple[Array, Array]:
    """Each family's table divided by its maximum, and the log of that (0 for a table of zeros)."""
    top = table.reshape(len(table), -1).max(axis=1)
    top = np.where(top > 0, top, 1.0)
    return table / top.reshape(-1, *([1] * (table.ndim - 1))), np.log(top)


def _apply(operation: Operation, live: Sequence[Array]) -> Array:
    left = live[operation.left].transpose(operation.left_axes)
    if operation.right < 0:
        total: Array = left.sum(axis=-1)
        return total
    right = live[operation.right].transpose(operation.right_axes)
    if operation.variable < 0:
        own_right = right.ndim - 1 - operation.shared
        product: Array = left.reshape(left.shape + (1,) * own_right) * _spread(
            right, operation.shared, operation.own
        )
        return product
    return _contract(left, right, operation)


def _spread(right: Array, shared: int, own: int) -> Array:
    """The right factor with new axes of length 1 in place of the left factor's own."""
    shape = right.shape
    return right.reshape(shape[: shared + 1] + (1,) * own + shape[shared + 1 :])


def _contract(left: Array, right: Array, operation: Operation) -> Array:
    """Sum over the left factor's last axis, as matrix products over families and shared axes."""
    shared, own = operation.shared, operation.own
    own_right = right.ndim - 2 - shared
    if own == 0 and own_right == 0:
        total: Array = np.einsum("...i,...i->...", left, right)
        return total
    n = left.shape[-1]
    shared_shape = left.shape[1 : 1 + shared]
    shape_left = left.shape[1 + shared : -1]
    shape_right = right.shape[2 + shared :]
    cells = math.prod(shared_shape)
    a = left.reshape(len(left), cells, math.prod(shape_left), n)
    b = right.reshape(len(right), cells, n, math.prod(shape_right))
    if cells == 1 and len(left) == 1:
        flat = np.matmul(b[:, 0].swapaxes(1, 2).reshape(-1, n), a[0, 0].T)
        out = flat.reshape(len(right), -1, a.shape[2]).swapaxes(1, 2)
    elif cells == 1 and len(right) == 1:
        out = np.matmul(a[:, 0].reshape(-1, n), b[0, 0]).reshape(len(left), a.shape[2], -1)
    else:
        out = np.matmul(a, b)
    families = max(len(left), len(right))
    shaped: Array = out.reshape(families, *shared_shape, *shape_left, *shape_right)
    return shaped


def sum_of_products(
    plan: Plan, factors: Sequence[Array], keep: Scope, n_families: int
) -> tuple[Array, Array]:
    """As `eliminate`, for every family; a sum of zero is believed only if nothing underflowed.

    Returns
    -------
    log_scale : float, shape (n_families,)
    table : float, shape (n_families, sizes of the kept variables)
        Zeros exactly where no values of the variables have a positive product.
    """
    log_scale, tables = eliminate(plan, factors, keep)
    log_scale = np.broadcast_to(log_scale, (n_families,))
    tables = np.broadcast_to(tables, (n_families, *tables.shape[1:]))
    zero = np.flatnonzero(~tables.reshape(n_families, -1).any(axis=1))
    if zero.size and _may_underflow(factors):
        log_scale, tables = log_scale.copy(), tables.copy()
        rows = [factor if len(factor) == 1 else factor[zero] for factor in factors]
        in_logs = eliminate_in_logs(plan, rows, keep)
        in_logs = np.broadcast_to(in_logs, (zero.size, *in_logs.shape[1:]))
        top = in_logs.reshape(zero.size, -1).max(axis=1)
        top = np.where(np.isfinite(top), top, 0.0)
        log_scale[zero] = top
        tables[zero] = np.exp(in_logs - top.reshape(-1, *([1] * (in_logs.ndim - 1))))
    return log_scale, tables


def _may_underflow(factors: Sequence[Array]) -> bool:
    """Whether a product of positive entries, one of each factor, can be too small for a float."""
    smallest = 0.0
    for factor in factors:
        positive = factor[factor > 0]
        smallest += math.log(positive.min()) if positive.size else 0.0
    return smallest < _LOG_SMALLEST


def eliminate_in_logs(plan: Plan, factors: Sequence[Array], keep: Scope) -> Array:
    """The log of the same sum, computed in logs throughout: slow, and free of underflow.

    Returns
    -------
    float, shape (n_families or 1, sizes of the kept variables)
        ``-inf`` exactly where no values of the variables have a positive product.
    """
    with np.errstate(divide="ignore"):
        live: list[Array] = [np.log(factor) for factor in factors]
    for operation in plan.operations:
        live.append(_apply_in_logs(operation, live))
    scope = plan.scopes[-1]
    return live[-1].transpose((0, *(scope.index(v) + 1 for v in keep)))


def _apply_in_logs(operation: Operation, live: Sequence[Array]) -> Array:
    left = live[operation.left].transpose(operation.left_axes)
    if operation.right < 0:
        total: Array = np.logaddexp.reduce(left, axis=-1)
        return total
    right = live[operation.right].transpose(operation.right_axes)
    shared, own = operation.shared, operation.own
    if operation.variable < 0:
        own_right = right.ndim - 1 - shared
        product: Array = left.reshape(left.shape + (1,) * own_right) + _spread(right, shared, own)
        return product
    right = np.moveaxis(right, 1 + shared, -1)  # the summed axis last, as in the left factor
    own_right = right.ndim - 2 - shared
    n = left.shape[-1]
    wide = left.reshape(*left.shape[:-1], *(1,) * own_right, n)
    summed: Array = np.logaddexp.reduce(wide + _spread(right, shared, own), axis=-1)
    return summed
