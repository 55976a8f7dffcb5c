# SPDX-License-Identifier: Apache-2.0
"""Accounts: open, give a password and a second factor, lock out, suspend, recover."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.actions.changes import change
from antigone.records.errors import (
    AccountChangedMeanwhile,
    OwnAccount,
    ReasonMissing,
    UserNameTaken,
)
from antigone.records.models import User

CODE_HOLDS = timedelta(hours=72)
"""How long a one-time code opens an account."""


@access.guarded("accounts.open_account")
def open_account(*, username: str, by: User | None, code: str = "") -> User:
    """Open an account. Without `by` it opens itself; without a one-time `code` nobody signs in."""
    _refuse_taken(username)
    account = User.objects.create_user(
        username,
        password=code or None,
        code_until=timezone.now() + CODE_HOLDS if code else None,
    )
    trail.record(action="accounts.open_account", by=by or account, case=None)
    return account


@access.guarded("accounts.open_first_account")
def open_first_account(*, username: str, password: str) -> User:
    """Open the account of the first administrator, with the password that its holder chose."""
    _refuse_taken(username)
    account = User.objects.create_user(username, password=password)
    trail.record(action="accounts.open_first_account", by=account, case=None)
    return account


@access.guarded("accounts.set_password")
def set_password(*, account: User, password: str, by: User) -> None:
    """Set the password that the holder of `account` chose; a one-time code ends with it."""
    _change(account, password=make_password(password), code_until=None)
    trail.record(action="accounts.set_password", by=by, case=None)


@access.guarded("accounts.set_second_factor")
def set_second_factor(*, account: User, secret: str, step: int, by: User) -> None:
    """Keep a new second factor in place of any other; the code of `step` is used up."""
    Authenticator.objects.filter(user=account).delete()
    Authenticator.objects.create(
        user=account,
        type=Authenticator.Type.TOTP,
        data={"secret": encrypt(secret), "last_step": step},
    )
    RecoveryCodes.activate(account)
    trail.record(action="accounts.set_second_factor", by=by, case=None, about=account)


@access.guarded("accounts.renew_recovery_codes")
def renew_recovery_codes(*, account: User, by: User) -> None:
    """Make new recovery codes; those of before are worth nothing."""
    User.objects.select_for_update().get(pk=account.pk)  # one hand at a time
    codes = Authenticator.Type.RECOVERY_CODES
    Authenticator.objects.filter(user=account, type=codes).delete()
    RecoveryCodes.activate(account)
    trail.record(action="accounts.renew_recovery_codes", by=by, case=None, about=account)


@access.guarded("accounts.lock_out")
def lock_out(*, account: User) -> None:
    """Note that sign-in to `account` has to wait after repeated failures."""
    trail.record(action="accounts.lock_out", by=account, case=None, about=account)


@access.guarded("accounts.suspend_account")
def suspend_account(*, account: User, by: User, reason: str) -> None:
    """Nobody signs in with `account` until it is reinstated; its sessions end."""
    if account.pk == by.pk:
        raise OwnAccount
    _change(account, is_active=False)
    trail.record(action="accounts.suspend_account", by=by, case=None, reason=_stated(reason))


@access.guarded("accounts.reinstate_account")
def reinstate_account(*, account: User, by: User, reason: str) -> None:
    """`account` signs in again, with the password and second factor it had."""
    _change(account, is_active=True)
    trail.record(action="accounts.reinstate_account", by=by, case=None, reason=_stated(reason))


@access.guarded("accounts.recover_account")
def recover_account(*, account: User, code: str, by: User, reason: str) -> None:
    """Take password and second factor away and hand over a one-time `code`; its sessions end."""
    _change(account, password=make_password(code), code_until=timezone.now() + CODE_HOLDS)
    Authenticator.objects.filter(user=account).delete()
    trail.record(action="accounts.recover_account", by=by, case=None, reason=_stated(reason))


def _change(account: User, **values: object) -> None:
    if not change(account, **values):
        raise AccountChangedMeanwhile


def _refuse_taken(username: str) -> None:
    if User.objects.filter(username__iexact=username).exists():
        raise UserNameTaken


def _stated(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()
