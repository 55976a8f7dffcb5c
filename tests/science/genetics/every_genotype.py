# SPDX-License-Identifier: Apache-2.0
"""Slow, plain likelihoods: every ordered genotype of every member. And random small families."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from hypothesis import strategies as st

from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.terms.alleles import AlleleCall


def tree(text: str) -> Pedigree:
    """A pedigree from ``child:father,mother`` entries; either parent may be left blank."""
    rows = [entry.partition(":") for entry in text.split()]
    parents = [([*row[2].split(","), "", ""])[:2] for row in rows]
    return Pedigree(
        tuple(row[0] for row in rows),
        tuple(pair[0] or None for pair in parents),
        tuple(pair[1] or None for pair in parents),
        (None,) * len(rows),
    )


def stepwise(n: int, rate: float) -> np.ndarray:
    """Mutation by steps, a fifth as likely for each further step; not stationary."""
    steps = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    weights = np.where(steps > 0, 0.2**steps, 0.0)
    return rate * weights / weights.sum(axis=1, keepdims=True) + (1 - rate) * np.eye(n)


def marker(
    frequencies: tuple[float, ...], *, female: float = 0.0, male: float = 0.0, name: str = "M1"
) -> MarkerModel:
    """Alleles ``5``, ``6``, ...; stepwise mutation at these rates."""
    n = len(frequencies)
    return MarkerModel(
        marker=name,
        alleles=tuple(str(5 + i) for i in range(n)),
        frequencies=np.array(frequencies),
        mutation_female=stepwise(n, female) if female else None,
        mutation_male=stepwise(n, male) if male else None,
        lumpable=female == male == 0,
    )


def profile(donor: str, *calls: str, dropout: float = 0.0) -> Profile:
    """Calls at markers M1, M2, ... such as ``5/6`` or ``5/-``; an empty one is not called."""
    found = {}
    for number, text in enumerate(calls, start=1):
        if text:
            first, _, second = text.partition("/")
            found[f"M{number}"] = AlleleCall(first, None if second == "-" else second)
    return Profile(donor, found, dropout)


def profiles(**calls: str) -> dict[str, Profile]:
    """One-marker profiles by member."""
    return {member: profile(member, text) for member, text in calls.items()}


def call_weight(found: Profile | None, model: MarkerModel, pair: tuple[int, int]) -> float:
    """P(call | ordered genotype), written out case by case."""
    call = None if found is None else found.calls.get(model.marker)
    if call is None:
        return 1.0
    alleles = sorted(model.alleles[a] for a in pair)
    if call.second is not None:
        return float(alleles == sorted([call.first, call.second]))
    if call.first not in alleles:
        return 0.0
    d = found.dropout
    if d == 0:
        return 1.0
    return 1 - d**2 if alleles[0] == alleles[1] else d * (1 - d)


def plain_likelihood(
    pedigree: Pedigree,
    found: Mapping[str, Profile],
    model: MarkerModel,
    inbreeding: Mapping[str, float] | None = None,
) -> float:
    """Σ over the ordered genotypes of all members, one member after the other."""
    n = len(model.alleles)
    everything = [(a, b) for a in range(n) for b in range(n)]
    male = np.eye(n) if model.mutation_male is None else model.mutation_male
    female = np.eye(n) if model.mutation_female is None else model.mutation_female
    order = pedigree.parents_first

    def gamete(parent: str | None, allele: int, matrix: np.ndarray, state: dict) -> float:
        if parent is None:
            return float(model.frequencies[allele])
        a, b = state[parent]
        return float(matrix[a, allele] + matrix[b, allele]) / 2

    def genotype(i: int, pair: tuple[int, int], state: dict) -> float:
        member = pedigree.members[i]
        f = (inbreeding or {}).get(member, 0.0)
        p = gamete(pedigree.fathers[i], pair[0], male, state)
        product = p * gamete(pedigree.mothers[i], pair[1], female, state)
        return f * p * (pair[0] == pair[1]) + (1 - f) * product

    def total(depth: int, state: dict) -> float:
        if depth == len(order):
            return 1.0
        i = order[depth]
        member, value = pedigree.members[i], 0.0
        for pair in everything:
            weight = call_weight(found.get(member), model, pair)
            weight *= genotype(i, pair, state) if weight else 0.0
            if weight:
                value += weight * total(depth + 1, {**state, member: pair})
        return value

    return total(0, {})


@st.composite
def families(
    draw: st.DrawFn, largest: int = 6, untyped: int = 3, smallest: int = 1
) -> tuple[Pedigree, dict]:
    """Pedigrees of any shape, loops and one-parent families among them, with some calls."""
    n = draw(st.integers(smallest, largest))
    members = tuple("ABCDEFGH"[:n])
    fathers, mothers = [], []
    for i in range(n):
        father = draw(st.sampled_from([None, *members[:i:2]]))
        mother = draw(st.sampled_from([None, *members[1:i:2]]))
        fathers.append(father)
        mothers.append(mother)
    calls = ["", "5/5", "5/6", "6/7", "7/7", "5/-", "6/-"]
    found, blank = {}, 0
    for member in members:
        text = draw(st.sampled_from(calls))
        if "-" in text or not text:
            blank += 1
        if blank > untyped and ("-" in text or not text):
            text = "5/6"
        if text:
            dropout = draw(st.sampled_from([0.0, 0.1]))
            found[member] = profile(member, text, dropout=dropout)
    return Pedigree(members, tuple(fathers), tuple(mothers), (None,) * n), found


FREQUENCIES = (0.5, 0.3, 0.2)
MODELS = st.sampled_from(
    [
        marker(FREQUENCIES),
        marker(FREQUENCIES, female=0.02, male=0.1),
        marker(FREQUENCIES, male=0.1),
        marker((0.4, 0.3, 0.15, 0.1, 0.05)),
    ]
)
