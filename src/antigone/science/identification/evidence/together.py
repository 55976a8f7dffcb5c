# SPDX-License-Identifier: Apache-2.0
"""All evidence that is not DNA, for every pair of a case."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from antigone.science.identification.evidence.age import age_bounds, age_factor
from antigone.science.identification.evidence.documents import beside_journal, documents_factor
from antigone.science.identification.evidence.factor import Factor
from antigone.science.identification.evidence.journal import (
    JournalLines,
    Reliability,
    journal_factor,
    journal_facts,
    journal_lines,
    journal_names,
    journal_reliability,
)
from antigone.science.identification.evidence.sex import (
    error_of,
    genetic_sex_factor,
    sex_factor,
)
from antigone.science.identification.evidence.stature import stature_factor
from antigone.terms.case import Case

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """The factors of all pairs, in the case's own order, and what they rest on.

    Attributes
    ----------
    parts : tuple of Factor
    lines : JournalLines
    reliability : Reliability
    genetic_sex : mapping of remains to female or male
    """

    case: Case
    parts: tuple[Factor, ...]
    lines: JournalLines
    reliability: Reliability
    genetic_sex: Mapping[str, str]

    @cached_property
    def total(self) -> Floats:
        """Sum of all factors, natural log, shape (n_remains, n_persons)."""
        summed: Floats = np.sum([part.log_ratios for part in self.parts], axis=0)
        return summed

    @property
    def journal_facts(self) -> dict[str, float | int]:
        """The journal's reliability with its interval, and counts of its lines."""
        return journal_facts(self.lines, self.reliability)

    @cached_property
    def places(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Positions of remains and of persons by their keys."""
        return (
            {one.remains: place for place, one in enumerate(self.case.remains)},
            {one.person: place for place, one in enumerate(self.case.persons)},
        )

    @cached_property
    def names_in_journal(self) -> tuple[Floats, NDArray[np.bool_]]:
        """See `journal.journal_names`."""
        return journal_names(self.case, self.lines)

    @cached_property
    def ages(self) -> tuple[Floats, Floats]:
        """See `age.age_bounds`."""
        return age_bounds(self.case)

    def factors(self, remains: str, person: str) -> tuple[tuple[str, str, str, float], ...]:
        """Name, group, source and log10 ratio of each factor that weighs on this pair."""
        place = self.places[0][remains], self.places[1][person]
        return tuple(
            (part.name, part.group, part.source, float(part.log_ratios[place]) / math.log(10))
            for part in self.parts
            if part.log_ratios[place] != 0
        )


def evidence_of(
    case: Case, genetic_sex: Mapping[str, str], dna_posterior: Floats | None
) -> Evidence:
    """Weigh everything that is not DNA, by the policy of `case`.

    Parameters
    ----------
    genetic_sex : mapping of remains to ``female`` or ``male``
        Sex that the profile states. Its error rate is the policy's for the method ``genetic``,
        else for ``unknown``.
    dna_posterior : float, shape (n_remains, n_persons), or None
        Posteriors from DNA alone, to judge the journal where no decision does.
    """
    lines = journal_lines(case)
    reliability = journal_reliability(case, lines, dna_posterior)
    journal = journal_factor(case, lines, reliability)
    parts = (
        sex_factor(case, genetic_sex),
        genetic_sex_factor(case, genetic_sex, error=error_of(case, "genetic")),
        age_factor(case),
        stature_factor(case),
        journal,
        beside_journal(documents_factor(case), journal),
    )
    return Evidence(case, parts, lines, reliability, genetic_sex)
