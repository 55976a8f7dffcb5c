# SPDX-License-Identifier: Apache-2.0
"""First-run set-up: whoever reads the code from the terminal opens the first administrator."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from antigone.records.actions import accounts, roles
from antigone.records.models import User
from antigone.records.one_time import SetUpCode
from antigone.records.queries import accounts as kept_accounts
from antigone.terms.errors import AntigoneError
from antigone.web import pages
from antigone.web.passwords import NewPasswordForm
from antigone.web.remarks import in_reader_language
from antigone.web.sign_in import begin

_NAME = 60


class SetUpForm(NewPasswordForm):
    """The code from the terminal, a user name, and a password typed twice."""

    set_up_code = forms.CharField(
        label=_("Set-up code"),
        help_text=_("It stands in the terminal in which Antigone was started."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    username = forms.CharField(
        label=_("User name"),
        help_text=_("Letters, digits and @ . + - _; it stands beside every act of yours."),
        max_length=_NAME,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    field_order = ("set_up_code", "username", "password1", "password2")

    def clean(self) -> dict[str, Any]:
        """The password is held against the user name as well."""
        self.user = User(username=self.cleaned_data.get("username", ""))
        return super().clean()


@pages.page(for_anybody=True, posts=True)
@never_cache
@sensitive_post_parameters("set_up_code", "password1", "password2")
def set_up(request: HttpRequest) -> HttpResponse:
    """Open the first administrator's account; not there once anybody can sign in."""
    if not kept_accounts.nobody_signs_in():
        raise Http404
    form = SetUpForm(request.POST or None)
    if form.is_valid():
        try:
            return _opened(request, form)
        except ValidationError as wait:
            form.add_error(None, wait)
        except AntigoneError as refusal:
            form.add_error(None, in_reader_language(refusal))
    status = 422 if form.errors else 200
    return render(request, "web/accounts/set_up.html", {"form": form}, status=status)


def _opened(request: HttpRequest, form: SetUpForm) -> HttpResponse:
    begin(address=get_adapter().get_client_ip(request))
    code = SetUpCode(settings.ANTIGONE_HOME)
    right = code.is_(form.cleaned_data["set_up_code"])
    if not right or not code.withdraw():  # whoever withdraws it first is the only one
        raise ValidationError(
            {"set_up_code": _("This is not the code. Read it again, or start Antigone anew.")}
        )
    account = accounts.open_first_account(
        username=form.cleaned_data["username"], password=form.cleaned_data["password1"]
    )
    roles.begin(account=account)
    credentials = {"username": account.username}
    return perform_password_login(request, credentials, Login(user=account))
