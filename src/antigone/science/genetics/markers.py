# SPDX-License-Identifier: Apache-2.0
"""One marker as likelihoods need it: its alleles, their frequencies, its mutation matrices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class MarkerModel:
    """A marker, ready for computation. Every allele has a frequency above 0.

    Attributes
    ----------
    marker : str
    alleles : tuple of str, length n
    frequencies : float, shape (n,)
        Sum to 1.
    mutation_female, mutation_male : float, shape (n, n), or None
        Row: allele of the mother (father); column: allele transmitted; rows sum to 1. None: no
        mutation. On the X chromosome a man transmits to his daughters by `mutation_male`.
    lumpable : bool
        Whether alleles that nobody carries may be treated as one without changing any likelihood
        (no mutation, equal and proportional models: Kemeny and Snell's condition holds). Where it
        is False the condition is tested on the matrices, for the alleles in question.
    silent : str or None
        The allele that is never seen, if the marker has one: whoever carries it beside *a* is read
        as a homozygote of *a*.
    on_x : bool
        Whether the marker is on the X chromosome: men have one allele, from their mother.
    """

    marker: str
    alleles: tuple[str, ...]
    frequencies: NDArray[np.float64]
    mutation_female: NDArray[np.float64] | None
    mutation_male: NDArray[np.float64] | None
    lumpable: bool
    silent: str | None = None
    on_x: bool = False

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each allele."""
        return {allele: position for position, allele in enumerate(self.alleles)}

    @property
    def silent_position(self) -> int:
        """Position of the silent allele; -1 where there is none."""
        return -1 if self.silent is None else self.index[self.silent]
