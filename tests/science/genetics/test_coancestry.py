# SPDX-License-Identifier: Apache-2.0
"""F_ST above 0: against the urn drawn out allele by allele, formulas by hand, and the limit."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from antigone.science.genetics import coancestry, comparison
from antigone.science.genetics.coancestry import coancestry_log_likelihoods
from antigone.science.genetics.comparison import (
    hypothesis_log_likelihoods,
    placement_log_ratios_at,
)
from antigone.science.genetics.family import FamilyProblem, NotASlot
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.mutation import mutation_matrix
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.tables import slot_log_ratios
from antigone.terms.alleles import AlleleCall

ALLELES = ("9", "10", "11")
P = np.array([0.2, 0.5, 0.3])


def marker(mutation: str) -> MarkerModel:
    if mutation == "none":
        return MarkerModel("L1", ALLELES, P, None, None, lumpable=True)
    female, male = (
        mutation_matrix(mutation, ALLELES, P, rate=rate, rate2=0, step_range=0.1)
        for rate in (0.01, 0.03)
    )
    return MarkerModel("L1", ALLELES, P, female, male, lumpable=mutation != "stepwise")


def profile(name: str, genotype: str, dropout: float = 0.0) -> Profile:
    first, second = genotype.split("/")
    return Profile(name, {"L1": AlleleCall(first, None if second == "-" else second)}, dropout)


def pedigree(text: str) -> Pedigree:
    """``"f m c:f,m"``: members, children with father and mother."""
    parts = [part.partition(":") for part in text.split()]
    parents = {name: tuple(both.split(",")) for name, _, both in parts if both}
    names = tuple(name for name, _, _ in parts)
    return Pedigree(
        names,
        tuple(parents[n][0] if n in parents else None for n in names),
        tuple(parents[n][1] if n in parents else None for n in names),
        (None,) * len(names),
    )


def by_the_urn(
    components: Sequence[Pedigree],
    profiles: Mapping[str, Profile],
    model: MarkerModel,
    theta: float,
) -> float:
    """Sum over all founder alleles drawn in sequence, and all transmitted ones."""
    people = [(tree, place) for tree in components for place in tree.parents_first]
    n = len(ALLELES)
    matrices = [
        np.eye(n) if matrix is None else matrix
        for matrix in (model.mutation_male, model.mutation_female)
    ]

    def draw(seen: tuple[int, ...], allele: int) -> float:
        count = seen.count(allele)
        return (count * theta + (1 - theta) * P[allele]) / (1 + (len(seen) - 1) * theta)

    def call_fits(name: str, a: int, b: int) -> float:
        if name not in profiles:
            return 1.0
        call = profiles[name].calls["L1"]
        read = sorted([ALLELES[a], ALLELES[b]])
        if call.second is None:
            return float(call.first in read)
        return float(read == sorted([call.first, call.second]))

    def rest(k: int, seen: tuple[int, ...], genotypes: dict[str, tuple[int, int]]) -> float:
        if k == len(people):
            return 1.0
        tree, place = people[k]
        name, parents = tree.members[place], (tree.fathers[place], tree.mothers[place])
        total = 0.0
        for a, b in itertools.product(range(n), repeat=2):
            weight, drawn = call_fits(name, a, b), seen
            for side, (allele, parent) in enumerate(zip((a, b), parents, strict=True)):
                if weight == 0:
                    break
                if parent is None:
                    weight *= draw(drawn, allele)
                    drawn = (*drawn, allele)
                else:
                    weight *= sum(matrices[side][x, allele] for x in genotypes[parent]) / 2
            if weight > 0:
                total += weight * rest(k + 1, drawn, {**genotypes, name: (a, b)})
        return total

    return rest(0, (), {})


CASES = [
    (["a", "b"], {"a": "9/10", "b": "9/9"}),
    (["f m c:f,m"], {"f": "9/10", "c": "9/11"}),
    (["f m c:f,m d:f,m"], {"c": "9/10", "d": "9/-"}),
    (["f m c:f,m", "x"], {"f": "9/9", "c": "9/10", "x": "11/10"}),
    (["f m c:f,m d:f,m e:c,d"], {"f": "10/10", "e": "9/9"}),
]


@pytest.mark.parametrize("mutation", ["none", "equal", "stepwise"])
@pytest.mark.parametrize("theta", [0.001, 0.03, 0.5])
@pytest.mark.parametrize(("trees", "genotypes"), CASES)
def test_against_the_urn(
    trees: list[str], genotypes: dict[str, str], theta: float, mutation: str
) -> None:
    components = [pedigree(text) for text in trees]
    profiles = {name: profile(name, genotype) for name, genotype in genotypes.items()}
    model = marker(mutation)
    (found,) = coancestry_log_likelihoods(
        components, profiles, [model], theta=theta, founder_inbreeding=[{}] * len(components)
    )
    assert math.exp(found) == pytest.approx(
        by_the_urn(components, profiles, model, theta), rel=1e-11
    )


def alone(genotypes: Sequence[str], theta: float, **more: Any) -> float:
    components = [pedigree(f"p{k}") for k in range(len(genotypes))]
    profiles = {f"p{k}": profile(f"p{k}", one) for k, one in enumerate(genotypes)}
    (found,) = coancestry_log_likelihoods(
        components, profiles, [marker("none")], theta=theta,
        founder_inbreeding=[{}] * len(components), **more,
    )  # fmt: skip
    return math.exp(found)


def test_match_probabilities_by_hand() -> None:
    """Balding and Nichols (1994): a second person of the same genotype."""
    t, p, q = 0.03, 0.2, 0.5
    scale = (1 + t) * (1 + 2 * t)
    assert alone(["9/10"], t) == pytest.approx(2 * p * q * (1 - t))
    assert alone(["9/9"], t) == pytest.approx(p * (t + (1 - t) * p))
    assert alone(["9/9", "9/9"], t) / alone(["9/9"], t) == pytest.approx(
        (2 * t + (1 - t) * p) * (3 * t + (1 - t) * p) / scale
    )
    assert alone(["9/10", "9/10"], t) / alone(["9/10"], t) == pytest.approx(
        2 * (t + (1 - t) * p) * (t + (1 - t) * q) / scale
    )


def test_tends_to_the_plain_likelihood() -> None:
    components, none = [pedigree("f m c:f,m"), pedigree("x")], [{}, {}]
    profiles = {n: profile(n, g) for n, g in {"f": "9/10", "c": "9/11", "x": "9/9"}.items()}
    models = [marker("none"), marker("equal")]
    plain, exactly, nearly = (
        hypothesis_log_likelihoods(components, profiles, models, none, theta=theta)
        for theta in (0.0, 1e-300, 1e-7)
    )
    assert coancestry_log_likelihoods(
        components, profiles, models, theta=0.0, founder_inbreeding=none
    ) == pytest.approx(plain, abs=1e-13)
    assert nearly == pytest.approx(plain, abs=1e-5)
    assert exactly == pytest.approx(plain, abs=1e-12)


def test_inbred_founders() -> None:
    tree, t = pedigree("p"), 0.02
    (found,) = coancestry_log_likelihoods(
        [tree], {"p": profile("p", "9/9")}, [marker("none")], theta=t,
        founder_inbreeding=[{"p": 0.25}],
    )  # fmt: skip
    assert math.exp(found) == pytest.approx(0.25 * 0.2 + 0.75 * 0.2 * (t + (1 - t) * 0.2))


def test_quadrature_has_the_moments_of_the_beta_distribution() -> None:
    for a, b in [(0.4, 0.6), (0.002, 98.9), (50.0, 3.0), (1.0, 1.0), (0.5, 0.5)]:
        nodes, weights = coancestry._gauss_beta(a, b, 6)
        moment = 1.0
        for k in range(12):  # exact up to degree 11
            assert (weights * nodes**k).sum() == pytest.approx(moment, rel=1e-11), (a, b, k)
            moment *= (a + k) / (a + b + k)


def family(reference: str) -> FamilyProblem:
    tree = Pedigree(("mother", "missing"), (None, None), (None, "mother"), (None, None))
    return FamilyProblem("F1", tree, ("missing",), {"mother": profile("mother", reference)}, {})


def test_ratio_of_a_placement_by_hand() -> None:
    """Mother 9/10, body 9/11, father unknown: the paternal allele 11, or 9 and 11 of a stranger."""
    t, (p9, _, p11) = 0.03, P
    third, fourth = 1 + t, 1 + 2 * t
    match = 0.5 * (1 - t) * p11 / third
    stranger = 2 * (t + (1 - t) * p9) * ((1 - t) * p11) / (third * fourth)
    body = {"missing": profile("body", "9/11")}
    (found,) = placement_log_ratios_at(
        family("9/10"), body, [marker("none")], theta=t, genotyping=0.0
    )
    assert math.exp(found) == pytest.approx(match / stranger)
    (floored,) = placement_log_ratios_at(
        family("9/10"), body, [marker("none")], theta=t, genotyping=0.01
    )
    delta = 1 - 0.99**2
    assert math.exp(floored) == pytest.approx((1 - delta) * match / stranger + delta)


def test_at_0_it_is_the_ratio_of_the_tables() -> None:
    models = [marker("equal")]
    for body in ("9/11", "11/11", "9/-"):
        remains = profile("body", body, dropout=0.1)
        (table,) = slot_log_ratios([family("9/10")], [remains], models, genotyping=0.001)
        found = placement_log_ratios_at(
            family("9/10"), {"missing": remains}, models, theta=0.0, genotyping=0.001
        )
        assert found.sum() == pytest.approx(float(table[0, 0]), abs=1e-12)


def test_refusals() -> None:
    body, models = {"missing": profile("body", "9/11")}, [marker("none")]
    with pytest.raises(coancestry.ThetaOutOfRange):
        alone(["9/9"], 1.0)
    with pytest.raises(NotASlot):
        placement_log_ratios_at(
            family("9/9"), {"mother": body["missing"]}, models, theta=0.01, genotyping=0.0
        )
    tree = family("9/9").pedigree
    typed = FamilyProblem("F1", tree, ("missing",), body, {})
    with pytest.raises(comparison.SlotHasReference):
        placement_log_ratios_at(typed, body, models, theta=0.01, genotyping=0.0)
    alleles = tuple(str(k) for k in range(5, 30))
    p = np.full(25, 1 / 25)
    steps = mutation_matrix("stepwise", alleles, p, rate=0.01, rate2=0, step_range=0.1)
    wide = MarkerModel("L1", alleles, p, steps, steps, lumpable=False)
    with pytest.raises(coancestry.CoancestryTooEntangled, match="L1"):
        coancestry_log_likelihoods(
            [pedigree("a b c d e f:a,b g:a,b h:c,d i:c,d j:f,h k:g,i l:e,j m:e,k")],
            {name: profile(name, "9/9") for name in "lm"}, [wide],
            theta=0.01, founder_inbreeding=[{}],
        )  # fmt: skip
