# SPDX-License-Identifier: Apache-2.0
"""Accounts: who acts. What they may do is granted apart from them (`models.roles`)."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
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

    digested = ("password",)
    unrecorded = ("last_login",)

    USERNAME_FIELD = "username"
    objects = Accounts()
