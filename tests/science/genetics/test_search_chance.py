# SPDX-License-Identifier: Apache-2.0
"""Expected chance hits: against every genotype, and against what a search of strangers finds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from antigone.science.genetics.blind_search import BlindSearch
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.search_chance import KIN, TooFewDraws, chance_hits
from antigone.science.genetics.search_tables import (
    RELATIONSHIPS,
    coded_profiles,
    log_ratio_tables,
)
from antigone.terms.alleles import AlleleCall
from tests.science.genetics.every_genotype import marker, profile
from tests.science.genetics.test_blind_search import run, seven_markers, some_profiles

TWO = [marker((0.5, 0.3, 0.2)), marker((0.4, 0.35, 0.25), female=0.02, male=0.05, name="M2")]
REMAINS = [
    profile("r0", "5/6", "5/6"),
    profile("r1", "7/7", "6/-", dropout=0.1),
    profile("r2", "5/7"),
]
THRESHOLDS = [0.5, 2.0, 5.0]


def every_reference():
    """All pairs of genotypes at two markers, with their probability."""
    for genotypes in itertools.product(
        *(itertools.combinations_with_replacement(range(3), 2) for _ in TWO)
    ):
        calls, chance = {}, 1.0
        for model, (a, b) in zip(TWO, genotypes, strict=True):
            calls[model.marker] = AlleleCall(model.alleles[a], model.alleles[b])
            chance *= model.frequencies[a] * model.frequencies[b] * (1 + (a != b))
        yield Profile("any", calls, 0.0), chance


def exact(genotyping: float, among: list[Profile] = REMAINS) -> np.ndarray:
    """Expected hits for one reference typed at both markers, by enumeration."""
    every = list(every_reference())
    left, right = coded_profiles(among, TWO), coded_profiles([one for one, _ in every], TWO)
    tables = log_ratio_tables(left, right, genotyping=genotyping)
    logs = sum(t[a[:, None], b] for t, a, b in zip(tables, left.codes, right.codes, strict=True))
    chances = np.array([chance for _, chance in every])
    return np.stack(
        [(chances[:, None] * (logs >= np.log(t) - 1e-9)).sum(axis=(0, 1)) for t in THRESHOLDS],
        axis=1,
    )


@pytest.mark.parametrize("genotyping", [0.0, 0.01])
def test_unrelated_people_against_enumeration(genotyping: float) -> None:
    references = coded_profiles([profile("p", "5/6", "5/6")] * 7, TWO)
    found = chance_hits(
        coded_profiles(REMAINS, TWO), references, genotyping=genotyping, thresholds=THRESHOLDS,
        draws=12_000, rng=np.random.default_rng(5),
    )  # fmt: skip
    expected = 7 * exact(genotyping)
    assert (np.abs(found.expected - expected) <= 4 * found.standard_error + 1e-9).all()
    assert (found.standard_error <= 0.1 * expected + 1e-3).all()


def test_strangers_hit_as_often_as_expected() -> None:
    """A search of people who are all unrelated: counts within what a Poisson count may be."""
    models = seven_markers(mutating=True)
    left = coded_profiles(some_profiles("r", 100, models, 1), models)
    right = coded_profiles(some_profiles("p", 3_000, models, 2, partial=0.0), models)
    thresholds = [10.0, 100.0, 1000.0]
    search = run(BlindSearch(left, right, genotyping=0.001, thresholds=thresholds, keep=1))
    found = chance_hits(
        left, right, genotyping=0.001, thresholds=thresholds, draws=16_000,
        rng=np.random.default_rng(1),
    )  # fmt: skip
    for counted, expected in zip(search.counts.ravel(), found.expected.ravel(), strict=True):
        assert counted == pytest.approx(expected, rel=0.15, abs=4 * np.sqrt(expected) + 3)


def test_far_tails_have_small_errors() -> None:
    """Where plain draws would find nothing the estimate still has a useful standard error."""
    models = [marker((0.3, 0.3, 0.2, 0.15, 0.05), name=f"M{i}") for i in range(1, 16)]
    left = coded_profiles(some_profiles("r", 20, models, 1), models)
    right = coded_profiles(some_profiles("p", 20, models, 2), models)
    found = chance_hits(
        left, right, genotyping=0.0, thresholds=[1e6, 1e9], draws=20_000,
        rng=np.random.default_rng(1),
    )  # fmt: skip
    same = RELATIONSHIPS.index("same_individual")
    assert (found.expected[same] < 1e-3).all()
    assert (found.expected[same] > 0).all()
    assert (found.standard_error[same] < 0.2 * found.expected[same]).all()


def test_closer_kin_reach_a_ratio_more_often() -> None:
    models = seven_markers(mutating=False)
    coded = coded_profiles(some_profiles("r", 60, models, 1), models)
    found = chance_hits(
        coded, coded, genotyping=0.0, thresholds=[10.0], draws=4_000, rng=np.random.default_rng(1)
    )
    share = dict(zip(KIN, found.kin_share[:, :, 0], strict=True))
    parent, siblings, half, _same = range(4)
    assert share["parent_child"][parent] > share["full_siblings"][parent]
    assert share["full_siblings"][siblings] > share["parent_child"][siblings]
    assert share["parent_child"][half] > share["half_siblings"][half] > share["cousins"][half] > 0
    assert (found.kin_low <= found.kin_share).all()
    assert (found.kin_share <= found.kin_high).all()


def test_parents_against_enumeration() -> None:
    """Share of parents that reach a threshold, from the ratios of every genotype."""
    left = coded_profiles(REMAINS[:1], TWO)
    every = list(every_reference())
    right = coded_profiles([one for one, _ in every], TWO)
    tables = log_ratio_tables(left, right, genotyping=0.0)
    logs = sum(t[a[:, None], b] for t, a, b in zip(tables, left.codes, right.codes, strict=True))[0]
    chances = np.array([chance for _, chance in every])
    of_parents = chances * np.exp(logs[:, 0])
    found = chance_hits(
        left, right, genotyping=0.0, thresholds=[1.5], draws=20_000, rng=np.random.default_rng(2)
    )
    for which in range(4):
        expected = float(of_parents[logs[:, which] >= np.log(1.5)].sum())
        assert found.kin_low[0, which, 0] - 0.01 <= expected <= found.kin_high[0, which, 0] + 0.01


def test_each_set_of_remains_needs_a_draw() -> None:
    coded = coded_profiles(REMAINS, TWO)
    with pytest.raises(TooFewDraws):
        chance_hits(
            coded, coded, genotyping=0.0, thresholds=[1.0], draws=2, rng=np.random.default_rng(1)
        )
