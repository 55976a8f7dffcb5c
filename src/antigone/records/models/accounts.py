# SPDX-License-Identifier: Apache-2.0
"""Accounts: who acts. What they may do is granted apart from them (`models.roles`)."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from antigone.records.models.recorded import Recorded


class Accounts(BaseUserManager["User"]):
    """Accounts; `actions.accounts` opens and changes them."""

    def create_user(self, username: str, password: str | None = None, **more: Any) -> "User":
        """Keep a new account; without a password nobody can sign in with it."""
        account = self.model(username=self.model.normalize_username(username), **more)
        account.set_password(password)
        account.save(using=self._db)
        return account


class User(Recorded, AbstractBaseUser):
    """Somebody with an account of this installation. Never deleted; suspended instead."""

    username = models.CharField(
        max_length=150, unique=True, validators=[UnicodeUsernameValidator()]
    )
    is_active = models.BooleanField(default=True)
    opened_at = models.DateTimeField(default=timezone.now, editable=False)
    code_until = models.DateTimeField(null=True, blank=True)
    """Until when the password is a one-time code handed over; None once its holder has set one."""

    digested = ("password",)
    unrecorded = ("last_login",)

    USERNAME_FIELD = "username"
    objects = Accounts()


class SignInWait(models.Model):
    """Failed attempts to sign in, for one user name or address: counted, and how long to wait.

    Not a record: it says nothing of a case, and is forgotten after a day.
    """

    of = models.CharField(max_length=64, primary_key=True)
    """Keyed digest of what was tried: a user name may be a password typed too early."""
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(of=""), name="sign_in_wait_of_something"),
        )
