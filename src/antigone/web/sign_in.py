# SPDX-License-Identifier: Apache-2.0
"""Sign-in: what allauth asks of this house, its forms in our words, attempts counted."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordAgain
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from antigone.records.actions import accounts, attempts
from antigone.records.errors import TooManyAttempts
from antigone.records.models import User
from antigone.records.queries import accounts as kept_accounts
from antigone.web import second_factor
from antigone.web.remarks import in_reader_language
from antigone.web.sessions import mark_begun

ISSUER = "Antigone"
WRONG = _("User name and password do not belong together, or the account is not in use.")
"""One sentence for an unknown name, a wrong password and a suspended account."""
WRONG_CODE = _("This code is not right, or it was used before. Wait for the next one.")


class Accounts(DefaultAccountAdapter):
    """Nobody signs up, nothing goes by mail, and every password is set by an action."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG,
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("The present password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator opens accounts."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Whose user name and password these are; the attempt is counted first."""
        name = credentials["username"]
        attempt = begin(account=name, address=self.get_client_ip(request))
        found = authenticate(request, username=name, password=credentials["password"])
        if found is not None and not kept_accounts.code_ran_out(found):
            attempts.succeeded(attempt)
            return found
        if "account" in attempt.locked:
            note_lock_out(kept_accounts.named(name))
        return None

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether `password` is that of `user`; counted as at sign-in."""
        found = self.authenticate(context.request, username=user.username, password=password)
        return found is not None and found.pk == user.pk

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Signed in. Who has no second factor yet may set one up without the password again."""
        mark_begun(request)
        if not kept_accounts.has_second_factor(user):
            record_authentication(request, user, method="password", reauthenticated=True)
        return super().post_login(request, user, **more)

    def set_password(self, user: User, password: str) -> None:
        """As an action, with its event."""
        accounts.set_password(account=user, password=password, by=user)


class SecondFactors(DefaultMFAAdapter):
    """Secrets of second factors lie encrypted in the database, under the installation's key."""

    def encrypt(self, text: str) -> str:
        """`text`, sealed with a key that is not in the database."""
        return _sealing().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """The text again."""
        return _sealing().decrypt(encrypted_text.encode("ascii")).decode()

    def build_totp_url(self, user: User, secret: str) -> str:
        """What the square says to an authenticator application."""
        label = quote(f"{ISSUER}:{user.get_username()}")
        return f"otpauth://totp/{label}?secret={secret}&issuer={ISSUER}"


def _sealing() -> MultiFernet:
    return MultiFernet(
        [_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _fernet(secret: str) -> Fernet:
    from base64 import urlsafe_b64encode

    derived = HKDF(SHA256(), 32, salt=None, info=b"antigone second factors").derive(secret.encode())
    return Fernet(urlsafe_b64encode(derived))


def begin(**of: str) -> attempts.Attempt:
    """Count an attempt; a wait that is not over is said in the form."""
    try:
        return attempts.begin(**of)
    except TooManyAttempts as refusal:
        raise ValidationError(in_reader_language(refusal)) from refusal


def note_lock_out(account: User | None) -> None:
    """An event, where there is an account; a name that nobody has leaves only its wait."""
    if account is not None:
        accounts.lock_out(account=account)


class SignInForm(LoginForm):
    """User name and password."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["login"].label = _("User name")
        self.fields["password"].label = _("Password or one-time code")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
        self.fields["login"].widget.attrs |= {
            "autofocus": True, "autocapitalize": "none", "spellcheck": "false",
        }  # fmt: skip


class ConfirmForm(PasswordAgain):
    """The password once more, before a step that matters."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["password"]
        field.label, field.help_text = _("Password"), ""
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs["autofocus"] = True


class _Code(forms.Form):
    """A code of the second factor, or a recovery code."""

    user: User
    authenticator: Authenticator
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )  # fmt: skip

    def clean_code(self) -> str:
        """The code, if it is one of this account and was not used before."""
        attempt = begin(code=str(self.user.pk))
        code = self.cleaned_data["code"]
        found = second_factor.spent(self.user, code)
        if found is None:
            if attempt.locked:
                note_lock_out(self.user)
            raise ValidationError(WRONG_CODE)
        attempts.succeeded(attempt)
        self.authenticator = found
        return code


class CodeForm(_Code, AuthenticateForm):
    """The second step of sign-in."""


class ConfirmCodeForm(_Code, ReauthenticateForm):
    """A code instead of the password, before a step that matters."""
