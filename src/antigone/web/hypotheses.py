# SPDX-License-Identifier: Apache-2.0
"""Pages of hypotheses: which pairs are open to both sides, since when, by whom; open and close."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from antigone.records import access
from antigone.records.actions import hypotheses
from antigone.records.denials import NotOfThisCase
from antigone.records.models import InvestigationCase, OpenedHypothesis
from antigone.records.queries import accounts, people, remains
from antigone.records.queries import hypotheses as queries
from antigone.terms.errors import AntigoneError
from antigone.web.pages import asked, case_or_404, or_404, page, said
from antigone.web.remarks import in_reader_language

OPEN, CLOSE = "hypotheses.open_hypothesis", "hypotheses.close_hypothesis"


@page(reads="hypotheses")
def hypothesis_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every pair that is open or was, and for whoever may a form that opens one."""
    given = {"remains": asked(request, "remains"), "person": asked(request, "person")}
    return _list(request, case_or_404(slug), given)


@page(reads="hypotheses", acts=OPEN)
@require_POST
def open_hypothesis(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a pair to the examiners of both sides."""
    case = case_or_404(slug)
    given = {name: said(request, name) for name in ("remains", "person", "reason")}
    try:
        hypotheses.open_hypothesis(
            case=case, by=request.user, reason=given["reason"], **_pair(case, given)
        )
    except AntigoneError as refusal:
        return _list(request, case, given, refusal)
    return redirect("web:hypotheses", case.slug)


def _pair(case: InvestigationCase, given: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "remains": remains.one_remains(case, given["remains"]),
        "person": people.person(case, given["person"]),
    }
    for kind, one in found.items():
        if one is None:
            raise NotOfThisCase(kind=kind)
    return found


@page(reads="hypotheses", acts=CLOSE)
@require_POST
def close_hypothesis(request: HttpRequest, slug: str, hypothesis: UUID) -> HttpResponse:
    """Close an open pair: each side sees its own side only again."""
    case = case_or_404(slug)
    one = or_404(queries.every(case).filter(pk=hypothesis).first())
    try:
        hypotheses.close_hypothesis(hypothesis=one, by=request.user, reason=said(request, "reason"))
    except AntigoneError as refusal:
        return _list(request, case, {}, refusal)
    return redirect("web:hypotheses", case.slug)


def _list(
    request: HttpRequest,
    case: InvestigationCase,
    given: dict[str, str],
    refusal: AntigoneError | None = None,
) -> HttpResponse:
    shown = {
        "case": case,
        "section": "hypotheses",
        "lines": lines(queries.every(case)),
        "given": given,
        "may_open": access.may(request.user, OPEN, case),
        "may_close": access.may(request.user, CLOSE, case),
        "refused": in_reader_language(refusal) if refusal else "",
    }
    status = 422 if refusal else 200
    return render(request, "web/hypotheses/hypotheses.html", shown, status=status)


def of_record(
    request: HttpRequest, case: InvestigationCase, found: Iterable[OpenedHypothesis]
) -> dict[str, Any]:
    """What the page of remains or of a person says of the hypotheses about them."""
    if not access.sees("hypotheses"):
        return {}
    return {
        "hypotheses": lines(found),
        "may_open_hypothesis": access.may(request.user, OPEN, case),
    }


def lines(found: Iterable[OpenedHypothesis]) -> list[dict[str, Any]]:
    """Each pair with who opened it; those that are open first."""
    every = sorted(found, key=lambda one: one.closed_at is not None)
    names = accounts.usernames(one.opened_by_id for one in every)
    return [{"one": one, "by": names.get(one.opened_by_id, "")} for one in every]
