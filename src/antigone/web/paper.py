# SPDX-License-Identifier: Apache-2.0
"""Papers to load down: what whoever looks may see of one thing, as PDF in two languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from antigone.exchange.paper import of_cases
from antigone.exchange.paper.of_cases import NothingOfThatKey, Paper
from antigone.records import access
from antigone.records.models import RECORD_OF
from antigone.records.movements import KINDS
from antigone.web import pages
from antigone.web.pages import asked, case_or_404, or_404


@pages.page(reads="remains_codes")
def labels(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Labels for body, bag and grave, on the label paper asked for."""
    stock = asked(request, "stock") or "a4-2x7"
    case, at = case_or_404(slug), _now()
    kinds = ("body", "bag", "grave")
    return _file(lambda: of_cases.labels_of_remains(case, [key], at, stock=stock, kinds=kinds))


@pages.page(reads="places")
def grave_label(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """A label for a grave whose key is written as a code."""
    stock = asked(request, "stock") or "a4-2x7"
    case, at = case_or_404(slug), _now()
    return _file(lambda: of_cases.label_of_grave(case, key, at, stock=stock))


@pages.page(reads="remains")
def recovery(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The recovery sheet of remains."""
    case = case_or_404(slug)
    return _file(lambda: of_cases.recovery_sheet(case, key, _now()))


@pages.page(reads="remains")
def photographs(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The photograph log of remains."""
    case = case_or_404(slug)
    return _file(lambda: of_cases.photograph_log(case, key, _now()))


@pages.page(reads="custody")
def custody(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The custody list of remains."""
    case = case_or_404(slug)
    return _file(lambda: of_cases.custody_list(case, key, _now()))


@pages.page(reads="custody remains_codes")
def custody_of(request: HttpRequest, slug: str, table: str, record: UUID) -> HttpResponse:
    """The custody list of anything that custody is about."""
    case = case_or_404(slug)
    if table not in KINDS:
        raise Http404
    one = or_404(RECORD_OF[table].objects.filter(case=case, pk=record).first())
    return _file(lambda: of_cases.custody_list_of(one, _now()))


@pages.page(reads="custody")
def transport(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """What a carrier took over on the day asked for."""
    case, day = case_or_404(slug), _day(request)
    return _file(lambda: of_cases.transport_list(case, key, _now(), day=day))


@pages.page(reads="remains")
def receipt(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The receipt for remains and what was found with them, when they go to the family."""
    case = case_or_404(slug)
    return _file(lambda: of_cases.handover_receipt(case, key, _now()))


@pages.page(reads="pedigree reference_samples")
def family_receipt(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The receipt for the samples that a family gave."""
    case = case_or_404(slug)
    return _file(lambda: of_cases.family_receipt(case, key, _now()))


@pages.page(reads="decisions names remains_codes")
def certificate(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The certificate of an identification; whoever may not see the name has none."""
    case = case_or_404(slug)
    return _file(lambda: of_cases.certificate(case, key, _now()))


@pages.page(reads="consent")
def consent(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """A consent, to be signed."""
    case = case_or_404(slug)
    return _file(lambda: of_cases.consent_form(case, key, _now()))


@pages.page(reads="post_mortem")
def post_mortem(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The post-mortem form of remains."""
    case = case_or_404(slug)
    return _file(lambda: of_cases.post_mortem_form(case, key, _now()))


@pages.page(reads="ante_mortem")
def ante_mortem(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The ante-mortem form of a person."""
    case = case_or_404(slug)
    return _file(lambda: of_cases.ante_mortem_form(case, key, _now()))


@pages.page(reads="remains_codes remains")
def meeting(request: HttpRequest, slug: str) -> HttpResponse:
    """The sheet of the daily meeting, as of the day asked for."""
    case, day = case_or_404(slug), _day(request)
    if not access.sees_whole("remains_codes", "remains"):
        raise Http404  # counts of a part would be taken for counts of all
    return _file(lambda: of_cases.meeting_sheet(case, _now(), day=day))


@pages.page(reads="case")
def blank(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A sheet or form without values, to fill by hand."""
    case_or_404(slug)
    if name not in of_cases.BLANKS:
        raise Http404
    return _file(lambda: of_cases.blank(name, _now()))


def _now() -> datetime:
    return datetime.now(UTC)


def _day(request: HttpRequest) -> date:
    """The day asked for; without one, today (UTC)."""
    text = asked(request, "day")
    try:
        return date.fromisoformat(text) if text else _now().date()
    except ValueError as fault:
        raise Http404 from fault


def _file(made: Callable[[], Paper]) -> HttpResponse:
    """The paper as a file that no cache keeps; a 404 where its thing is not there to be seen."""
    try:
        paper = made()
    except NothingOfThatKey as refusal:
        raise Http404 from refusal
    found = HttpResponse(paper.content, content_type="application/pdf")
    found["Content-Disposition"] = f'attachment; filename="{paper.file_name}"'
    found["Cache-Control"] = "no-store"
    return found
