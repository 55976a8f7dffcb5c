# SPDX-License-Identifier: Apache-2.0
"""Tables of remains against missing persons: by hand, and against likelihoods one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.science.genetics.calls import RateOutOfRange
from antigone.science.genetics.family import (
    FamilyProblem,
    LinkRateOutOfRange,
    NoSuchLink,
    NotASlot,
)
from antigone.science.genetics.family_at_marker import NotInPedigree
from antigone.science.genetics.hypotheses import ReferencesImpossible, link_hypotheses
from antigone.science.genetics.likelihood import log_likelihoods
from antigone.science.genetics.tables import (
    all_link_posteriors,
    link_posteriors,
    slot_distributions,
    slot_log_ratios,
)
from tests.science.genetics.every_genotype import (
    FREQUENCIES,
    families,
    marker,
    plain_likelihood,
    profile,
    profiles,
    tree,
)

P, Q, R = FREQUENCIES
MODELS = [
    marker(FREQUENCIES, female=0.01, male=0.03),
    marker((0.4, 0.3, 0.2, 0.1), female=0.02, male=0.02, name="M2"),
]
PLAIN = marker(FREQUENCIES)
TRIO = tree("F: M: S:F,M")
REMAINS = [
    profile("r0", "5/6", "5/6"),
    profile("r1", "7/7", "8/8"),
    profile("r2", "6/-", "7/-", dropout=0.1),
    profile("r3", "5/-"),
    profile("r4"),
    profile("r5", "5/6", ""),
]


def family(text: str, slots: str, doubts: dict | None = None, **calls: str) -> FamilyProblem:
    references = {m: profile(m, *both.split()) for m, both in calls.items()}
    return FamilyProblem("fam", tree(text), tuple(slots.split()), references, doubts or {})


def direct(problem, pedigree, placed, models) -> np.ndarray:
    """Log ratio per marker of remains placed on members, by separate likelihoods."""
    together = {**problem.references, **placed}
    apart = log_likelihoods(pedigree, problem.references, models)
    for found in placed.values():
        apart = apart + log_likelihoods(tree("X:"), {"X": found}, models)
    with np.errstate(invalid="ignore"):
        return log_likelihoods(pedigree, together, models) - apart


FAMILIES = [
    family("F: M: S:F,M", "S", F="5/6 5/7", M="6/7 6/8"),
    family("M: F: S:F,M", "S", M="6/7 6/8", F="5/5 5/5"),
    family("F: M: S:F,M B:F,M", "S", B="5/6 7/8"),
    family("S: W: K:S,W L:S,W", "S", W="5/5 5/6", K="5/6 6/7", L="5/7 5/6"),
    family("A: B: P:A,B U:A,B S:P,", "S P", U="5/7 5/8"),
    family("F: M: S:F,M R:F,M", "S R F", M="5/6 7/8"),
    family("F: M: S:F,M", "S", S="5/- 6/7", M="5/6 6/6"),
    family("S:", "S"),
]


def test_paternity_index_by_hand() -> None:
    problem = family("F: M: S:F,M", "S F", M="5/6")
    (found,) = slot_log_ratios([problem], [profile("r", "5/7")], [PLAIN], genotyping=0.0)
    assert np.exp(found) == pytest.approx(np.array([[0.25 / P], [1.0]]))
    child = family("F: M: C:F,M", "F", C="5/5")
    (found,) = slot_log_ratios([child], [profile("r", "5/7")], [PLAIN], genotyping=0.0)
    assert np.exp(found) == pytest.approx(np.array([[1 / (2 * P)]]))


def test_tables_equal_likelihoods_one_by_one() -> None:
    tables = slot_log_ratios(FAMILIES, REMAINS, MODELS, genotyping=0.0)
    for problem, table in zip(FAMILIES[:6], tables, strict=False):
        for slot, row in zip(problem.slots, table, strict=True):
            for remains, found in zip(REMAINS, row, strict=True):
                expected = direct(problem, problem.pedigree, {slot: remains}, MODELS).sum()
                assert found == pytest.approx(expected, abs=1e-11)


def test_a_batch_equals_its_families_alone() -> None:
    together = slot_log_ratios(FAMILIES * 2, REMAINS, MODELS, genotyping=0.01)
    for number, problem in enumerate(FAMILIES * 2):
        (alone,) = slot_log_ratios([problem], REMAINS, MODELS, genotyping=0.01)
        assert together[number] == pytest.approx(alone, abs=1e-12)


def test_the_order_of_markers_and_remains_does_not_matter() -> None:
    first = slot_log_ratios(FAMILIES, REMAINS, MODELS, genotyping=0.01)
    second = slot_log_ratios(FAMILIES, REMAINS[::-1], MODELS[::-1], genotyping=0.01)
    for a, b in zip(first, second, strict=True):
        assert a == pytest.approx(b[:, ::-1], abs=1e-12)


def test_a_stranger_and_an_unread_body_have_ratio_one() -> None:
    tables = slot_log_ratios(FAMILIES, REMAINS, MODELS, genotyping=0.0)
    assert tables[-1] == pytest.approx(0.0, abs=1e-12)
    for table in tables:
        assert table[:, 4].tolist() == [0.0] * len(table)


def test_a_direct_reference_counts_as_a_call_of_the_missing() -> None:
    problem = family("F: M: S:F,M", "S", S="5/6")
    (table,) = slot_log_ratios([problem], REMAINS, [PLAIN], genotyping=0.0)
    expected = [1 / (2 * P * Q), 0.0]
    d = 0.1
    blank_6 = Q * Q * (1 - d * d) + 2 * Q * (1 - Q) * d * (1 - d)
    expected += [d * (1 - d) / blank_6, 1 / (1 - (1 - P) ** 2), 1.0, 1 / (2 * P * Q)]
    assert np.exp(table[0]) == pytest.approx(expected)


def test_ratios_of_all_calls_weigh_to_one() -> None:
    calls = ["5/5", "5/6", "5/7", "6/6", "6/7", "7/7"]
    random = np.array([P * P, 2 * P * Q, 2 * P * R, Q * Q, 2 * Q * R, R * R])
    remains = [profile(text, text) for text in calls]
    for genotyping in (0.0, 0.02):
        for table in slot_log_ratios(FAMILIES, remains, MODELS[:1], genotyping=genotyping):
            assert np.exp(table) @ random == pytest.approx(1.0)


def test_a_genotyping_error_puts_a_floor_under_each_marker() -> None:
    wrong = 1 - 0.99**2
    (plain,) = slot_log_ratios(FAMILIES[:1], REMAINS[:1], MODELS[:1], genotyping=0.0)
    (found,) = slot_log_ratios(FAMILIES[:1], REMAINS[:1], MODELS[:1], genotyping=0.01)
    assert np.exp(found) == pytest.approx((1 - wrong) * np.exp(plain) + wrong)
    excluded = family("F: M: S:F,M", "S", F="5/5", M="5/5")
    (found,) = slot_log_ratios([excluded], [profile("r", "7/7")], [PLAIN], genotyping=0.01)
    assert np.exp(found) == pytest.approx(np.array([[wrong]]))
    (found,) = slot_log_ratios([excluded], [profile("r", "7/7")], [PLAIN], genotyping=0.0)
    assert found.tolist() == [[-math.inf]]


DOUBTS = {("S", "father"): 0.02, ("B", "mother"): 0.01, ("B", "father"): 0.3}


@pytest.mark.parametrize("genotyping", [0.0, 0.01])
def test_false_links_are_mixed_by_their_posterior(genotyping: float) -> None:
    problem = family("F: M: S:F,M B:F,M", "S", DOUBTS, F="5/6 5/7", B="5/7 6/7")
    wrong = 1 - (1 - genotyping) ** 2
    odds = {link: rate / (1 - rate) for link, rate in DOUBTS.items()} | {None: 1.0}
    above, below = np.zeros(len(REMAINS)), 0.0
    weights = {}
    for link, prior in odds.items():
        pedigree = problem.pedigree if link is None else problem.pedigree.without_link(*link)
        weight = prior * np.exp(log_likelihoods(pedigree, problem.references, MODELS).sum())
        weights[link] = weight
        below += weight
        for i, remains in enumerate(REMAINS):
            ratios = np.exp(direct(problem, pedigree, {"S": remains}, MODELS))
            above[i] += weight * np.prod((1 - wrong) * ratios + wrong)
    (found,) = slot_log_ratios([problem], REMAINS, MODELS, genotyping=genotyping)
    assert np.exp(found[0]) == pytest.approx(above / below)
    posteriors = link_posteriors(problem, MODELS)
    assert posteriors.stated == pytest.approx(weights[None] / below)
    for link in DOUBTS:
        assert posteriors.false[link] == pytest.approx(weights[link] / below)


def test_references_that_contradict_the_tree_make_its_link_doubtful() -> None:
    doubts = {("B", "father"): 0.01, ("S", "father"): 0.01}
    problem = family("F: M: S:F,M B:F,M", "S", doubts, F="5/5", B="6/7")
    posteriors = link_posteriors(problem, [PLAIN])
    assert posteriors.false == {("B", "father"): pytest.approx(1.0), ("S", "father"): 0.0}
    assert posteriors.stated == 0.0
    (found,) = slot_log_ratios([problem], [profile("r", "5/6")], [PLAIN], genotyping=0.0)
    alone = family("F: M: S:F,M B:,M", "S", F="5/5", B="6/7")
    assert found == pytest.approx(
        slot_log_ratios([alone], [profile("r", "5/6")], [PLAIN], genotyping=0.0)[0]
    )


@settings(deadline=None, max_examples=60)
@given(families(largest=6, untyped=6), st.booleans())
def test_hypotheses_left_out_change_nothing(problem, mutates: bool) -> None:
    pedigree, references = problem
    doubts = {}
    for child, father, mother in zip(
        pedigree.members, pedigree.fathers, pedigree.mothers, strict=True
    ):
        doubts |= {(child, "father"): 0.1} if father else {}
        doubts |= {(child, "mother"): 0.2} if mother else {}
    model = MODELS[0] if mutates else PLAIN
    slot = pedigree.members[-1]
    asked = FamilyProblem("fam", pedigree, (slot,), references, doubts)
    same = link_hypotheses(asked, [model])[0].links
    for link in same[1:]:
        without = pedigree.without_link(*link)
        for placed in ({}, {slot: profile("r", "5/6")}):
            calls = {**placed, **references}
            logs = log_likelihoods(pedigree, calls, [model])
            assert log_likelihoods(without, calls, [model]) == pytest.approx(logs, abs=1e-12)


def test_prior_weights_of_hypotheses_sum_to_one() -> None:
    problem = family("F: M: S:F,M B:F,M", "S", DOUBTS, B="5/6")
    found = link_hypotheses(problem, MODELS)
    weights = {link: w for h in found for link, w in zip(h.links, h.log_weights, strict=True)}
    assert sum(math.exp(w) for w in weights.values()) == pytest.approx(1.0)
    odds = math.exp(weights["S", "father"] - weights[None])
    assert odds == pytest.approx(0.02 / 0.98)


def test_slot_distribution_by_hand_and_by_every_genotype() -> None:
    (found,) = slot_distributions(family("F: M: S:F,M", "S", F="5/6"), "S", [PLAIN])
    assert found == pytest.approx(np.outer([0.5, 0.5, 0], FREQUENCIES))
    problem = FAMILIES[3]
    (found,) = slot_distributions(problem, "S", MODELS[:1])
    assert found.sum() == pytest.approx(1.0)
    assert found == pytest.approx(found.T)
    total = plain_likelihood(problem.pedigree, problem.references, MODELS[0])
    for i, a in enumerate("567"):
        for j, b in enumerate("567"):
            calls = {**problem.references, "S": profile("S", f"{a}/{b}")}
            one = plain_likelihood(problem.pedigree, calls, MODELS[0]) / (1 if i == j else 2)
            assert found[i, j] == pytest.approx(one / total)


def test_impossible_references_are_refused_by_name() -> None:
    problem = family("F: M: S:F,M B:F,M", "S", F="5/5", B="6/7", M="5/6")
    refused = pytest.raises(ReferencesImpossible, match="fam .* M1 the calls of F, B")
    with refused:
        slot_log_ratios([problem], REMAINS, [PLAIN], genotyping=0.0)
    with refused:
        slot_distributions(problem, "S", [PLAIN])
    with refused:
        link_posteriors(problem, [PLAIN])


def test_problems_refuse_what_is_not_in_the_tree() -> None:
    with pytest.raises(NotInPedigree):
        FamilyProblem("fam", TRIO, ("Z",), {}, {})
    with pytest.raises(NotInPedigree):
        FamilyProblem("fam", TRIO, ("S",), profiles(Z="5/6"), {})
    with pytest.raises(NoSuchLink, match="fam has no link from F to a father"):
        FamilyProblem("fam", TRIO, ("S",), {}, {("F", "father"): 0.1})
    with pytest.raises(LinkRateOutOfRange):
        FamilyProblem("fam", TRIO, ("S",), {}, {("S", "father"): 1.0})
    with pytest.raises(NotASlot):
        slot_distributions(FAMILIES[0], "F", [PLAIN])
    with pytest.raises(RateOutOfRange):
        slot_log_ratios(FAMILIES, REMAINS, MODELS, genotyping=1.0)


def test_link_posteriors_of_many_families_are_those_of_each() -> None:
    doubtful = [
        family("F: M: S:F,M B:F,M", "S", DOUBTS, F="5/6 5/7", B="5/7 6/7"),
        family("F: M: S:F,M B:F,M", "S", DOUBTS, F="5/5 5/5", B="6/6 6/6", M="6/7 6/8"),
        FAMILIES[0],
    ]
    together = all_link_posteriors(doubtful, MODELS)
    for one, found in zip(doubtful, together, strict=True):
        alone = link_posteriors(one, MODELS)
        assert found.stated == pytest.approx(alone.stated)
        assert found.false == pytest.approx(alone.false)
    assert together[1].false["B", "father"] > 0.9 > 0.3 > together[0].false["S", "father"]
    assert together[2].stated == 1.0
