# SPDX-License-Identifier: Apache-2.0
"""What families have in common at a marker: who is whose parent, and who is typed.

Families of one shape are computed together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache

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
        Members whose alleles are not summed over; never of kind CALLED, never hemizygous.
    hemizygous : tuple of bool
        Members with one allele, from their mother: men at a marker of the X chromosome. The place
        of their father is `POPULATION`.
    """

    fathers: tuple[int, ...]
    mothers: tuple[int, ...]
    kinds: tuple[int, ...]
    inbreeding: tuple[float, ...]
    keep: tuple[int, ...]
    hemizygous: tuple[bool, ...]

    @property
    def draws(self) -> int:
        """Number of alleles that come from the population and matter."""
        unheard = len(self.givers) + sum(self.hemizygous)
        return (self.fathers + self.mothers).count(POPULATION) - unheard

    @cached_property
    def givers(self) -> frozenset[int]:
        """Untyped founders with one child: of their two alleles only the one passed on matters."""
        parents = self.fathers + self.mothers
        return frozenset(
            i
            for i, kind in enumerate(self.kinds)
            if kind == Kind.UNTYPED
            and self.fathers[i] == self.mothers[i] == POPULATION
            and not self.hemizygous[i]
            and i not in self.keep
            and parents.count(i) == 1
        )

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


@lru_cache(maxsize=65536)
def canonical_shape(
    fathers: tuple[int, ...],
    mothers: tuple[int, ...],
    kinds: tuple[int, ...],
    inbreeding: tuple[float, ...],
    keep: tuple[int, ...],
    hemizygous: tuple[bool, ...] = (),
) -> tuple[Shape, tuple[int, ...]]:
    """The shape of a pedigree, pruned and in an order that does not depend on the order given.

    Members who are neither typed nor kept nor ancestors of such are dropped: they sum to 1.
    Members are told apart by rounds of refinement; pedigrees that these cannot order alike get
    different shapes, which costs time and changes no result. `hemizygous` may be empty for nobody;
    the father of such a member is left out.

    Returns
    -------
    shape : Shape
    members : tuple of int
        For each place of the shape, the member's position in the pedigree given.
    """
    one_allele = hemizygous or (False,) * len(kinds)
    fathers = tuple(POPULATION if h else f for f, h in zip(fathers, one_allele, strict=True))
    named = [i for i, kind in enumerate(kinds) if kind != Kind.UNTYPED or i in keep]
    relevant = sorted(with_ancestors(fathers, mothers, named))
    depth = _depths(fathers, mothers, relevant)
    rank = {i: keep.index(i) if i in keep else -1 for i in relevant}
    traits = {i: (depth[i], kinds[i], inbreeding[i], rank[i], one_allele[i]) for i in relevant}
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
        hemizygous=tuple(one_allele[i] for i in members),
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
        tuple(shape.hemizygous[i] for i in everybody),
    )
    return part, tuple(everybody[i] for i in order)


def with_ancestors(
    fathers: Sequence[int], mothers: Sequence[int], members: Sequence[int]
) -> set[int]:
    """These members and their ancestors."""
    waiting = list(members)
    found: set[int] = set()
    while waiting:
        i = waiting.pop()
        if i == POPULATION or i in found:
            continue
        found.add(i)
        waiting += [fathers[i], mothers[i]]
    return found


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
