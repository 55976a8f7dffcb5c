# SPDX-License-Identifier: Apache-2.0
"""Withdrawals: what stood on an identification when it was withdrawn, as it was listed then."""

from django.db import models
from django.db.models import Q

from antigone.records.models.recorded import Part, Recorded

AFFECTED = (
    "family", "notification", "custody", "death", "conclusion", "claim", "opened_hypothesis",
)  # fmt: skip
"""Kinds of record that a withdrawal may concern; each has a field of its name."""


class Withdrawal(Recorded):
    """One identification withdrawn: `decision` withdrew what `of` had decided (rule R11)."""

    case = models.ForeignKey("InvestigationCase", models.PROTECT, related_name="+")
    decision = models.ForeignKey("Decision", models.PROTECT, related_name="withdrawals_by")
    of = models.ForeignKey("Decision", models.PROTECT, related_name="withdrawals_of")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("made_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["of"], name="withdrawal_once_for_a_decision"),
            models.UniqueConstraint(fields=["decision"], name="withdrawal_once_by_a_decision"),
            models.CheckConstraint(
                condition=~Q(decision=models.F("of")), name="withdrawal_not_of_itself"
            ),
        )


def _affected(to: str) -> models.ForeignKey:
    return models.ForeignKey(to, models.PROTECT, null=True, blank=True, related_name="+")


def _as_its_kind_says() -> Q:
    found = Q()
    for kind in AFFECTED:
        others = {f"{one}__isnull": True for one in AFFECTED if one != kind}
        found |= Q(kind=kind, **others, **{f"{kind}__isnull": False})
    return found


class AffectedRecord(Part):
    """One record that a withdrawal concerns: a family to visit, a burial, a certificate."""

    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, related_name="affected")
    ordinal = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    family = _affected("Family")
    notification = _affected("Notification")
    custody = _affected("CustodyEvent")
    death = _affected("Death")
    conclusion = _affected("Conclusion")
    claim = _affected("Claim")
    opened_hypothesis = _affected("OpenedHypothesis")

    whole = "withdrawal"

    class Meta:
        ordering = ("withdrawal", "ordinal")
        constraints = (
            models.UniqueConstraint(
                fields=["withdrawal", "ordinal"], name="affected_record_one_in_one_place"
            ),
            models.CheckConstraint(
                condition=_as_its_kind_says(), name="affected_record_as_its_kind_says"
            ),
        )
