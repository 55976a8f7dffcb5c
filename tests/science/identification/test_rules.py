# SPDX-License-Identifier: Apache-2.0
"""Each rule of the policy: a candidate who meets all, and one change that fails each."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from antigone.science.identification.candidates import Candidate, ReferenceFacts, SampleFacts
from antigone.science.identification.proposals import NEXT, REASONS, next_step, reason_of
from antigone.science.identification.rules import apply_rules, tier_of
from antigone.terms.policy import read_policy
from antigone.terms.results import Remark
from tests.cases import policy_text

TIERS = read_policy(policy_text()).tiers
GRID = (0.1, 1.0, 10.0)

STRONG = Candidate(
    remains="R",
    person="P",
    probability=0.99999,
    low=0.99999,
    high=1.0,
    dna_probability=0.99996,
    dna_low=(0.9996, 0.99996, 0.999996),
    fused_low=(0.9997, 0.99997, 0.999997),
    undecidable=False,
    log_dna=math.log(1e9),
    log_other=math.log(20),
    kin_probability=1e-5,
    samples=SampleFacts(taken=2, agree=True, mixture=False, in_elimination_set=False),
    references=ReferenceFacts(
        typed=2,
        close=(math.log(1e4), math.log(2e5)),
        direct=False,
        direct_authenticated=False,
        over_members=(("Q", math.log(1e6)),),
        over_reversed=(("m", math.log(5e3)),),
        weighed=True,
    ),
    same_open=False,
    conflicts=(),
    other_method=None,
    stated_at=1,
)


def outcomes(candidate: Candidate) -> dict[str, str]:
    return {row.rule: row.outcome for row in apply_rules(candidate, TIERS, GRID)}


def tier(candidate: Candidate) -> str:
    return tier_of(apply_rules(candidate, TIERS, GRID))


def with_references(**changes: object) -> Candidate:
    return replace(STRONG, references=replace(STRONG.references, **changes))


def with_samples(**changes: object) -> Candidate:
    return replace(STRONG, samples=replace(STRONG.samples, **changes))


CONFLICT = Remark("age", "The ages differ.", {})

LOW_DNA, HIGH_ALL = (0.9994, 0.9999, 1.0), (0.9999, 0.9999, 0.9994)
NEAR = math.log(999)
FAILING = {
    "DNA alone below the line at the low prior": ("R1", replace(STRONG, dna_low=LOW_DNA)),
    "everything below the line at the high prior": ("R1", replace(STRONG, fused_low=HIGH_ALL)),
    "another missing member is near": ("R2", with_references(over_members=(("Q", NEAR),))),
    "parent and child may be exchanged": ("R2", with_references(over_reversed=(("m", NEAR),))),
    "one relative carries everything": ("R3", with_references(close=(math.log(1e9), math.log(99)))),
    "only one relative": ("R3", with_references(close=(math.log(1e9),))),
    "one sample and little else": ("R4", with_samples(taken=1)),
    "samples disagree": ("R4", with_samples(agree=False)),
    "a mixture": ("R4", with_samples(mixture=True)),
    "somebody who handled the remains": ("R4", with_samples(in_elimination_set=True)),
    "may be the same as others": ("R4", replace(STRONG, same_open=True)),
    "an open conflict": ("R5", replace(STRONG, conflicts=(CONFLICT,))),
}  # fmt: skip


def test_the_strong_candidate_meets_every_rule() -> None:
    assert tier(STRONG) == "identification"
    met = dict.fromkeys(("R1", "R2", "R3", "R4", "R5", "R8"), "met")
    assert outcomes(STRONG) == met | {"R6": "not_needed"}


@pytest.mark.parametrize("name", FAILING)
def test_one_failure_keeps_it_below_identification(name: str) -> None:
    rule, candidate = FAILING[name]
    assert outcomes(candidate)[rule] == "failed"
    assert tier(candidate) != "identification"
    assert (
        next_step(
            candidate, apply_rules(candidate, TIERS, GRID), tier(candidate), "rules_failed"
        ).code
        in NEXT
    )


def test_what_counts_instead_of_two_relatives() -> None:
    assert (
        outcomes(with_references(close=(), direct=True, direct_authenticated=True))["R3"] == "met"
    )
    assert outcomes(with_references(close=(), direct=True))["R3"] == "failed"
    one = with_references(close=(math.log(1e3),))
    assert outcomes(replace(one, other_method="fingerprint"))["R3"] == "met"


def test_one_sample_is_enough_when_the_body_speaks_for_itself() -> None:
    assert outcomes(replace(with_samples(taken=1), log_other=math.log(101)))["R4"] == "met"
    assert outcomes(replace(with_samples(taken=0), log_other=math.log(101)))["R4"] == "failed"


def test_a_method_without_dna_needs_no_posterior_but_no_conflict() -> None:
    weak = replace(STRONG, dna_low=(0.0, 0.0, 0.0), other_method="dental")
    assert tier(weak) == "identification"
    assert tier(replace(weak, conflicts=(CONFLICT,))) == "unresolved"
    assert tier(replace(weak, same_open=True)) == "unresolved"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"dna_low": (0.5, 0.95, 0.99)}, "presumptive"),
        ({"dna_low": (0.5, 0.9499, 0.99)}, "unresolved"),
        ({"fused_low": (0.4999, 0.96, 0.99)}, "unresolved"),
        ({"dna_low": (0.6, 0.96, 0.99), "log_dna": math.log(999)}, "unresolved"),
    ],
)
def test_presumptive_at_its_thresholds(changes: dict[str, object], expected: str) -> None:
    assert tier(replace(STRONG, **changes)) == expected


def test_reasons_and_steps_are_all_worded() -> None:
    unknown = replace(
        STRONG,
        dna_low=(0.0, 0.0, 0.0),
        fused_low=(0.0, 0.0, 0.0),
        probability=0.2,
        log_other=0.0,
        references=ReferenceFacts(0, (), False, False, (), (), weighed=False),
    )
    rules = apply_rules(unknown, TIERS, GRID)
    assert (
        reason_of(unknown, rules, "unresolved", family_share=0.2, only_one=False) == "no_reference"
    )
    claimed = replace(unknown, log_other=math.log(500))
    assert (
        reason_of(claimed, rules, "unresolved", family_share=0.2, only_one=False)
        == "claimed_name_only"
    )
    assert (
        reason_of(unknown, rules, "unresolved", family_share=0.2, only_one=True)
        == "elimination_only"
    )
    brothers = replace(STRONG, dna_low=(0.4, 0.49, 0.5), dna_probability=0.5)
    rules = apply_rules(brothers, TIERS, GRID)
    assert (
        reason_of(brothers, rules, "unresolved", family_share=0.99, only_one=False)
        == "family_level"
    )
    assert all(REASONS.values())
