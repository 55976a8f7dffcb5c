# SPDX-License-Identifier: Apache-2.0
"""As known on a day: the pages of a case at an earlier moment, under an address that says so.

``/as-known/2022-10-03/case/wood/graves/`` (or ``/as-known/event-1204/…``) is the page
``/case/wood/graves/`` as it would have been then. Every link that such a page makes keeps its
moment; a page that knows no moment answers at its own address.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import get_script_prefix, set_script_prefix
from django.utils.translation import gettext as _

from antigone.records.models import Event
from antigone.records.queries import as_known
from antigone.terms.errors import AntigoneError
from antigone.web.frame import frame_of
from antigone.web.pages import case_or_404
from antigone.web.remarks import in_reader_language

PAGES = frozenset(
    """case graves grave number remains one-remains persons person families family contradictions
    claims claim run
    record-index records record search identity""".split()
)
"""Names of the pages that can be read as known on a day: those that only read records."""
_ADDRESS = re.compile(r"/as-known/(?:(\d{4}-\d\d-\d\d)|event-(\d{1,15}))(/.*)", re.ASCII)
_ASKED = "as-known"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the banner says: the day asked for or None, and the last event that is shown."""

    day: date | None
    event: int
    at: datetime | None
    today: str
    """The address of the same page today."""


class AsKnown:
    """Middleware: answers addresses of earlier moments, and the form that asks for one."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take the moment out of the address before anything is looked up by it."""
        if request.method == "GET" and _ASKED in request.GET:
            return _redirected(request)
        found = _ADDRESS.fullmatch(request.path_info)
        if found is None:
            return self.answer(request)
        day, event, request.path_info = found.groups()
        before = get_script_prefix()
        request.as_known_asked = day, event, before.rstrip("/") + request.path_info
        set_script_prefix(request.path.removesuffix(request.path_info) + "/")
        try:
            return self.answer(request)
        finally:
            set_script_prefix(before)

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, named: dict[str, Any]
    ) -> HttpResponse | None:
        """Answer a page of records from the records as they were known at the moment asked for."""
        asked = getattr(request, "as_known_asked", None)
        if asked is None:
            return None
        name = request.resolver_match.view_name
        if name.removeprefix("web:") not in PAGES or request.method not in ("GET", "HEAD"):
            set_script_prefix("/")
            return HttpResponseRedirect(asked[2])
        try:
            return _then(request, view, named, asked)
        except ValueError as fault:  # the calendar has no such day
            raise Http404 from fault
        except AntigoneError as refusal:
            page = {"heading": _("This was refused."), "advice": in_reader_language(refusal)}
            return render(request, "web/error.html", page, status=422)


def _then(request: HttpRequest, view: Any, named: dict[str, Any], asked: Any) -> HttpResponse:
    day, event, today = asked
    case = case_or_404(named["slug"])
    moment = (
        as_known.end_of_day(case, date.fromisoformat(day))
        if day
        else as_known.after_event(int(event))
    )
    # what the frame of the page says is of today, and is asked before the tables are exchanged
    frame_of(request)
    _ = request.user.is_authenticated
    at = Event.objects.filter(sequence=moment.events - 1).values_list("at", flat=True).first()
    request.as_known = Shown(moment.day, moment.events - 1, at, today)
    with as_known.as_known(case, moment):
        return view(request, **named)


def _redirected(request: HttpRequest) -> HttpResponse:
    """From the form's address to that of the moment; without a day to that of today."""
    more = {name: value for name, value in request.GET.items() if name not in (_ASKED, "page")}
    day = request.GET[_ASKED].strip()
    path = request.path_info
    found = _ADDRESS.fullmatch(path)
    path = found[3] if found else path
    if re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII):
        path = f"/as-known/{day}{path}"
    query = f"?{urlencode(more)}" if more else ""
    return HttpResponseRedirect(f"{get_script_prefix().rstrip('/')}{path}{query}")
