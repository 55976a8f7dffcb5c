# SPDX-License-Identifier: Apache-2.0
"""Sessions: how long they last, how many an account has, and what must be done first in one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from antigone.records.models import User
from antigone.records.queries import accounts
from antigone.web import resending

_BEGUN, _SEEN = "begun_at", "seen_at"
_SEEN_EVERY = 60
"""Seconds between two notes that a session is in use: not every page is a write."""
_ALWAYS = frozenset(
    {"account_logout", "web:language", "account_reauthenticate", "mfa_reauthenticate", "web:about"}
)
_FOR_PASSWORD = _ALWAYS | {"account_change_password"}
_FOR_FACTOR = _ALWAYS | {
    "account_change_password", "second_factor", "second_factor_square", "mfa_view_recovery_codes",
}  # fmt: skip

Answer = Callable[[HttpRequest], HttpResponse]


class SessionLimits:
    """Middleware: ends what was idle too long or is too old, and what an account has too many of.

    The idle limit is the session's own expiry, moved on at most once a minute.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, or send to sign-in again."""
        request.user = get_user(request)  # the account itself, no stand-in: acts are by it
        if request.user.is_authenticated:
            begun, now = mark_begun(request), time.time()
            if not begun <= now < begun + settings.SESSION_ABSOLUTE_AGE:
                logout(request)
                if request.method != "POST":  # what a form brings is given back, see below
                    return redirect(f"{reverse(settings.LOGIN_URL)}?ended=1")
                return self.answer(request)
            if now - request.session.get(_SEEN, 0) >= _SEEN_EVERY:
                self._note(request, now)
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _named: Any
    ) -> HttpResponse | None:
        """What was typed into a form is not lost with the session."""
        if request.user.is_authenticated or not resending.is_kept(request):
            return None
        return resending.send_again(request, signed_in=False)

    def _note(self, request: HttpRequest, now: float) -> None:
        first = _SEEN not in request.session
        request.session[_SEEN] = now
        UserSession.objects.create_from_request(request)
        if first:
            for one in sessions_of(request.user)[settings.SESSIONS_PER_ACCOUNT :]:
                one.end()


def mark_begun(request: HttpRequest) -> float:
    """When this session began; now, if that was not noted at sign-in."""
    return request.session.setdefault(_BEGUN, time.time())


def sessions_of(user: User) -> list[UserSession]:
    """The sessions of `user` that are open, the one used last first."""
    found = UserSession.objects.purge_and_list(user)
    return sorted(found, key=lambda one: (one.last_seen_at, one.pk), reverse=True)


def end_sessions(user: User, *, but: str | None = None) -> int:
    """End the sessions of `user`, except the one with the key `but`; how many ended."""
    ended = [one for one in sessions_of(user) if one.session_key != but]
    for one in ended:
        one.end()
    return len(ended)


class UnfinishedAccounts:
    """Middleware: a one-time code becomes a password first, then a second factor is set up."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; what is unfinished is looked at once the page is known."""
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: Any, _args: Any, _more: Any
    ) -> HttpResponse | None:
        """The step that comes first, or nothing where the account is complete."""
        user = request.user
        if not user.is_authenticated or not getattr(view, "login_required", True):
            return None
        at = request.resolver_match.view_name
        if user.code_until is not None:
            return None if at in _FOR_PASSWORD else redirect("account_change_password")
        if at in _FOR_FACTOR or _has_what_is_required(request):
            return None
        return redirect("second_factor")


def _has_what_is_required(request: HttpRequest) -> bool:
    if not settings.SECOND_FACTOR_REQUIRED:
        return True
    signed_in_with = get_authentication_records(request, request.user)
    return any(one["method"] == "mfa" for one in signed_in_with) or accounts.has_second_factor(
        request.user
    )
