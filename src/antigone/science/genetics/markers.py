# SPDX-License-Identifier: Apache-2.0
"""One marker as likelihoods need it: its alleles, their frequencies, its mutation matrices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class MarkerModel:
    """An autosomal marker, ready for computation. Every allele has a frequency above 0.

    Attributes
    ----------
    marker : str
    alleles : tuple of str, length n
    frequencies : float, shape (n,)
        Sum to 1.
    mutation_female, mutation_male : float, shape (n, n), or None
        Row: allele of the mother (father); column: allele transmitted; rows sum to 1. None: no
        mutation.
    lumpable : bool
        Whether alleles that nobody carries may be treated as one without changing any likelihood
        (no mutation, equal and proportional models: Kemeny and Snell's condition holds).
    """

    marker: str
    alleles: tuple[str, ...]
    frequencies: NDArray[np.float64]
    mutation_female: NDArray[np.float64] | None
    mutation_male: NDArray[np.float64] | None
    lumpable: bool

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each allele."""
        return {allele: position for position, allele in enumerate(self.alleles)}
