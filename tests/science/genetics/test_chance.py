# SPDX-License-Identifier: Apache-2.0
"""Chance matches: exact enumeration, importance sampling, and the trawl worked out by hand."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.science.genetics import chance
from antigone.science.genetics.chance import chance_exceedance
from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.tables import slot_distributions, slot_log_ratios
from antigone.terms.alleles import AlleleCall

Array = Any


def model(marker: str, p: Array) -> MarkerModel:
    alleles = tuple(str(8 + k) for k in range(len(p)))
    return MarkerModel(marker, alleles, np.asarray(p), None, None, lumpable=True)


def unrelated(p: Array) -> Array:
    return np.outer(p, p)


def child_of(first: int, second: int, p: Array) -> Array:
    """Child of a typed mother (first/second) and an unknown father: [paternal, maternal]."""
    maternal = np.zeros(len(p))
    maternal[first] += 0.5
    maternal[second] += 0.5
    return np.outer(p, maternal)


def sibling_of(first: int, second: int, p: Array) -> Array:
    """A full sibling of one typed person (first/second)."""
    half = np.zeros((len(p), len(p)))
    for a, b in ((first, second), (second, first)):
        half[a, b] += 0.125  # both alleles shared
        half[a, :] += 0.125 * p / 1.0
        half[:, b] += 0.125 * p
    return half + 0.25 * np.outer(p, p)


def by_enumeration(
    D: list[Array], A: list[Array], models: list[MarkerModel], log_lr: float, genotyping: float
) -> float:
    delta = 1 - (1 - genotyping) ** 2
    markers = []
    for missing, other, one in zip(D, A, models, strict=True):
        p = one.frequencies
        n = len(p)
        genotypes = []
        for a in range(n):
            for b in range(a, n):
                expected = p[a] * p[b] * (1 if a == b else 2)
                here = missing[a, b] + (missing[b, a] if a != b else 0)
                there = other[a, b] + (other[b, a] if a != b else 0)
                ratio = (1 - delta) * here / expected + delta
                genotypes.append((ratio, (1 - delta) * there + delta * expected))
        markers.append(genotypes)
    total = 0.0
    for combination in itertools.product(*markers):
        lr = math.prod(ratio for ratio, _ in combination)
        if lr > 0 and math.log(lr) >= log_lr - 1e-9:
            total += math.prod(weight for _, weight in combination)
    return total


def by_sampling(
    D: list[Array], models: list[MarkerModel], log_lr: float, rng: np.random.Generator, draws: int
) -> tuple[float, float]:
    """P(LR >= lr | unrelated) by drawing under the missing person and weighing by 1/LR."""
    logs = np.zeros(draws)
    for missing, one in zip(D, models, strict=True):
        p = one.frequencies
        ratio = (missing + missing.T) / (2 * np.outer(p, p))
        drawn = rng.choice(ratio.size, size=draws, p=missing.ravel() / missing.sum())
        logs += np.log(ratio.ravel()[drawn])
    weights = np.where(logs >= log_lr, np.exp(-logs), 0)
    return float(weights.mean()), float(weights.std() / math.sqrt(draws))


def test_the_trawl() -> None:
    """Mother 1/2 and body 1/3 at 15 markers of ten alleles: 0.36^15, for 10^9 pairs about 221."""
    p = np.full(10, 0.1)
    models = [model(f"INVENTED{k}", p) for k in range(15)]
    D, A = [child_of(0, 1, p)] * 15, [unrelated(p)] * 15
    found = chance_exceedance(D, A, models, 15 * math.log(2.5), genotyping=0.0)
    assert found == pytest.approx(0.36**15, rel=1e-9)
    assert 1e9 * found == pytest.approx(221.07, abs=0.01)
    itself = chance_exceedance(D, D, models, 15 * math.log(2.5), genotyping=0.0)
    assert itself == pytest.approx(1)


def test_the_trawl_from_a_pedigree() -> None:
    """The same, with the missing person's distributions computed from the mother's profile."""
    p = np.full(10, 0.1)
    models = [model(f"INVENTED{k}", p) for k in range(15)]
    mother = Profile("mother", {m.marker: AlleleCall("8", "9") for m in models}, 0.0)
    body = Profile("body", {m.marker: AlleleCall("8", "10") for m in models}, 0.0)
    tree = Pedigree(("mother", "missing"), (None, None), (None, "mother"), ("female", None))
    problem = FamilyProblem("F1", tree, ("missing",), {"mother": mother}, {})
    D = slot_distributions(problem, "missing", models)
    (ratios,) = slot_log_ratios([problem], [body], models, genotyping=0.0)
    found = chance_exceedance(D, [unrelated(p)] * 15, models, float(ratios[0, 0]), genotyping=0.0)
    assert math.exp(ratios[0, 0]) == pytest.approx(2.5**15)
    assert 1e9 * found == pytest.approx(221.07, abs=0.01)


def drawn_markers(rng: np.random.Generator, count: int, sizes: list[int]) -> list[MarkerModel]:
    return [
        model(f"INVENTED{k}", rng.dirichlet(np.full(sizes[k % len(sizes)], 1.5)))
        for k in range(count)
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([0.0, 0.0005, 0.02]),
    st.floats(-3, 12),
    st.sampled_from(["unrelated", "sibling", "child"]),
    st.sampled_from([sibling_of, child_of]),
)
def test_never_below_the_exact_value_and_close_to_it(
    seed: int, genotyping: float, log_lr: float, alternative: str, missing_is: Any
) -> None:
    rng = np.random.default_rng(seed)
    models = drawn_markers(rng, 4, [3, 4, 5])
    D = [missing_is(0, 1, m.frequencies) for m in models]
    A = {
        "unrelated": [unrelated(m.frequencies) for m in models],
        "sibling": [sibling_of(0, 1, m.frequencies) for m in models],
        "child": [child_of(0, 1, m.frequencies) for m in models],
    }[alternative]
    exact = by_enumeration(D, A, models, log_lr, genotyping)
    found = chance_exceedance(D, A, models, log_lr, genotyping=genotyping)
    below = by_enumeration(D, A, models, log_lr - 0.01, genotyping)
    assert found >= exact * (1 - 1e-12)
    assert found <= below * (1 + 1e-9)  # as if the threshold were one per cent lower at most


def test_against_importance_sampling() -> None:
    rng = np.random.default_rng(7)
    models = drawn_markers(rng, 22, [8, 12, 16])
    D = [sibling_of(0, 1, m.frequencies) for m in models]
    A = [unrelated(m.frequencies) for m in models]
    for log_lr in (5.0, 10.0, 20.0):
        sampled, error = by_sampling(D, models, log_lr, rng, 400_000)
        found = chance_exceedance(D, A, models, log_lr, genotyping=0.0)
        assert found >= sampled - 4 * error, log_lr
        assert found <= 1.05 * sampled + 4 * error, log_lr


def test_only_typed_markers_count() -> None:
    p = np.full(10, 0.1)
    models = [model(f"INVENTED{k}", p) for k in range(15)]
    D, A = [child_of(0, 1, p)] * 15, [unrelated(p)] * 15
    typed = {f"INVENTED{k}" for k in range(5)}
    found = chance_exceedance(D, A, models, 5 * math.log(2.5), genotyping=0.0, typed=typed)
    assert found == pytest.approx(0.36**5, rel=1e-9)
    assert chance_exceedance(D, A, models, 30.0, genotyping=0.0, typed=typed) == 0
    assert chance_exceedance(D, A, models, 0.1, genotyping=0.0, typed=()) == 0
    assert chance_exceedance(D, A, models, -0.1, genotyping=0.0, typed=()) == 1


def test_the_far_tail_keeps_its_accuracy() -> None:
    p = np.array([0.001, 0.999])
    models = [model(f"INVENTED{k}", p) for k in range(10)]
    D = [np.array([[1.0, 0.0], [0.0, 0.0]])] * 10
    found = chance_exceedance(D, [unrelated(p)] * 10, models, 130.0, genotyping=0.0)
    assert found == pytest.approx(1e-60, rel=1e-9)


def test_monotone_in_the_threshold() -> None:
    rng = np.random.default_rng(3)
    models = drawn_markers(rng, 10, [6])
    D = [sibling_of(0, 1, m.frequencies) for m in models]
    A = [unrelated(m.frequencies) for m in models]
    found = [chance_exceedance(D, A, models, t, genotyping=0.001) for t in np.linspace(-30, 30, 61)]
    assert found[0] == pytest.approx(1, abs=1e-3)
    assert all(later <= earlier * 1.02 for earlier, later in itertools.pairwise(found))


def test_wrong_distributions_are_refused() -> None:
    p = np.array([0.5, 0.5])
    one = model("INVENTED1", p)
    for wrong in (np.eye(3) / 3, np.full((2, 2), 0.3), np.array([[1.5, -0.5], [0, 0]])):
        with pytest.raises(chance.DistributionNotOne, match="INVENTED1"):
            chance_exceedance([wrong], [unrelated(p)], [one], 1.0, genotyping=0.0)
    with pytest.raises(chance.TypedMarkerUnknown, match="INVENTED2"):
        chance_exceedance(
            [unrelated(p)], [unrelated(p)], [one], 1.0, genotyping=0.0, typed={"INVENTED2"}
        )


def test_the_greatest_possible_ratio_and_one_just_below_need_no_wide_lattice() -> None:
    p = np.array([0.5, 0.3, 0.2 - 1e-7, 1e-7])
    model = MarkerModel("L", ("1", "2", "3", "4"), p, None, None, True)
    missing = np.zeros((4, 4))
    missing[0, 3] = 0.9  # the rare allele: a ratio of millions
    missing[0, 1] = 0.1
    strangers = np.outer(p, p)
    best = np.log(0.9 / (2 * 0.5 * 1e-7))
    for below in (0.0, 1e-9, 1e-7, 1e-5):
        found = chance_exceedance(
            [missing] * 3, [strangers] * 3, [model] * 3, 3 * best - below, genotyping=0.0
        )
        assert found == pytest.approx((2 * 0.5 * 1e-7) ** 3, rel=1e-9)
