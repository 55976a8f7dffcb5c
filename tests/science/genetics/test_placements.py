# SPDX-License-Identifier: Apache-2.0
"""Several remains in one family: against likelihoods one by one, and against pair tables."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.science.genetics.family import FamilyProblem, NotASlot
from antigone.science.genetics.likelihood import log_likelihoods
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.placements import NoSuchRemains, RemainsTwice, SlotTwice
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.tables import (
    pair_log_ratios,
    placement_log_ratios,
    slot_log_ratios,
)
from antigone.terms.alleles import AlleleCall
from tests.science.genetics.every_genotype import (
    FREQUENCIES,
    call_weight,
    families,
    marker,
    profile,
    tree,
)

MODELS = [
    marker(FREQUENCIES, female=0.01, male=0.03),
    marker((0.4, 0.3, 0.2, 0.1), name="M2"),
    marker((0.3, 0.25, 0.2, 0.15, 0.1), female=0.02, male=0.02, name="M3"),
]
REMAINS = [
    profile("r0", "5/6", "5/6", "5/9"),
    profile("r1", "7/7", "8/8"),
    profile("r2", "6/-", "6/-", "7/-", dropout=0.1),
    profile("r3", "5/-", "", "5/5"),
    profile("r4"),
]
DOUBTS = {("S", "father"): 0.05, ("B", "mother"): 0.1}


def problem(text: str, slots: str, doubts: dict | None = None, **calls: str) -> FamilyProblem:
    references = {m: profile(m, *found.split()) for m, found in calls.items()}
    return FamilyProblem("fam", tree(text), tuple(slots.split()), references, doubts or {})


PROBLEMS = [
    problem("F: M: S:F,M R:F,M B:F,M", "S R F", DOUBTS, B="5/6 5/6 5/9", M="5/6 5/7 5/8"),
    problem("F: M: S:F,M R:F,M B:F,M", "S R", B="5/6 5/6 5/9"),
    problem("F: M: S:F,M R:,M K:S, B:", "S R K", K="5/- 6/7 5/6", R="5/6"),
    problem("F: M: S:F,M X: Y: R:X,Y B:", "S R", F="5/6 5/6 5/6", X="5/5 6/8 7/8"),
]


def expected(asked: FamilyProblem, placed: dict, wrong: float) -> float:
    """The whole definition, written out: hypotheses, markers, subsets of true calls."""
    odds = {link: rate / (1 - rate) for link, rate in asked.false_links.items()} | {None: 1.0}
    above = below = 0.0
    references = tuple(asked.references.items())
    for link, prior in odds.items():
        pedigree = asked.pedigree if link is None else asked.pedigree.without_link(*link)
        alone = read_twice(pedigree, references)
        ratio = np.zeros(len(MODELS))
        for size in range(len(placed) + 1):
            for part in itertools.combinations(placed.items(), size):
                likelihood = read_twice(pedigree, references + part) / alone
                for _, one in part:
                    likelihood = likelihood / read_twice(tree("X:"), (("X", one),))
                ratio += (1 - wrong) ** size * wrong ** (len(placed) - size) * likelihood
        weight = prior * alone.prod()
        above += weight * ratio.prod()
        below += weight
    return above / below


FOUND: dict = {}


def read_twice(pedigree: Pedigree, profiles: tuple[tuple[str, Profile], ...]) -> np.ndarray:
    """Likelihood per marker where one member may have two profiles, of which both are true."""
    key = (pedigree, tuple((member, one.donor, one.dropout) for member, one in profiles))
    if key not in FOUND:
        members = [member for member, _ in profiles]
        twice = next((m for m in members if members.count(m) > 1), None)
        if twice is None:
            FOUND[key] = np.exp(log_likelihoods(pedigree, dict(profiles), MODELS))
        else:
            pair = [one for member, one in profiles if member == twice]
            others = {member: one for member, one in profiles if member != twice}
            FOUND[key] = np.array([both_true(pedigree, others, twice, pair, m) for m in MODELS])
    return FOUND[key]


def both_true(
    pedigree: Pedigree, others: dict, member: str, pair: list[Profile], model: MarkerModel
) -> float:
    """Sum over the genotypes of a member of P(genotype, others) times what both profiles say."""
    total = 0.0
    for (i, a), (j, b) in itertools.combinations_with_replacement(enumerate(model.alleles), 2):
        weight = call_weight(pair[0], model, (i, j)) * call_weight(pair[1], model, (i, j))
        known = Profile(member, {model.marker: AlleleCall(a, b)}, 0.0)
        logs = log_likelihoods(pedigree, {**others, member: known}, [model])
        total += weight * float(np.exp(logs[0]))
    return total


@pytest.mark.parametrize("asked", PROBLEMS)
@pytest.mark.parametrize("genotyping", [0.0, 0.02])
def test_placements_equal_the_definition(asked: FamilyProblem, genotyping: float) -> None:
    placements = [{}] + [
        dict(zip(slots, chosen, strict=True))
        for size in (1, 2)
        for slots in itertools.combinations(asked.slots, size)
        if len(asked.references.keys() & set(slots)) < 2  # one direct reference at a time
        for chosen in itertools.permutations(range(4), size)
    ]
    found = placement_log_ratios(asked, placements, REMAINS, MODELS, genotyping=genotyping)
    for placement, log_ratio in zip(placements, found, strict=True):
        placed = {slot: REMAINS[i] for slot, i in placement.items()}
        value = expected(asked, placed, 1 - (1 - genotyping) ** 2)
        assert np.exp(log_ratio) == pytest.approx(value, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("asked", PROBLEMS)
@pytest.mark.parametrize("genotyping", [0.0, 0.02])
def test_pair_tables_equal_placements(asked: FamilyProblem, genotyping: float) -> None:
    a, b = asked.slots[:2]
    table = pair_log_ratios(asked, a, b, REMAINS, MODELS, genotyping=genotyping)
    pairs = list(itertools.permutations(range(len(REMAINS)), 2))
    placements = [{a: i, b: j} for i, j in pairs]
    found = placement_log_ratios(asked, placements, REMAINS, MODELS, genotyping=genotyping)
    assert [table[pair] for pair in pairs] == pytest.approx(found, abs=1e-11)
    assert np.isneginf(np.diag(table)).all()
    reverse = pair_log_ratios(asked, b, a, REMAINS, MODELS, genotyping=genotyping)
    assert reverse.T == pytest.approx(table, abs=1e-11)


@pytest.mark.parametrize("asked", PROBLEMS)
def test_single_placements_equal_slot_tables(asked: FamilyProblem) -> None:
    (table,) = slot_log_ratios([asked], REMAINS, MODELS, genotyping=0.02)
    placements = [{slot: i} for slot in asked.slots for i in range(len(REMAINS))]
    found = placement_log_ratios(asked, placements, REMAINS, MODELS, genotyping=0.02)
    assert found == pytest.approx(table.reshape(-1), abs=1e-11)


def test_an_unread_body_leaves_the_single_ratio() -> None:
    table = pair_log_ratios(PROBLEMS[0], "S", "R", REMAINS, MODELS, genotyping=0.02)
    (single,) = slot_log_ratios(PROBLEMS[:1], REMAINS, MODELS, genotyping=0.02)
    assert table[:4, 4] == pytest.approx(single[0, :4], abs=1e-11)
    assert table[4, :4] == pytest.approx(single[1, :4], abs=1e-11)


def test_brothers_are_likelier_together_than_apart() -> None:
    asked = PROBLEMS[1]
    brothers = [profile("r0", "5/6", "5/6", "5/9"), profile("r1", "5/6", "5/6", "5/9")]
    table = pair_log_ratios(asked, "S", "R", brothers, MODELS, genotyping=0.0)
    (single,) = slot_log_ratios([asked], brothers, MODELS, genotyping=0.0)
    assert table[0, 1] != pytest.approx(single[0, 0] + single[1, 1], abs=0.1)


def test_an_impossible_placement_is_minus_infinity() -> None:
    plain = [marker(FREQUENCIES)]
    asked = problem("F: M: S:F,M R:F,M", "S R", F="5/5", M="5/6")
    wrong = [profile("r0", "7/7"), profile("r1", "5/6")]
    found = placement_log_ratios(asked, [{"S": 0, "R": 1}], wrong, plain, genotyping=0.0)
    assert found.tolist() == [-np.inf]
    table = pair_log_ratios(asked, "S", "R", wrong, plain, genotyping=0.0)
    assert np.isneginf(table).all()


def test_refusals() -> None:
    asked = PROBLEMS[1]
    with pytest.raises(NotASlot):
        placement_log_ratios(asked, [{"B": 0}], REMAINS, MODELS, genotyping=0.0)
    with pytest.raises(NoSuchRemains):
        placement_log_ratios(asked, [{"S": 9}], REMAINS, MODELS, genotyping=0.0)
    with pytest.raises(RemainsTwice):
        placement_log_ratios(asked, [{"S": 1, "R": 1}], REMAINS, MODELS, genotyping=0.0)
    with pytest.raises(SlotTwice):
        pair_log_ratios(asked, "S", "S", REMAINS, MODELS, genotyping=0.0)


def test_a_marker_that_no_reference_shares_says_nothing_of_one_body() -> None:
    asked = problem("F: M: S:F,M R:F,M B:F,M", "S R", B="5/6")  # M1 only; M3 mutates
    remains = [profile("r0", "", "", "9/9"), profile("r1", "", "", "9/9")]
    (single,) = slot_log_ratios([asked], remains, MODELS, genotyping=0.0)
    assert single.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    for genotyping in (0.0, 0.02):
        ones = [{"S": 0}, {"R": 1}]
        found = placement_log_ratios(asked, ones, remains, MODELS, genotyping=genotyping)
        assert found == pytest.approx(0.0, abs=1e-15)
        both = placement_log_ratios(
            asked, [{"S": 0, "R": 1}], remains, MODELS, genotyping=genotyping
        )
        assert both[0] > 1  # brothers share a rare genotype
        table = pair_log_ratios(asked, "S", "R", remains, MODELS, genotyping=genotyping)
        assert table[0, 1] == pytest.approx(both[0])


@settings(deadline=None, max_examples=80)
@given(families(largest=8, untyped=8, smallest=4), st.integers(0, 10**6))
def test_any_family_equals_likelihoods_one_by_one(family, seed: int) -> None:
    """Families in parts, whichever way calls cut them: slots, pairs and placements of three."""
    pedigree, found = family
    rng = np.random.default_rng(seed)
    slots = tuple(rng.permutation(pedigree.members)[:3].tolist())
    references = {m: p for m, p in found.items() if m not in slots}
    if not references:
        first = next(m for m in pedigree.members if m not in slots)
        references = {first: profile(first, "5/6")}
    asked = FamilyProblem("fam", pedigree, slots, references, {})
    models, remains = MODELS[:1], [profile("r0", "5/6"), profile("r1", "6/-"), profile("r2", "7/7")]
    apart = log_likelihoods(pedigree, references, models)[0]
    random = [log_likelihoods(tree("X:"), {"X": r}, models)[0] for r in remains]

    def direct(placed: dict) -> float:
        calls = {**references, **{slot: remains[i] for slot, i in placed.items()}}
        together = log_likelihoods(pedigree, calls, models)[0]
        return float(together - apart - sum(random[i] for i in placed.values()))

    order = rng.permutation(3).tolist()
    placements = [dict(zip(slots[:k], order, strict=False)) for k in (1, 2, 3)]
    found = placement_log_ratios(asked, placements, remains, models, genotyping=0.0)
    assert found == pytest.approx([direct(p) for p in placements], abs=1e-10)
    (table,) = slot_log_ratios([asked], remains, models, genotyping=0.0)
    assert table[0, order[0]] == pytest.approx(found[0], abs=1e-10)
    pairs = pair_log_ratios(asked, *slots[:2], remains, models, genotyping=0.0)
    assert pairs[order[0], order[1]] == pytest.approx(found[1], abs=1e-10)


def test_nothing_asked_is_nothing_answered() -> None:
    asked = PROBLEMS[1]
    assert slot_log_ratios([], REMAINS, MODELS, genotyping=0.0) == []
    (none,) = slot_log_ratios([asked], [], MODELS, genotyping=0.0)
    assert none.shape == (2, 0)
    assert placement_log_ratios(asked, [], REMAINS, MODELS, genotyping=0.0).shape == (0,)
    assert placement_log_ratios(asked, [{}], [], MODELS, genotyping=0.0).tolist() == [0.0]
    assert pair_log_ratios(asked, "S", "R", [], MODELS, genotyping=0.0).shape == (0, 0)
    (silent,) = slot_log_ratios([asked], REMAINS, [], genotyping=0.0)
    assert not silent.any()
