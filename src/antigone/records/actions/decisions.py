# SPDX-License-Identifier: Apache-2.0
"""Decisions: the legal authority names, excludes and withdraws; nobody else, and never alone."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from antigone.records import access, deciding
from antigone.records.actions import trail
from antigone.records.actions.changes import change
from antigone.records.actions.new_rows import EntryRefused, NewRow, known_rows, write_rows
from antigone.records.models import (
    AffectedRecord,
    CaseRow,
    Decision,
    Notice,
    OpenedHypothesis,
    Recommendation,
    RoleGrant,
    User,
    Withdrawal,
)
from antigone.records.queries import withdrawals
from antigone.records.standing import IDENTIFIED

TOLD_OF_A_WITHDRAWAL = ("family_liaison", "coordinator")


@access.guarded("decisions.decide")
def decide(
    *, recommendation: Recommendation, basis: Sequence[str], reasons: str, by: User, number: UUID,
    decided_on: str = "", journal_seen: str = "", family_summary: str = "",
    replaces: Decision | None = None,
) -> CaseRow:  # fmt: skip
    """Decide as the commission recommends: these remains are this person, or are not.

    `basis` are the primary identifiers on which a name rests; `family_summary` is what the family
    may be told of the condition; `replaces` an exclusion or a withdrawal that falls by it.

    Raises
    ------
    EntryRefused, NotAllowed
    """
    case = recommendation.case
    cells = _cells(recommendation, basis, decided_on) | {
        "journal_seen": journal_seen, "reasons": reasons.strip(),
        "family_summary": family_summary.strip(), "replaces": replaces.key if replaces else "",
    }  # fmt: skip
    row = NewRow("decision", cells, number, {"decided_by_id": by.pk})
    known = known_rows(case, [row])
    if known:
        return known[0]
    (record,) = write_rows(case, [row], by)
    if record.outcome == IDENTIFIED:  # type: ignore[attr-defined]
        _close_others(record)
    trail.record(action="decisions.decide", by=by, case=case, about=record)
    return record


@access.guarded("decisions.withdraw")
def withdraw(
    *, decision: Decision, because: str, reasons: str, by: User, number: UUID,
    recommendation: Recommendation | None = None,
) -> CaseRow:  # fmt: skip
    """Withdraw an identification (rule R11), all of it in one transaction.

    From then on release is frozen, the hypotheses that it had closed are open again, the pair is
    barred, and what stood on it is listed and handed to those who speak with the families.

    Raises
    ------
    EntryRefused, NotAllowed
    """
    case = decision.case
    cells = {
        "remains": decision.remains.key if decision.remains else "",
        "person": decision.person.key if decision.person else "",
        "outcome": "withdrawn", "decided_on": timezone.localdate().isoformat(),
        "signed_by_roles": "legal_authority", "replaces": decision.key,
        "reasons": reasons.strip(), "withdrawn_because": because,
        "recommendation": recommendation.key if recommendation else "",
    }  # fmt: skip
    row = NewRow("decision", cells, number, {"decided_by_id": by.pk})
    known = known_rows(case, [row])
    if known:
        return known[0]
    (record,) = write_rows(case, [row], by)
    _list_affected(decision, record, _reopen(decision, record, by))
    _tell_of(decision, record)
    trail.record(action="decisions.withdraw", by=by, case=case, about=record)
    return record


def _cells(one: Recommendation, basis: Sequence[str], decided_on: str) -> dict[str, str]:
    outcome = deciding.OUTCOME_OF.get(one.outcome)
    if outcome not in (IDENTIFIED, "excluded"):
        raise EntryRefused({"recommendation": deciding.said("recommendation-of-others")})
    signed = sorted(deciding.disciplines_signed(one))
    return {
        "remains": one.remains.key if one.remains else "",
        "person": one.person.key if one.person else "",
        "outcome": outcome, "basis": ";".join(basis), "recommendation": one.key,
        "decided_on": decided_on or timezone.localdate().isoformat(),
        "signed_by_roles": ";".join([*signed, "legal_authority"]),
        "policy": deciding.policy_digest(one.case) if "dna" in basis else "",
    }  # fmt: skip


def _close_others(decision: CaseRow) -> None:
    """Close the other hypotheses about these remains and this person; their own stays open."""
    remains, person = decision.remains_id, decision.person_id  # type: ignore[attr-defined]
    about = Q(remains=remains) | Q(person=person)
    found = OpenedHypothesis.objects.filter(about, closed_at__isnull=True)
    for one in found.exclude(remains=remains, person=person):
        change(
            one, closed_at=timezone.now(), closed_reason=f"decided: {decision.key}",  # type: ignore[attr-defined]
            closed_by=decision,
        )  # fmt: skip


def _reopen(decision: Decision, by_decision: CaseRow, by: User) -> list[OpenedHypothesis]:
    """Open again every hypothesis that the decision had closed, and the pair itself."""
    closed = OpenedHypothesis.objects.filter(closed_by=decision)
    pairs = [(one.remains_id, one.person_id) for one in closed]
    pairs.append((decision.remains_id, decision.person_id))
    opened = []
    for remains, person in dict.fromkeys(pairs):
        of = {"remains_id": remains, "person_id": person}
        here = OpenedHypothesis.objects.filter(closed_at__isnull=True, **of).first()
        if here is None:
            here = OpenedHypothesis.objects.create(
                case=decision.case, opened_by=by, opened_at=timezone.now(),
                reason=f"withdrawn: {by_decision.key}", **of,  # type: ignore[attr-defined]
            )  # fmt: skip
        opened.append(here)
    return opened


def _list_affected(
    decision: Decision, by_decision: CaseRow, opened: Sequence[OpenedHypothesis]
) -> None:
    withdrawal = Withdrawal.objects.create(
        case=decision.case, decision=by_decision, of=decision, made_at=timezone.now()
    )
    found = [*withdrawals.affected_by(decision), *(("opened_hypothesis", one) for one in opened)]
    AffectedRecord.objects.bulk_create(
        AffectedRecord(withdrawal=withdrawal, ordinal=n, kind=kind, **{kind: one})
        for n, (kind, one) in enumerate(found)
    )


def _tell_of(decision: Decision, by_decision: CaseRow) -> None:
    """Notices to whoever speaks with the families concerned, and to the coordinators."""
    families = {one.pk for kind, one in withdrawals.affected_by(decision) if kind == "family"}
    now = timezone.now()
    held = RoleGrant.objects.filter(
        access.standing(now), Q(family__isnull=True) | Q(family__in=families),
        case=decision.case, role__in=TOLD_OF_A_WITHDRAWAL, user__is_active=True,
    )  # fmt: skip
    facts = {"decision": by_decision.key, "of": decision.key}  # type: ignore[attr-defined]
    for one in dict.fromkeys(held.values_list("user_id", flat=True)):
        Notice.objects.create(
            to_id=one, case=decision.case, code="withdrawal.made", facts=facts, made_at=now
        )
