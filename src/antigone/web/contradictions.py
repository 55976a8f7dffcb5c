# SPDX-License-Identifier: Apache-2.0
"""Contradictions: the list with its states, and one with what is said of it. None is settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from antigone.records import access
from antigone.records.actions import contradictions as acts
from antigone.records.kinds import kinds
from antigone.records.models import InvestigationCase
from antigone.records.queries import contradictions
from antigone.records.queries.contradicting import Contradiction
from antigone.records.queries.contradictions import Standing
from antigone.records.queries.remembered import AsOf
from antigone.terms.errors import AntigoneError
from antigone.web import columns, pages, wording
from antigone.web.addresses import address_of, name_of
from antigone.web.pages import asked, case_or_404, or_404, paged
from antigone.web.remarks import in_reader_language

_REASON = 2_000
GONE = "gone"
NOW = "now"
"""Asks for what is found now, where the list shows what was found some events ago."""
ACTS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "explain": acts.explain,
        "call_wrong_entry": acts.call_wrong_entry,
        "reopen": acts.reopen,
    }
)


@pages.page(reads="contradictions")
def contradiction_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every contradiction, or those of one kind or state."""
    return _list(request, case_or_404(slug))


@pages.page(reads="contradictions", acts="contradictions.take_stock")
def take_stock(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what is found now, and note what is gone."""
    case = case_or_404(slug)
    if request.method == "POST":
        try:
            acts.take_stock(case=case, by=request.user)
        except AntigoneError as refusal:
            return _list(request, case, refusal)
    return redirect(f"{reverse('web:contradictions', args=[case.slug])}?{NOW}=1")


@pages.page(reads="contradictions", posts=True)
def one_contradiction(request: HttpRequest, slug: str, mark: str) -> HttpResponse:
    """One contradiction: its sentence, its records, its state, and the form that decides it."""
    case = case_or_404(slug)
    as_of, every = _every(request, case)
    one = or_404(next((each for each in every if each.mark == mark), None))
    one_as_of = {"case": case, "as_of": as_of}
    if request.method != "POST":
        return _one(request, one_as_of, one)
    reason = request.POST.get("reason", "")[:_REASON]
    act = or_404(ACTS.get(request.POST.get("act", "")))
    given = {"rule": one.kind, "which": one.which, "seen": request.POST.get("seen", "")}
    try:
        act(case=case, reason=reason, by=request.user, **given)
    except AntigoneError as refusal:
        return _one(request, one_as_of, one, refusal, reason)
    return redirect("web:contradiction", case.slug, mark)


def _list(
    request: HttpRequest, case: InvestigationCase, refusal: AntigoneError | None = None
) -> HttpResponse:
    as_of, every = _every(request, case)
    kind, state = asked(request, "kind"), asked(request, "state")
    of_state = [one for one in every if _is_of(one, state)]
    shown = [one for one in of_state if kind in ("", one.kind)]
    page = {
        "case": case,
        "section": "contradictions",
        "as_of": as_of,
        "chosen": kind,
        "state": state,
        "states": _counted(map(_state, every), "contradiction_state"),
        "kinds": _counted((one.kind for one in of_state), "contradiction"),
        "may_take_stock": access.may(request.user, "contradictions.take_stock", case),
        "refused": in_reader_language(refusal) if refusal else "",
        **paged(request, shown),
    }
    template = "web/contradictions/contradictions.html"
    return render(request, template, page, status=422 if refusal else 200)


def _every(
    request: HttpRequest, case: InvestigationCase
) -> tuple[AsOf[list[Contradiction]], list[Standing]]:
    """All that was found last, or now where that is asked for, with what was said of it."""
    as_of = contradictions.found_lately(case, anew=NOW in request.GET)
    return as_of, contradictions.standing(case, as_of)


def _state(one: Standing) -> str:
    return GONE if one.is_gone else one.state


def _is_of(one: Standing, state: str) -> bool:
    return not one.is_gone if state == "" else _state(one) == state


def _counted(codes: Any, kind: str) -> list[dict[str, Any]]:
    return [
        {"code": code, "label": wording.worded(code, kind), "count": count}
        for code, count in Counter(codes).items()
    ]


def _one(
    request: HttpRequest,
    of: dict[str, Any],
    one: Standing,
    refusal: AntigoneError | None = None,
    reason: str = "",
) -> HttpResponse:
    case = of["case"]
    may = {name for name in ACTS if access.may(request.user, f"contradictions.{name}", case)}
    page = {
        **of,
        "section": "contradictions",
        "one": one,
        "state": _state(one),
        "records": _records(case, one),
        "seen": one.found.digest("") if one.found else "",
        "may_decide": bool(may) and not one.is_gone,
        "refused": in_reader_language(refusal) if refusal else "",
        "reason": reason,
    }
    template = "web/contradictions/one.html"
    return render(request, template, page, status=422 if refusal else 200)


def _records(case: InvestigationCase, one: Standing) -> list[dict[str, Any]]:
    """The records concerned, as far as they are there for whoever looks."""
    found = []
    for kind, pk in contradictions.records_of(one.which):
        record = kinds()[kind].objects.filter(case=case, pk=pk).first()
        if record is not None:
            found.append(
                {
                    "kind": columns.kind_in_words(kind),
                    "name": name_of(record),
                    "address": address_of(case, record),
                    "record": record,
                    "table": kind,
                }
            )
    return found
