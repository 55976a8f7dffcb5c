# SPDX-License-Identifier: Apache-2.0
"""Break-glass: one record seen for an hour beyond one's role, with two others told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from antigone.records import access
from antigone.records.actions import openings
from antigone.records.acts import role_in_words
from antigone.records.models import InvestigationCase, Opening
from antigone.records.queries import accounts
from antigone.records.queries import openings as queries
from antigone.records.rights import ROLES, WITHOUT_A_CASE
from antigone.terms.errors import AntigoneError
from antigone.web.columns import kind_in_words
from antigone.web.pages import asked, case_or_404, or_404, page, paged
from antigone.web.remarks import in_reader_language

OPEN, APPROVE = "openings.open_record", "openings.approve_opening"
AUDITOR = "auditor"
PAGES = {
    "grave": "web:grave",
    "remains": "web:one-remains",
    "person": "web:person",
    "family": "web:family",
    "claim": "web:claim",
}
"""Kinds of record that have a page of their own."""


class OpenForm(forms.Form):
    """Which record, as which role sees it, and why."""

    kind = forms.ChoiceField(label=_("Kind of record"))
    key = forms.CharField(
        label=_("Its key"),
        max_length=200,
        help_text=_(
            "Exactly as the case writes it. The answer is the same whether there is such a record "
            "or not, and either is recorded and told."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(
        label=_("See it as this role sees it"), help_text=_("This one record, and no other.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Two others read it at once. Write no name that they may not know."),
    )
    order_reference = forms.CharField(
        label=_("Reference of an order, for sealed matter"),
        required=False,
        max_length=200,
        help_text=_(
            "For an auditor only. With it, all of the record is asked for, sealed matter too; a "
            "second person must approve, and the role above does not matter."
        ),
    )

    def __init__(self, *given: Any, audits: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["kind"].choices = [(one, kind_in_words(one)) for one in queries.KINDS]
        roles = [one for one in ROLES if one not in WITHOUT_A_CASE]
        self.fields["role"].choices = [(one, role_in_words(one)) for one in roles]
        if not audits:
            del self.fields["order_reference"]


@page(reads="case", acts=OPEN)
def open_record(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, and what is open to the reader now; whether the record exists is not said."""
    case = case_or_404(slug)
    given = {"kind": asked(request, "kind"), "key": asked(request, "key")}
    audits = any(one.role == AUDITOR for one in request.sight.roles)  # type: ignore[attr-defined]
    form = OpenForm(request.POST or None, initial=given, audits=audits)
    if form.is_valid():
        try:
            _open(case, request, dict(form.cleaned_data))
        except AntigoneError as refusal:
            form.add_error(None, in_reader_language(refusal))
        else:
            return redirect("web:open-record", case.slug)
    now = timezone.now()
    shown = {
        "case": case,
        "section": "openings",
        "form": form,
        "now": now,
        "running": _lines(case, queries.running(case, request.user, now)),
    }
    return render(request, "web/openings/open.html", shown, status=422 if form.errors else 200)


def _open(case: InvestigationCase, request: HttpRequest, given: dict[str, Any]) -> None:
    key = given.pop("key")
    record = queries.record_of_the_key(case, given["kind"], key)
    openings.open_record(case=case, record=record, by=request.user, **given)


@page(reads="openings")
def opening_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every opening of the case: who, what, why, as which role; and what waits for approval."""
    return _list(request, case_or_404(slug))


@page(reads="openings", acts=APPROVE)
@require_POST
def approve_opening(request: HttpRequest, slug: str, opening: UUID) -> HttpResponse:
    """Turn the second key."""
    case = case_or_404(slug)
    one = or_404(queries.openings_of(case).filter(pk=opening).first())
    try:
        openings.approve_opening(opening=one, by=request.user)
    except AntigoneError as refusal:
        return _list(request, case, in_reader_language(refusal))
    return redirect("web:openings", case.slug)


def _list(request: HttpRequest, case: InvestigationCase, refused: str = "") -> HttpResponse:
    found = paged(request, queries.openings_of(case))
    shown = {
        "case": case,
        "section": "openings",
        "now": timezone.now(),
        "lines": _lines(case, found["page"].object_list),
        "may_approve": access.may(request.user, APPROVE, case),
        "may_open": access.may(request.user, OPEN, case),
        "refused": refused,
        **found,
    }
    return render(request, "web/openings/openings.html", shown, status=422 if refused else 200)


def _lines(case: InvestigationCase, found: Iterable[Opening]) -> list[dict[str, Any]]:
    """Each opening with its people in words, the record where it may be seen, and what is left."""
    every = list(found)
    names = accounts.usernames(
        [one.user_id for one in every] + [one.approved_by_id for one in every]
    )
    now = timezone.now()
    return [
        {
            "one": one,
            "by": names.get(one.user_id, ""),
            "approved_by": names.get(one.approved_by_id, ""),
            "key": (key := queries.key_of_a_record(one.kind, one.record)),
            "page": _page_of(case, one, key),
            "minutes": _minutes(one, now),
        }
        for one in every
    ]


def _minutes(one: Opening, now: Any) -> int:
    """Minutes that an opening still has, the begun one counted; 0 once it is over."""
    if one.ends_at is None or one.ends_at <= now:
        return 0
    return -int((now - one.ends_at).total_seconds() // 60)


def _page_of(case: InvestigationCase, one: Opening, key: str) -> str:
    """Where the record is read: its own page, else its history; blank where it is not seen."""
    if one.kind in PAGES and key:
        return reverse(PAGES[one.kind], args=[case.slug, key])
    try:
        return reverse("web:history", args=[case.slug, one.kind, one.record]) if key else ""
    except NoReverseMatch:
        return ""
