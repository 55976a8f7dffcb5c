# SPDX-License-Identifier: Apache-2.0
"""Identifications: what the runs say, as the values that science gave. Never a decision."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Count, Q

from antigone.records import access
from antigone.records.models import (
    AnalysisRun,
    ChanceMatches,
    FactorWeight,
    InvestigationCase,
    Person,
    PosteriorPair,
    Proposal,
    Remains,
    RuleOutcome,
    SameCandidate,
)
from antigone.terms.results import (
    NOBODY,
    TIERS,
    ChanceRow,
    FactorRow,
    Identification,
    PosteriorRow,
    ProposalRow,
    Remark,
    RuleRow,
    SameCandidateRow,
)
from antigone.terms.tables import several

_Row = TypeVar("_Row")
DECIDED = "decided"
"""The reason of remains decided before: a run repeats the decision, it proposes nothing."""
_REFERENCES = ("remains", "person", "runner_up")
Keys = dict[UUID | None, str | None]
"""Keys of remains and persons that may be seen, by id."""


def latest_run(case: InvestigationCase) -> AnalysisRun | None:
    """The run that was kept last; None where nobody has weighed the case yet."""
    return AnalysisRun.objects.filter(case=case).last()


def runs(case: InvestigationCase) -> models.QuerySet[AnalysisRun]:
    """Every run of the case, the first first."""
    return AnalysisRun.objects.filter(case=case).select_related("by")


def one_run(case: InvestigationCase, number: int) -> AnalysisRun | None:
    """The run of that number; None where this case has none such."""
    return runs(case).filter(number=number).first()


def tally(run: AnalysisRun) -> dict[str, list[dict[str, Any]]]:
    """How many remains stand in each tier, and why those below the first do not stand higher.

    Remains that were decided before are counted by themselves: nothing is proposed for them.
    """
    every = Proposal.objects.filter(run=run).order_by()
    rows = every.exclude(reason=DECIDED)
    tiers = dict(rows.values_list("tier").annotate(n=Count("id")))
    reasons = rows.exclude(tier=TIERS[0]).values("tier", "reason").annotate(count=Count("id"))
    tiers[DECIDED] = every.filter(reason=DECIDED).count()
    return {
        "tiers": [{"tier": tier, "count": tiers.get(tier, 0)} for tier in (*TIERS, DECIDED)],
        "reasons": sorted(
            reasons, key=lambda one: (TIERS.index(one["tier"]), -one["count"], one["reason"])
        ),
    }


def remains_proposed(run: AnalysisRun, tier: str = "", reason: str = "") -> list[str]:
    """Keys of the remains whose proposal has this tier and reason (blank: any).

    `tier` may be ``decided``; other tiers leave out what was decided before.
    """
    found = Proposal.objects.filter(run=run)
    if tier == DECIDED:
        found = found.filter(reason=DECIDED)
    elif tier:
        found = found.filter(tier=tier).exclude(reason=DECIDED)
    if reason:
        found = found.filter(reason=reason)
    return list(found.values_list("remains__key", flat=True))


def proposals(run: AnalysisRun, keys: Collection[str]) -> dict[str, ProposalRow]:
    """The proposal for each of these remains that the run weighed."""
    found = Proposal.objects.filter(run=run, remains__key__in=keys)
    return {row.remains: row for row in _rows(ProposalRow, found, _keys(run))}


def proposals_for_person(run: AnalysisRun, key: str) -> list[ProposalRow]:
    """The proposals that name this person, the strongest tier first."""
    found = _rows(ProposalRow, Proposal.objects.filter(run=run, person__key=key), _keys(run))
    return sorted(found, key=lambda row: TIERS.index(row.tier))


@dataclass(frozen=True, slots=True)
class Weighed:
    """Everything that a run says about one set of remains."""

    posterior: tuple[PosteriorRow, ...]
    """The most probable first."""
    factors: tuple[FactorRow, ...]
    rules: tuple[RuleRow, ...]
    chance: tuple[ChanceRow, ...]
    same_candidates: tuple[SameCandidateRow, ...]


def weighed(run: AnalysisRun, key: str) -> Weighed:
    """What `run` says about the remains `key`."""
    # By id and not by key, so that the index on run and remains serves.
    remains = Remains.objects.filter(case=run.case_id, key=key).values_list("pk", flat=True)
    here = {"run": run, "remains": remains.first()}
    keys = _keys(run)
    pairs = _rows(PosteriorRow, PosteriorPair.objects.filter(**here), keys)
    one = here["remains"]
    same = SameCandidate.objects.filter(Q(remains_a=one) | Q(remains_b=one), run=run)
    return Weighed(
        posterior=tuple(sorted(pairs, key=lambda row: -row.probability)),
        factors=tuple(_rows(FactorRow, FactorWeight.objects.filter(**here), keys)),
        rules=tuple(_rows(RuleRow, RuleOutcome.objects.filter(**here), keys)),
        chance=tuple(_rows(ChanceRow, ChanceMatches.objects.filter(**here), keys)),
        same_candidates=tuple(_same(same, keys)),
    )


def same_person_candidates(run: AnalysisRun, key: str) -> list[str]:
    """Keys of the persons who may be the person `key`, as the run found."""
    one = Person.objects.filter(case=run.case_id, key=key).values_list("pk", flat=True).first()
    rows = SameCandidate.objects.filter(Q(person_a=one) | Q(person_b=one), run=run)
    return [
        row.b if row.a == key else row.a for row in _same(rows, _keys(run)) if row.kind == "person"
    ]


def identification(run: AnalysisRun) -> Identification:
    """The whole run as the value that was kept."""
    keys = _keys(run)
    return Identification(
        posterior=tuple(_rows(PosteriorRow, PosteriorPair.objects.filter(run=run), keys)),
        factors=tuple(_rows(FactorRow, FactorWeight.objects.filter(run=run), keys)),
        rules=tuple(_rows(RuleRow, RuleOutcome.objects.filter(run=run), keys)),
        chance=tuple(_rows(ChanceRow, ChanceMatches.objects.filter(run=run), keys)),
        proposals=tuple(_rows(ProposalRow, Proposal.objects.filter(run=run), keys)),
        same_candidates=tuple(_same(SameCandidate.objects.filter(run=run), keys)),
        facts=run.facts,
    )


def _rows(value: type[_Row], found: models.QuerySet[Any], keys: Keys) -> Iterator[_Row]:
    """Rows as values of `terms.results`, whose fields they have; references become keys.

    What is withheld of a row is None; a row about somebody who may not be seen is left out.
    """
    names = [field.name for field in fields(value)]  # type: ignore[arg-type]
    seen = [name for name in names if access.nameable(found.model, name)]
    columns = [f"{name}_id" if name in _REFERENCES else name for name in seen]
    nobody = NOBODY if value is PosteriorRow else None
    for cells in found.order_by("ordinal").values_list(*columns).iterator(chunk_size=2000):
        values = dict.fromkeys(names) | dict(zip(seen, cells, strict=True))
        if any(values.get(name) not in keys for name in ("remains", "person")):
            continue
        for name in _REFERENCES:
            if name in values:
                values[name] = keys.get(values[name])
        if "person" in values:
            values["person"] = values["person"] or nobody
        for name in ("remark", "next_step"):
            if name in values:
                values[name] = Remark(**values[name])
        if "conflicts" in values:
            values["conflicts"] = tuple(Remark(**one) for one in values["conflicts"] or ())
            values["rules_failed"] = several(values["rules_failed"])
        yield value(**values)


def _keys(run: AnalysisRun) -> Keys:
    """Keys of the remains and persons of the run's case, by id; None is nobody."""
    keys: Keys = {None: None}
    for record in (Remains, Person):
        keys |= dict(record.objects.filter(case=run.case_id).values_list("id", "key"))
    return keys


def _same(found: models.QuerySet[SameCandidate], keys: Keys) -> Iterator[SameCandidateRow]:
    for row in found.order_by("ordinal"):
        kind = "remains" if row.remains_a_id is not None else "person"
        a, b = (keys.get(getattr(row, f"{kind}_{end}_id")) for end in "ab")
        if a is not None and b is not None:
            yield SameCandidateRow(kind, a, b, row.log10_lr, row.basis)
