# SPDX-License-Identifier: Apache-2.0
"""Identification: what the commission recommends, the authority decides, families are told."""

from django.db import models
from django.db.models import F, Q

from antigone.records.models import rows


class Recommendation(rows.CaseRow):
    """What the commission recommends of remains; its author is not among its signers."""

    key = rows.key()
    remains, remains_key = rows.reference("Remains", "recommendations")
    person, person_key = rows.reference("Person", "recommendations")
    outcome = rows.coded()
    basis = rows.text()
    journal_seen = rows.coded()
    sitting_on, sitting_on_earliest, sitting_on_latest = rows.partial_date()
    author = rows.text()
    author_discipline = rows.coded()
    reasons = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("recommendation"),
            models.CheckConstraint(
                condition=~Q(outcome__in=["identify", "exclude", "withdraw"])
                | Q(person__isnull=False)
                | ~Q(person_key=""),
                name="recommendation_has_person",
            ),
        )


class Signature(rows.CaseRow):
    """One member's signature under a recommendation, for one discipline."""

    recommendation, recommendation_key = rows.reference("Recommendation", "signatures")
    signer = rows.text()
    discipline = rows.coded()
    signed_on, signed_on_earliest, signed_on_latest = rows.partial_date()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("signature"),
            rows.unique_references(
                "signature_once_for_a_signer", "recommendation", also=("signer",)
            ),
        )


class Decision(rows.CaseRow):
    """A decision about remains; the last that no other replaces stands."""

    key = rows.key()
    remains, remains_key = rows.reference("Remains", "decisions")
    person, person_key = rows.reference("Person", "decisions")
    outcome = rows.coded()
    decided_on, decided_on_earliest, decided_on_latest = rows.partial_date()
    basis = rows.text()
    journal_seen = rows.coded()
    signed_by_roles = rows.text()
    replaces, replaces_key = rows.reference("self", "replaced_by")
    reasons = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("decision"),
            models.CheckConstraint(
                condition=~Q(outcome__in=["identified", "excluded"])
                | Q(person__isnull=False)
                | ~Q(person_key=""),
                name="decision_identified_or_excluded_has_person",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")),
                name="decision_does_not_replace_itself",
            ),
        )


class Notification(rows.CaseRow):
    """What a family was told, by whom and when, and what they chose not to know."""

    key = rows.key()
    person, person_key = rows.reference("Person", "notifications")
    family, family_key = rows.reference("Family", "notifications")
    decision, decision_key = rows.reference("Decision", "notifications")
    of = rows.coded()
    told_on, told_on_earliest, told_on_latest = rows.partial_date()
    told_by = rows.text()
    told_to = rows.text()
    in_person = rows.coded()
    declined = rows.text()
    wishes = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("notification")
