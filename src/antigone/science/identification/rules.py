# SPDX-License-Identifier: Apache-2.0
"""The rules R1 to R6, R8 and R9 of a policy, applied to one candidate. People keep R7, R10, R11."""

from __future__ import annotations

import math
from collections.abc import Sequence

from antigone.science.identification.candidates import Candidate
from antigone.terms.errors import gettext_noop
from antigone.terms.policy import TierPolicy
from antigone.terms.results import Remark, RuleRow

MET, FAILED, NOT_NEEDED, NOT_WEIGHED = "met", "failed", "not_needed", "not_weighed"

R1_MET = gettext_noop(
    "The posterior stays at or above %(threshold).4f, with DNA alone and with everything, at "
    "every prior of the grid (lowest certified end %(lowest).6f)."
)
R1_FAILED = gettext_noop(
    "The posterior does not stay above %(threshold).4f: its lowest certified end is %(lowest).4f "
    "(%(basis)s, at %(multiple)s times the stated prior)."
)
R2_MET = gettext_noop(
    "No other missing member of the family and no exchanged reading of parent and child comes "
    "within a factor of %(threshold)g."
)
R2_MEMBER = gettext_noop(
    "The DNA separates this person from %(other)s, of the same family, by a factor of only "
    "%(factor).3g; %(threshold)g is asked for."
)
R2_REVERSED = gettext_noop(
    "The DNA fits an exchanged reading of parent and child (through %(other)s) as well, to a "
    "factor of %(factor).3g; %(threshold)g is asked for."
)
R3_TWO = gettext_noop(
    "%(count)d close relatives are typed, and without any one of them the ratio stays at or above "
    "%(threshold)g."
)
R3_DIRECT = gettext_noop("An authenticated sample from the person's own lifetime is typed.")
R3_METHOD = gettext_noop(
    "One close relative is typed, and an independent method (%(method)s) names the same person."
)
R3_FAILED = gettext_noop(
    "%(count)d of %(needed)d close relatives carry the match; a parent, child or full sibling "
    "counts when the ratio stays at or above %(threshold)g without any other one."
)
UNLIKELY = gettext_noop("Not weighed: the pair is too unlikely for any tier.")
R4_MET = gettext_noop("%(count)d separately taken samples of these remains agree.")
R4_SUPPORT = gettext_noop(
    "One sample only, but what was found on the body without DNA favours the same person by a "
    "factor of %(factor).3g."
)
R4_ONE = gettext_noop(
    "Only one sample of these remains gave a profile, and nothing but DNA ties them to this "
    "person strongly enough to rule out an exchanged sample."
)
R4_DISAGREE = gettext_noop("The samples of these remains disagree: one of them is not theirs.")
R4_MIXTURE = gettext_noop("A sample of these remains shows more than one donor.")
R4_ELIMINATION = gettext_noop("The profile is that of somebody in the elimination set.")
R4_SAME = gettext_noop(
    "These remains, or this person, may be the same as others in the case; somebody must decide "
    "that first."
)
R5_MET = gettext_noop("No open conflict stands against this pair.")
R5_FAILED = gettext_noop("%(count)d open conflicts stand against this pair.")
R6_MET = gettext_noop("Established without DNA: %(method)s, by two examiners.")
R6_FAILED = gettext_noop("Nothing but DNA establishes this pair.")
R6_NOT_NEEDED = gettext_noop("Not needed: the DNA rules are met.")
R8_MET = gettext_noop(
    "With DNA alone and with everything at least %(presumptive).2f at the stated prior and "
    "%(low_end).2f at its low end; DNA ratio of its own %(factor).3g."
)
R8_FAILED = gettext_noop(
    "Not presumptive: %(at_prior).4f at the stated prior (%(presumptive).2f asked for), "
    "%(at_low).4f at its low end (%(low_end).2f), own DNA ratio %(factor).3g (%(threshold)g)."
)


def apply_rules(
    candidate: Candidate, tiers: TierPolicy, grid: Sequence[float]
) -> tuple[RuleRow, ...]:
    """How every rule comes out for `candidate`, in the order of their numbers.

    Parameters
    ----------
    candidate : Candidate
    tiers : TierPolicy
        The thresholds.
    grid : sequence of float
        Multiples of the activity, in the order of the candidate's posteriors.

    Returns
    -------
    tuple of RuleRow
        R1, R2, R3, R4, R5, R6 and R8.

    References
    ----------
    docs/methods/identification.md, section "Rules".
    """
    found = [
        _r1(candidate, tiers, grid),
        _r2(candidate, tiers),
        _r3(candidate, tiers),
        _r4(candidate, tiers),
        _r5(candidate),
    ]
    by_dna = all(outcome == MET for outcome, _ in found)
    found.append(_r6(candidate, by_dna))
    found.append(_r8(candidate, tiers))
    names = ("R1", "R2", "R3", "R4", "R5", "R6", "R8")
    return tuple(
        RuleRow(candidate.remains, candidate.person, name, outcome, remark)
        for name, (outcome, remark) in zip(names, found, strict=True)
    )


def _remark(code: str, template: str, **facts: object) -> Remark:
    return Remark(code, template, facts)


def ratio(log_ratio: float) -> float:
    """A ratio for printing, from its natural log; capped at 1e300 so that it stays a number."""
    return math.exp(min(log_ratio, 690.0))


def _r1(c: Candidate, tiers: TierPolicy, grid: Sequence[float]) -> tuple[str, Remark]:
    ends = [("DNA alone", m, p) for m, p in zip(grid, c.dna_low, strict=True)]
    ends += [("all evidence", m, p) for m, p in zip(grid, c.fused_low, strict=True)]
    basis, multiple, lowest = min(ends, key=lambda end: end[2])
    facts = {"threshold": tiers.identification, "lowest": lowest}
    if lowest >= tiers.identification:
        return MET, _remark("R1.met", R1_MET, **facts)
    return FAILED, _remark("R1.failed", R1_FAILED, basis=basis, multiple=f"{multiple:g}", **facts)


def _r2(c: Candidate, tiers: TierPolicy) -> tuple[str, Remark]:
    threshold = tiers.primary_over_alternatives
    for others, code, template in (
        (c.references.over_members, "R2.member", R2_MEMBER),
        (c.references.over_reversed, "R2.reversed", R2_REVERSED),
    ):
        close = [(other, log) for other, log in others if log < math.log(threshold)]
        if close:
            other, log = min(close, key=lambda pair: pair[1])
            facts = {"other": other, "factor": ratio(log), "threshold": threshold}
            return FAILED, _remark(code, template, **facts)
    if not c.references.weighed:
        return NOT_WEIGHED, _remark("R2.unlikely", UNLIKELY)
    return MET, _remark("R2.met", R2_MET, threshold=threshold)


def _r3(c: Candidate, tiers: TierPolicy) -> tuple[str, Remark]:
    threshold = tiers.relative_leave_one_out
    carrying = sum(1 for left in c.references.close if left >= math.log(threshold))
    if c.references.direct_authenticated:
        return MET, _remark("R3.direct", R3_DIRECT)
    if carrying >= tiers.relatives:
        return MET, _remark("R3.two", R3_TWO, count=carrying, threshold=threshold)
    if c.other_method is not None and c.references.close and c.log_dna >= math.log(threshold):
        return MET, _remark("R3.method", R3_METHOD, method=c.other_method)
    if not c.references.weighed:
        return NOT_WEIGHED, _remark("R3.unlikely", UNLIKELY)
    return FAILED, _remark(
        "R3.failed", R3_FAILED, count=carrying, needed=tiers.relatives, threshold=threshold
    )


def _r4(c: Candidate, tiers: TierPolicy) -> tuple[str, Remark]:
    samples = c.samples
    if c.same_open:
        return FAILED, _remark("R4.same", R4_SAME)
    if not samples.agree:
        return FAILED, _remark("R4.disagree", R4_DISAGREE)
    if samples.mixture:
        return FAILED, _remark("R4.mixture", R4_MIXTURE)
    if samples.in_elimination_set:
        return FAILED, _remark("R4.elimination", R4_ELIMINATION)
    if samples.taken >= 2:
        return MET, _remark("R4.met", R4_MET, count=samples.taken)
    if samples.taken and c.log_other >= math.log(tiers.swap_support):
        return MET, _remark("R4.support", R4_SUPPORT, factor=ratio(c.log_other))
    return FAILED, _remark("R4.one", R4_ONE)


def _r5(c: Candidate) -> tuple[str, Remark]:
    if not c.conflicts:
        return MET, _remark("R5.met", R5_MET)
    return FAILED, _remark("R5.failed", R5_FAILED, count=len(c.conflicts))


def _r6(c: Candidate, by_dna: bool) -> tuple[str, Remark]:
    if c.other_method is not None:
        return MET, _remark("R6.met", R6_MET, method=c.other_method)
    if by_dna:
        return NOT_NEEDED, _remark("R6.not_needed", R6_NOT_NEEDED)
    return FAILED, _remark("R6.failed", R6_FAILED)


def _r8(c: Candidate, tiers: TierPolicy) -> tuple[str, Remark]:
    at_prior, at_low = c.surely, min(*c.dna_low, *c.fused_low)
    enough = (
        at_prior >= tiers.presumptive
        and at_low >= tiers.presumptive_low_end
        and c.log_dna >= math.log(tiers.primary_over_alternatives)
        and not c.same_open
    )
    facts = {
        "presumptive": tiers.presumptive,
        "low_end": tiers.presumptive_low_end,
        "factor": ratio(c.log_dna),
    }
    if enough:
        return MET, _remark("R8.met", R8_MET, **facts)
    facts |= {
        "at_prior": at_prior,
        "at_low": at_low,
        "threshold": tiers.primary_over_alternatives,
    }
    return FAILED, _remark("R8.failed", R8_FAILED, **facts)


def tier_of(rules: Sequence[RuleRow]) -> str:
    """The tier that `rules` allow: identification, presumptive or unresolved.

    Identification asks for R1 to R5, or for R6 and R5; remains or persons that may be the same as
    others stay unresolved (R4).
    """
    outcome = {rule.rule: rule.outcome for rule in rules}
    blocked = any(rule.remark.code == "R4.same" for rule in rules)
    if blocked:
        return "unresolved"
    if all(outcome[name] == MET for name in ("R1", "R2", "R3", "R4", "R5")):
        return "identification"
    if outcome["R6"] == MET and outcome["R5"] == MET:
        return "identification"
    return "presumptive" if outcome["R8"] == MET else "unresolved"
