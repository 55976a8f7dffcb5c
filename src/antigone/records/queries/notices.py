# SPDX-License-Identifier: Apache-2.0
"""Notices: what somebody must be told, and was told."""

from django.db.models import F, QuerySet

from antigone.records.models import Notice, User


def unread(user: User) -> QuerySet[Notice]:
    """What this account was not told yet, the oldest first."""
    return notices_to(user).filter(read_at__isnull=True).order_by("made_at", "id")


def notices_to(user: User) -> QuerySet[Notice]:
    """All that this account was ever told: first what is unread, then the newest first."""
    return Notice.objects.filter(to=user).order_by(
        F("read_at").desc(nulls_first=True), "-made_at", "id"
    )
