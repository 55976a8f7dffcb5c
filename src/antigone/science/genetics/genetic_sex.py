# SPDX-License-Identifier: Apache-2.0
"""Genetic sex, from amelogenin and what the Y chromosome shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from antigone.terms.alleles import AlleleCall
from antigone.terms.case import Sex

Reason = Literal[
    "x_and_y",
    "y_chromosome",
    "x_alone",
    "x_alone_beside_y",
    "second_allele_not_called",
    "not_typed",
]


@dataclass(frozen=True, slots=True)
class GeneticSex:
    """A sex, or None, with the reason for either."""

    sex: Sex | None
    reason: Reason


def genetic_sex(calls: Sequence[AlleleCall], *, y_chromosome_seen: bool) -> GeneticSex:
    """The sex that amelogenin `calls` show, of all runs of one donor.

    A Y anywhere is male. X alone in every run is female only where both peaks were called and
    no Y-chromosomal marker or haplotype was read: a male may lack the Y of his amelogenin, and
    that is no evidence of a woman. X with a blank second allele may be a lost Y.

    Parameters
    ----------
    calls : sequence of AlleleCall
        Of alleles X and Y; empty when amelogenin was not typed.
    y_chromosome_seen : bool
        Whether any Y-chromosomal marker or haplotype of this donor was read.

    References
    ----------
    Steinlechner et al. (2002), Int J Legal Med 116:117-120: amelogenin failure in males.
    """
    seen = {allele for call in calls for allele in call.alleles}
    if "Y" in seen:
        return GeneticSex("male", "x_and_y")
    if not seen:
        return GeneticSex("male", "y_chromosome") if y_chromosome_seen else _NOT_TYPED
    if y_chromosome_seen:
        return GeneticSex(None, "x_alone_beside_y")
    if all(call.is_partial for call in calls):
        return GeneticSex(None, "second_allele_not_called")
    return GeneticSex("female", "x_alone")


_NOT_TYPED = GeneticSex(None, "not_typed")
