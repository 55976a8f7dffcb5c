# SPDX-License-Identifier: Apache-2.0
"""Small invented families with every feature of the likelihood, and a slow, plain sum for them.

The plain sum knows nothing of the engine: it goes through the members one after another, draws
founder alleles from the urn in that order, and asks what was read of each genotype by going through
what could have dropped out and in.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from antigone.science.genetics.family_at_marker import OneChildFounders
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile, ReadingRates
from antigone.terms.alleles import AlleleCall

SILENT = "silent"


@dataclass(frozen=True)
class Family:
    """Unconnected pedigrees, their profiles, and everything that a likelihood depends on."""

    components: list[Pedigree]
    profiles: dict[str, Profile]
    models: list[MarkerModel]
    theta: float = 0.0
    inbreeding: list[Mapping[str, float]] = field(default_factory=list)
    convention: OneChildFounders = OneChildFounders.KEPT


def read_probability(call: AlleleCall, rates: ReadingRates, alleles: Sequence[str], p) -> float:
    """What was read of a genotype (one allele, or two): every loss and every drop-in in turn."""
    d, c = rates.dropout, rates.dropin
    genotype = [a for a in alleles if a != SILENT]
    inside = set(genotype)
    hemizygous = len(alleles) == 1
    if call.second is not None and call.first == call.second and not hemizygous:
        return (1 - c) * (inside == {call.first})  # nothing dropped out or in
    if call.second is None and d == 0 and call.first in inside and not hemizygous:
        return 1 - c  # the second may be any allele
    if c == 0 and call.second is not None and not hemizygous:
        return float(sorted(genotype) == sorted([call.first, call.second]))
    read, total = set(call.alleles), 0.0
    for lost in itertools.product([False, True], repeat=len(genotype)):
        chance = float(np.prod([d if gone else 1 - d for gone in lost]))
        seen = {a for a, gone in zip(genotype, lost, strict=True) if not gone}
        foreign = read - seen
        if not seen <= read or foreign & inside:
            continue
        total += chance * (np.prod([c * p[a] for a in foreign]) if foreign else 1 - c)
    left_out = (1 - d) ** (1 if hemizygous else 2)  # the same in every hypothesis
    return total if call.second is None and not hemizygous else total / left_out


def plain_likelihood(family: Family, model: MarkerModel) -> float:
    """Σ over founder alleles drawn from one urn, and over all transmitted ones."""
    typed = {n for n, one in family.profiles.items() if model.marker in one.calls}
    trees = [
        _without_drawn(tree, typed) if family.convention is OneChildFounders.DRAWN else tree
        for tree in family.components
    ]
    people = [
        (tree, i, f)
        for tree, f in zip(trees, family.inbreeding, strict=True)
        for i in tree.parents_first
    ]
    p = dict(zip(model.alleles, model.frequencies.tolist(), strict=True))
    theta = family.theta

    def draw(drawn: tuple[str, ...], allele: str) -> float:
        count = drawn.count(allele)
        return (count * theta + (1 - theta) * p[allele]) / (1 + (len(drawn) - 1) * theta)

    def gametes(parent: str | None, side: int, drawn, genotypes) -> Iterator:
        matrix = (model.mutation_male, model.mutation_female)[side]
        for place, allele in enumerate(model.alleles):
            if parent is None:
                yield allele, draw(drawn, allele), (*drawn, allele)
                continue
            own = genotypes[parent]
            chances = [
                float(a == allele) if matrix is None else matrix[model.index[a], place] for a in own
            ]
            yield allele, sum(chances) / len(own), drawn

    def pairs(tree: Pedigree, i: int, f: float, drawn, genotypes) -> Iterator:
        father, mother = tree.fathers[i], tree.mothers[i]
        for b, weight_b, after_b in gametes(mother, 1, drawn, genotypes):
            if model.on_x and tree.sexes[i] == "male":
                yield (b,), weight_b, after_b
                continue
            if father is None and mother is None and f > 0:
                yield (b, b), f * weight_b, after_b
            for a, weight_a, after_a in gametes(father, 0, after_b, genotypes):
                outbred = (1 - f) if father is None and mother is None else 1.0
                yield (a, b), outbred * weight_b * weight_a, after_a

    def rest(k: int, drawn: tuple[str, ...], genotypes: Mapping[str, tuple[str, ...]]) -> float:
        if k == len(people):
            return 1.0
        tree, i, coefficients = people[k]
        name = tree.members[i]
        call = family.profiles[name].calls.get(model.marker) if name in typed else None
        total = 0.0
        for genotype, weight, after in pairs(tree, i, coefficients.get(name, 0), drawn, genotypes):
            if call is not None and weight > 0:
                rates = family.profiles[name].rates(model.marker)
                weight *= read_probability(call, rates, genotype, p)
            if weight > 0:
                total += weight * rest(k + 1, after, {**genotypes, name: genotype})
        return total

    return rest(0, (), {})


def _without_drawn(tree: Pedigree, typed: set[str]) -> Pedigree:
    fathers, mothers = list(tree.fathers), list(tree.mothers)
    while True:
        parents = fathers + mothers
        gone = [
            m
            for m, f, o in zip(tree.members, fathers, mothers, strict=True)
            if f is None and o is None and m not in typed and parents.count(m) == 1
        ]
        if not gone:
            return Pedigree(tree.members, tuple(fathers), tuple(mothers), tree.sexes)
        fathers = [None if f in gone else f for f in fathers]
        mothers = [None if m in gone else m for m in mothers]


def plain_linked_likelihood(family: Family, recombination: float) -> float:
    """Σ over the two haplotypes of every member; family.models are the two markers."""
    one, other = family.models
    haplotypes = list(itertools.product(range(len(one.alleles)), range(len(other.alleles))))
    (tree,) = family.components
    if family.convention is OneChildFounders.DRAWN:
        tree = _without_drawn(tree, {m for m, one in family.profiles.items() if one.calls})
    order = tree.parents_first

    def step(model: MarkerModel, side: int, source: int, target: int) -> float:
        matrix = (model.mutation_male, model.mutation_female)[side]
        return float(source == target) if matrix is None else float(matrix[source, target])

    def gamete(parent: str | None, side: int, target, state) -> float:
        if parent is None:
            return float(one.frequencies[target[0]] * other.frequencies[target[1]])
        own, total = state[parent], 0.0
        for s, t in itertools.product(range(len(own)), repeat=2):
            chance = 0.5 * (1 - recombination if s == t else recombination) if len(own) == 2 else 1
            total += (
                chance
                * step(one, side, own[s][0], target[0])
                * step(other, side, own[t][1], target[1])
            )
        return total

    def weight_of(name: str, pair) -> float:
        found, total = family.profiles.get(name), 1.0
        for place, model in enumerate(family.models):
            if found is not None and model.marker in found.calls:
                p = dict(zip(model.alleles, model.frequencies.tolist(), strict=True))
                alleles = tuple(model.alleles[h[place]] for h in pair)
                call, rates = found.calls[model.marker], found.rates(model.marker)
                total *= read_probability(call, rates, alleles, p)
        return total

    def rest(k: int, state) -> float:
        if k == len(order):
            return 1.0
        i, total = order[k], 0.0
        name = tree.members[i]
        hemizygous = one.on_x and tree.sexes[i] == "male"
        for pair in itertools.product(haplotypes, repeat=1 if hemizygous else 2):
            weight = weight_of(name, pair)
            if weight > 0:
                weight *= gamete(tree.mothers[i], 1, pair[-1], state)
                if not hemizygous:
                    weight *= gamete(tree.fathers[i], 0, pair[0], state)
            if weight > 0:
                total += weight * rest(k + 1, {**state, name: pair})
        return total

    return rest(0, {})


def random_model(
    rng: np.random.Generator, name: str, *, on_x: bool, largest: int = 4
) -> MarkerModel:
    """Two to four alleles, one perhaps silent; mutation of some kind by sex, or none."""
    n = int(rng.integers(2, largest + 1))
    silent = SILENT if n > 2 and rng.random() < 0.4 else None
    alleles = tuple(str(9 + i) for i in range(n - (silent is not None)))
    alleles += (SILENT,) * (silent is not None)
    p = rng.dirichlet(np.full(n, 2.0)) * 0.9 + 0.1 / n
    visible = n - (silent is not None)
    matrices = []
    kind = rng.choice(["none", "any", "equal"])
    for _ in range(2):
        m = np.eye(n)
        rate = rng.uniform(0.01, 0.3)
        if kind == "any":
            m[:visible, :visible] *= 1 - rate
            m[:visible, :visible] += rate * rng.dirichlet(np.ones(visible), size=visible)
        elif kind == "equal":
            m[:visible, :visible] = rate / visible
            m[:visible, :visible] += (1 - rate) * np.eye(visible)
        matrices.append(None if kind == "none" or rng.random() < 0.2 else m)
    female, male = matrices
    return MarkerModel(name, alleles, p, female, male, lumpable=False, silent=silent, on_x=on_x)


def random_profile(
    rng: np.random.Generator, name: str, sex: str, models: Sequence[MarkerModel], *, noisy: bool
) -> Profile:
    """Calls at most markers, partial ones among them, with rates of some kind.

    Only a noisy one has drop-in, so that the plain sum has an end.
    """
    calls = {}
    for model in models:
        visible = [a for a in model.alleles if a != SILENT]
        first, second = rng.choice(visible, size=2)
        if model.on_x and sex == "male":
            calls[model.marker] = AlleleCall(str(first), str(first))
        elif rng.random() < 0.2:
            calls[model.marker] = AlleleCall(str(first), None)
        else:
            calls[model.marker] = AlleleCall(str(first), str(second))
    dropout = float(rng.choice([0.0, 0.15]))
    if not noisy:
        return Profile(name, calls, dropout)
    own = {models[0].marker: ReadingRates(0.3, 0.1)} if rng.random() < 0.3 else {}
    return Profile(name, calls, dropout, 0.05, own)


def random_tree(rng: np.random.Generator, names: str) -> Pedigree:
    """Any shape: loops, one-parent families, half-siblings."""
    sexes = [str(rng.choice(["male", "female"])) for _ in names]
    fathers, mothers = [], []
    for i in range(len(names)):
        for parents, sex in ((fathers, "male"), (mothers, "female")):
            known = [names[k] for k in range(i) if sexes[k] == sex]
            parents.append(str(rng.choice(known)) if known and rng.random() < 0.65 else None)
    return Pedigree(tuple(names), tuple(fathers), tuple(mothers), tuple(sexes))


def random_family(seed: int, *, linked: bool = False) -> Family:
    """One invented family; the features are on or off by chance."""
    rng = np.random.default_rng(seed)
    on_x = bool(rng.random() < 0.4)
    size = int(rng.integers(2, 5 if linked else 6))
    names, largest = (("M1", "M2"), 2) if linked else (("M1",), 4 if size < 4 else 3)
    models = [random_model(rng, name, on_x=on_x, largest=largest) for name in names]
    components = [random_tree(rng, "ABCDE"[:size])]
    if not linked and rng.random() < 0.3:
        components.append(random_tree(rng, "X"))
    profiles, inbreeding = {}, []
    blank, noisy = 0, rng.random() < 0.5
    for tree in components:
        coefficients = {}
        for i, name in enumerate(tree.members):
            blank += (untyped := bool(rng.random() < 0.5 and blank < 2))
            if not untyped:
                sex = str(tree.sexes[i])
                profiles[name] = random_profile(rng, name, sex, models, noisy=noisy)
                noisy = False
            founder = tree.fathers[i] is None and tree.mothers[i] is None
            if founder and not linked and rng.random() < 0.2:
                coefficients[name] = float(rng.choice([0.1, 0.5, 1.0]))
        inbreeding.append(coefficients)
    theta = 0.0 if linked or rng.random() < 0.5 else float(rng.choice([0.01, 0.03, 0.3]))
    convention = OneChildFounders(str(rng.choice(["kept", "drawn"])))
    return Family(components, profiles, models, theta, inbreeding, convention)
