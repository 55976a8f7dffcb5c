# SPDX-License-Identifier: Apache-2.0
"""Withdrawals: what stands on an identification, before it is withdrawn and as listed then."""

from __future__ import annotations

from django.db.models import QuerySet

from antigone.records import access, standing
from antigone.records.models import (
    AffectedRecord,
    Claim,
    Conclusion,
    CustodyEvent,
    Death,
    Decision,
    Family,
    InvestigationCase,
    Notification,
    Recorded,
    Withdrawal,
)
from antigone.records.sections import Section

FIGURES = ("identified", "unidentified", "presumed_identity", "grave_occupant", "reburied",
           "reassociations")  # fmt: skip
"""What public figures count that rests on identifications."""


def affected_by(decision: Decision) -> list[tuple[str, Recorded]]:
    """What stands on this identification, of what may be seen: kind and record, families first.

    Families that look for the person, what they were told, burials and releases, certificates of
    death and conclusions, and public figures that count identifications.
    """
    case = decision.case_id
    remains = standing.one_individual(case, decision.remains_id) if decision.remains_id else set()
    persons = standing.one_person(case, decision.person_id) if decision.person_id else set()
    found: list[tuple[str, QuerySet[Recorded]]] = [
        ("family", Family.objects.filter(case=case, relatives__person__in=persons)),
        ("notification", Notification.objects.filter(case=case, person__in=persons)),
        (
            "custody",
            CustodyEvent.objects.filter(
                item_remains__in=remains, action__in=["released", "reburied"]
            ),
        ),
        ("death", Death.objects.filter(remains__in=remains)),
        ("conclusion", Conclusion.objects.filter(remains__in=remains)),
        ("claim", Claim.objects.filter(case=case, measure__in=FIGURES)),
    ]
    return [(kind, one) for kind, rows in found for one in rows.order_by("ordinal").distinct()]


def withdrawals(case: InvestigationCase) -> QuerySet[Withdrawal]:
    """Every withdrawal of the case, the last first."""
    found = Withdrawal.objects.filter(case=case).order_by("-made_at", "-id")
    return found.select_related("decision", "of", "of__remains", "of__person")


def of_decision(decision: Decision) -> Withdrawal | None:
    """The withdrawal that this decision made, or that took it back."""
    found = Withdrawal.objects.filter(decision=decision).first()
    return found or Withdrawal.objects.filter(of=decision).first()


def listed(withdrawal: Withdrawal) -> list[AffectedRecord]:
    """What the withdrawal concerned, as it was listed then, of what may be seen."""
    if not access.sees(Section.DECISIONS):
        return []
    found = AffectedRecord.objects.filter(withdrawal=withdrawal).order_by("ordinal")
    return list(
        found.select_related(
            "family", "notification", "custody", "death", "conclusion", "claim",
            "opened_hypothesis",
        )
    )  # fmt: skip
