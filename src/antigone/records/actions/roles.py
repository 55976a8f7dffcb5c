# SPDX-License-Identifier: Apache-2.0
"""Roles: asked for by one administrator, approved by another, ended by any."""

from datetime import datetime

from django.utils import timezone

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.actions.changes import change
from antigone.records.denials import (
    GrantMisplaced,
    GrantNotWaiting,
    LastAdministrator,
    NoReason,
    NoSuchRole,
    NotAllowed,
    OwnAct,
)
from antigone.records.models import Family, InvestigationCase, RoleGrant, Site, User
from antigone.records.queries.roles import administrators
from antigone.records.rights import ROLES, WITHOUT_A_CASE

ADMINISTRATOR = "administrator"
SECOND = 2


@access.guarded("roles.begin")
def begin(*, account: User) -> RoleGrant:
    """Make the first account an administrator; only while there never was one."""
    if RoleGrant.objects.filter(role=ADMINISTRATOR).exists():
        raise NotAllowed(action="roles.begin")
    now = timezone.now()
    grant = RoleGrant.objects.create(
        user=account, role=ADMINISTRATOR, valid_from=now, requested_by=account,
        approved_by=account, approved_at=now, reason="first-run set-up",
    )  # fmt: skip
    trail.record(action="roles.begin", by=account, case=None)
    return grant


@access.guarded("roles.request_grant")
def request_grant(
    *,
    user: User,
    role: str,
    case: InvestigationCase | None,
    site: Site | None = None,
    family: Family | None = None,
    valid_from: datetime,
    valid_until: datetime | None,
    by: User,
    reason: str,
) -> RoleGrant:
    """Ask for a role; it holds once another administrator has approved it."""
    _refuse_misplaced(role, case, site, family)
    if not reason.strip():
        raise NoReason
    grant = RoleGrant.objects.create(
        user=user, role=role, case=case, site=site, family=family, valid_from=valid_from,
        valid_until=valid_until, requested_by=by, reason=reason.strip(),
    )  # fmt: skip
    trail.record(action="roles.request_grant", by=by, case=case)
    return grant


@access.guarded("roles.approve_grant")
def approve_grant(*, grant: RoleGrant, by: User) -> RoleGrant:
    """Let a grant hold. Only the second administrator is approved by the first one alone."""
    grant = RoleGrant.objects.get(pk=grant.pk)
    if grant.approved_by_id or grant.ended_at:
        raise GrantNotWaiting
    if by.pk in (grant.requested_by_id, grant.user_id) and not _may_alone(grant, by):
        raise OwnAct
    if not change(grant, approved_by=by, approved_at=timezone.now()):
        raise GrantNotWaiting
    trail.record(action="roles.approve_grant", by=by, case=grant.case)
    return grant


@access.guarded("roles.end_grant")
def end_grant(*, grant: RoleGrant, by: User, reason: str) -> RoleGrant:
    """End a grant now, or take back one that waits; the last administrator's stays."""
    grant = RoleGrant.objects.get(pk=grant.pk)
    if grant.ended_at:
        raise GrantNotWaiting
    if not reason.strip():
        raise NoReason
    if grant.role == ADMINISTRATOR and not administrators() - {grant.user_id}:
        raise LastAdministrator
    if not change(grant, ended_at=timezone.now()):
        raise GrantNotWaiting
    trail.record(
        action="roles.end_grant", by=by, case=grant.case, reason=reason.strip()
    )  # fmt: skip
    return grant


def _may_alone(grant: RoleGrant, by: User) -> bool:
    """Whether there is nobody else to ask: at the first two administrators, and only for those."""
    others = administrators() - {by.pk}
    return grant.role == ADMINISTRATOR and not others and len(administrators()) < SECOND


def _refuse_misplaced(
    role: str, case: InvestigationCase | None, site: Site | None, family: Family | None
) -> None:
    if role not in ROLES:
        raise NoSuchRole(role=role)
    of_this_case = all(
        one is None or (case is not None and one.case_id == case.pk) for one in (site, family)
    )
    narrowed = (site is None or role == "field_recorder") and (
        family is None or role == "family_liaison"
    )
    if (case is None) != (role in WITHOUT_A_CASE) or not of_this_case or not narrowed:
        raise GrantMisplaced(role=role)
