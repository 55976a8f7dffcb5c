# SPDX-License-Identifier: Apache-2.0
"""Accounts: which are kept, and how each signs in."""

from collections.abc import Iterable
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from antigone.records.errors import NoSuchAccount
from antigone.records.kinds import rows_of
from antigone.records.models import RECORD_OF, InvestigationCase, Recorded, User

_UNUSABLE = "!"
"""How Django marks a password with which nobody signs in."""


def accounts() -> QuerySet[User]:
    """Every account, by user name, each with `has_second_factor`."""
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return User.objects.order_by("username").annotate(has_second_factor=Exists(factor))


def named(username: str) -> User | None:
    """The account that signs in with that user name, in capitals or not; None without one."""
    return User.objects.filter(username__iexact=username).first()


def usernames(accounts: Iterable[UUID | None]) -> dict[UUID, str]:
    """The user names of these accounts, whoever looks: a page names who did what."""
    found = rows_of(User).filter(pk__in={one for one in accounts if one})
    return dict(found.values_list("pk", "username"))


def account_of(username: str) -> User:
    """The account of that user name."""
    found = User.objects.filter(username=username).first()
    if found is None:
        raise NoSuchAccount
    return found


def state_of(account: User) -> str:
    """How an account stands: a code, whose words are the reader's."""
    if not account.is_active:
        return "suspended"
    if not account.has_usable_password():
        return "terminal"
    if account.code_until is None:
        return "open"
    return "code_ran_out" if code_ran_out(account) else "awaits_password"


def nobody_signs_in() -> bool:
    """Whether this installation has no account yet with which anybody could sign in."""
    return not User.objects.exclude(password__startswith=_UNUSABLE).exists()


def has_second_factor(account: User) -> bool:
    """Whether a second factor was set up for `account`."""
    return Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists()


def code_ran_out(account: User) -> bool:
    """Whether the one-time code of `account` was not used in time."""
    return account.code_until is not None and account.code_until < timezone.now()


def place_of_a_grant(case: InvestigationCase | None, table: str, key: str) -> Recorded | None:
    """The site or family of that key, for the grant of a role that reaches no further.

    Asked whoever looks: an administrator sees neither, and learns only that the key is one.
    """
    if case is None:
        return None
    return QuerySet(RECORD_OF[table]).filter(case=case, key=key).first()
