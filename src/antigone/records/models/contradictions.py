# SPDX-License-Identifier: Apache-2.0
"""Contradictions that are kept: found by the records themselves, and what somebody said of each."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from antigone.records.models.recorded import Recorded

OPEN, EXPLAINED, WRONG_ENTRY = "open", "explained", "wrong_entry"
STATES = (OPEN, EXPLAINED, WRONG_ENTRY)


class KeptContradiction(Recorded):
    """One contradiction between certain records, with its state; `facts` is what was weighed.

    An explanation holds for the facts that it was given for: where their digest is another now,
    the contradiction is open again, whatever `state` says (`queries.contradictions`).
    """

    case = models.ForeignKey("InvestigationCase", models.PROTECT, related_name="+")
    site = models.ForeignKey("Site", models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.CharField(max_length=60)
    about = models.TextField()
    """The records concerned, each as ``kind:id``, in order, parted by blanks."""
    facts = models.CharField(max_length=64)
    """SHA-256 of what the records said when the contradiction was kept or decided, salted."""
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)
    """When it was first not found any more; null while it is."""
    state = models.CharField(max_length=20, default=OPEN)
    reason = models.TextField(blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("found_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["case", "rule", "about"], name="kept_contradiction_once_for_its_records"
            ),
            models.CheckConstraint(condition=~Q(rule=""), name="kept_contradiction_rule_given"),
            models.CheckConstraint(condition=~Q(about=""), name="kept_contradiction_about_given"),
            models.CheckConstraint(condition=~Q(facts=""), name="kept_contradiction_facts_given"),
            models.CheckConstraint(
                condition=Q(state__in=STATES), name="kept_contradiction_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=OPEN)
                | ~Q(reason="") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="kept_contradiction_decided_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(gone_at__isnull=True) | Q(gone_at__gte=F("found_at")),
                name="kept_contradiction_gone_after_it_was_found",
            ),
        )
