# SPDX-License-Identifier: Apache-2.0
"""Distributions of many missing persons' alleles at once, families of one shape together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from antigone.science.genetics.calls import Array
from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.jobs import Job, JobTable, References
from antigone.science.genetics.markers import MarkerModel


def slots_distributions(
    problems: Sequence[FamilyProblem], models: Sequence[MarkerModel]
) -> list[list[Array] | None]:
    """Distribution of the first slot's alleles given the references, for each problem.

    Parameters
    ----------
    problems : sequence of FamilyProblem
        Each with at least one slot; its tree is taken as stated.
    models : sequence of MarkerModel

    Returns
    -------
    list, one a problem, of lists of float arrays, one a marker, shape (n_alleles, n_alleles)
        P(paternal allele, maternal allele | references), as `tables.slot_distributions`; None
        where the references cannot occur in the stated tree.
    """
    references = References(problems)
    table = JobTable(
        [
            Job(problem.pedigree, references.rows[place], problem.keep_of(problem.slots[0]))
            for place, problem in enumerate(problems)
        ]
    )
    founder = np.array([_is_founder(problem) for problem in problems], dtype=bool)
    found: list[list[Array]] = [[] for _ in problems]
    impossible = np.zeros(len(problems), dtype=bool)
    for model in models:
        for rows, _, joint in table.peel(references.calls(model), model):
            total = joint.sum(axis=(-2, -1))
            impossible[rows] |= total == 0
            distribution = joint / np.where(total > 0, total, 1.0)[:, None, None]
            for row, one in zip(rows, distribution, strict=True):
                found[row].append((one + one.T) / 2 if founder[row] else one)
    return [
        None if bad else distribution for bad, distribution in zip(impossible, found, strict=True)
    ]


def _is_founder(problem: FamilyProblem) -> bool:
    place = problem.pedigree.position[problem.slots[0]]
    return problem.pedigree.fathers[place] is None and problem.pedigree.mothers[place] is None
