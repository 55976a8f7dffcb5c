# SPDX-License-Identifier: Apache-2.0
"""500 invented families with every feature: the engine equals the plain sum; and properties."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.science.genetics import coancestry
from antigone.science.genetics.comparison import (
    contradictions,
    hypothesis_log_likelihoods,
    locus_log_likelihoods,
)
from antigone.science.genetics.family_at_marker import OneChildFounders
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import ReadingRates
from tests.science.genetics.every_feature import (
    Family,
    plain_likelihood,
    plain_linked_likelihood,
    random_family,
)

ALONE, LINKED = 400, 100
RELATIVE = 1e-11
SEEDS = st.integers(0, 10**6)


def engine(family: Family, linkage: dict[tuple[str, str], float] | None = None) -> dict[str, float]:
    return locus_log_likelihoods(
        family.components,
        family.profiles,
        family.models,
        family.inbreeding,
        theta=family.theta,
        one_child_founders=family.convention,
        linkage=linkage or {},
    )


def log(likelihood: float) -> float:
    return math.log(likelihood) if likelihood > 0 else -math.inf


def close(found: float, expected: float) -> bool:
    return found == expected or abs(found - expected) < RELATIVE


def test_one_marker_with_every_feature() -> None:
    possible = 0
    for seed in range(ALONE):
        family = random_family(seed)
        expected = log(plain_likelihood(family, family.models[0]))
        found = engine(family)["M1"]
        assert close(found, expected), (seed, found, expected)
        possible += expected > -math.inf
    assert possible > ALONE / 2


def test_two_linked_markers_with_every_feature() -> None:
    possible = 0
    for seed in range(LINKED):
        family = random_family(seed, linked=True)
        recombination = float(np.random.default_rng(seed).choice([0.0, 0.01, 0.2, 0.5]))
        expected = log(plain_linked_likelihood(family, recombination))
        found = engine(family, {("M1", "M2"): recombination})["M1+M2"]
        assert close(found, expected), (seed, found, expected)
        possible += expected > -math.inf
    assert possible > LINKED / 2


def test_the_two_sums_of_coancestry_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    families = [dataclasses.replace(random_family(seed), theta=0.05) for seed in range(60)]
    small = [one for one in families if founder_places(one) <= 6]
    assert len(small) > 20
    by_points = [engine(one) for one in small]
    monkeypatch.setattr(coancestry, "CHEAP_CUBATURE", 0)
    for one, expected in zip(small, by_points, strict=True):
        assert engine(one) == pytest.approx(expected, rel=0, abs=1e-10)


def founder_places(family: Family) -> int:
    return sum((tree.fathers + tree.mothers).count(None) for tree in family.components)


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(seed, shuffler) -> None:
    family = random_family(seed)
    expected = engine(family)
    letters = [m for tree in family.components for m in tree.members]
    new = dict(
        zip(letters, shuffler.sample([f"p{k}" for k in range(99)], len(letters)), strict=True)
    )
    components = []
    for tree in family.components:
        order = shuffler.sample(range(len(tree.members)), len(tree.members))
        components.append(
            Pedigree(
                tuple(new[tree.members[i]] for i in order),
                tuple(new.get(str(tree.fathers[i])) for i in order),
                tuple(new.get(str(tree.mothers[i])) for i in order),
                tuple(tree.sexes[i] for i in order),
            )
        )
    renamed = dataclasses.replace(
        family,
        components=components[::-1],
        profiles={new[m]: one for m, one in family.profiles.items()},
        inbreeding=[{new[m]: f for m, f in some.items()} for some in family.inbreeding[::-1]],
    )
    assert engine(renamed) == pytest.approx(expected, rel=0, abs=1e-10)


@settings(deadline=None, max_examples=40)
@given(SEEDS)
def test_the_order_of_markers_does_not_matter(seed: int) -> None:
    family = random_family(seed, linked=True)
    turned = dataclasses.replace(family, models=family.models[::-1])
    assert engine(turned) == pytest.approx(engine(family), rel=0, abs=1e-11)
    linkage = {("M1", "M2"): 0.1}
    (together,), (other) = engine(family, linkage).values(), engine(turned, linkage)
    assert list(other.values()) == pytest.approx([together], rel=0, abs=1e-11)


@settings(deadline=None, max_examples=40)
@given(SEEDS)
def test_markers_half_a_recombination_apart_are_independent(seed: int) -> None:
    family = random_family(seed, linked=True)
    (together,) = engine(family, {("M1", "M2"): 0.5}).values()
    assert together == pytest.approx(sum(engine(family).values()), rel=0, abs=1e-10)


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.sampled_from(["male", "female"]))
def test_an_untyped_childless_person_changes_nothing(seed: int, sex: str) -> None:
    family = random_family(seed)
    tree = family.components[0]
    men = [m for m, s in zip(tree.members, tree.sexes, strict=True) if s == "male"]
    women = [m for m, s in zip(tree.members, tree.sexes, strict=True) if s == "female"]
    father, mother = men[0] if men else None, women[-1] if women else None
    if family.convention is OneChildFounders.DRAWN:
        father = mother = None  # who then has another child is no founder with one
    grown = Pedigree(
        (*tree.members, "new"), (*tree.fathers, father), (*tree.mothers, mother), (*tree.sexes, sex)
    )
    more = dataclasses.replace(family, components=[grown, *family.components[1:]])
    assert engine(more) == pytest.approx(engine(family), rel=0, abs=1e-10)


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_a_vanishing_coancestry_is_none(seed: int) -> None:
    family = dataclasses.replace(random_family(seed), theta=0.0)
    small = dataclasses.replace(family, theta=1e-10)
    assert engine(small) == pytest.approx(engine(family), rel=0, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_vanishing_rates_are_none(seed: int) -> None:
    """Mutation, drop-in and silent alleles of almost no probability; dropout stays as it is."""
    family = random_family(seed)
    model = family.models[0]
    plain = dataclasses.replace(model, mutation_female=None, mutation_male=None)
    visible = len(model.alleles) - (model.silent is not None)
    hardly = np.eye(len(model.alleles))
    hardly[:visible, :visible] *= 1 - 1e-13
    hardly[:visible, :visible] += 1e-13 / visible
    almost = dataclasses.replace(model, mutation_female=hardly, mutation_male=hardly)

    def with_dropin(rate: float, used) -> Family:
        profiles = {
            m: dataclasses.replace(
                one, dropin=rate, marker_rates={"M1": ReadingRates(one.rates("M1").dropout, rate)}
            )
            for m, one in family.profiles.items()
        }
        return dataclasses.replace(family, profiles=profiles, models=[used])

    without = engine(with_dropin(0.0, plain))["M1"]
    almost_without = engine(with_dropin(1e-13, almost))["M1"]
    if without > -math.inf:
        assert almost_without == pytest.approx(without, rel=0, abs=1e-6)
    else:
        assert almost_without < math.log(1e-9)


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_the_impossible_has_names(seed: int) -> None:
    family = random_family(seed)
    logs = hypothesis_log_likelihoods(
        family.components,
        family.profiles,
        family.models,
        [{} for _ in family.components],
        theta=family.theta,
        one_child_founders=family.convention,
    )
    assert not np.isnan(logs).any()
    blame = contradictions(family.components, family.profiles, family.models, family.convention)
    assert (logs[0] == -np.inf) == ("M1" in blame)
    for members in blame.values():
        assert 1 <= len(members) <= len(family.profiles)
