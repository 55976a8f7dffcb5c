# SPDX-License-Identifier: Apache-2.0
"""Pages for administrators: accounts and their roles. Nobody approves their own act."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from antigone.records import access
from antigone.records.actions import accounts, roles
from antigone.records.acts import role_in_words
from antigone.records.one_time import new_code
from antigone.records.queries import accounts as kept
from antigone.records.queries import cases
from antigone.records.queries import roles as granted
from antigone.records.rights import ROLES
from antigone.terms.errors import AntigoneError
from antigone.web.pages import or_404, page
from antigone.web.remarks import in_reader_language
from antigone.web.sessions import end_sessions


class OpenForm(forms.Form):
    """The user name of a new account."""

    username = forms.CharField(
        label=_("User name"),
        help_text=_("Letters, digits and @ . + - _; it stands beside every act of its holder."),
        max_length=60,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )


class GrantForm(forms.Form):
    """A role, where it holds, and until when."""

    role = forms.ChoiceField(label=_("Role"))
    case = forms.ChoiceField(
        label=_("Case"),
        required=False,
        help_text=_("Every role but that of an administrator holds in one case."),
    )
    site = forms.CharField(
        label=_("Only at the site (its key)"),
        required=False,
        max_length=200,
        help_text=_("For a field recorder; blank for every site of the case."),
    )
    family = forms.CharField(
        label=_("Only for the family (its key)"),
        required=False,
        max_length=200,
        help_text=_("For a family liaison; blank for every family of the case."),
    )
    valid_until = forms.DateTimeField(
        label=_("Until (UTC; year-month-day)"),
        required=False,
        help_text=_("Blank: until it is ended."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["role"].choices = [(one, role_in_words(one)) for one in ROLES]
        self.fields["case"].choices = [("", "–")] + [(one.slug, one.name) for one in cases.cases()]

    def clean(self) -> dict[str, Any]:
        """The case, site and family that are meant, where there are such."""
        found = super().clean() or self.cleaned_data
        slug = found.get("case")
        found["case"] = cases.case_by_slug(slug) if slug else None
        for name in ("site", "family"):
            key = found.get(name)
            found[name] = kept.place_of_a_grant(found["case"], name, key) if key else None
            if key and found[name] is None:
                self.add_error(name, _("The case has no such key. Write it as the case does."))
        return found


@page(reads="accounts")
def account_list(request: HttpRequest) -> HttpResponse:
    """Every account with its roles, what waits for approval, and a form to open one."""
    return _list(request, OpenForm())


@page(reads="accounts", acts="accounts.open_account")
@sensitive_variables("code")
def open_account(request: HttpRequest) -> HttpResponse:
    """Open an account; its one-time code stands on the page that answers, and nowhere else."""
    form = OpenForm(request.POST or None)
    if form.is_valid():
        code = new_code()
        try:
            opened = accounts.open_account(
                username=form.cleaned_data["username"], by=request.user, code=code
            )
        except AntigoneError as refusal:
            form.add_error(None, in_reader_language(refusal))
        else:
            shown = {"section": "accounts", "opened": opened, "code": code}
            return render(request, "web/accounts/opened.html", shown)
    return _list(request, form)


def _list(request: HttpRequest, form: OpenForm) -> HttpResponse:
    held: dict[UUID, list[Any]] = {}
    for grant in granted.standing_grants():
        held.setdefault(grant.user_id, []).append(grant)
    every = list(kept.accounts())
    for one in every:
        one.state, one.held = kept.state_of(one), held.get(one.pk, [])
    shown = {
        "section": "accounts",
        "accounts": every,
        "waiting": [_with_approval(request, one) for one in granted.waiting_grants()],
        "alone": len(granted.administrators()) == 1,
        "administers": access.may(request.user, "accounts.open_account", None),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "web/accounts/list.html", shown, status=status)


def _with_approval(request: HttpRequest, grant: Any) -> Any:
    grant.is_own = request.user.pk in (grant.requested_by_id, grant.user_id)
    return grant


@page(reads="accounts", acts="roles.request_grant")
def one_account(request: HttpRequest, number: UUID) -> HttpResponse:
    """One account: its roles, a form to ask for another, and to suspend it."""
    account = or_404(kept.accounts().filter(pk=number).first())
    form = GrantForm(request.POST or None)
    if form.is_valid():
        try:
            roles.request_grant(
                user=account, by=request.user, valid_from=timezone.now(), **form.cleaned_data
            )
        except AntigoneError as refusal:
            form.add_error(None, in_reader_language(refusal))
        else:
            return redirect("web:accounts")
    account.state = kept.state_of(account)
    shown = {
        "section": "accounts",
        "account": account,
        "grants": [_with_approval(request, one) for one in granted.grants_of(account)],
        "now": timezone.now(),
        "form": form,
        "is_own": account.pk == request.user.pk,
    }
    status = 422 if form.errors else 200
    return render(request, "web/accounts/one.html", shown, status=status)


@page(reads="accounts", acts="accounts.suspend_account")
@require_POST
def suspend(request: HttpRequest, number: UUID) -> HttpResponse:
    """Suspend an account, or reinstate it."""
    account = or_404(kept.accounts().filter(pk=number).first())
    act = accounts.suspend_account if account.is_active else accounts.reinstate_account
    act(account=account, by=request.user, reason=_reason(request))
    if not account.is_active:
        end_sessions(account)
    return redirect("web:one-account", number)


@page(reads="accounts", acts="roles.approve_grant")
@require_POST
def approve(request: HttpRequest, number: UUID) -> HttpResponse:
    """Approve a grant that somebody else asked for."""
    grant = or_404(granted.grants().filter(pk=number).first())
    roles.approve_grant(grant=grant, by=request.user)
    return redirect("web:one-account", grant.user_id)


@page(reads="accounts", acts="roles.end_grant")
@require_POST
def end(request: HttpRequest, number: UUID) -> HttpResponse:
    """End a grant, or take back one that waits."""
    grant = or_404(granted.grants().filter(pk=number).first())
    roles.end_grant(grant=grant, by=request.user, reason=_reason(request))
    return redirect("web:one-account", grant.user_id)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").replace("\x00", "").strip()[:500]
