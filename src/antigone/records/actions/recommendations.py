# SPDX-License-Identifier: Apache-2.0
"""Recommendations: what the commission says of remains, written by one and signed by others."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from uuid import UUID

from django.utils import timezone

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.actions.new_rows import EntryRefused, NewRow, known_rows, write_rows
from antigone.records.deciding import said
from antigone.records.models import (
    CaseRow,
    InvestigationCase,
    Person,
    Recommendation,
    Remains,
    Signature,
    User,
)

DISCIPLINE_OF = MappingProxyType(
    {
        "pathologist": "pathology", "anthropologist": "anthropology",
        "odontologist": "odontology", "geneticist": "genetics",
    }
)  # fmt: skip
"""Roles that examine, and the discipline for which they speak."""


@access.guarded("recommendations.recommend")
def recommend(
    *, case: InvestigationCase, remains: Remains, person: Person | None, outcome: str,
    basis: Sequence[str], discipline: str, reasons: str, by: User, number: UUID,
    journal_seen: str = "", sitting_on: str = "",
) -> CaseRow:  # fmt: skip
    """Recommend to the legal authority what to decide of `remains`; `by` is the author.

    The author does not sign it. `number` is of the form: sent twice, it records once.

    Raises
    ------
    EntryRefused, NotAllowed
    """
    cells = {
        "remains": remains.key, "person": person.key if person else "", "outcome": outcome,
        "basis": ";".join(basis), "journal_seen": journal_seen, "reasons": reasons.strip(),
        "sitting_on": sitting_on or _today(), "author": by.username,
        "author_discipline": discipline,
    }  # fmt: skip
    row = NewRow("recommendation", cells, number, {"author_account_id": by.pk})
    known = known_rows(case, [row])
    if known:
        return known[0]
    _refuse_discipline(case, by, discipline, "author_discipline")
    (record,) = write_rows(case, [row], by)
    trail.record(action="recommendations.recommend", by=by, case=case, about=record)
    return record


@access.guarded("recommendations.sign")
def sign(
    *, recommendation: Recommendation, discipline: str, by: User, number: UUID, note: str = ""
) -> CaseRow:
    """Sign a recommendation for one discipline; its author does not, and nobody does twice.

    Raises
    ------
    EntryRefused, NotAllowed
    """
    case = recommendation.case
    cells = {
        "recommendation": recommendation.key, "signer": by.username, "discipline": discipline,
        "signed_on": _today(), "note": note.strip(),
    }  # fmt: skip
    row = NewRow("signature", cells, number, {"account_id": by.pk})
    known = known_rows(case, [row])
    if known:
        return known[0]
    _refuse_discipline(case, by, discipline, "discipline")
    (record,) = write_rows(case, [row], by)
    trail.record(action="recommendations.sign", by=by, case=case, about=record)
    return record


def _today() -> str:
    return timezone.localdate().isoformat()


def _refuse_discipline(case: InvestigationCase, by: User, discipline: str, column: str) -> None:
    """One account speaks for one discipline: that of its examining roles, or of its first word."""
    if not discipline.strip():
        raise EntryRefused({column: said("discipline-missing")})
    roles = {one.role for one in access.granted(by, case, timezone.now())}
    examined = {DISCIPLINE_OF[role] for role in roles & set(DISCIPLINE_OF)}
    if examined and discipline not in examined:
        raise EntryRefused({column: said("discipline-of-another-role")})
    spoken = {
        *Recommendation.objects.filter(case=case, author_account=by).values_list(
            "author_discipline", flat=True
        ),
        *Signature.objects.filter(case=case, account=by).values_list("discipline", flat=True),
    }
    if spoken - {discipline}:
        before = min(spoken - {discipline})
        raise EntryRefused({column: said("another-discipline-before", discipline=before)})
