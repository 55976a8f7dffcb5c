# SPDX-License-Identifier: Apache-2.0
"""From rules to a proposal: its tier, the reason it is not higher, and the next step."""

from __future__ import annotations

from collections.abc import Sequence

from antigone.science.identification.candidates import Candidate
from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark, RuleRow

REASONS = {
    "rules_met": gettext_noop("Every rule for an identification is met."),
    "rules_failed": gettext_noop("A rule for an identification is not met."),
    "may_be_same": gettext_noop("These remains, or this person, may be one with others."),
    "commingled": gettext_noop("Commingled remains are not weighed until they are separated."),
    "decided": gettext_noop("Already decided; the decision stands until somebody withdraws it."),
    "no_profile": gettext_noop("No usable DNA profile of these remains."),
    "no_reference": gettext_noop("No usable family sample for any likely person."),
    "claimed_name_only": gettext_noop("Only a journal, marker or document names somebody."),
    "elimination_only": gettext_noop("Only that nobody else is left; that closes nothing."),
    "family_level": gettext_noop("The family is likely, which of its members is not."),
    "undecidable": gettext_noop("The certified interval is too wide to decide."),
    "not_strong_enough": gettext_noop("No person on the list is likely enough."),
}
"""Why a proposal is not higher, by code."""

NEXT = {
    "decide_same": gettext_noop(
        "Decide whether the remains or persons named as possibly one are one; nothing is proposed "
        "before that."
    ),
    "separate": gettext_noop("Separate the commingled remains; each part is then weighed."),
    "none": gettext_noop("Nothing: a decision stands."),
    "commission": gettext_noop(
        "Put before the identification commission; two disciplines sign, the legal authority "
        "decides."
    ),
    "settle_conflicts": gettext_noop("Settle the open conflicts, each with a signed reason."),
    "second_sample": gettext_noop("Take and type a second, separate sample of these remains."),
    "resample": gettext_noop("Take and type a new sample of these remains: theirs disagree."),
    "second_relative": gettext_noop(
        "Type another close relative, or a sample from the person's own lifetime."
    ),
    "reference": gettext_noop(
        "Ask the family of %(person)s for a sample: a parent, child or full sibling, or an object "
        "of the person's own."
    ),
    "any_reference": gettext_noop(
        "Find families of the persons still sought and ask them for samples."
    ),
    "profile": gettext_noop("Type these remains: another tissue, or a method for degraded DNA."),
    "separate_family": gettext_noop(
        "Type somebody who separates the members of this family: a child or spouse of one of them, "
        "or an object of the person's own."
    ),
    "more_computing": gettext_noop("Run again with a larger budget; then ask for more references."),
}
"""What to do next, by code."""

CLAIM_STRONG = 4.605170185988092
"""Natural log of 100: a name this strong on a body is called a claimed name."""

FAMILY_FROM = 0.95
"""Posterior of a family from which it is called likely while none of its members is."""


def step(code: str, **facts: object) -> Remark:
    """The next step of that code."""
    return Remark(code, NEXT[code], facts)


def reason_of(
    candidate: Candidate,
    rules: Sequence[RuleRow],
    tier: str,
    *,
    family_share: float,
    only_one: bool,
) -> str:
    """Why the tier is not higher, as a code of `REASONS`.

    Parameters
    ----------
    family_share : float
        Posterior that the remains are some missing member of the candidate's family.
    only_one : bool
        Whether the candidate is the only listed person still open.
    """
    if tier == "identification":
        return "rules_met"
    if any(rule.remark.code == "R4.same" for rule in rules):
        return "may_be_same"
    if tier == "presumptive":
        return "rules_failed"
    if candidate.references.typed == 0 or candidate.samples.taken == 0:
        return _without_dna(candidate, only_one)
    if family_share >= FAMILY_FROM > min(candidate.probability, candidate.dna_probability):
        return "family_level"
    if candidate.undecidable:
        return "undecidable"
    return "not_strong_enough"


def _without_dna(candidate: Candidate, only_one: bool) -> str:
    if candidate.log_other >= CLAIM_STRONG:
        return "claimed_name_only"
    if only_one:
        return "elimination_only"
    return "no_profile" if candidate.samples.taken == 0 else "no_reference"


def next_step(candidate: Candidate, rules: Sequence[RuleRow], tier: str, reason: str) -> Remark:
    """What would bring these remains further, in the order in which it helps."""
    failed = {rule.rule: rule.remark.code for rule in rules if rule.outcome == "failed"}
    if tier == "identification":
        return step("commission")
    if reason == "may_be_same":
        return step("decide_same")
    if failed.get("R4") == "R4.disagree":
        return step("resample")
    if candidate.samples.taken == 0:
        return step("profile")
    if reason in ("no_reference", "claimed_name_only", "elimination_only"):
        return step("reference", person=candidate.person)
    if reason == "family_level" or failed.get("R2") == "R2.member":
        return step("separate_family")
    if reason == "not_strong_enough":
        return step("any_reference")
    if "R3" in failed or "R2" in failed:
        return step("second_relative")
    if "R4" in failed:
        return step("second_sample")
    if "R5" in failed:
        return step("settle_conflicts")
    return step("more_computing") if candidate.undecidable else step("second_relative")
