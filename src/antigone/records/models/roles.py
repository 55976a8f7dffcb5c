# SPDX-License-Identifier: Apache-2.0
"""Who holds which role where, which hypotheses are open, and what was opened in an emergency."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from antigone.records.models.recorded import Recorded
from antigone.records.rights import ROLES, WITHOUT_A_CASE


def _account(related_name: str = "+", **more: bool) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name=related_name, **more
    )


def _case(**more: bool) -> models.ForeignKey:
    return models.ForeignKey("InvestigationCase", models.PROTECT, related_name="+", **more)


class RoleGrant(Recorded):
    """A role of somebody in a case, from a day to a day; it holds once a second one approved."""

    user = _account("role_grants")
    role = models.CharField(max_length=40)
    case = _case(null=True, blank=True)
    site = models.ForeignKey("Site", models.PROTECT, null=True, blank=True, related_name="+")
    family = models.ForeignKey("Family", models.PROTECT, null=True, blank=True, related_name="+")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    requested_by = _account()
    approved_by = _account(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("valid_from", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=sorted(ROLES)), name="role_grant_role_known"
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(WITHOUT_A_CASE), case__isnull=True)
                | ~Q(role__in=sorted(WITHOUT_A_CASE)) & Q(case__isnull=False),
                name="role_grant_in_a_case_unless_of_the_installation",
            ),
            models.CheckConstraint(
                condition=Q(site__isnull=True) | Q(role="field_recorder"),
                name="role_grant_of_a_site_is_a_field_recorders",
            ),
            models.CheckConstraint(
                condition=Q(family__isnull=True) | Q(role="family_liaison"),
                name="role_grant_of_a_family_is_a_liaisons",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="role_grant_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="role_grant_approved_by_somebody_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | ~Q(approved_by=F("user")) & ~Q(approved_by=F("requested_by"))
                | Q(role="administrator"),
                name="role_grant_approved_by_another",
            ),
        )
        indexes = (models.Index(fields=["user", "case"], name="role_grant_by_user"),)


class OpenedHypothesis(Recorded):
    """A pair that the coordinator has opened: each side's examiners may see the other side."""

    case = _case()
    remains = models.ForeignKey("Remains", models.PROTECT, related_name="opened_hypotheses")
    person = models.ForeignKey("Person", models.PROTECT, related_name="opened_hypotheses")
    opened_by = _account()
    opened_at = models.DateTimeField()
    reason = models.TextField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.TextField(blank=True, default="")
    closed_by = models.ForeignKey(
        "Decision", models.PROTECT, null=True, blank=True, related_name="hypotheses_closed"
    )
    """The decision that closed it: its withdrawal opens it again."""

    class Meta:
        verbose_name_plural = "opened hypotheses"
        ordering = ("opened_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["remains", "person"],
                condition=Q(closed_at__isnull=True),
                name="opened_hypothesis_open_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="opened_hypothesis_has_a_reason"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_reason="")
                | Q(closed_at__isnull=False) & ~Q(closed_reason=""),
                name="opened_hypothesis_closed_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | Q(closed_at__isnull=False),
                name="opened_hypothesis_closed_if_by_a_decision",
            ),
        )


class Opening(Recorded):
    """Glass broken: one record seen for an hour as a role sees it, and two others told of it."""

    user = _account("openings")
    case = _case()
    role = models.CharField(max_length=40, blank=True, default="")
    kind = models.CharField(max_length=40)
    record = models.UUIDField()
    reason = models.TextField()
    sealed_too = models.BooleanField(default=False)
    order_reference = models.TextField(blank=True, default="")
    opened_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    approved_by = _account(null=True, blank=True)

    class Meta:
        ordering = ("opened_at", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="opening_has_a_reason"),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, ends_at__isnull=True)
                | Q(ends_at__gt=F("opened_at")),
                name="opening_ends_after_its_start",
            ),
            models.CheckConstraint(
                condition=Q(sealed_too=False) & ~Q(role="")
                | Q(sealed_too=True)
                & ~Q(order_reference="")
                & (Q(opened_at__isnull=True) | Q(approved_by__isnull=False)),
                name="opening_of_sealed_matter_has_order_and_second_key",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("user")),
                name="opening_approved_by_another",
            ),
        )
        indexes = (models.Index(fields=["user", "ends_at"], name="opening_by_user"),)


class Notice(Recorded):
    """What somebody must be told, in codes and facts; the words are the page's."""

    to = _account("notices")
    case = _case(null=True, blank=True)
    code = models.CharField(max_length=60)
    facts = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("made_at", "id")
        constraints = (models.CheckConstraint(condition=~Q(code=""), name="notice_named"),)
        indexes = (models.Index(fields=["to", "read_at"], name="notice_by_reader"),)
