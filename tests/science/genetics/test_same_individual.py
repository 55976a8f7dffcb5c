# SPDX-License-Identifier: Apache-2.0
"""One individual against full siblings: by hand, and against pedigree likelihoods."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from antigone.science.genetics.calls import RateOutOfRange
from antigone.science.genetics.likelihood import log_likelihoods
from antigone.science.genetics.same_individual import same_individual_log_ratios
from tests.science.genetics.every_genotype import (
    FREQUENCIES,
    call_weight,
    marker,
    profile,
    tree,
)

P, Q, R = FREQUENCIES
PLAIN = marker(FREQUENCIES)
MUTATING = marker((0.4, 0.3, 0.2, 0.1), female=0.02, male=0.05, name="M2")
SIBLINGS = tree("F: M: A:F,M B:F,M")
REMAINS = [
    profile("r0", "5/6", "5/6"),
    profile("r1", "5/6", "8/8"),
    profile("r2", "6/-", "8/-", dropout=0.1),
    profile("r3", "6/6", "8/-"),
    profile("r4"),
    profile("r5", "", "5/6"),
]


def test_equal_heterozygotes_by_hand() -> None:
    remains = [profile("r0", "5/6"), profile("r1", "5/6")]
    found = same_individual_log_ratios(remains, [PLAIN], genotyping=0.0)
    assert np.exp(found[0, 1]) == pytest.approx(4 / (1 + P + Q + 2 * P * Q))


@pytest.mark.parametrize("wrong_allele", [0.0, 0.01])
def test_every_pair_equals_the_definition(wrong_allele: float) -> None:
    models = [PLAIN, MUTATING]
    found = same_individual_log_ratios(REMAINS, models, genotyping=wrong_allele)
    true = (1 - wrong_allele) ** 4
    for i, j in itertools.permutations(range(len(REMAINS)), 2):
        ratio = 1.0
        for model in models:
            if {model.marker} - REMAINS[i].calls.keys() or {model.marker} - REMAINS[j].calls.keys():
                continue
            n = len(model.alleles)
            one = sum(
                model.frequencies[a]
                * model.frequencies[b]
                * call_weight(REMAINS[i], model, (a, b))
                * call_weight(REMAINS[j], model, (a, b))
                for a in range(n)
                for b in range(n)
            )
            placed = {"A": REMAINS[i], "B": REMAINS[j]}
            siblings = np.exp(log_likelihoods(SIBLINGS, placed, [model])[0])
            chance = 1.0
            for remains in (REMAINS[i], REMAINS[j]):
                chance *= np.exp(log_likelihoods(tree("X:"), {"X": remains}, [model])[0])
            ratio *= (true * one + (1 - true) * chance) / (true * siblings + (1 - true) * chance)
        assert np.exp(found[i, j]) == pytest.approx(ratio, rel=1e-10)


def test_calls_that_differ_exclude_unless_genotyping_errs() -> None:
    remains = [profile("r0", "5/6"), profile("r1", "5/7")]
    plain = same_individual_log_ratios(remains, [PLAIN], genotyping=0.0)
    assert plain.tolist() == [[0.0, -np.inf], [-np.inf, 0.0]]
    floored = same_individual_log_ratios(remains, [PLAIN], genotyping=0.001)
    assert -10 < floored[0, 1] < -3


def test_a_dropped_allele_does_not_exclude() -> None:
    remains = [profile("r0", "5/6"), profile("r1", "5/-", dropout=0.05)]
    found = same_individual_log_ratios(remains, [PLAIN], genotyping=0.0)
    assert np.isfinite(found[0, 1])


def test_a_rate_beyond_its_range_is_refused() -> None:
    with pytest.raises(RateOutOfRange):
        same_individual_log_ratios(REMAINS, [PLAIN], genotyping=-0.1)
