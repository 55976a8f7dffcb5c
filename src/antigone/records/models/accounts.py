# SPDX-License-Identifier: Apache-2.0
"""Accounts: who acts. A model of our own, so that roles can be added without a break."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Somebody with an account of this installation."""
