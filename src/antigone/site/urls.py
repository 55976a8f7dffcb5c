# SPDX-License-Identifier: Apache-2.0
"""Addresses: those of sign-in by the names that allauth knows them by, all others the pages'."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from django.urls import include, path

from antigone.web import passwords, second_factor

urlpatterns = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/code/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-out/", account.logout, name="account_logout"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/password/", passwords.change, name="account_change_password"),
    path("account/second-factor/", second_factor.set_up, name="second_factor"),
    path("account/second-factor/square.svg", second_factor.square, name="second_factor_square"),
    path(
        "account/recovery-codes/",
        recovery_codes.view_recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/recovery-codes/new/",
        second_factor.new_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("", include("antigone.web.urls")),
]

handler403 = "antigone.web.errors.forbidden"
handler404 = "antigone.web.errors.not_found"
handler500 = "antigone.web.errors.fault"
