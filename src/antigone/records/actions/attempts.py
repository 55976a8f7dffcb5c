# SPDX-License-Identifier: Apache-2.0
"""Attempts to sign in: counted before they are looked at, so that nobody guesses in parallel."""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from antigone.records.errors import TooManyAttempts
from antigone.records.models.accounts import SignInWait


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that was counted, and of which of its kinds the count now began a wait."""

    of: Mapping[str, str]
    locked: tuple[str, ...]


@transaction.atomic
def begin(**of: str) -> Attempt:
    """Count an attempt of each kind (`account`, `address`, `code`), or refuse it: wait first."""
    now = timezone.now()
    kept = {kind: _locked_row(kind, name, now) for kind, name in sorted(of.items())}
    until = max((row.until for row in kept.values() if row.until and row.until > now), default=None)
    if until is not None:
        raise TooManyAttempts(minutes=ceil((until - now).total_seconds() / 60))
    for kind, row in kept.items():
        row.failures += 1
        row.last_at = now
        row.until = _wait_until(kind, row.failures, now)
        row.save()
    return Attempt(of, tuple(kind for kind, row in kept.items() if row.until))


@transaction.atomic
def succeeded(attempt: Attempt) -> None:
    """It was no failure: an account begins at nothing again, an address at what it had before.

    Else one good account would wash an address clean for guessing the others.
    """
    now = timezone.now()
    for kind, name in sorted(attempt.of.items()):
        row = _locked_row(kind, name, now)
        row.failures = row.failures - 1 if kind == "address" and row.failures else 0
        row.until = None
        row.save()


@transaction.atomic
def spend_step(authenticator: Authenticator, step: int) -> bool:
    """Use up the code of a 30-second `step`; False if that or a later one was used before.

    RFC 6238, section 5.2: a code is accepted once. The row is locked, so this holds among
    threads, processes and machines, and no cache has to remember it.
    """
    kept = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    if step <= kept.data.get("last_step", -1):
        return False
    kept.data["last_step"] = step
    kept.save(update_fields=["data"])
    return True


def _locked_row(kind: str, name: str, now: datetime) -> SignInWait:
    row, _new = SignInWait.objects.select_for_update().get_or_create(
        of=_digest(kind, name), defaults={"last_at": now}
    )
    if (now - row.last_at).total_seconds() > settings.FAILURES_FORGOTTEN_AFTER:
        row.failures, row.until = 0, None
    return row


def _wait_until(kind: str, failures: int, now: datetime) -> datetime | None:
    beyond = failures - settings.FAILURES_BEFORE_WAIT[kind]
    if beyond < 0:
        return None
    seconds = min(settings.FIRST_WAIT * 2 ** min(beyond, 20), settings.LONGEST_WAIT)
    return now + timedelta(seconds=seconds)


def _digest(kind: str, name: str) -> str:
    said = f"{kind}:{unicodedata.normalize('NFKC', name).casefold()}"
    return hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()
