# SPDX-License-Identifier: Apache-2.0
"""The tables of a shape's factors: frequencies, transmission, calls; for many families at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from antigone.science.genetics.calls import Array, Indices
from antigone.science.genetics.graphs import DRAWN_FROM_VARIABLES, NO_ALLELE, UNSELECTED, Factor
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.shapes import POPULATION


@dataclass(frozen=True, eq=False)
class Batch:
    """The calls of families of one shape at one marker.

    Attributes
    ----------
    model : MarkerModel
    first, second : int, shape (n_families, members of kind CALLED)
    weights : float, shape (n_families, members of kind WEIGHED, n_alleles, n_alleles)
    names : sequence of str
        Names of the shape's members in one of the families, for messages.
    """

    model: MarkerModel
    first: Indices
    second: Indices
    weights: Array
    names: Sequence[str]

    def part(self, rows: slice | Indices) -> Batch:
        """Some of the families."""
        return Batch(
            self.model, self.first[rows], self.second[rows], self.weights[rows], self.names
        )

    @cached_property
    def matrices(self) -> tuple[Array, Array]:
        """Transmission from father and from mother; the identity where nothing mutates."""
        return transmission_matrices(self.model)


def transmission_matrices(model: MarkerModel) -> tuple[Array, Array]:
    """Matrices of transmission from father and mother, each shape (n_alleles, n_alleles)."""
    none = np.eye(len(model.alleles))
    male, female = model.mutation_male, model.mutation_female
    return (none if male is None else male), (none if female is None else female)


class FactorTables:
    """Tables of the factors of a shape: each method one `Factor.form`.

    Each table has the shape (n_families or 1, values of each variable of the scope).
    """

    def __init__(self, batch: Batch) -> None:
        self.frequencies = batch.model.frequencies
        self.matrices = batch.matrices
        self.first, self.second, self.batch = batch.first, batch.second, batch

    def table(self, factor: Factor) -> Array:
        """The table of one factor."""
        made: Array = getattr(self, factor.form)(*factor.facts)
        return made

    def population(self) -> Array:
        """An allele drawn from the population."""
        return self.frequencies[None]

    def inbred_founder(self, coefficient: float) -> Array:
        """Both alleles of a founder: ``F p_x [x = y] + (1 - F) p_x p_y``."""
        p = self.frequencies
        return (coefficient * np.diag(p) + (1 - coefficient) * np.outer(p, p))[None]

    def weights(self, rank: int) -> Array:
        """What was read of a member, as weights of its genotypes."""
        return self.batch.weights[:, rank]

    def hemizygous_weights(self, rank: int) -> Array:
        """What was read of a member with one allele, as weights of that allele."""
        return np.diagonal(self.batch.weights[:, rank], axis1=1, axis2=2)

    def transmission(self, side: int, value: int) -> Array:
        """Parent's allele, child's allele, selector: the matrix where it selects this allele."""
        return _selected(self.matrices[side][None], value)

    def transmission_to_called(self, rank: int, side: int, value: int) -> Array:
        """Parent's allele, child's phase, selector."""
        given = self.matrices[side].T[self.by_phase(rank, side)].swapaxes(1, 2)
        return _selected(given, value)

    def from_called(self, rank: int, side: int) -> Array:
        """Child's allele, the parent being called: ``(M[a] + M[b]) / 2``."""
        matrix = self.matrices[side]
        half: Array = 0.5 * (matrix[self.first[:, rank]] + matrix[self.second[:, rank]])
        return half

    def by_phase(self, rank: int, side: int) -> Indices:
        """Allele of a called member on one side in each phase, shape (n_families, 2)."""
        pair = (self.first[:, rank], self.second[:, rank])
        return np.stack(pair if side == 0 else pair[::-1], axis=1)

    def phase(self, rank: int, father: int, mother: int) -> Array:
        """Phase of a called member; a parent is a called one's rank, or the name of its lack."""
        two = (self.first[:, rank] != self.second[:, rank]).astype(np.float64)
        table = np.stack([np.ones_like(two), two], axis=1)  # a homozygote has one phase
        for side, parent in enumerate((father, mother)):
            alleles = self.by_phase(rank, side)
            if parent == POPULATION:
                table *= self.frequencies[alleles]
            elif parent not in (DRAWN_FROM_VARIABLES, NO_ALLELE):
                table *= np.take_along_axis(self.from_called(parent, side), alleles, axis=1)
        return table

    def called_inbred_founder(self, rank: int, coefficient: float) -> Array:
        """Phase of a called founder with an inbreeding coefficient."""
        a, b = self.first[:, rank], self.second[:, rank]
        both = self.inbred_founder(coefficient)[0][a, b]
        return np.stack([both, np.where(a == b, 0.0, both)], axis=1)


def _selected(table: Array, value: int) -> Array:
    """`table` where the selector has this value, 1 where it has the other; or no selector."""
    if value == UNSELECTED:
        return table
    other = np.ones_like(table)
    return np.stack([table, other] if value == 0 else [other, table], axis=-1)
