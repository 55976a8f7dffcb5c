# SPDX-License-Identifier: Apache-2.0
"""What families have in common at a marker: who is whose parent, and who is typed.

Families of one shape are computed together. A shape becomes a graph of factors over *allele
variables*: each untyped member has a paternal and a maternal allele; a member with two called
alleles has one *phase* (which of the two is paternal); each meiosis from an untyped parent has a
*selector* (which of the parent's two alleles is transmitted). Summing alleles out first is the
method of Elston and Stewart, selectors last that of Lander and Green; the planner chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache

from antigone.science.genetics.elimination import Scope

POPULATION = -1  # in place of a parent


class Kind(IntEnum):
    """How much is known of a member's genotype at a marker."""

    UNTYPED = 0
    CALLED = 1  # two alleles
    WEIGHED = 2  # a table of weights over all ordered genotypes
    GIVEN = 3  # two called alleles, taken as given: only what it transmits counts


@dataclass(frozen=True)
class Shape:
    """A pedigree without names, parents before children; hashable.

    Attributes
    ----------
    fathers, mothers : tuple of int
        Places of the parents, or `POPULATION`.
    kinds : tuple of int
        `Kind` of each member.
    inbreeding : tuple of float
        Inbreeding coefficient of each founder; 0 for others.
    keep : tuple of int
        Members whose alleles are not summed over; never of kind CALLED.
    """

    fathers: tuple[int, ...]
    mothers: tuple[int, ...]
    kinds: tuple[int, ...]
    inbreeding: tuple[float, ...]
    keep: tuple[int, ...]

    @cached_property
    def graph(self) -> FactorGraph:
        """Its factors and variables."""
        return _factor_graph(self)

    @cached_property
    def called(self) -> dict[int, int]:
        """Members with two called alleles (also given ones), and their rank among these."""
        places = [i for i, kind in enumerate(self.kinds) if kind in (Kind.CALLED, Kind.GIVEN)]
        return {place: rank for rank, place in enumerate(places)}

    @cached_property
    def weighed(self) -> dict[int, int]:
        """Members with a table of weights, and their rank among these."""
        places = [i for i, kind in enumerate(self.kinds) if kind == Kind.WEIGHED]
        return {place: rank for rank, place in enumerate(places)}


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


@lru_cache(maxsize=65536)
def canonical_shape(
    fathers: tuple[int, ...],
    mothers: tuple[int, ...],
    kinds: tuple[int, ...],
    inbreeding: tuple[float, ...],
    keep: tuple[int, ...],
) -> tuple[Shape, tuple[int, ...]]:
    """The shape of a pedigree, pruned and in an order that does not depend on the order given.

    Members who are neither typed nor kept nor ancestors of such are dropped: they sum to 1.
    Members are told apart by rounds of refinement; pedigrees that these cannot order alike get
    different shapes, which costs time and changes no result.

    Returns
    -------
    shape : Shape
    members : tuple of int
        For each place of the shape, the member's position in the pedigree given.
    """
    relevant = _relevant(fathers, mothers, kinds, keep)
    depth = _depths(fathers, mothers, relevant)
    rank = {i: keep.index(i) if i in keep else -1 for i in relevant}
    traits = {i: (depth[i], kinds[i], inbreeding[i], rank[i]) for i in relevant}
    colour = _refined(fathers, mothers, traits)
    members = tuple(sorted(relevant, key=lambda i: (depth[i], colour[i], i)))
    place = {member: rank for rank, member in enumerate(members)}
    place[POPULATION] = POPULATION
    shape = Shape(
        fathers=tuple(place[fathers[i]] for i in members),
        mothers=tuple(place[mothers[i]] for i in members),
        kinds=tuple(kinds[i] for i in members),
        inbreeding=tuple(inbreeding[i] for i in members),
        keep=tuple(place[i] for i in keep),
    )
    return _shared(shape), members


@lru_cache(maxsize=65536)
def _shared(shape: Shape) -> Shape:
    """One object for equal shapes, so that its graph is built once."""
    return shape


@lru_cache(maxsize=65536)
def components(shape: Shape) -> tuple[tuple[Shape, tuple[int, ...]], ...]:
    """The parts of a shape whose probabilities multiply, each with its members' places.

    A member with two called alleles separates its children from everybody else: whatever its
    parents are, the children see only what it transmits. Each part is a shape in which such
    parents are `GIVEN`.
    """
    n = len(shape.kinds)
    group = list(range(n))

    def root(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    parents = list(zip(shape.fathers, shape.mothers, strict=True))
    for i in range(n):
        for parent in parents[i]:
            if parent != POPULATION and parent not in shape.called:
                group[root(i)] = root(parent)
    parts: dict[int, list[int]] = {}
    for i in range(n):
        parts.setdefault(root(i), []).append(i)
    return tuple(_component(shape, members) for members in parts.values())


def _component(shape: Shape, members: Sequence[int]) -> tuple[Shape, tuple[int, ...]]:
    inside = set(members)
    given = {p for i in members for p in (shape.fathers[i], shape.mothers[i])}
    everybody = sorted(inside | given - {POPULATION})
    place = {member: rank for rank, member in enumerate(everybody)} | {POPULATION: POPULATION}

    def parents(of: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(place[of[i]] if i in inside else POPULATION for i in everybody)

    part, order = canonical_shape(
        parents(shape.fathers),
        parents(shape.mothers),
        tuple(shape.kinds[i] if i in inside else int(Kind.GIVEN) for i in everybody),
        tuple(shape.inbreeding[i] if i in inside else 0.0 for i in everybody),
        tuple(place[i] for i in shape.keep if i in inside),
    )
    return part, tuple(everybody[i] for i in order)


def _relevant(
    fathers: Sequence[int], mothers: Sequence[int], kinds: Sequence[int], keep: Sequence[int]
) -> list[int]:
    """Members who are typed or kept, and their ancestors."""
    waiting = [i for i, kind in enumerate(kinds) if kind != Kind.UNTYPED or i in keep]
    found: set[int] = set()
    while waiting:
        i = waiting.pop()
        if i == POPULATION or i in found:
            continue
        found.add(i)
        waiting += [fathers[i], mothers[i]]
    return sorted(found)


def _depths(
    fathers: Sequence[int], mothers: Sequence[int], relevant: Sequence[int]
) -> dict[int, int]:
    """Length of the longest line of ancestors of each member."""
    depth: dict[int, int] = {POPULATION: -1}

    def depth_of(i: int) -> int:
        if i not in depth:
            depth[i] = 1 + max(depth_of(fathers[i]), depth_of(mothers[i]))
        return depth[i]

    for i in relevant:
        depth_of(i)
    return depth


def _refined(
    fathers: Sequence[int], mothers: Sequence[int], first: Mapping[int, tuple[float, ...]]
) -> dict[int, int]:
    """Ranks that tell members apart by their own traits and, round by round, their relatives'."""
    colour = _ranks(first)
    for _ in range(len(first)):
        children: dict[int, list[tuple[int, int]]] = {i: [] for i in (*first, POPULATION)}
        for i in first:
            children[fathers[i]].append((0, colour[i]))
            children[mothers[i]].append((1, colour[i]))
        around = {
            i: (colour[i], colour.get(fathers[i], -1), colour.get(mothers[i], -1))
            + tuple(x for child in sorted(children[i]) for x in child)
            for i in first
        }
        finer = _ranks(around)
        if len(set(finer.values())) == len(set(colour.values())):
            break
        colour = finer
    return colour


def _ranks(traits: Mapping[int, tuple[float, ...]]) -> dict[int, int]:
    order = {trait: rank for rank, trait in enumerate(sorted(set(traits.values())))}
    return {i: order[trait] for i, trait in traits.items()}


class _GraphBuilder:
    """Collects variables and factors."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.factors: list[Factor] = []
        self.member: list[int] = []
        self.binary: list[bool] = []
        self.halvings = 0
        self.alleles: dict[int, tuple[int, int]] = {}  # untyped member -> its two variables
        self.transmitted: set[int] = set()  # founders whose first meiosis has been seen

    def variable(self, member: int, *, binary: bool) -> int:
        self.member.append(member)
        self.binary.append(binary)
        return len(self.member) - 1

    def factor(self, form: str, facts: Sequence[int | float], *scope: int) -> None:
        self.factors.append(Factor(form, tuple(facts), scope))

    def is_founder(self, i: int) -> bool:
        return self.shape.fathers[i] == POPULATION and self.shape.mothers[i] == POPULATION

    def add_member(self, i: int) -> None:
        kind = self.shape.kinds[i]
        if kind == Kind.CALLED:
            self.add_called(i)
        elif kind != Kind.GIVEN:
            self.add_untyped(i)

    def add_untyped(self, i: int) -> None:
        pair = (self.variable(i, binary=False), self.variable(i, binary=False))
        self.alleles[i] = pair
        if self.is_founder(i):
            self.founder(i, pair)
        else:
            self.inherited(i, pair[0], self.shape.fathers[i], side=0)
            self.inherited(i, pair[1], self.shape.mothers[i], side=1)
        if self.shape.kinds[i] == Kind.WEIGHED:
            self.factor("weights", (self.shape.weighed[i],), *pair)

    def founder(self, i: int, pair: tuple[int, int]) -> None:
        if self.shape.inbreeding[i] > 0:
            self.factor("inbred_founder", (self.shape.inbreeding[i],), *pair)
        else:
            self.factor("population", (), pair[0])
            self.factor("population", (), pair[1])

    def inherited(self, i: int, allele: int, parent: int, *, side: int) -> None:
        """One allele of an untyped member, from one parent."""
        if parent == POPULATION:
            self.factor("population", (), allele)
        elif parent in self.shape.called:
            self.factor("from_called", (self.shape.called[parent], side), allele)
        else:
            for value, source, selector in self.sources(parent):
                scope = (source, allele) if selector is None else (source, allele, selector)
                self.factor("transmission", (side, value), *scope)

    def add_called(self, i: int) -> None:
        """A member with two called alleles: one phase, and a factor for each untyped parent."""
        phase = self.variable(i, binary=True)
        rank = self.shape.called[i]
        known = [POPULATION, POPULATION]
        for side, parent in enumerate((self.shape.fathers[i], self.shape.mothers[i])):
            if parent in self.shape.called:
                known[side] = self.shape.called[parent]
            elif parent != POPULATION:
                known[side] = -2  # drawn from variables
                for value, source, selector in self.sources(parent):
                    scope = (source, phase) if selector is None else (source, phase, selector)
                    self.factor("transmission_to_called", (rank, side, value), *scope)
        if self.is_founder(i) and self.shape.inbreeding[i] > 0:
            self.factor("called_inbred_founder", (rank, self.shape.inbreeding[i]), phase)
        else:
            self.factor("phase", (rank, *known), phase)

    def sources(self, parent: int) -> list[tuple[int, int, int | None]]:
        """Where an untyped parent's gamete comes from: (selector value, allele, selector).

        A founder's two alleles are exchangeable, so the first of its gametes may be said to carry
        its first allele.
        """
        first, second = self.alleles[parent]
        if self.is_founder(parent) and parent not in self.transmitted:
            self.transmitted.add(parent)
            return [(-1, first, None)]
        self.halvings += 1
        selector = self.variable(parent, binary=True)
        return [(0, first, selector), (1, second, selector)]


def _factor_graph(shape: Shape) -> FactorGraph:
    builder = _GraphBuilder(shape)
    for i in range(len(shape.kinds)):
        builder.add_member(i)
    return FactorGraph(
        factors=tuple(builder.factors),
        member=tuple(builder.member),
        binary=tuple(builder.binary),
        keep=tuple(v for i in shape.keep for v in builder.alleles[i]),
        halvings=builder.halvings,
    )
