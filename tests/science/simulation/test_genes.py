# SPDX-License-Identifier: Apache-2.0
"""Genotypes: founders by the frequencies, children by Mendel and the mutation matrix."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare

from antigone.science.simulation.genes import draw_genotypes, drawing_models, generations
from antigone.science.simulation.plan import plan_with
from antigone.science.simulation.presets import demo_plan
from antigone.terms.case import FrequencyTable
from tests.science.simulation.drawing import (
    INPUTS,
    SimulatedCase,
    clean,
    faulty,
    planted,
    profiles,
    samples_of,
)

TABLE = FrequencyTable("M1", "invented", ("8", "9", "10", "9.3"), (0.4, 0.3, 0.2, 0.1), None)


def test_founders_follow_the_frequency_table() -> None:
    plan = demo_plan().laboratory
    tables = [one for one in INPUTS.frequencies if one.population == "europeDB"][:5]
    nobody = np.full(5000, -1)
    models = drawing_models(tables, plan)
    genotypes = draw_genotypes(nobody, nobody, models, np.random.default_rng(3))
    for place, model in enumerate(models):
        counts = np.bincount(genotypes[:, place].ravel(), minlength=len(model.alleles))
        assert chisquare(counts, 10_000 * model.frequencies).pvalue > 1e-5


@pytest.mark.parametrize("side", [0, 1])
def test_children_of_homozygotes_follow_the_mutation_matrix(side: int) -> None:
    plan = plan_with(
        demo_plan(),
        {
            "laboratory.mutation_female": 0.1,
            "laboratory.mutation_male": 0.3,
            "laboratory.mutation_rate2": 0.05,
            "laboratory.mutation_range": 0.5,
        },
    ).laboratory
    models = drawing_models([TABLE], plan)
    n = 20_000
    fathers = np.concatenate([np.full(n, -1), np.arange(n) if side == 0 else np.full(n, -1)])
    mothers = np.concatenate([np.full(n, -1), np.arange(n) if side == 1 else np.full(n, -1)])
    drawn = draw_genotypes(fathers, mothers, models, np.random.default_rng(5))[:, 0]
    parents, children = drawn[:n], drawn[n:, side]
    matrix = (models[0].mutation_male, models[0].mutation_female)[side]
    assert matrix is not None
    for allele in range(4):
        alike = (parents == allele).all(axis=1)
        counts = np.bincount(children[alike], minlength=4)
        possible = matrix[allele] > 0
        assert counts[~possible].sum() == 0
        assert chisquare(counts[possible], alike.sum() * matrix[allele][possible]).pvalue > 1e-5


def test_a_heterozygote_passes_on_either_allele_as_often() -> None:
    plan = plan_with(
        demo_plan(), {"laboratory.mutation_male": 0.0, "laboratory.mutation_rate2": 0.0}
    ).laboratory
    models = drawing_models([TABLE], plan)
    n = 20_000
    fathers = np.concatenate([np.full(n, -1), np.arange(n)])
    drawn = draw_genotypes(fathers, np.full(2 * n, -1), models, np.random.default_rng(8))[:, 0]
    parents, children = drawn[:n], drawn[n:, 0]
    mixed = parents[:, 0] != parents[:, 1]
    first = (children == parents[:, 0])[mixed].sum()
    assert ((children == parents[:, 0]) | (children == parents[:, 1])).all()
    assert abs(first - mixed.sum() / 2) < 5 * (mixed.sum() / 4) ** 0.5


def test_generations_put_parents_before_their_children() -> None:
    fathers, mothers = np.array([-1, 2, -1, 1]), np.array([-1, 0, -1, -1])
    assert [sorted(one.tolist()) for one in generations(fathers, mothers)] == [[0, 2], [1], [3]]


def _mismatches(case: SimulatedCase) -> dict[tuple[str, str], int]:
    """Markers at which a typed child shares no allele with a typed parent, by the tree as told."""
    read, samples = profiles(case), samples_of(case, "individual")
    found = {}
    for row in case.tables["relative"]:
        for side in ("father", "mother"):
            child, parent = row["individual"], row[side]
            if child in samples and parent in samples:
                a, b = (read[samples[one][0]] for one in (child, parent))
                found[child, parent] = sum(not set(a[m]) & set(b[m]) for m in a if m != "AMEL")
    return found


def test_mendel_is_kept_in_a_clean_case() -> None:
    found = _mismatches(clean())
    assert len(found) > 20
    assert set(found.values()) == {0}


def test_remains_share_alleles_with_the_typed_parents_of_their_person() -> None:
    case = clean()
    read, samples = profiles(case), samples_of(case, "individual")
    of_remains = samples_of(case, "remains")
    truth = {row["person"]: row["remains"] for row in case.truth}
    checked = 0
    for row in case.tables["relative"]:
        remains = truth.get(row["person"] or "nobody")
        for parent in (row["father"], row["mother"]):
            if remains in of_remains and parent in samples:
                a, b = read[of_remains[remains][0]], read[samples[parent][0]]
                assert all(set(a[m]) & set(b[m]) for m in a if m != "AMEL")
                checked += 1
    assert checked > 100


def test_mendel_fails_where_a_link_is_listed_as_false_and_only_there() -> None:
    case = faulty(false_paternity=0.3, false_maternity=0.1)
    false = {
        (keys[0], side)
        for side, kind in (("father", "false_paternity"), ("mother", "false_maternity"))
        for keys in planted(case, kind)
    }
    links = {
        (row["individual"], row[side]): (row["individual"], side) in false
        for row in case.tables["relative"]
        for side in ("father", "mother")
    }
    found = _mismatches(case)
    assert sum(links[pair] for pair in found) > 5
    for pair, mismatches in found.items():
        assert (mismatches > 0) == links[pair], pair
