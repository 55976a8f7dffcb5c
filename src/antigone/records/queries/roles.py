# SPDX-License-Identifier: Apache-2.0
"""Roles: who holds which, which wait for approval, and what somebody's own are."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from antigone.records import access
from antigone.records.models import InvestigationCase, RoleGrant, User


def grants(case: InvestigationCase | None = None) -> QuerySet[RoleGrant]:
    """Every grant that may be seen, of one case or (None) of all and of the installation."""
    found = RoleGrant.objects.select_related("user", "requested_by", "approved_by")
    return found.filter(case=case) if case else found


def standing_grants() -> QuerySet[RoleGrant]:
    """The grants that hold now."""
    return grants().filter(access.standing(timezone.now()))


def waiting_grants() -> QuerySet[RoleGrant]:
    """The grants that wait for a second administrator."""
    return grants().filter(approved_by__isnull=True, ended_at__isnull=True)


def grants_of(user: User) -> QuerySet[RoleGrant]:
    """Every grant of one account."""
    return grants().filter(user=user)


def administrators() -> set[UUID]:
    """Ids of the accounts that are administrators now."""
    held = RoleGrant.objects.filter(access.standing(timezone.now()), role="administrator")
    return set(held.filter(user__is_active=True).values_list("user_id", flat=True))
