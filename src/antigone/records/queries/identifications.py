# SPDX-License-Identifier: Apache-2.0
"""Identifications: what the runs say, as the values that science gave. Never a decision."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Count, Q, QuerySet

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
from antigone.records.models.together import together
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


def proposed(run: AnalysisRun, many: Iterable[UUID]) -> QuerySet[Any]:
    """The cells of the proposals for these remains, to be asked with other questions."""
    return _asked(ProposalRow, Proposal.objects.filter(run=run, remains__in=many))


def as_proposals(run: AnalysisRun, cells: Iterable[Any]) -> dict[str, ProposalRow]:
    """The proposals out of their cells, by the key of the remains."""
    found = list(_values(ProposalRow, Proposal, cells))
    return {row.remains: row for row in _rows(ProposalRow, found, _keys_in(run, found))}


def of_person(run: AnalysisRun, person: Person) -> tuple[list[ProposalRow], list[str]]:
    """The proposals that name this person, the strongest tier first, and who may be the same."""
    same = SameCandidate.objects.filter(Q(person_a=person) | Q(person_b=person), run=run)
    named = _asked(ProposalRow, Proposal.objects.filter(run=run, person=person))
    rows, alike = together(named, same.order_by("ordinal"))
    cells = list(_values(ProposalRow, Proposal, rows))
    keys = _keys_in(run, cells, alike)
    found = sorted(_rows(ProposalRow, cells, keys), key=lambda row: TIERS.index(row.tier))
    others = [row.b if row.a == person.key else row.a
              for row in _same(alike, keys) if row.kind == "person"]  # fmt: skip
    return found, others


@dataclass(frozen=True, slots=True)
class Weighed:
    """Everything that a run says about one set of remains."""

    posterior: tuple[PosteriorRow, ...]
    """The most probable first."""
    factors: tuple[FactorRow, ...]
    rules: tuple[RuleRow, ...]
    chance: tuple[ChanceRow, ...]
    same_candidates: tuple[SameCandidateRow, ...]


_WEIGHED: tuple[tuple[Any, Any], ...] = (
    (PosteriorRow, PosteriorPair),
    (FactorRow, FactorWeight),
    (RuleRow, RuleOutcome),
    (ChanceRow, ChanceMatches),
)


def weighed(run: AnalysisRun, remains: Remains) -> Weighed:
    """What `run` says about these remains."""
    same = SameCandidate.objects.filter(Q(remains_a=remains) | Q(remains_b=remains), run=run)
    # by id and not by key, so that the index on run and remains serves
    asked = [_asked(value, model.objects.filter(run=run, remains=remains))
             for value, model in _WEIGHED]  # fmt: skip
    *answers, alike = together(*asked, same.order_by("ordinal"))
    cells = [list(_values(value, model, rows))
             for (value, model), rows in zip(_WEIGHED, answers, strict=True)]  # fmt: skip
    keys = _keys_in(run, [one for each in cells for one in each], alike)
    pairs, factors, rules, chance = (
        tuple(_rows(value, each, keys)) for (value, _), each in zip(_WEIGHED, cells, strict=True)
    )
    return Weighed(
        posterior=tuple(sorted(pairs, key=lambda row: -row.probability)),
        factors=factors, rules=rules, chance=chance, same_candidates=tuple(_same(alike, keys)),
    )  # fmt: skip


def identification(run: AnalysisRun) -> Identification:
    """The whole run as the value that was kept."""
    keys = _keys(run)

    def every(value: type[_Row], model: Any) -> tuple[_Row, ...]:
        return tuple(_rows(value, _cells(value, model.objects.filter(run=run)), keys))

    same = SameCandidate.objects.filter(run=run).order_by("ordinal")
    return Identification(
        posterior=every(PosteriorRow, PosteriorPair),
        factors=every(FactorRow, FactorWeight),
        rules=every(RuleRow, RuleOutcome),
        chance=every(ChanceRow, ChanceMatches),
        proposals=every(ProposalRow, Proposal),
        same_candidates=tuple(_same(same, keys)),
        facts=run.facts,
    )


def _seen(value: type[Any], model: Any) -> list[str]:
    return [one.name for one in fields(value) if access.nameable(model, one.name)]


def _asked(value: type[Any], found: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The question for the cells of these rows that may be seen."""
    columns = [f"{name}_id" if name in _REFERENCES else name for name in _seen(value, found.model)]
    return found.order_by("ordinal").values_list(*columns)


def _values(value: type[Any], model: Any, cells: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The cells by the names of `value`'s fields; what is withheld is None."""
    names, seen = [one.name for one in fields(value)], _seen(value, model)
    for row in cells:
        yield dict.fromkeys(names) | dict(zip(seen, row, strict=True))


def _cells(value: type[Any], found: models.QuerySet[Any]) -> Iterator[dict[str, Any]]:
    return _values(value, found.model, _asked(value, found).iterator(chunk_size=2000))


def _rows(value: type[_Row], found: Iterable[dict[str, Any]], keys: Keys) -> Iterator[_Row]:
    """Rows as values of `terms.results`, whose fields they have; references become keys.

    What is withheld of a row is None; a row about somebody who may not be seen is left out.
    """
    nobody = NOBODY if value is PosteriorRow else None
    for each in found:
        values = dict(each)
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


def _keys_in(
    run: AnalysisRun, cells: Iterable[dict[str, Any]], same: Iterable[SameCandidate] = ()
) -> Keys:
    """Keys of the remains and persons that these rows name, in one query; None is nobody."""
    bodies, persons = set(), set()
    for one in cells:
        bodies.add(one.get("remains"))
        persons |= {one.get("person"), one.get("runner_up")}
    for pair in same:
        bodies |= {pair.remains_a_id, pair.remains_b_id}
        persons |= {pair.person_a_id, pair.person_b_id}
    asked = [
        model.objects.filter(case=run.case_id, pk__in=ids - {None}).values_list("id", "key")
        for model, ids in ((Remains, bodies), (Person, persons))
    ]
    found: Keys = {None: None}
    for rows in together(*asked):
        found |= dict(rows)
    return found


def _keys(run: AnalysisRun) -> Keys:
    """Keys of the remains and persons of the run's case, by id; None is nobody."""
    keys: Keys = {None: None}
    for record in (Remains, Person):
        keys |= dict(record.objects.filter(case=run.case_id).values_list("id", "key"))
    return keys


def _same(found: Iterable[SameCandidate], keys: Keys) -> Iterator[SameCandidateRow]:
    for row in found:
        kind = "remains" if row.remains_a_id is not None else "person"
        a, b = (keys.get(getattr(row, f"{kind}_{end}_id")) for end in "ab")
        if a is not None and b is not None:
            yield SameCandidateRow(kind, a, b, row.log10_lr, row.basis)
