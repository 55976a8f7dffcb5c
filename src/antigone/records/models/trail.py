# SPDX-License-Identifier: Apache-2.0
"""The trail: one act for everything that anybody does. Written by `actions.trail` alone."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Act(models.Model):
    """Who did what, when, in which case."""

    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="acts")
    action = models.CharField(max_length=80)
    case = models.ForeignKey("InvestigationCase", models.PROTECT, null=True, related_name="acts")
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=~Q(action=""), name="act_named"),)


class ActSubject(models.Model):
    """A record that an act touched, by kind and key."""

    act = models.ForeignKey(Act, models.PROTECT, related_name="subjects")
    kind = models.CharField(max_length=40)
    key = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["act", "kind", "key"], name="act_subject_once"),
        )
        indexes = (models.Index(fields=["kind", "key"], name="act_subject_by_key"),)
