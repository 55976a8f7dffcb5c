# SPDX-License-Identifier: Apache-2.0
"""Alleles that nobody carries, treated as one where that is exact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.markers import MarkerModel

_ALIKE = 1e-12  # relative difference of probabilities that count as equal


def lumped(model: MarkerModel, seen: Sequence[int], *, transmitted: bool = True) -> MarkerModel:
    """The model with all alleles but those at the positions `seen`, and a silent one, as one.

    Exact where every allele of the group has the same probability of mutating to each allele
    outside it, so that the row of any of them serves (Kemeny & Snell 1976, Finite Markov Chains,
    theorem 6.3.2); elsewhere the model is returned as it is. The group's frequency is what the
    others leave to 1.

    Parameters
    ----------
    model : MarkerModel
    seen : sequence of int
    transmitted : bool
        False: no allele is passed on, so mutation does not matter.
    """
    n = len(model.alleles)
    apart = sorted({*seen, model.silent_position} - {-1}) if model.silent else list(seen)
    rest = sorted(set(range(n)) - set(apart))
    if len(rest) <= 1:
        return model
    matrices = (model.mutation_female, model.mutation_male) if transmitted else (None, None)
    if not model.lumpable and not all(_may_lump(matrix, rest) for matrix in matrices):
        return model
    kept = [*apart, rest[0]]
    p = model.frequencies

    def smaller(matrix: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
        if matrix is None:
            return None
        rows = matrix[kept]
        return np.column_stack([rows[:, apart], rows[:, rest].sum(axis=1)])

    female, male = (smaller(matrix) for matrix in matrices)
    return MarkerModel(
        marker=model.marker,
        alleles=tuple(model.alleles[i] for i in kept),
        frequencies=np.append(p[apart], p[rest].sum() + (1 - p.sum())),
        mutation_female=female,
        mutation_male=male,
        lumpable=True,
        silent=model.silent,
        on_x=model.on_x,
    )


def _may_lump(matrix: NDArray[np.float64] | None, rest: Sequence[int]) -> bool:
    """Whether the alleles at the positions `rest` become each other allele equally often."""
    if matrix is None:
        return True
    leaving = np.delete(matrix[list(rest)], rest, axis=1)
    return bool((np.ptp(leaving, axis=0) <= _ALIKE * leaving.max(axis=0, initial=0)).all())
