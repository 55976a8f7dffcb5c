# SPDX-License-Identifier: Apache-2.0
"""Evidence that is not DNA: one model each, as ratios for every pair of remains and person."""

from antigone.science.identification.evidence.conflicts import Conflict, pair_conflicts
from antigone.science.identification.evidence.factor import Factor
from antigone.science.identification.evidence.same_person import (
    SamePersonCandidate,
    same_person_candidates,
)
from antigone.science.identification.evidence.together import Evidence, evidence_of

__all__ = [
    "Conflict",
    "Evidence",
    "Factor",
    "SamePersonCandidate",
    "evidence_of",
    "pair_conflicts",
    "same_person_candidates",
]
