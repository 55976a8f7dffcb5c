# SPDX-License-Identifier: Apache-2.0
"""Founder alleles drawn from one urn, summed over which of the draws are the same allele."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from antigone.science.genetics.calls import Array
from antigone.science.genetics.elimination import Scope, plan_elimination, sum_of_products
from antigone.science.genetics.factors import FactorTables
from antigone.science.genetics.family_at_marker import FamilyAtMarker
from antigone.science.genetics.graphs import DRAWN_FROM_VARIABLES, GraphBuilder
from antigone.science.genetics.likelihood import checked_cells
from antigone.science.genetics.shapes import Shape


class UrnBuilder(GraphBuilder):
    """A graph in which each allele that comes from the population is a variable without a factor.

    `draws` holds these variables, with the called member whose allele each is (-1 for none).
    """

    def __init__(self, shape: Shape, first: int) -> None:
        super().__init__(shape, first)
        self.draws: list[tuple[int, int]] = []

    def new_draw(self, i: int, called: int = -1) -> int:
        """A variable for an allele from the population."""
        variable = self.variable(i, binary=False)
        self.draws.append((variable, called))
        return variable

    def drawn(self, i: int, allele: int) -> None:
        """An allele of an untyped member: the variable itself is the draw."""
        self.draws.append((allele, -1))

    def inbred_founder(self, i: int, paternal: int, maternal: int) -> None:
        """The second allele is the first one again, or another draw."""
        self.draws.append((paternal, -1))
        other = self.new_draw(i)
        self.factor("again_or_other", (self.shape.inbreeding[i],), paternal, other, maternal)

    def called_inbred_founder(self, i: int, phase: int) -> None:
        """Both alleles of a called founder, who may have one of them twice."""
        rank = self.shape.called[i]
        pair = (self.new_draw(i, rank), self.new_draw(i))
        self.factor("called_again_or_other", (rank, self.shape.inbreeding[i]), *pair, phase)

    def population_source(self, i: int, phase: int, side: int) -> int:
        """One allele of a called member."""
        rank = self.shape.called[i]
        self.factor("called_is", (rank, side), self.new_draw(i, rank), phase)
        return DRAWN_FROM_VARIABLES


class _UrnTables(FactorTables):
    """Tables of the factors that an urn's graph has of its own."""

    def again_or_other(self, coefficient: float) -> Array:
        """First draw, second draw, second allele of an inbred founder."""
        same = np.eye(len(self.frequencies))
        first, second = same[:, None, :], same[None, :, :]
        return (coefficient * first + (1 - coefficient) * second)[None]

    def called_is(self, rank: int, side: int) -> Array:
        """Draw, phase: whether the allele of a called member on one side is the draw."""
        return np.eye(len(self.frequencies))[self.by_phase(rank, side)].swapaxes(1, 2)

    def called_again_or_other(self, rank: int, coefficient: float) -> Array:
        """First draw, second draw, phase of a called inbred founder."""
        ordered = self.again_or_other(coefficient)[0]  # first draw = paternal allele
        alleles = np.stack([self.by_phase(rank, 0)[0], self.by_phase(rank, 1)[0]])
        is_first = np.eye(len(self.frequencies))[alleles[0]].T[:, None, :]
        table: Array = is_first * ordered[:, :, alleles[1]]
        if alleles[0, 0] == alleles[0, 1]:
            table[:, :, 1] = 0.0  # a homozygote has one phase
        return table[None]


@dataclass(frozen=True, eq=False)
class Urn:
    """Unconnected pedigrees at one marker as one graph, with the draws from the population.

    Attributes
    ----------
    tables, scopes : factors of all components
    sizes : values of each variable
    names : member of each variable
    draws : variables that are drawn
    allowed : for each draw the alleles that it can be
    log_factor : log of the factor left out of the tables
    """

    tables: tuple[Array, ...]
    scopes: tuple[Scope, ...]
    sizes: tuple[int, ...]
    names: tuple[str, ...]
    draws: tuple[int, ...]
    allowed: tuple[frozenset[int], ...]
    log_factor: float
    frequencies: Array
    marker: str

    def partitions(self) -> Iterator[tuple[int, ...]]:
        """Each way in which the draws can fall into classes of the same allele.

        The class of each draw; classes are numbered as they come up. A class must have an allele
        that all its draws can be.
        """
        yield from _grown(self.allowed, (), ())

    def log_likelihood(self, theta: float, partitions: Sequence[tuple[int, ...]]) -> float:
        """``log Σ P(partition) P(calls | partition)``."""
        logs = [_log_weight(one, theta) + self._given(one) for one in partitions]
        return float(np.logaddexp.reduce(logs)) + self.log_factor if logs else -math.inf

    def _given(self, partition: tuple[int, ...]) -> float:
        """Log probability of the calls where draws of one class are one allele."""
        first: dict[int, int] = {}
        same: dict[int, int] = {}
        for variable, place in zip(self.draws, partition, strict=True):
            same[variable] = first.setdefault(place, variable)
        scopes, tables = [], []
        for scope, table in zip(self.scopes, self.tables, strict=True):
            tied = tuple(same.get(v, v) for v in scope)
            scopes.append(tuple(dict.fromkeys(tied)))
            tables.append(_diagonal(table, tied))
        for variable in first.values():
            scopes.append((variable,))
            tables.append(self.frequencies[None])
        plan = plan_elimination(tuple(scopes), self.sizes, ())
        checked_cells(plan, self.sizes, self.names, self.marker)
        log_scale, total = sum_of_products(plan, tables, (), 1)
        with np.errstate(divide="ignore"):
            return float(log_scale[0] + np.log(total.reshape(-1)[0]))


def urn_of(families: Sequence[FamilyAtMarker]) -> Urn:
    """The urn of all founders of several unconnected pedigrees at one marker."""
    tables: list[Array] = []
    scopes: list[Scope] = []
    sizes: list[int] = []
    names: list[str] = []
    draws: list[int] = []
    allowed: list[frozenset[int]] = []
    halvings = 0
    model = families[0].batch.model
    for family in families:
        builder = UrnBuilder(family.shape, len(sizes))
        graph = builder.built()
        maker = _UrnTables(family.batch)
        tables += [maker.table(factor) for factor in graph.factors]
        scopes += graph.scopes
        sizes += graph.sizes(len(model.alleles))
        names += [family.batch.names[i] for i in graph.member]
        halvings += graph.halvings
        for variable, rank in builder.draws:
            draws.append(variable)
            allowed.append(
                frozenset(range(len(model.alleles)))
                if rank < 0
                else frozenset(
                    {int(family.batch.first[0, rank]), int(family.batch.second[0, rank])}
                )
            )
    log_factor = halvings * math.log(0.5)
    return Urn(
        tuple(tables), tuple(scopes), tuple(sizes), tuple(names), tuple(draws), tuple(allowed),
        log_factor, model.frequencies, model.marker,
    )  # fmt: skip


def _grown(
    allowed: Sequence[frozenset[int]],
    classes: tuple[int, ...],
    common: tuple[frozenset[int], ...],
) -> Iterator[tuple[int, ...]]:
    if len(classes) == len(allowed):
        yield classes
        return
    here = allowed[len(classes)]
    for place, alleles in enumerate(common):
        if both := alleles & here:
            yield from _grown(
                allowed, (*classes, place), (*common[:place], both, *common[place + 1 :])
            )
    yield from _grown(allowed, (*classes, len(common)), (*common, here))


def _log_weight(partition: Sequence[int], theta: float) -> float:
    """Log probability that draws from the urn fall into these classes.

    The next of n draws starts a class with ``(1 - θ) / (1 + (n - 1) θ)`` and joins one of k draws
    with ``k θ / (1 + (n - 1) θ)``.
    """
    sizes: dict[int, int] = {}
    total = 0.0
    for n, place in enumerate(partition):
        k = sizes.get(place, 0)
        weight = k * theta if k else 1 - theta if n else 1.0
        total += math.log(weight / (1 + (n - 1) * theta) if n else weight)
        sizes[place] = k + 1
    return total


def _diagonal(table: Array, scope: Scope) -> Array:
    """The table where variables that stand in its scope more than once have one value."""
    while len(set(scope)) < len(scope):
        again = next(place for place, v in enumerate(scope) if v in scope[:place])
        first = scope.index(scope[again])
        table = np.moveaxis(np.diagonal(table, axis1=first + 1, axis2=again + 1), -1, first + 1)
        scope = scope[:again] + scope[again + 1 :]
    return table
