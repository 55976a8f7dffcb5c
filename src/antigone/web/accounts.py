# SPDX-License-Identifier: Apache-2.0
"""Pages of accounts: one's own, and those that administrators keep."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from antigone.records import access
from antigone.records.models import User
from antigone.records.queries import roles as granted
from antigone.web import pages
from antigone.web.sessions import end_sessions, sessions_of


@pages.page()
def own(request: HttpRequest) -> HttpResponse:
    """One's own account: password, second factor, sessions."""
    page = {
        "section": "account",
        "sessions": sessions_of(request.user),
        "grants": [one for one in granted.standing_grants() if one.user_id == request.user.pk],
        "administers": access.may(request.user, "accounts.open_account", None),
        "this_session": request.session.session_key,
        "idle_minutes": settings.SESSION_COOKIE_AGE // 60,
        "longest_hours": settings.SESSION_ABSOLUTE_AGE // 3600,
        "most_sessions": settings.SESSIONS_PER_ACCOUNT,
        **_second_factor(request.user),
    }
    return render(request, "web/accounts/own.html", page)


def _second_factor(user: User) -> dict[str, object]:
    kept = {one.type: one for one in Authenticator.objects.filter(user=user)}
    codes = kept.get(Authenticator.Type.RECOVERY_CODES)
    return {
        "factor": kept.get(Authenticator.Type.TOTP),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "factor_required": settings.SECOND_FACTOR_REQUIRED,
    }


@pages.page(posts=True)
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session of one's own, this one too."""
    end_sessions(request.user)
    logout(request)
    return redirect(settings.LOGIN_URL)
