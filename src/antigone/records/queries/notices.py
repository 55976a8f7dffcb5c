# SPDX-License-Identifier: Apache-2.0
"""Notices: what somebody must be told."""

from django.db.models import QuerySet

from antigone.records.models import Notice, User


def unread(user: User) -> QuerySet[Notice]:
    """What this account was not told yet, the oldest first."""
    return Notice.objects.filter(to=user, read_at__isnull=True)
