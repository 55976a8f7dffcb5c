# SPDX-License-Identifier: Apache-2.0
"""Accounts: open one for somebody who works at this machine."""

from django.db import transaction

from antigone.records.actions import trail
from antigone.records.models import User


@transaction.atomic
def open_account(*, username: str, by: User | None) -> User:
    """Open an account without a password, for the terminal. Without `by`, it opens itself."""
    account = User.objects.create_user(username)
    trail.record(action="accounts.open_account", by=by or account, case=None)
    return account
