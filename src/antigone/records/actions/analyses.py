# SPDX-License-Identifier: Apache-2.0
"""Analyses: keep an identification run as it is."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Max

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.errors import RunOfAnotherCase
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
    User,
)
from antigone.terms.results import NOBODY, Identification, Remark, SameCandidateRow

SMALLEST_KEPT = 1e-6
"""Pairs less probable than this are left out, as in the exchange format's ``posterior``."""
PART = 2_000

_Id = Callable[[str, str | None], UUID | None]


@access.guarded("analyses.store_run")
def store_run(*, case: InvestigationCase, found: Identification, by: User) -> AnalysisRun:
    """Keep the run `found` of this case, with everything needed to repeat it."""
    id_of = _ids(case)
    number = 1 + (AnalysisRun.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0)
    run = AnalysisRun.objects.create(case=case, number=number, by=by, facts=_plain(found.facts))
    posterior = [
        row
        for row in found.posterior
        if row.person == NOBODY or row.probability_high >= SMALLEST_KEPT
    ]
    _store(run, PosteriorPair, posterior, id_of)
    _store(run, FactorWeight, found.factors, id_of)
    _store(run, RuleOutcome, found.rules, id_of)
    _store(run, ChanceMatches, found.chance, id_of)
    _store(run, Proposal, found.proposals, id_of)
    SameCandidate.objects.bulk_create(
        _same_candidate(run, n, row, id_of) for n, row in enumerate(found.same_candidates)
    )
    trail.record(action="analyses.store_run", by=by, case=case)
    return run


def _ids(case: InvestigationCase) -> _Id:
    known: Mapping[str, dict[str, UUID]] = {
        "remains": dict(Remains.objects.filter(case=case).values_list("key", "id")),
        "person": dict(Person.objects.filter(case=case).values_list("key", "id")),
    }

    def id_of(kind: str, key: str | None) -> UUID | None:
        if key is None or (kind == "person" and key == NOBODY):
            return None
        if key not in known[kind]:
            raise RunOfAnotherCase(kind=kind, key=key, case=case.slug)
        return known[kind][key]

    return id_of


def _store(run: AnalysisRun, record: type[models.Model], rows: Iterable[Any], id_of: _Id) -> None:
    rows = list(rows)
    for first in range(0, len(rows), PART):
        part = enumerate(rows[first : first + PART], start=first)
        record.objects.bulk_create(
            record(run_id=run.pk, ordinal=n, **_fields(row, id_of)) for n, row in part
        )


def _fields(row: Any, id_of: _Id) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in fields(row):
        value = getattr(row, field.name)
        if field.name in ("remains", "person", "runner_up"):
            kind = "remains" if field.name == "remains" else "person"
            values[f"{field.name}_id"] = id_of(kind, value)
        elif field.name == "rules_failed":
            values[field.name] = ";".join(value)
        elif field.name == "conflicts":
            values[field.name] = [_plain(asdict(remark)) for remark in value]
        elif isinstance(value, Remark):
            values[field.name] = _plain(asdict(value))
        else:
            values[field.name] = value
    return values


def _same_candidate(
    run: AnalysisRun, ordinal: int, row: SameCandidateRow, id_of: _Id
) -> SameCandidate:
    both = {f"{row.kind}_a_id": id_of(row.kind, row.a), f"{row.kind}_b_id": id_of(row.kind, row.b)}
    return SameCandidate(run=run, ordinal=ordinal, log10_lr=row.log10_lr, basis=row.basis, **both)


def _plain(values: Mapping[str, Any]) -> Any:
    """The values as JSON gives them back; a number that JSON has no word for is refused here."""
    return json.loads(json.dumps(dict(values), allow_nan=False))
