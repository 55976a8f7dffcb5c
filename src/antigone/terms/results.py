# SPDX-License-Identifier: Apache-2.0
"""What an identification run says: posteriors, factors, rules, proposals. Never a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NOBODY = "nobody"
"""Stands for a person in `PosteriorRow`: nobody on the list."""

TIERS = ("identification", "presumptive", "unresolved")
"""The tiers of a proposal, strongest first. A proposal is not a decision."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence for the reader: a template (the translators' key) and its facts.

    Facts are text, whole numbers and floats, so that they can be stored as JSON; one that is never
    stored may carry another remark, or a refusal, as a sentence inside its own.
    """

    code: str
    template: str
    facts: Mapping[str, Any]

    def __str__(self) -> str:
        return self.template % self.facts


@dataclass(frozen=True, slots=True)
class PosteriorRow:
    """How probable it is that `remains` are `person` (or nobody on the list).

    `probability_low` and `probability_high` are certified; `at_prior_low` and `at_prior_high` are
    the lower certified ends at the ends of the policy's grid of priors. `log10_lr_dna` and
    `log10_lr_other` weigh the pair alone, everybody else unplaced; None for nobody, and where
    nothing was measured.
    """

    remains: str
    person: str
    probability: float
    probability_low: float
    probability_high: float
    at_prior_low: float
    at_prior_high: float
    log10_lr_dna: float | None
    log10_lr_other: float | None


@dataclass(frozen=True, slots=True)
class FactorRow:
    """The weight of one kind of evidence for one pair, and the model it comes from."""

    remains: str
    person: str
    evidence: str
    log10_lr: float
    group: str
    source: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """How one rule of the policy came out for the leading candidate of `remains`."""

    remains: str
    person: str
    rule: str
    outcome: str
    """``met``, ``failed``, ``not_needed`` or ``not_weighed`` (a pair too unlikely for any tier)."""
    remark: Remark


@dataclass(frozen=True, slots=True)
class ChanceRow:
    """How many equally strong matches a search of this size throws up by chance."""

    remains: str
    person: str
    alternative: str
    comparisons: int
    expected_matches: float
    """An upper bound of the expected number among `comparisons` pairs under `alternative`."""


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """What is proposed for `remains`: a leading candidate, its tier, and why not more."""

    remains: str
    person: str | None
    probability: float | None
    tier: str
    reason: str
    """Code: ``rules_met``, or why the tier is not higher (``no_reference``, ``family_level`` …)."""
    rules_failed: tuple[str, ...]
    runner_up: str | None
    runner_up_probability: float | None
    primary_log10_lr_over_runner_up: float | None
    expected_chance_matches: float | None
    conflicts: tuple[Remark, ...]
    next_step: Remark


@dataclass(frozen=True, slots=True)
class SameCandidateRow:
    """Two remains, or two persons, that may be one. Both wait until somebody decides."""

    kind: str
    """``remains`` or ``person``."""
    a: str
    b: str
    log10_lr: float
    basis: str


@dataclass(frozen=True)
class Identification:
    """A whole run. `facts` holds what a reader needs to repeat it (JSON-able)."""

    posterior: tuple[PosteriorRow, ...]
    factors: tuple[FactorRow, ...]
    rules: tuple[RuleRow, ...]
    chance: tuple[ChanceRow, ...]
    proposals: tuple[ProposalRow, ...]
    same_candidates: tuple[SameCandidateRow, ...]
    facts: Mapping[str, Any]
