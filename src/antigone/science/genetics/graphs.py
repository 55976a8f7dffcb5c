# SPDX-License-Identifier: Apache-2.0
"""A shape as factors over allele variables: what the elimination sums over.

Each untyped member has a paternal and a maternal allele (one, if hemizygous); a member with two
called alleles has one *phase* (which of the two is paternal); each meiosis from an untyped parent
has a *selector* (which of the parent's two alleles is transmitted). Summing alleles out first is
the method of Elston and Stewart, selectors last that of Lander and Green; the planner chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from antigone.science.genetics.elimination import Scope
from antigone.science.genetics.shapes import POPULATION, Kind, Shape

DRAWN_FROM_VARIABLES = -2  # in place of a called parent's rank
NO_ALLELE = -3  # a hemizygous member has none from its father
UNSELECTED = -1  # of a transmission that has no selector


@dataclass(frozen=True)
class Factor:
    """What a factor is, of which members, over which variables.

    `form` is a method of `factors.FactorTables`; `facts` are its arguments.
    """

    form: str
    facts: tuple[int | float, ...]
    scope: Scope


@dataclass(frozen=True)
class FactorGraph:
    """Factors over variables; each variable is a member's, with two values or one for each allele.

    Attributes
    ----------
    factors : tuple of Factor
    member : tuple of int
        Member of each variable.
    binary : tuple of bool
        Whether the variable is a phase or a selector (two values).
    keep : Scope
        Variables that stay: paternal and maternal allele of each kept member, in order.
    halvings : int
        Number of meioses with a free selector: each has the factor 1/2, left out of the tables.
    """

    factors: tuple[Factor, ...]
    member: tuple[int, ...]
    binary: tuple[bool, ...]
    keep: Scope
    halvings: int

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """Scopes of the factors."""
        return tuple(factor.scope for factor in self.factors)

    def sizes(self, n_alleles: int) -> tuple[int, ...]:
        """Number of values of each variable."""
        return tuple(2 if binary else n_alleles for binary in self.binary)


class GraphBuilder:
    """Collects the variables and factors of one shape at one marker, numbered from `first`."""

    def __init__(self, shape: Shape, first: int = 0) -> None:
        self.shape, self.first = shape, first
        self.factors: list[Factor] = []
        self.member: list[int] = []
        self.binary: list[bool] = []
        self.halvings = 0
        self.alleles: dict[int, tuple[int, int]] = {}  # untyped member -> its two variables
        self.phases: dict[int, int] = {}  # called member -> its variable
        self.transmitted: set[int] = set()  # founders whose first meiosis has been seen

    def built(self) -> FactorGraph:
        """The graph of all members."""
        for i in range(len(self.shape.kinds)):
            self.add_member(i)
        return FactorGraph(
            factors=tuple(self.factors),
            member=tuple(self.member),
            binary=tuple(self.binary),
            keep=tuple(v for i in self.shape.keep for v in self.alleles[i]),
            halvings=self.halvings,
        )

    def variable(self, member: int, *, binary: bool) -> int:
        """A new variable."""
        self.member.append(member)
        self.binary.append(binary)
        return self.first + len(self.member) - 1

    def factor(self, form: str, facts: Sequence[int | float], *scope: int) -> None:
        """A new factor."""
        self.factors.append(Factor(form, tuple(facts), scope))

    def is_inbred_founder(self, i: int) -> bool:
        """Whether both alleles of a member are those of a founder with a coefficient above 0."""
        return self.shape.inbreeding[i] > 0 and not self.shape.hemizygous[i] and self.is_founder(i)

    def gives_only(self, i: int) -> bool:
        """Whether one allele of a founder is enough: the one that its only child has."""
        return i in self.shape.givers

    def is_founder(self, i: int) -> bool:
        """Whether a member has no parents here."""
        return self.shape.fathers[i] == POPULATION and self.shape.mothers[i] == POPULATION

    def add_member(self, i: int) -> None:
        """The variables and factors of one member, its parents being there."""
        kind = self.shape.kinds[i]
        if kind == Kind.CALLED:
            self.add_called(i)
        elif kind != Kind.GIVEN:
            self.add_untyped(i)

    def add_untyped(self, i: int) -> None:
        """A member whose alleles are variables."""
        if self.gives_only(i):
            given = self.variable(i, binary=False)
            self.alleles[i] = (given, given)
            self.drawn(i, given)
            return
        maternal = self.variable(i, binary=False)
        if self.shape.hemizygous[i]:
            paternal = maternal
        else:
            paternal = self.variable(i, binary=False)
        self.alleles[i] = (paternal, maternal)
        if self.is_inbred_founder(i):
            self.inbred_founder(i, paternal, maternal)
        else:
            if not self.shape.hemizygous[i]:
                self.inherited(i, paternal, self.shape.fathers[i], side=0)
            self.inherited(i, maternal, self.shape.mothers[i], side=1)
        if self.shape.kinds[i] == Kind.WEIGHED:
            rank = self.shape.weighed[i]
            if self.shape.hemizygous[i]:
                self.factor("hemizygous_weights", (rank,), maternal)
            else:
                self.factor("weights", (rank,), paternal, maternal)

    def inbred_founder(self, i: int, paternal: int, maternal: int) -> None:
        """Both alleles of an inbred founder."""
        self.factor("inbred_founder", (self.shape.inbreeding[i],), paternal, maternal)

    def drawn(self, i: int, allele: int) -> None:
        """An allele that comes from the population."""
        self.factor("population", (), allele)

    def inherited(self, i: int, allele: int, parent: int, *, side: int) -> None:
        """One allele of an untyped member, from one parent."""
        if parent == POPULATION:
            self.drawn(i, allele)
        elif parent in self.shape.called:
            self.from_called(i, allele, parent, side=side)
        else:
            for value, source, selector in self.sources(parent, i, side):
                scope = (source, allele) if selector is None else (source, allele, selector)
                self.factor("transmission", (side, value), *scope)

    def from_called(self, i: int, allele: int, parent: int, *, side: int) -> None:
        """One allele of an untyped member, from a called parent: either of the two."""
        self.factor("from_called", (self.shape.called[parent], side), allele)

    def add_called(self, i: int) -> None:
        """A member with two called alleles: one phase, and a factor for each untyped parent."""
        phase = self.phases[i] = self.variable(i, binary=True)
        if self.is_inbred_founder(i):
            self.called_inbred_founder(i, phase)
            return
        known = [
            self.known_source(i, phase, parent, side=side)
            for side, parent in enumerate((self.shape.fathers[i], self.shape.mothers[i]))
        ]
        self.factor("phase", (self.shape.called[i], *known), phase)

    def known_source(self, i: int, phase: int, parent: int, *, side: int) -> int:
        """What the factor of a called member's phase has to know of the allele on one side."""
        if side == 0 and self.shape.hemizygous[i]:
            return NO_ALLELE
        if parent == POPULATION:
            return self.population_source(i, phase, side)
        if parent in self.shape.called:
            return self.called_source(i, phase, parent, side)
        for value, source, selector in self.sources(parent, i, side):
            scope = (source, phase) if selector is None else (source, phase, selector)
            self.factor("transmission_to_called", (self.shape.called[i], side, value), *scope)
        return DRAWN_FROM_VARIABLES

    def called_inbred_founder(self, i: int, phase: int) -> None:
        """Both alleles of a called inbred founder."""
        facts = (self.shape.called[i], self.shape.inbreeding[i])
        self.factor("called_inbred_founder", facts, phase)

    def population_source(self, i: int, phase: int, side: int) -> int:
        """An allele of a called member that comes from the population."""
        return POPULATION

    def called_source(self, i: int, phase: int, parent: int, side: int) -> int:
        """An allele of a called member that comes from a called parent."""
        return self.shape.called[parent]

    def sources(self, parent: int, child: int, side: int) -> list[tuple[int, int, int | None]]:
        """Where an untyped parent's gamete comes from: (selector value, allele, selector).

        A hemizygous parent has one allele. A founder's two alleles are exchangeable, so the first
        of its gametes may be said to carry its first allele.
        """
        first, second = self.alleles[parent]
        if self.shape.hemizygous[parent]:
            return [(UNSELECTED, first, None)]
        if self.is_founder(parent) and parent not in self.transmitted:
            self.transmitted.add(parent)
            return [(UNSELECTED, first, None)]
        self.halvings += 1
        selector = self.variable(parent, binary=True)
        return [(0, first, selector), (1, second, selector)]


@lru_cache(maxsize=65536)
def factor_graph(shape: Shape) -> FactorGraph:
    """The factors and variables of a shape."""
    return GraphBuilder(shape).built()
