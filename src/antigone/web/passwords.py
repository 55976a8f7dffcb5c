# SPDX-License-Identifier: Apache-2.0
"""Passwords: chosen by their holder, typed twice, changed only with the present one."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from antigone.records.models import User
from antigone.web import pages
from antigone.web.sessions import end_sessions

_LONGEST = 256
"""Longer ones would only cost the machine time."""


def _field(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        strip=False,
        max_length=_LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    password1 = _field(
        _("New password"),
        "new-password",
        _("At least 12 characters; several words are easy to keep in mind."),
    )
    password2 = _field(_("New password again"), "new-password")

    def __init__(self, *args: Any, user: User | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Both the same, and none that is easily guessed."""
        found = super().clean() or self.cleaned_data
        first, second = found.get("password1"), found.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two are not the same. Type it again."))
        elif first:
            try:
                validate_password(first, self.user)
            except ValidationError as faults:
                self.add_error("password1", faults)
        return found


class ChangedPasswordForm(NewPasswordForm):
    """A new password, and the present one."""

    present = _field(_("Present password"), "current-password")
    field_order = ("present", "password1", "password2")

    def clean_present(self) -> str:
        """The present password; attempts are counted as at sign-in."""
        if not get_adapter().reauthenticate(self.user, self.cleaned_data["present"]):
            raise ValidationError(_("The present password is not right."))
        return self.cleaned_data["present"]


@pages.page(posts=True)
@sensitive_post_parameters("present", "password1", "password2")
def change(request: HttpRequest) -> HttpResponse:
    """Choose a password: the first one in place of a one-time code, or a new one later."""
    first = request.user.code_until is not None
    form = (NewPasswordForm if first else ChangedPasswordForm)(
        request.POST or None, user=request.user
    )
    if form.is_valid():
        get_adapter().set_password(request.user, form.cleaned_data["password1"])
        end_sessions(request.user, but=request.session.session_key)
        update_session_auth_hash(request, request.user)  # and a new key for this session
        return redirect("web:account")
    page = {"section": "account", "form": form, "first": first}
    status = 422 if form.errors else 200
    return render(request, "web/accounts/password.html", page, status=status)
