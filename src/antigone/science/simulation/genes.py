# SPDX-License-Identifier: Apache-2.0
"""Genotypes of founders and their descendants, drawn marker by marker with mutation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.mutation import mutation_matrix
from antigone.science.simulation.plan import LaboratoryPlan
from antigone.terms.case import FrequencyTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def drawing_models(tables: Sequence[FrequencyTable], plan: LaboratoryPlan) -> list[MarkerModel]:
    """One stepwise marker model a table, at the plan's rates; frequencies sum to exactly 1."""

    def matrix(table: FrequencyTable, p: Floats, rate: float) -> Floats:
        return mutation_matrix(
            "stepwise",
            table.alleles,
            p,
            rate=rate,
            rate2=plan.mutation_rate2,
            step_range=plan.mutation_range,
            marker=table.marker,
        )

    models = []
    for table in tables:
        p = np.array(table.frequencies) / sum(table.frequencies)
        female = matrix(table, p, plan.mutation_female)
        male = matrix(table, p, plan.mutation_male)
        models.append(MarkerModel(table.marker, table.alleles, p, female, male, lumpable=False))
    return models


def generations(fathers: Ints, mothers: Ints) -> list[Ints]:
    """Individuals by generation, founders first; a parent always stands in an earlier one.

    `fathers` and `mothers` hold positions, -1 for none, shape (n,).
    """
    level = np.zeros(fathers.size, dtype=np.int64)
    while True:
        above = np.zeros_like(level)
        for parents in (fathers, mothers):
            known = parents >= 0
            above[known] = np.maximum(above[known], level[parents[known]] + 1)
        if np.array_equal(above, level):
            return [np.flatnonzero(level == one) for one in range(int(level.max(initial=0)) + 1)]
        level = above


def draw_genotypes(
    fathers: Ints, mothers: Ints, models: Sequence[MarkerModel], rng: np.random.Generator
) -> Ints:
    """Genotypes of everybody, with Mendel's laws, mutation and nothing else.

    A parent of -1 stands for the population: that allele is drawn from the frequencies.

    Returns
    -------
    int, shape (n, n_markers, 2)
        Alleles as positions in `MarkerModel.alleles`: from the father, from the mother.
    """
    genotypes = np.zeros((fathers.size, len(models), 2), dtype=np.int64)
    for members in generations(fathers, mothers):
        for place, model in enumerate(models):
            for side, (parents, matrix) in enumerate(
                ((fathers[members], model.mutation_male), (mothers[members], model.mutation_female))
            ):
                genotypes[members, place, side] = _alleles_from(
                    parents, genotypes[:, place, :], model.frequencies, matrix, rng
                )
    return genotypes


def _alleles_from(
    parents: Ints, held: Ints, frequencies: Floats, matrix: Floats | None, rng: np.random.Generator
) -> Ints:
    drawn = rng.choice(frequencies.size, size=parents.size, p=frequencies)
    which = rng.integers(2, size=parents.size)
    chance = rng.random(parents.size)
    known = parents >= 0
    passed = held[parents[known], which[known]]
    if matrix is None:
        drawn[known] = passed
        return drawn
    mutated = (np.cumsum(matrix, axis=1)[passed] < chance[known, None]).sum(axis=1)
    drawn[known] = np.minimum(mutated, frequencies.size - 1)
    return drawn
