# SPDX-License-Identifier: Apache-2.0
"""Whoever is at this terminal, as an account of the records."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antigone.records.models import User


def account() -> User:
    """The account of whoever is at this terminal; opened on first use."""
    from antigone.records.actions import accounts
    from antigone.records.models import User

    username = getpass.getuser()
    found = User.objects.filter(username=username).first()
    return found or accounts.open_account(username=username, by=None)
