# SPDX-License-Identifier: Apache-2.0
"""Accounts with roles for tests, asked for by one and approved by another."""

from __future__ import annotations

from datetime import UTC, datetime

from antigone.records import access
from antigone.records.actions import accounts, roles
from antigone.records.models import User

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def account(username: str) -> User:
    """The account of that name; opened where there is none."""
    found = User.objects.filter(username=username).first()
    if found is None:
        with access.at_the_terminal(None):
            found = accounts.open_account(username=username, by=None)
    return found


def grant(user: User, role: str, case=None, **more):
    """Give `user` the role: one administrator asks for it and another approves it."""
    with access.at_the_terminal(None):
        asked = roles.request_grant(
            user=user, role=role, case=case, valid_from=LONG_AGO, valid_until=None,
            by=account("invented-asker"), reason="a test", **more,
        )  # fmt: skip
        return roles.approve_grant(grant=asked, by=account("invented-approver"))


def somebody(role: str, case=None, **more) -> User:
    """An account that holds this role and no other."""
    found = account(f"invented-{role.replace('_', '-')}")
    grant(found, role, case, **more)
    return found
