# SPDX-License-Identifier: Apache-2.0
"""The second factor: an authenticator application, and recovery codes for the day it is lost."""

from __future__ import annotations

import io

import segno
from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from antigone.records.actions import accounts, attempts
from antigone.records.models import User
from antigone.records.queries import accounts as kept_accounts
from antigone.web import pages

confirmed = reauthentication_required(app="allauth.mfa")
"""Only within five minutes of the password or a code."""


def step_of(secret: str, code: str) -> int | None:
    """The 30-second step whose code this is, among the present one and its neighbours."""
    plain = "".join(code.split())
    for step in totp.yield_hotp_counters_from_time():
        if totp.compare_user_code(
            actual=plain, expected=totp.format_hotp_value(totp.hotp_value(secret, step))
        ):
            return step
    return None


def spent(user: User, code: str) -> Authenticator | None:
    """The second factor of `user` whose code this is, now used up; None for any other code."""
    for one in Authenticator.objects.filter(user=user):
        if one.type == Authenticator.Type.RECOVERY_CODES:
            if one.wrap().validate_code(code):
                return one
        elif one.type == Authenticator.Type.TOTP:
            step = step_of(decrypt(one.data["secret"]), code)
            if step is not None and attempts.spend_step(one, step):
                return one
    return None


class NewFactorForm(forms.Form):
    """The first code of a new second factor: proof that it was taken over."""

    code = forms.CharField(
        label=_("Code that the application shows"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: object, secret: str, **more: object) -> None:
        super().__init__(*args, **more)
        self.secret = secret
        self.step = -1

    def clean_code(self) -> str:
        """The code, if it belongs to the secret shown."""
        step = step_of(self.secret, self.cleaned_data["code"])
        if step is None:
            raise ValidationError(
                _("This code does not belong to the secret shown here. Check the clock too.")
            )
        self.step = step
        return self.cleaned_data["code"]


@pages.page(posts=True)
@confirmed
def set_up(request: HttpRequest) -> HttpResponse:
    """Take over a secret into an authenticator application, and prove it with a code."""
    secret = totp.get_totp_secret(regenerate=request.method == "GET")
    form = NewFactorForm(request.POST or None, secret=secret)
    if form.is_valid():
        accounts.set_second_factor(
            account=request.user, secret=secret, step=form.step, by=request.user
        )
        totp.clear_totp_secret(request)
        return redirect("mfa_view_recovery_codes")
    page = {
        "section": "account",
        "form": form,
        "secret": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        "replaces": kept_accounts.has_second_factor(request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "web/accounts/second_factor.html", page, status=status)


@pages.page()
def square(request: HttpRequest) -> HttpResponse:
    """The secret as a square to be photographed; only while it is being set up."""
    secret = request.session.get(totp.SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    drawn = io.BytesIO()
    said = get_adapter().build_totp_url(request.user, secret)
    segno.make(said, error="m").save(
        drawn, kind="svg", scale=5, border=4, light="#fff", dark="#000"
    )
    return HttpResponse(
        drawn.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"}
    )


@pages.page(posts=True)
@confirmed
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes in place of the old ones."""
    if not kept_accounts.has_second_factor(request.user):
        raise Http404
    if request.method == "POST":
        accounts.renew_recovery_codes(account=request.user, by=request.user)
        return redirect("mfa_view_recovery_codes")
    return render(request, "mfa/recovery_codes/generate.html", {"section": "account"})
