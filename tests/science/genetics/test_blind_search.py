# SPDX-License-Identifier: Apache-2.0
"""Blind search: ratios against pedigree likelihoods, hits against every pair weighed plainly."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.science.genetics.blind_search import (
    BlindSearch,
    SearchNotOfThese,
    ThresholdsNotRising,
)
from antigone.science.genetics.calls import AlleleNotInModel
from antigone.science.genetics.likelihood import log_likelihoods
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.search_tables import (
    RELATIONSHIPS,
    CodedProfiles,
    coded_profiles,
    log_ratio_tables,
)
from antigone.terms.alleles import AlleleCall
from tests.science.genetics.every_genotype import marker, profile, tree

PLAIN = marker((0.5, 0.3, 0.2))
MUTATING = marker((0.4, 0.3, 0.2, 0.1), female=0.02, male=0.05, name="M2")
MODELS = [PLAIN, MUTATING]
ONE = [
    profile("r0", "5/6", "5/6"),
    profile("r1", "5/5", "8/8"),
    profile("r2", "6/-", "8/-", dropout=0.1),
    profile("r3", "6/6", "8/-"),
    profile("r4", "", "5/7"),
]
OTHER = [profile("p0", "5/6", "6/7"), profile("p1", "7/7"), profile("p2", "5/-", "5/8")]
TREES = {
    "parent_child": ["A: M: B:A,M", "A: F: B:F,A", "B: M: A:B,M", "B: F: A:F,B"],
    "full_siblings": ["F: M: A:F,M B:F,M"],
    "half_siblings": ["F: M: N: A:F,M B:F,N", "F: G: M: A:F,M B:G,M"],
}


def run(search: BlindSearch, threads: int = 1) -> BlindSearch:
    search.run(threads=threads, progress=lambda share: True)
    assert search.finished
    return search


def plain(one: Profile, other: Profile, model: MarkerModel, relationship: str) -> float:
    """The ratio by elimination of the whole pedigree, the mean over its readings."""
    if not {model.marker} <= one.calls.keys() & other.calls.keys():
        return 1.0
    profiles = {"A": one, "B": other}
    alone = sum(log_likelihoods(tree(f"{x}:"), {x: profiles[x]}, [model])[0] for x in "AB")
    found = [
        np.exp(log_likelihoods(tree(text), profiles, [model])[0] - alone)
        for text in TREES[relationship]
    ]
    return float(np.mean(found))


@pytest.mark.parametrize("relationship", list(TREES))
def test_every_ratio_is_that_of_the_pedigrees(relationship: str) -> None:
    left, right = coded_profiles(ONE, MODELS), coded_profiles(OTHER, MODELS)
    tables = log_ratio_tables(left, right, genotyping=0.0)
    which = RELATIONSHIPS.index(relationship)
    for (i, one), (j, other) in itertools.product(enumerate(ONE), enumerate(OTHER)):
        for m, model in enumerate(MODELS):
            found = np.exp(tables[m][left.codes[m, i], right.codes[m, j], which])
            assert found == pytest.approx(plain(one, other, model, relationship), rel=1e-12)


def test_one_individual_by_hand() -> None:
    """Equal heterozygotes: 1 / (2 p q); a heterozygote beside a partial call with dropout d."""
    p, q = 0.5, 0.3
    left = coded_profiles([profile("a", "5/6"), profile("b", "5/7")], [PLAIN])
    right = coded_profiles([profile("c", "5/6"), profile("d", "5/-", dropout=0.1)], [PLAIN])
    (table,) = log_ratio_tables(left, right, genotyping=0.0)
    same = table[left.codes[0][:, None], right.codes[0], 3]
    partial = p * p * (1 - 0.1**2) + 2 * p * (1 - p) * 0.1 * 0.9
    assert np.exp(same[0]) == pytest.approx([1 / (2 * p * q), 0.1 * 0.9 / partial])
    assert np.exp(same[1, 0]) == 0


def test_an_error_rate_floors_each_ratio() -> None:
    left, right = coded_profiles(ONE, MODELS), coded_profiles(OTHER, MODELS)
    wrong = 1 - (1 - 0.01) ** 4
    for exact, floored in zip(
        log_ratio_tables(left, right, genotyping=0.0),
        log_ratio_tables(left, right, genotyping=0.01),
        strict=True,
    ):
        expected = (1 - wrong) * np.exp(exact[1:, 1:]) + wrong
        assert np.exp(floored[1:, 1:]) == pytest.approx(expected)
        assert not floored[0].any()
        assert not floored[:, 0].any()


def some_profiles(
    name: str, n: int, models: list[MarkerModel], seed: int, *, partial: float = 0.1
) -> list[Profile]:
    """Profiles drawn from the frequencies, a tenth of the calls missing."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(n):
        calls = {}
        for model in models:
            a, b = rng.choice(len(model.alleles), 2, p=model.frequencies)
            whole = rng.random()
            if whole > 0.1:
                second = None if whole < 0.1 + partial else model.alleles[b]
                calls[model.marker] = AlleleCall(model.alleles[a], second)
        found.append(Profile(f"{name}{number}", calls, 0.05))
    return found


def seven_markers(*, mutating: bool) -> list[MarkerModel]:
    rates = {"female": 0.002, "male": 0.004} if mutating else {}
    return [marker((0.3, 0.3, 0.2, 0.15, 0.05), name=f"M{i}", **rates) for i in range(1, 8)]


@pytest.mark.parametrize("mutating", [True, False])
@pytest.mark.parametrize(("n", "m", "keep"), [(70, 1500, 40), (3, 5, 1000), (1, 1, 1), (0, 4, 3)])
def test_hits_and_counts_are_those_of_every_pair(
    n: int, m: int, keep: int, *, mutating: bool
) -> None:
    models = seven_markers(mutating=mutating)
    left = coded_profiles(some_profiles("r", n, models, 1), models)
    right = coded_profiles(some_profiles("p", m, models, 2), models)
    search = run(
        BlindSearch(left, right, genotyping=0.0, thresholds=[2.0, 30.0, 1e9], keep=keep), threads=2
    )
    every = sum(
        table[a[:, None], b]
        for table, a, b in zip(search.tables, left.codes, right.codes, strict=True)
    )
    for which in range(len(RELATIONSHIPS)):
        ratios = every[:, :, which]
        assert search.counts[which].tolist() == [
            int((ratios >= np.log(t)).sum()) for t in (2.0, 30.0, 1e9)
        ]
        mine = search.hits.relationship == which
        pairs = sorted(
            ((-ratios[i, j], i, j) for i, j in np.argwhere(ratios >= np.log(2.0))),
        )[:keep]
        hits = search.hits
        assert [
            (-v, i, j)
            for v, i, j in zip(
                hits.log_ratio[mine], hits.remains[mine], hits.reference[mine], strict=True
            )
        ] == pairs


def test_among_themselves_every_two_are_compared_once() -> None:
    models = seven_markers(mutating=True)
    people = some_profiles("r", 130, models, 3)
    people.append(Profile("again", people[7].calls, 0.05))
    coded = coded_profiles(people, models)
    search = run(BlindSearch(coded, coded, genotyping=0.001, thresholds=[5.0], keep=20))
    assert search.comparisons == 131 * 130 // 2
    hits = search.hits
    assert (hits.remains < hits.reference).all()
    same = hits.relationship == RELATIONSHIPS.index("same_individual")
    assert (7, 130) in zip(hits.remains[same].tolist(), hits.reference[same].tolist(), strict=True)


def test_an_interrupted_search_loses_nothing() -> None:
    models = seven_markers(mutating=True)
    left = coded_profiles(some_profiles("r", 300, models, 1), models)
    right = coded_profiles(some_profiles("p", 900, models, 2), models)

    def search(thresholds: tuple[float, ...] = (10.0, 100.0)) -> BlindSearch:
        return BlindSearch(left, right, genotyping=0.001, thresholds=thresholds, keep=25)

    whole = run(search())
    told = []
    part = search()
    part.run(threads=1, progress=lambda share: bool(told.append(share)))
    assert not part.finished
    assert 0 < told[-1] < 1
    again = search()
    again.go_on(part.state())
    run(again, threads=2)
    assert again.counts.tolist() == whole.counts.tolist()
    for name in ("relationship", "remains", "reference", "log_ratio"):
        assert getattr(again.hits, name).tolist() == getattr(whole.hits, name).tolist()
    with pytest.raises(SearchNotOfThese):
        search(thresholds=(10.0,)).go_on(part.state())


@settings(max_examples=12, deadline=None)
@given(st.permutations(range(3)), st.permutations(range(4)))
def test_the_order_of_alleles_does_not_matter(first: list[int], second: list[int]) -> None:
    def permuted(model: MarkerModel, order: list[int]) -> MarkerModel:
        female, male = model.mutation_female, model.mutation_male
        return MarkerModel(
            model.marker,
            tuple(model.alleles[i] for i in order),
            model.frequencies[order],
            None if female is None else female[np.ix_(order, order)],
            None if male is None else male[np.ix_(order, order)],
            model.lumpable,
        )

    found = []
    for models in (MODELS, [permuted(PLAIN, first), permuted(MUTATING, second)]):
        left, right = coded_profiles(ONE, models), coded_profiles(OTHER, models)
        tables = log_ratio_tables(left, right, genotyping=0.001)
        found.append(
            [t[a[:, None], b] for t, a, b in zip(tables, left.codes, right.codes, strict=True)]
        )
    for one, other in zip(*found, strict=True):
        assert one == pytest.approx(other, rel=1e-12)


def test_profiles_may_come_in_pieces() -> None:
    people = some_profiles("p", 50, MODELS, 4)
    whole = coded_profiles(people, MODELS)
    pieces = CodedProfiles(MODELS)
    for start in range(0, 50, 7):
        pieces.add(people[start : start + 7])
    assert pieces.donors == whole.donors
    for m in range(2):
        for row in range(50):
            one, other = (c.calls(m).rows(c.codes[m, row : row + 1]) for c in (pieces, whole))
            assert (one.read, one.first, one.second) == (other.read, other.first, other.second)


@pytest.mark.parametrize("thresholds", [(), (0.0, 1.0), (10.0, 10.0), (10.0, 1.0)])
def test_thresholds_rise(thresholds: tuple[float, ...]) -> None:
    left = coded_profiles(ONE, MODELS)
    with pytest.raises(ThresholdsNotRising):
        BlindSearch(left, left, genotyping=0.0, thresholds=thresholds, keep=1)


def test_an_allele_without_frequency_is_named() -> None:
    with pytest.raises(AlleleNotInModel, match="99"):
        coded_profiles([profile("x", "5/99")], MODELS)
