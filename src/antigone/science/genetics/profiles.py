# SPDX-License-Identifier: Apache-2.0
"""Profiles: the calls of one individual or of one set of remains, and how far they are trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from antigone.terms.alleles import AlleleCall


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
    """

    donor: str
    calls: Mapping[str, AlleleCall]
    dropout: float
