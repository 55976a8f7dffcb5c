# SPDX-License-Identifier: Apache-2.0
"""Profiles: the calls of one individual or of one set of remains, and how far they are trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from antigone.terms.alleles import AlleleCall


@dataclass(frozen=True, slots=True)
class ReadingRates:
    """How far one reading is trusted: of a sample, or of one of its markers.

    Attributes
    ----------
    dropout : float
        Probability *d* that one allele's copy was not seen; ``0 <= d < 1``.
    dropin : float
        Expected share *c* of readings with an allele that is nobody's; ``0 <= c < 1``.
    """

    dropout: float
    dropin: float


@dataclass(frozen=True)
class Profile:
    """What was read of one donor, after runs and samples have been brought together.

    Attributes
    ----------
    donor : str
        Key of the individual or remains.
    calls : mapping of marker to AlleleCall
    dropout : float
        Probability, per allele of a heterozygote, that it was not seen; ``0 <= dropout < 1``. It
        weighs calls with a blank second allele: P(a, blank | a, a) = 1 - d^2 and
        P(a, blank | a, b) = d (1 - d). With d = 0 a blank second allele means *any* allele, as in
        reference files: P(a, blank | g) = 1 for every genotype with at least one a.
    dropin : float
        Probability that a marker of this sample shows an allele that its donor does not carry; 0
        for none. See `calls.call_weights`.
    marker_rates : mapping of marker to ReadingRates
        Markers that are read better or worse than the rest of the sample.
    """

    donor: str
    calls: Mapping[str, AlleleCall]
    dropout: float
    dropin: float = 0.0
    marker_rates: Mapping[str, ReadingRates] = field(default_factory=dict)

    def rates(self, marker: str) -> ReadingRates:
        """How far the call at `marker` is trusted."""
        return self.marker_rates.get(marker) or ReadingRates(self.dropout, self.dropin)
