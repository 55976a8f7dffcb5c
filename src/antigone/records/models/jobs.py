# SPDX-License-Identifier: Apache-2.0
"""Jobs: long work asked for, who has it in hand, how far it is, and how it ended.

A job is not a fact about a case, so it has no revisions; that it was asked for, cancelled or
done is in the ledger. Arguments, checkpoint and result hold codes, numbers and ids of records,
never a personal value.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

WAITING, RUNNING, DONE = "waiting", "running", "done"
REFUSED, FAILED, CANCELLED = "refused", "failed", "cancelled"
STATES = (WAITING, RUNNING, DONE, REFUSED, FAILED, CANCELLED)
OPEN = (WAITING, RUNNING)

ATTEMPTS = 3
"""How often a job is begun before it has failed, unless somebody asks again."""


class Job(models.Model):
    """One piece of work. `attempt` only rises: whoever holds an older one can write nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    case = models.ForeignKey("InvestigationCase", models.PROTECT, null=True, related_name="jobs")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs")
    asked_as = models.CharField(max_length=60)  # the role: its result is kept as that role's act
    asked_at = models.DateTimeField(auto_now_add=True)
    arguments = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=12, default=WAITING)

    attempt = models.PositiveIntegerField(default=0)
    attempts_left = models.PositiveIntegerField(default=ATTEMPTS)
    holder = models.CharField(max_length=64, blank=True, default="")
    beat = models.PositiveBigIntegerField(default=0)  # raised by the holder; no clock is compared
    beat_at = models.DateTimeField(null=True, blank=True)  # for readers; decides nothing
    cancel_asked = models.BooleanField(default=False)

    stage = models.CharField(max_length=40, blank=True, default="")
    share = models.FloatField(default=0.0)
    checkpoint = models.JSONField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True)  # code, template and facts of a refusal
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "case"], condition=Q(state__in=OPEN),
                name="job_one_open_of_a_kind_in_a_case",
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state__in=OPEN, case=None),
                name="job_one_open_of_a_kind_without_a_case",
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="job_state_known"),
            models.CheckConstraint(condition=~Q(kind=""), name="job_kind_given"),
            models.CheckConstraint(
                condition=Q(state=RUNNING) & ~Q(holder="") | ~Q(state=RUNNING) & Q(holder=""),
                name="job_held_while_it_runs",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_at=None)
                | ~Q(state__in=OPEN) & Q(ended_at__isnull=False),
                name="job_ended_once_closed",
            ),
            models.CheckConstraint(
                condition=Q(state=DONE, result__isnull=False)
                | ~Q(state=DONE) & Q(result__isnull=True),
                name="job_result_when_done",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(REFUSED, FAILED), error__isnull=False)
                | ~Q(state__in=(REFUSED, FAILED)) & Q(error__isnull=True),
                name="job_error_when_refused_or_failed",
            ),
            models.CheckConstraint(
                condition=Q(share__gte=0, share__lte=1), name="job_share_from_0_to_1"
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=["state", "asked_at"], name="job_by_state_and_age"),)
