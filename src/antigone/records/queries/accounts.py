# SPDX-License-Identifier: Apache-2.0
"""Accounts: which are kept, and how each signs in."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from antigone.records.errors import NoSuchAccount
from antigone.records.models import User

_UNUSABLE = "!"
"""How Django marks a password with which nobody signs in."""


def accounts() -> QuerySet[User]:
    """Every account, by user name, with `signs_in`, `has_second_factor` and `awaits_password`."""
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return User.objects.order_by("username").annotate(
        signs_in=Q(is_active=True) & ~Q(password__startswith=_UNUSABLE),
        has_second_factor=Exists(factor),
        awaits_password=Q(code_until__isnull=False),
    )


def named(username: str) -> User | None:
    """The account that signs in with that user name, in capitals or not; None without one."""
    return User.objects.filter(username__iexact=username).first()


def account_of(username: str) -> User:
    """The account of that user name."""
    found = User.objects.filter(username=username).first()
    if found is None:
        raise NoSuchAccount
    return found


def nobody_signs_in() -> bool:
    """Whether this installation has no account yet with which anybody could sign in."""
    return not User.objects.exclude(password__startswith=_UNUSABLE).exists()


def has_second_factor(account: User) -> bool:
    """Whether a second factor was set up for `account`."""
    return Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists()


def code_ran_out(account: User) -> bool:
    """Whether the one-time code of `account` was not used in time."""
    return account.code_until is not None and account.code_until < timezone.now()
