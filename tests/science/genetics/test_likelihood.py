# SPDX-License-Identifier: Apache-2.0
"""Likelihoods by hand, and against the sum over every genotype."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.science.genetics.calls import AlleleNotInModel
from antigone.science.genetics.comparison import hypothesis_log_likelihoods
from antigone.science.genetics.family_at_marker import InbreedingOfNonFounder, NotInPedigree
from antigone.science.genetics.likelihood import (
    PedigreeTooEntangled,
    impossible_calls,
    log_likelihoods,
)
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from tests.science.genetics.every_genotype import (
    FREQUENCIES,
    MODELS,
    families,
    marker,
    plain_likelihood,
    profile,
    profiles,
    stepwise,
    tree,
)

P, Q, R = FREQUENCIES
PLAIN = marker(FREQUENCIES)
TRIO = tree("F: M: C:F,M")


def likelihood(pedigree: Pedigree, model: MarkerModel = PLAIN, **calls: str) -> float:
    return float(np.exp(log_likelihoods(pedigree, profiles(**calls), [model])[0]))


def test_hardy_weinberg() -> None:
    assert likelihood(TRIO, F="5/6") == pytest.approx(2 * P * Q)
    assert likelihood(TRIO, F="7/7") == pytest.approx(R * R)
    assert likelihood(TRIO, C="5/6") == pytest.approx(2 * P * Q)
    assert likelihood(TRIO, F="5/-") == pytest.approx(1 - (1 - P) ** 2)


def test_paternity_index_of_a_trio_and_a_duo() -> None:
    trio = likelihood(TRIO, F="5/5", M="6/7", C="5/6")
    apart = likelihood(TRIO, F="5/5") * likelihood(TRIO, M="6/7", C="5/6")
    assert trio / apart == pytest.approx(1 / P)
    duo = likelihood(TRIO, F="5/6", C="5/7")
    assert duo / (likelihood(TRIO, F="5/6") * 2 * P * R) == pytest.approx(1 / (4 * P))


def test_one_mutation_step_by_hand() -> None:
    model = marker(FREQUENCIES, female=0.01, male=0.04)
    matrix = stepwise(3, 0.04)
    found = likelihood(TRIO, model, F="5/5", M="7/7", C="6/7")
    from_mother = stepwise(3, 0.01)
    expected = P**2 * R**2 * (matrix[0, 1] * from_mother[2, 2] + matrix[0, 2] * from_mother[2, 1])
    assert found == pytest.approx(expected)


def test_full_siblings_by_hand() -> None:
    siblings = tree("F: M: A:F,M B:F,M")
    found = likelihood(siblings, A="5/6", B="5/6")
    assert found == pytest.approx(2 * P * Q * (1 + P + Q + 2 * P * Q) / 4)


@pytest.mark.parametrize("theta", [0.0, 1e-12])
def test_inbred_founders_with_partial_calls(theta: float) -> None:
    """``F p + (1 - F) (1 - (1 - p)^2)``: 0.1 for F = 1 and p = 0.1, where some say 0.19."""
    rare = marker((0.1, 0.9))
    alone = tree("A:")
    for coefficient, expected in ((1.0, 0.1), (0.25, 0.25 * 0.1 + 0.75 * 0.19), (0.0, 0.19)):
        found = hypothesis_log_likelihoods(
            [alone], profiles(A="5/-"), [rare], [{"A": coefficient}], theta=theta
        )
        assert np.exp(found[0]) == pytest.approx(expected, rel=1e-9)


def test_dropout_weighs_a_partial_call() -> None:
    one = {"F": profile("F", "5/-", dropout=0.1)}
    found = np.exp(log_likelihoods(TRIO, one, [PLAIN])[0])
    assert found == pytest.approx(P**2 * (1 - 0.01) + 2 * P * (1 - P) * 0.09)


@settings(deadline=None, max_examples=150)
@given(families(), MODELS)
def test_any_pedigree_equals_the_sum_over_every_genotype(family, model: MarkerModel) -> None:
    pedigree, found = family
    expected = plain_likelihood(pedigree, found, model)
    with np.errstate(divide="ignore"):
        logs = log_likelihoods(pedigree, found, [model])
        assert logs[0] == pytest.approx(np.log(expected), rel=1e-11, abs=1e-11)


@settings(deadline=None, max_examples=50)
@given(families(largest=5, untyped=2), MODELS, st.floats(0, 1))
def test_inbred_founders_equal_the_sum_over_every_genotype(
    family, model: MarkerModel, coefficient: float
) -> None:
    pedigree, found = family
    inbreeding = {"A": coefficient}
    expected = plain_likelihood(pedigree, found, model, inbreeding)
    with np.errstate(divide="ignore"):
        logs = log_likelihoods(pedigree, found, [model], founder_inbreeding=inbreeding)
        assert logs[0] == pytest.approx(np.log(expected), rel=1e-11, abs=1e-11)


@settings(deadline=None, max_examples=40)
@given(families(), MODELS, st.randoms(use_true_random=False))
def test_the_order_of_members_and_markers_does_not_matter(
    family, model: MarkerModel, rng: random.Random
) -> None:
    pedigree, found = family
    order = list(range(len(pedigree.members)))
    rng.shuffle(order)
    fields = (pedigree.members, pedigree.fathers, pedigree.mothers, pedigree.sexes)
    shuffled = Pedigree(*(tuple(values[i] for i in order) for values in fields))
    models = [model, PLAIN]
    logs = log_likelihoods(pedigree, found, models)
    assert log_likelihoods(shuffled, found, models[::-1]) == pytest.approx(logs[::-1], rel=1e-12)


@settings(deadline=None, max_examples=60)
@given(families(), st.sampled_from(["equal", "proportional", "none"]))
def test_alleles_nobody_carries_may_be_lumped(family, form: str) -> None:
    pedigree, found = family
    p = np.array([0.3, 0.25, 0.2, 0.15, 0.1])
    off = np.full((5, 5), 0.01) if form == "equal" else np.tile(0.02 * p, (5, 1))
    matrix = off - np.diag(np.diag(off))
    matrix += np.diag(1 - matrix.sum(axis=1))
    used = None if form == "none" else matrix
    logs = [
        log_likelihoods(pedigree, found, [MarkerModel("M1", tuple("56789"), p, used, used, lumps)])
        for lumps in (True, False)
    ]
    assert logs[0] == pytest.approx(logs[1], rel=1e-11, abs=1e-12)


def test_a_loop_of_first_cousins_who_marry() -> None:
    loop = tree("A: B: C:A,B D:A,B E: F: G:C,E H:F,D I:G,H")
    model = marker((0.6, 0.4), female=0.01, male=0.02)
    found = profiles(A="5/6", I="6/6", E="5/5")
    assert np.exp(log_likelihoods(loop, found, [model])[0]) == pytest.approx(
        plain_likelihood(loop, found, model), rel=1e-12
    )


def test_an_untyped_family_and_an_unknown_marker_say_nothing() -> None:
    other = marker(FREQUENCIES, name="M2")
    assert log_likelihoods(TRIO, profiles(F="5/6"), [other]).tolist() == [0.0]
    assert log_likelihoods(TRIO, {}, [PLAIN]).tolist() == [0.0]


def test_impossible_calls_are_minus_infinity_and_named() -> None:
    models = [PLAIN, marker(FREQUENCIES, name="M2"), marker(FREQUENCIES, name="M3")]
    found = {
        "F": profile("F", "5/5", "5/6", "5/6"),
        "M": profile("M", "5/6", "5/6", "6/6"),
        "C": profile("C", "6/6", "5/6", "5/5"),
        "X": profile("X", "7/7", "7/7", "7/7"),
    }
    pedigree = tree("F: M: C:F,M X:")
    assert np.isneginf(log_likelihoods(pedigree, found, models)).tolist() == [True, False, True]
    assert impossible_calls(pedigree, found, models) == {"M1": ("F", "C"), "M3": ("M", "C")}


def test_forty_rare_children_do_not_underflow() -> None:
    rare = marker((0.999999999, 1e-9), female=1e-9, male=1e-9)
    family = tree("F: M: " + " ".join(f"C{i}:F,M" for i in range(40)))
    calls = {f"C{i}": "6/6" for i in range(40)}
    log_likelihood = log_likelihoods(family, profiles(F="5/5", M="5/5", **calls), [rare])[0]
    assert log_likelihood == pytest.approx(80 * np.log(1e-9), rel=1e-6)


def test_a_product_too_small_for_a_float_is_not_taken_for_impossible() -> None:
    tiny = np.array([[1 - 1e-120, 1e-120], [1e-120, 1 - 1e-120]])
    model = MarkerModel("M1", ("5", "6"), np.array([0.5, 0.5]), tiny, tiny, lumpable=False)
    family = tree("F: M: C:F,M D:F,M")
    logs = log_likelihoods(family, profiles(F="5/5", M="5/5", C="6/6", D="6/6"), [model])
    assert logs[0] == pytest.approx(4 * np.log(0.5) + 4 * np.log(1e-120))


def test_refusals_say_who_and_where() -> None:
    with pytest.raises(NotInPedigree, match="Z"):
        log_likelihoods(TRIO, profiles(Z="5/6"), [PLAIN])
    with pytest.raises(AlleleNotInModel, match="99 of marker M1"):
        log_likelihoods(TRIO, profiles(F="5/99"), [PLAIN])
    with pytest.raises(InbreedingOfNonFounder):
        log_likelihoods(TRIO, {}, [PLAIN], founder_inbreeding={"C": 0.1})


def test_a_pedigree_too_entangled_is_refused_before_memory_is_taken() -> None:
    founders = [f"F{i}" for i in range(7)] + [f"M{i}" for i in range(7)]
    children = [f"C{i}{j}:F{i},M{j}" for i in range(7) for j in range(7)]
    pedigree = tree(" ".join([f"{f}:" for f in founders] + children))
    model = marker((0.05,) * 20, female=0.01, male=0.01)
    typed = profiles(**{entry.partition(":")[0]: "5/6" for entry in children})
    with pytest.raises(PedigreeTooEntangled, match="At marker M1 the members C.* the limit is"):
        log_likelihoods(pedigree, typed, [model])
