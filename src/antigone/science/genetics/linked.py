# SPDX-License-Identifier: Apache-2.0
"""Two linked markers: their likelihood together, exact."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import Enum

import numpy as np

from antigone.science.genetics.calls import Array, coded_calls, seen_alleles
from antigone.science.genetics.elimination import plan_elimination, sum_of_products
from antigone.science.genetics.factors import FactorTables
from antigone.science.genetics.family_at_marker import (
    FamilyAtMarker,
    NotInPedigree,
    OneChildFounders,
    families_at_markers,
)
from antigone.science.genetics.graphs import DRAWN_FROM_VARIABLES, GraphBuilder
from antigone.science.genetics.likelihood import checked_cells
from antigone.science.genetics.lumping import lumped
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.shapes import Shape
from antigone.terms.errors import AntigoneError, gettext_noop


class RecombinationOutOfRange(AntigoneError):
    """A recombination fraction outside 0 to 1/2, or a negative distance."""

    code = "science.recombination-out-of-range"
    message = gettext_noop(
        "The recombination %(value)s between two markers cannot be: a fraction is from 0 to 0.5, a "
        "map distance in centimorgans at least 0. Correct it."
    )


class LinkedMarkersDiffer(AntigoneError):
    """Two markers that cannot be linked."""

    code = "science.linked-markers-differ"
    message = gettext_noop(
        "Markers %(one)s and %(other)s cannot be linked: one is on the X chromosome, the other is "
        "not, or they are the same. State linkage of two markers of one chromosome."
    )


class LinkedInbredFounders(AntigoneError):
    """Inbred founders and linked markers."""

    code = "science.linked-inbred-founders"
    message = gettext_noop(
        "A founder's inbreeding coefficient does not say how often both of two linked markers "
        "(%(one)s and %(other)s) are autozygous. Draw the founder's parents in the pedigree, or "
        "leave the linkage or the coefficient out."
    )


class MapFunction(Enum):
    """How recombination follows from map distance."""

    HALDANE = "haldane"
    KOSAMBI = "kosambi"


def recombination_fraction(map_cm: float, function: MapFunction) -> float:
    """Recombination fraction of two markers at a map distance.

    With d in Morgans: Haldane ``(1 - exp(-2 d)) / 2`` (crossovers do not interfere), Kosambi
    ``tanh(2 d) / 2``.

    Parameters
    ----------
    map_cm : float
        Distance in centimorgans, at least 0.
    function : MapFunction

    Returns
    -------
    float, from 0 to 0.5

    Raises
    ------
    RecombinationOutOfRange

    References
    ----------
    Haldane (1919), J Genet 8:299-309; Kosambi (1944), Ann Eugen 12:172-175.
    """
    if not map_cm >= 0:
        raise RecombinationOutOfRange(value=map_cm)
    d = map_cm / 100
    return math.tanh(2 * d) / 2 if function is MapFunction.KOSAMBI else -math.expm1(-2 * d) / 2


def linked_log_likelihood(
    components: Sequence[Pedigree],
    profiles: Mapping[str, Profile],
    pair: tuple[MarkerModel, MarkerModel],
    *,
    recombination: float,
    founder_inbreeding: Sequence[Mapping[str, float]],
    one_child_founders: OneChildFounders = OneChildFounders.KEPT,
) -> float:
    """Log likelihood of unconnected pedigrees at two linked markers together.

    Founder haplotypes are in linkage equilibrium. A parent passes on, at the second marker, the
    allele of the same of its two chromosomes with probability ``1 - ρ``, of the other with ρ; on
    the X chromosome only mothers recombine. The selectors of each meiosis at the two markers are
    joined by that factor, and everything is summed out as for one marker.

    Parameters
    ----------
    components : sequence of Pedigree
    profiles : mapping of member to Profile
    pair : two MarkerModel, both autosomal or both on the X chromosome
    recombination : float
        ρ, from 0 to 0.5, where the markers are independent.
    founder_inbreeding : sequence of mappings, one a component
        Must be without coefficients above 0.
    one_child_founders : OneChildFounders
        DRAWN leaves out whom neither marker types.

    Returns
    -------
    float
        Natural logarithm; ``-inf`` where the calls are impossible.

    Raises
    ------
    RecombinationOutOfRange, LinkedMarkersDiffer, LinkedInbredFounders, and what
    `families_at_markers` and `checked_cells` raise

    References
    ----------
    Lander & Green (1987), PNAS 84:2363-2367 (inheritance vectors and recombination).
    """
    names = {"one": pair[0].marker, "other": pair[1].marker}
    if not 0 <= recombination <= 0.5:
        raise RecombinationOutOfRange(value=recombination)
    if pair[0].on_x != pair[1].on_x or pair[0].marker == pair[1].marker:
        raise LinkedMarkersDiffer(**names)
    if any(f > 0 for inbreeding in founder_inbreeding for f in inbreeding.values()):
        raise LinkedInbredFounders(**names)
    known = {member for pedigree in components for member in pedigree.members}
    for member in profiles:
        if member not in known:
            raise NotInPedigree(member=member)
    lumps = [
        lumped(model, seen_alleles(coded_calls(list(profiles.values()), model))) for model in pair
    ]
    total = 0.0
    for pedigree in components:
        families = families_at_markers(
            pedigree, profiles, lumps, one_child_founders=one_child_founders
        )
        total += _log_likelihood(families, recombination) if families[0].shape.kinds else 0.0
    return total


class _Linkage(GraphBuilder):
    """A graph in which each meiosis of a parent with two alleles has a selector of its own."""

    def __init__(self, shape: Shape, first: int) -> None:
        super().__init__(shape, first)
        self.selectors: dict[tuple[int, int], int] = {}  # child and side

    def gives_only(self, i: int) -> bool:
        """Never: which chromosome an allele is on matters to the other marker."""
        return False

    def selector(self, parent: int, child: int, side: int) -> int:
        """The selector of one meiosis."""
        self.selectors[child, side] = self.variable(parent, binary=True)
        return self.selectors[child, side]

    def sources(self, parent: int, child: int, side: int) -> list[tuple[int, int, int | None]]:
        """Either allele of an untyped parent, as the selector says."""
        if self.shape.hemizygous[parent]:
            return super().sources(parent, child, side)
        selector = self.selector(parent, child, side)
        first, second = self.alleles[parent]
        return [(0, first, selector), (1, second, selector)]

    def from_called(self, i: int, allele: int, parent: int, *, side: int) -> None:
        """One allele of an untyped member from a called parent, as phase and selector say."""
        if self.shape.hemizygous[parent]:
            super().from_called(i, allele, parent, side=side)
        else:
            scope = (self.phases[parent], self.selector(parent, i, side), allele)
            self.factor("from_phase", (self.shape.called[parent], side), *scope)

    def called_source(self, i: int, phase: int, parent: int, side: int) -> int:
        """One allele of a called member from a called parent."""
        if self.shape.hemizygous[parent]:
            return super().called_source(i, phase, parent, side)
        scope = (self.phases[parent], self.selector(parent, i, side), phase)
        facts = (self.shape.called[parent], self.shape.called[i], side)
        self.factor("from_phase_to_called", facts, *scope)
        return DRAWN_FROM_VARIABLES


class _LinkageTables(FactorTables):
    """Tables of the factors that a graph of linkage has of its own."""

    def from_phase(self, rank: int, side: int) -> Array:
        """Parent's phase, selector (0: paternal allele), child's allele."""
        alleles = np.stack([self.by_phase(rank, 0), self.by_phase(rank, 1)], axis=2)
        table: Array = self.matrices[side][alleles]
        return table

    def from_phase_to_called(self, parent: int, child: int, side: int) -> Array:
        """Parent's phase, selector, child's phase."""
        transmitted = self.from_phase(parent, side)
        alleles = self.by_phase(child, side)
        return np.stack(
            [row[:, :, of_child] for row, of_child in zip(transmitted, alleles, strict=True)]
        )


def _log_likelihood(families: Sequence[FamilyAtMarker], recombination: float) -> float:
    """One pedigree at both markers; the shapes have the same members in the same order."""
    tables: list[Array] = []
    scopes: list[tuple[int, ...]] = []
    sizes: list[int] = []
    names: list[str] = []
    builders = []
    for family in families:
        builder = _Linkage(family.shape, len(sizes))
        graph = builder.built()
        maker = _LinkageTables(family.batch)
        tables += [maker.table(factor) for factor in graph.factors]
        scopes += graph.scopes
        sizes += graph.sizes(len(family.batch.model.alleles))
        names += [family.batch.names[i] for i in graph.member]
        builders.append(builder)
    keep, cross = 1 - recombination, recombination
    for meiosis, selector in builders[0].selectors.items():
        scopes.append((selector, builders[1].selectors[meiosis]))
        tables.append(np.array([[[keep, cross], [cross, keep]]]))
    plan = plan_elimination(tuple(scopes), tuple(sizes), ())
    checked_cells(plan, sizes, names, " + ".join(f.batch.model.marker for f in families))
    log_scale, total = sum_of_products(plan, tables, (), 1)
    halvings = len(builders[0].selectors)
    with np.errstate(divide="ignore"):
        return float(log_scale[0] + np.log(total.reshape(-1)[0])) + halvings * math.log(0.5)
