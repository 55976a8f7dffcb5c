# SPDX-License-Identifier: Apache-2.0
"""Identification: what the commission recommends, the authority decides, families are told."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from antigone.records.models import rows


def _account() -> models.ForeignKey:
    """The account that did it here; null of what a source brought along."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )


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
    author_account = _account()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("recommendation"),
            models.CheckConstraint(
                condition=~Q(outcome__in=["identify", "exclude", "withdraw"])
                | Q(person__isnull=False)
                | ~Q(person_key=""),
                name="recommendation_has_person",
            ),
            models.CheckConstraint(
                condition=Q(author_account__isnull=True) | ~Q(outcome="identify") | ~Q(basis=""),
                name="recommendation_to_identify_has_primary_basis",
            ),
            models.CheckConstraint(
                condition=Q(author_account__isnull=True) | ~Q(author_discipline=""),
                name="recommendation_made_here_has_discipline",
            ),
        )


class Signature(rows.CaseRow):
    """One member's signature under a recommendation, for one discipline."""

    recommendation, recommendation_key = rows.reference("Recommendation", "signatures")
    signer = rows.text()
    discipline = rows.coded()
    signed_on, signed_on_earliest, signed_on_latest = rows.partial_date()
    note = rows.text()
    account = _account()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("signature"),
            rows.unique_references(
                "signature_once_for_a_signer", "recommendation", also=("signer",)
            ),
            models.UniqueConstraint(
                fields=["recommendation", "account"],
                condition=Q(account__isnull=False),
                name="signature_once_for_an_account",
            ),
        )


def _made_here(**rules: Q) -> tuple[models.CheckConstraint, ...]:
    """What must be true of decisions made here; those of a source are kept as they are."""
    return tuple(
        models.CheckConstraint(condition=Q(decided_by__isnull=True) | rule, name=name)
        for name, rule in rules.items()
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
    recommendation, recommendation_key = rows.reference("Recommendation", "decisions")
    withdrawn_because = rows.coded()
    policy = rows.text()
    """SHA-256 of the case policy by which DNA was accepted."""
    family_summary = rows.text()
    """What the family may be told of the condition, as the authority approved it."""
    decided_by = _account()

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
            *_made_here(
                decision_withdrawn_because_only_if_withdrawn=Q(withdrawn_because="")
                | Q(outcome="withdrawn"),
                decision_made_here_has_reasons=~Q(reasons=""),
                decision_made_here_on_a_recommendation=Q(outcome="withdrawn")
                | Q(recommendation__isnull=False),
                decision_to_name_has_primary_basis=~Q(outcome="identified") | ~Q(basis=""),
                decision_by_dna_states_the_policy=~Q(outcome="identified")
                | ~Q(basis__contains="dna")
                | ~Q(policy=""),
                decision_withdrawn_replaces_one_because=~Q(outcome="withdrawn")
                | Q(replaces__isnull=False) & ~Q(withdrawn_because=""),
            ),
            models.UniqueConstraint(
                fields=["recommendation"],
                condition=Q(decided_by__isnull=False, recommendation__isnull=False),
                name="decision_once_on_a_recommendation",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(decided_by__isnull=False, replaces__isnull=False),
                name="decision_replaced_once_here",
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
