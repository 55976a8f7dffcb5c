# SPDX-License-Identifier: Apache-2.0
"""From posteriors to what is printed: candidates, rules, proposals, and the rows of a result."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antigone.science.identification.candidates import Candidate, ReferenceFacts, SampleFacts
from antigone.science.identification.chances import Match, chance_rows
from antigone.science.identification.evidence import (
    Evidence,
    pair_conflicts,
    same_person_candidates,
)
from antigone.science.identification.facts import (
    Asked,
    other_methods,
    reference_facts,
    same_remains,
    sample_facts,
)
from antigone.science.identification.inputs import Inputs
from antigone.science.identification.posteriors import Posteriors
from antigone.science.identification.proposals import next_step, reason_of, step
from antigone.science.identification.rules import apply_rules, tier_of
from antigone.science.identification.weights import DnaWeights
from antigone.science.identification.workers import Workers
from antigone.terms.results import (
    NOBODY,
    ChanceRow,
    FactorRow,
    Identification,
    PosteriorRow,
    ProposalRow,
    RuleRow,
    SameCandidateRow,
)

Floats = NDArray[np.float64]

LEAST = 1e-6
"""Pairs below this posterior are left out of the tables."""

FACTORS_FROM = 1e-3
"""Factors are given for pairs from this posterior on, and for each remains' leading candidate."""


@dataclass(frozen=True)
class Searched:
    """How many remains and persons a search is really about, where the case holds only some.

    A national search uses national sizes: they enter the prior and the expected chance matches.
    """

    remains: int
    persons: int


@dataclass(frozen=True)
class Found:
    """All that was computed, ready to be judged."""

    inputs: Inputs
    dna: DnaWeights
    evidence: Evidence
    log_other: Floats
    alone: Posteriors
    fused: Posteriors
    activity: float
    effort: Mapping[str, Any]
    searched: Searched | None

    @property
    def comparisons(self) -> int:
        """Pairs of profiled remains and persons with references that the search is about."""
        if self.searched is not None:
            return self.searched.remains * self.searched.persons
        profiled = sum(1 for profile in self.inputs.profiles if profile.calls)
        return profiled * int(self.dna.typed.sum())

    @property
    def stated(self) -> int:
        """Position of the stated prior in the grid."""
        return self.inputs.case.policy.prior.activity_grid.index(1.0)


def identification_of(
    found: Found, progress: Callable[[str, float], None], workers: Workers
) -> Identification:
    """Judge every remains by the policy's rules and write everything as rows."""
    progress("rules", 0.0)
    same = _same_candidates(found)
    candidates = _candidates(found, same, workers)
    policy = found.inputs.case.policy
    rules = {
        i: apply_rules(one, policy.tiers, policy.prior.activity_grid)
        for i, one in candidates.items()
    }
    tiers = {i: tier_of(rows) for i, rows in rules.items()}
    progress("rules", 0.4)
    chance = _chance(found, candidates, tiers, workers)
    progress("rules", 0.9)
    proposals = _proposals(found, candidates, rules, tiers, chance)
    whole = Identification(
        posterior=tuple(_posterior_rows(found)),
        factors=tuple(_factor_rows(found)),
        rules=tuple(row for rows in rules.values() for row in rows),
        chance=tuple(chance),
        proposals=tuple(proposals),
        same_candidates=tuple(same),
        facts=_facts(found, candidates),
    )
    progress("rules", 1.0)
    return whole


def _same_candidates(found: Found) -> list[SameCandidateRow]:
    inputs, policy = found.inputs, found.inputs.case.policy
    remains = [
        SameCandidateRow(
            "remains", inputs.remains[a], inputs.remains[b], log / math.log(10), "profiles"
        )
        for a, b, log in same_remains(
            inputs,
            genotyping=policy.errors.genotyping,
            same_individual=policy.tiers.same_individual,
        )
    ]
    open_persons = set(inputs.persons)
    persons = [
        SameCandidateRow(
            "person", one.person_a, one.person_b, one.log_ratio / math.log(10), "names"
        )
        for one in same_person_candidates(inputs.case)
        if {one.person_a, one.person_b} <= open_persons
    ]
    return remains + persons


def _leading(found: Found) -> dict[int, int]:
    """Each open remains' leading person, by fused posterior at the stated prior."""
    point = found.fused.point[found.stated]
    if point.shape[1] == 0:
        return {}
    best = point.argmax(axis=1)
    return {i: int(p) for i, p in enumerate(best) if point[i, p] > 0}


def _candidates(
    found: Found, same: list[SameCandidateRow], workers: Workers
) -> dict[int, Candidate]:
    inputs, policy = found.inputs, found.inputs.case.policy
    leading = _leading(found)
    asked = [Asked(i, p) for i, p in leading.items()]
    least = policy.tiers.presumptive_low_end
    references = reference_facts(
        inputs,
        asked,
        found.dna.log_pair,
        worth={pair for pair in asked if _high(found, pair) >= least},
        genotyping=policy.errors.genotyping,
        workers=workers,
    )
    samples = sample_facts(
        inputs,
        genotyping=policy.errors.genotyping,
        same_individual=policy.tiers.same_individual,
    )
    methods = other_methods(inputs.case)
    open_pairs = {key for row in same for key in ((row.kind, row.a), (row.kind, row.b))}
    return {
        pair.remains: _candidate(found, pair, samples[pair.remains], of_family, methods, open_pairs)
        for pair, of_family in zip(asked, references, strict=True)
    }


def _high(found: Found, pair: Asked) -> float:
    """Upper certified end at the stated prior, with DNA alone or with everything."""
    place = found.stated, pair.remains, pair.person
    return float(min(found.alone.high[place], found.fused.high[place]))


def _candidate(
    found: Found,
    pair: Asked,
    samples: SampleFacts,
    references: ReferenceFacts,
    methods: Mapping[tuple[str, str], str],
    open_pairs: set[tuple[str, str]],
) -> Candidate:
    inputs, place = found.inputs, (pair.remains, pair.person)
    remains, person = inputs.remains[pair.remains], inputs.persons[pair.person]
    tiers = inputs.case.policy.tiers
    stated = found.stated
    undecidable = any(
        bool(((p.low[:, *place] < line) & (p.high[:, *place] >= line)).any())
        for p in (found.alone, found.fused)
        for line in (tiers.identification, tiers.presumptive)
    )
    return Candidate(
        remains=remains,
        person=person,
        probability=float(found.fused.point[stated, *place]),
        low=float(found.fused.low[stated, *place]),
        high=float(found.fused.high[stated, *place]),
        dna_probability=float(found.alone.point[stated, *place]),
        dna_low=tuple(found.alone.low[:, *place].tolist()),
        fused_low=tuple(found.fused.low[:, *place].tolist()),
        undecidable=undecidable,
        log_dna=float(found.dna.log_pair[place]),
        log_other=float(found.log_other[place]),
        kin_probability=float(found.fused.kin_high[stated, *place]),
        samples=samples,
        references=references,
        same_open=("remains", remains) in open_pairs or ("person", person) in open_pairs,
        conflicts=tuple(
            one.remark for one in pair_conflicts(inputs.case, found.evidence, remains, person)
        ),
        other_method=methods.get((remains, person)),
        stated_at=stated,
    )


def _chance(
    found: Found, candidates: Mapping[int, Candidate], tiers: Mapping[int, str], workers: Workers
) -> list[ChanceRow]:
    inputs = found.inputs
    persons = {key: p for p, key in enumerate(inputs.persons)}
    matches = [
        Match(i, persons[one.person], one.log_dna)
        for i, one in candidates.items()
        if tiers[i] != "unresolved" and one.log_dna > 0
    ]
    return chance_rows(
        inputs,
        matches,
        comparisons=found.comparisons,
        genotyping=inputs.case.policy.errors.genotyping,
        workers=workers,
    )


def _proposals(
    found: Found,
    candidates: Mapping[int, Candidate],
    rules: Mapping[int, tuple[RuleRow, ...]],
    tiers: Mapping[int, str],
    chance: list[ChanceRow],
) -> list[ProposalRow]:
    expected = {
        row.remains: row.expected_matches for row in chance if row.alternative == "unrelated"
    }
    by_key: dict[str, ProposalRow] = {}
    for i, key in enumerate(found.inputs.remains):
        if i in candidates:
            by_key[key] = _proposal(found, i, candidates[i], rules[i], tiers[i], expected.get(key))
        else:
            by_key[key] = _without_candidate(found, key)
    for key, person in found.inputs.vertices.fixed.items():
        by_key[key] = _still(key, person, "identification", "decided", "none")
    for key in found.inputs.vertices.not_weighed:
        by_key[key] = _still(key, None, "unresolved", "commingled", "separate")
    return [
        _renamed(by_key[head], member)
        for head, members in found.inputs.vertices.remains_of.items()
        if head in by_key
        for member in members
    ]


def _proposal(
    found: Found,
    i: int,
    one: Candidate,
    rules: tuple[RuleRow, ...],
    tier: str,
    expected: float | None,
) -> ProposalRow:
    point = found.fused.point[found.stated, i]
    persons = {key: p for p, key in enumerate(found.inputs.persons)}
    here = persons[one.person]
    reason = reason_of(
        one,
        rules,
        tier,
        family_share=_family_share(found, i, one.person),
        only_one=len(persons) == 1,
    )
    second, second_probability = _runner_up(found, i, here)
    over = None
    if second is not None and second != NOBODY:
        over = float(found.dna.log_pair[i, here] - found.dna.log_pair[i, persons[second]])
        over = over / math.log(10) if math.isfinite(over) else None
    return ProposalRow(
        remains=one.remains,
        person=one.person,
        probability=float(point[here]),
        tier=tier,
        reason=reason,
        rules_failed=tuple(rule.rule for rule in rules if rule.outcome == "failed"),
        runner_up=second,
        runner_up_probability=second_probability,
        primary_log10_lr_over_runner_up=over,
        expected_chance_matches=expected,
        conflicts=one.conflicts,
        next_step=next_step(one, rules, tier, reason),
    )


def _family_share(found: Found, i: int, person: str) -> float:
    persons = {key: p for p, key in enumerate(found.inputs.persons)}
    point = found.fused.point[found.stated, i]
    for tree in found.inputs.trees:
        if person in tree.missing.values():
            return float(sum(point[persons[p]] for p in tree.missing.values() if p in persons))
    return float(point[persons[person]])


def _runner_up(found: Found, i: int, leading: int) -> tuple[str | None, float | None]:
    point = found.fused.point[found.stated, i].copy()
    point[leading] = -1.0
    nobody = float(found.fused.nobody[found.stated, i])
    best = int(point.argmax())
    if point[best] > nobody:
        return found.inputs.persons[best], float(point[best])
    return NOBODY, nobody


def _without_candidate(found: Found, key: str) -> ProposalRow:
    donor = found.inputs.donors.get(key)
    typed = donor is not None and bool(donor.profile.calls)
    reason = "not_strong_enough" if typed else "no_profile"
    return _still(key, None, "unresolved", reason, "any_reference" if typed else "profile")


def _still(key: str, person: str | None, tier: str, reason: str, then: str) -> ProposalRow:
    return ProposalRow(
        remains=key,
        person=person,
        probability=None,
        tier=tier,
        reason=reason,
        rules_failed=(),
        runner_up=None,
        runner_up_probability=None,
        primary_log10_lr_over_runner_up=None,
        expected_chance_matches=None,
        conflicts=(),
        next_step=step(then),
    )


def _renamed(row: ProposalRow, key: str) -> ProposalRow:
    return row if row.remains == key else replace(row, remains=key)


def _posterior_rows(found: Found) -> list[PosteriorRow]:
    k, fused, inputs = found.stated, found.fused, found.inputs
    ends = 0, len(inputs.case.policy.prior.activity_grid) - 1
    rows = []
    for i, p in np.argwhere(fused.point[k] >= LEAST):
        typed = bool(found.dna.typed[p]) and bool(inputs.profiles[i].calls)
        rows.append(
            PosteriorRow(
                remains=inputs.remains[i],
                person=inputs.persons[p],
                probability=float(fused.point[k, i, p]),
                probability_low=float(fused.low[k, i, p]),
                probability_high=float(fused.high[k, i, p]),
                at_prior_low=float(fused.low[ends[0], i, p]),
                at_prior_high=float(fused.low[ends[1], i, p]),
                log10_lr_dna=_log10(found.dna.log_pair[i, p]) if typed else None,
                log10_lr_other=_log10(found.log_other[i, p]),
            )
        )
    for i, key in enumerate(inputs.remains):
        rows.append(
            PosteriorRow(
                remains=key,
                person=NOBODY,
                probability=float(fused.nobody[k, i]),
                probability_low=float(fused.nobody_low[k, i]),
                probability_high=float(fused.nobody_high[k, i]),
                at_prior_low=float(fused.nobody_low[ends[0], i]),
                at_prior_high=float(fused.nobody_low[ends[1], i]),
                log10_lr_dna=None,
                log10_lr_other=None,
            )
        )
    order = {key: place for place, key in enumerate(inputs.remains)}
    rows.sort(key=lambda row: (order[row.remains], -row.probability))
    return rows


def _log10(natural: float) -> float | None:
    return float(natural) / math.log(10) if math.isfinite(natural) else None


def _factor_rows(found: Found) -> list[FactorRow]:
    point, inputs = found.fused.point[found.stated], found.inputs
    leading = _leading(found)
    wanted = {(int(i), int(p)) for i, p in np.argwhere(point >= FACTORS_FROM)} | set(
        leading.items()
    )
    rows = []
    for i, p in sorted(wanted):
        pair = inputs.remains[i], inputs.persons[p]
        dna = _log10(found.dna.log_pair[i, p])
        if found.dna.typed[p] and inputs.profiles[i].calls and dna is not None:
            rows.append(FactorRow(*pair, "dna", dna, "primary", _dna_source(inputs)))
        rows.extend(
            FactorRow(*pair, name, log10, group, source)
            for name, group, source, log10 in found.evidence.factors(*pair)
        )
    return rows


def _dna_source(inputs: Inputs) -> str:
    policy = inputs.case.policy
    return (
        f"Autosomal likelihood ratio, {len(inputs.models)} markers, population "
        f"{policy.frequencies.population}, F_ST 0, genotyping error {policy.errors.genotyping:g}, "
        f"false links {policy.errors.false_paternity:g} and {policy.errors.false_maternity:g}"
    )


def _facts(found: Found, candidates: Mapping[int, Candidate]) -> dict[str, Any]:
    inputs, policy = found.inputs, found.inputs.case.policy
    profiled = sum(1 for profile in inputs.profiles if profile.calls)
    return {
        "remains": len(inputs.case.remains),
        "persons": len(inputs.case.persons),
        "open_remains": len(inputs.remains),
        "open_persons": len(inputs.persons),
        "profiled_remains": profiled,
        "persons_with_references": int(found.dna.typed.sum()),
        "comparisons": found.comparisons,
        "searched": None if found.searched is None else vars(found.searched),
        "markers": [model.marker for model in inputs.models],
        "activity": found.activity,
        "activity_grid": list(policy.prior.activity_grid),
        "f_st_applied": 0.0,
        "f_st_of_policy": policy.frequencies.f_st,
        "left_out_weight": found.dna.left_out,
        "anchors_in_families": len(found.dna.anchors),
        "undecidable": sum(1 for one in candidates.values() if one.undecidable),
        "widest_interval": float(
            (found.fused.high - found.fused.low)[found.stated].max(initial=0.0)
        ),
        "engines": _engines(found),
        "budget_ran_out": any(
            one.budget_ran_out for p in (found.alone, found.fused) for one in p.solved
        ),
        "journal_reliability": found.evidence.journal_facts,
        "effort": dict(found.effort),
        "notes": [str(note) for note in inputs.notes],
    }


def _engines(found: Found) -> dict[str, int]:
    counts: dict[str, int] = {}
    for component in found.fused.solved[found.stated].components:
        counts[component.engine] = counts.get(component.engine, 0) + int(component.remains.size)
    return counts
