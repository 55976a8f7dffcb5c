# SPDX-License-Identifier: Apache-2.0
"""Pages of the journal read twice: how far it is, one page, and the form of a third reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from antigone.exchange import images
from antigone.records import access
from antigone.records.actions import transcriptions
from antigone.records.actions.new_rows import EntryRefused
from antigone.records.actions.transcriptions import NotAThirdReader
from antigone.records.errors import ReasonMissing
from antigone.records.models import InvestigationCase, Transcription
from antigone.records.queries import journals, places
from antigone.records.queries.transcriptions import (
    DIFFERS,
    ONE_READING,
    READ,
    SETTLED,
    Line,
    cells_read,
    lines,
)
from antigone.terms.errors import AntigoneError
from antigone.terms.tables import TABLES
from antigone.web import columns, pages
from antigone.web.decisions import number_of, refusals_of
from antigone.web.fields import REASON, cell_typed
from antigone.web.pages import case_or_404, or_404, paged, said
from antigone.web.records import may_enter
from antigone.web.remarks import in_reader_language

SETTLE, ACCEPT = "transcriptions.settle", "transcriptions.accept_agreed"
FIRST, SECOND, BOTH, OTHER = "first", "second", "both", "other"
_READS = "places claimed_names"
_BESIDE: Mapping[type[AntigoneError], str] = {NotAThirdReader: "reader", ReasonMissing: "reason"}
"""The field beside which a refusal stands; the others stand above the form."""


@dataclass(slots=True)
class Cell:
    """One column of a line: what each reader read, and what the form took of it."""

    name: str
    label: str
    first: str
    second: str
    third: str
    take: str = ""
    typed: str = ""
    error: str = ""
    differs: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@pages.page(reads=_READS)
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    """Every page of the journal with how many of its lines are read, differ, and stand."""
    case = case_or_404(slug)
    every = journals.pages(case)
    found = paged(request, every)
    journals.find_readings(case, found["page"].object_list)
    names = {one.pk: one.name or one.key for one in places.sites(case)}
    for one in found["page"].object_list:
        one.site_name = names.get(one.site, one.site_key)
    page = {
        "case": case, "section": "journals", "whole": journals.whole(every),
        "new": reverse("web:new-record", args=[case.slug, "transcription"])
        if may_enter(request, case, "transcription") else "",
        **found,
    }  # fmt: skip
    return render(request, "web/journals/journals.html", page)


@pages.page(reads=_READS)
def journal_page(request: HttpRequest, slug: str, transcription: UUID) -> HttpResponse:
    """One page of the journal: the readings of each line beside each other."""
    case, begun = _reading(slug, transcription)
    return _shown(request, case, begun)


def _shown(
    request: HttpRequest, case: InvestigationCase, begun: Transcription, refused: str = ""
) -> HttpResponse:
    found = _lines_with(case, begun)
    page = {
        "case": case, "section": "journals", "begun": begun,
        "lines": [_line(one) for one in found],
        "may_settle": access.may(request.user, SETTLE, case),  # type: ignore[arg-type]
        "to_take_over": sum(one.state == "agreed" and one.entry is None for one in found),
        "may_accept": access.may(request.user, ACCEPT, case),  # type: ignore[arg-type]
        "number": uuid4(), "refused": bool(refused), "general": refused,
        **_pictures(case, request, found),
    }  # fmt: skip
    return render(request, "web/journals/page.html", page, status=422 if refused else 200)


def _reading(slug: str, number: UUID) -> tuple[InvestigationCase, Transcription]:
    """The case and a reading of it, for whoever sees names on markers and in journals."""
    case = case_or_404(slug)
    if not access.sees("claimed_names"):
        raise Http404
    return case, or_404(journals.reading(case, number))


def _lines_with(case: InvestigationCase, begun: Transcription) -> list[Line]:
    """The lines of the page on which this reading stands."""
    found = lines(case, begun.site, begun.page)
    return [one for one in found if (one.site, one.site_key) == (begun.site_id, begun.site_key)]


def _line(one: Line) -> dict[str, Any]:
    """A line for the page; what only one has read stays covered until the second has."""
    readings = [each for each in (one.first, one.second, one.third) if each is not None]
    return {
        "line": one.line, "state": one.state, "entry": one.entry,
        "form": one.first.pk if one.first is not None and one.second is not None else None,
        "cells": [] if one.state == ONE_READING else _cells(one),
        "names": [each.transcriber for each in readings],
        "is_settled": one.state == SETTLED, "differs": one.state == DIFFERS,
        "once": one.state == ONE_READING,
    }  # fmt: skip


def _cells(one: Line) -> list[Cell]:
    """What each column says in the readings of a line that two have read."""
    assert one.first is not None
    assert one.second is not None
    first, second = cells_read(one.first), cells_read(one.second)
    third = cells_read(one.third) if one.third is not None else dict.fromkeys(READ, "")
    return [
        Cell(
            name, columns.label(name, "transcription"),
            *(columns.cell_in_words("transcription", name, each[name])
              for each in (first, second, third)),
            differs=first[name] != second[name], choices=_choices(name),
        )
        for name in READ
    ]  # fmt: skip


def _choices(name: str) -> tuple[tuple[str, str], ...]:
    column = TABLES["transcription"].column(name)
    assert column is not None
    return tuple(columns.choices("transcription", column)) if column.codes else ()


def _pictures(case: InvestigationCase, request: HttpRequest, found: list[Line]) -> dict[str, Any]:
    """The pictures of a page that may be seen; one of them open, where it was asked for."""
    files = journals.files_of_page(case, found)
    pictures = [one for one in files if one.media_type in images.IMAGES]
    asked = request.POST.get("show", request.POST.get("shown", request.GET.get("show", "")))
    return {"pictures": pictures, "asked": asked}


@pages.page(reads=_READS, acts=ACCEPT)
def accept(request: HttpRequest, slug: str, transcription: UUID) -> HttpResponse:
    """Take over the lines of a page on which both readers agree."""
    case, begun = _reading(slug, transcription)
    if request.method != "POST":
        return redirect("web:journal-page", case.slug, begun.pk)
    _made, errors = refusals_of(
        lambda: transcriptions.accept_agreed(
            case=case, site=begun.site, page=begun.page, by=request.user,
            number=number_of(request),
        )
    )  # fmt: skip
    if errors:
        return _shown(request, case, begun, " ".join(errors.values()))
    return redirect("web:journal-page", case.slug, begun.pk)


@pages.page(reads=_READS, acts=SETTLE, keeps_typed=True)
def settle(request: HttpRequest, slug: str, transcription: UUID) -> HttpResponse:
    """The form of a third reader for one line: one reading, the other, or a third, and why."""
    case, one = _reading(slug, transcription)
    every = _lines_with(case, one)
    read = or_404(next((each for each in every if each.line == one.line.strip()), None))
    if read.first is None or read.second is None:
        raise Http404
    cells = _cells(read)
    if request.method != "POST":
        _as_settled(cells, read)
        return _form(request, case, one, every, read, cells, {})
    if "show" in request.POST:  # the picture was asked for, or put away, while writing
        _take(request, cells)
        return _form(request, case, one, every, read, cells, {})
    errors = _take(request, cells) or _settled(request, case, one, read, cells)
    if errors:
        return _form(request, case, one, every, read, cells, errors)
    return redirect(_next(case, every, read))


def _as_settled(cells: list[Cell], read: Line) -> None:
    """Fill the form with what was settled before; else with what both read."""
    for one in cells:
        if read.third is not None:
            known = cells_read(read.third)[one.name]
            if one.third in (one.first, one.second):
                one.take = _as_both(one) or (FIRST if one.third == one.first else SECOND)
            else:
                one.take, one.typed = OTHER, known
        else:
            one.take = _as_both(one)


def _as_both(one: Cell) -> str:
    return "" if one.differs else BOTH


def _take(request: HttpRequest, cells: list[Cell]) -> dict[str, str]:
    """What was chosen and typed, put into the cells; and what of it cannot be meant."""
    errors = {}
    offered = {True: (FIRST, SECOND, OTHER), False: (BOTH, OTHER)}
    for one in cells:
        take, one.typed = request.POST.get(f"take-{one.name}", ""), cell_typed(request, one.name)
        one.take = take if take in offered[one.differs] else ""
        if not one.take:
            errors[one.name] = _("Choose one of the readings, or write a third.")
        elif one.typed.strip() and one.take != OTHER:
            errors[one.name] = _(
                "A reading is chosen, and another is written. Choose the one that is written, or "
                "empty the field."
            )
    return errors


def _settled(
    request: HttpRequest, case: InvestigationCase, one: Transcription, read: Line, cells: list[Cell]
) -> dict[str, str]:
    """Settle the line; what was refused, by the field beside which it stands."""
    readings = {FIRST: read.first, SECOND: read.second, BOTH: read.first}
    words = {take: cells_read(each) for take, each in readings.items() if each is not None}
    try:
        transcriptions.settle(
            case=case, site=one.site, page=one.page, line=read.line,
            reader=said(request, "reader"), base=_base(request),
            chosen={
                each.name: each.typed.strip() if each.take == OTHER else words[each.take][each.name]
                for each in cells if each.differs or each.take == OTHER
            },
            reason=request.POST.get("reason", "")[:REASON], by=request.user,
            number=number_of(request),
        )  # fmt: skip
    except EntryRefused as refusal:
        return {name: in_reader_language(fault) for name, fault in refusal.faults.items()}
    except AntigoneError as refusal:
        return {_BESIDE.get(type(refusal), ""): in_reader_language(refusal)}
    return {}


def _base(request: HttpRequest) -> int:
    """The revision of the third reading that the form was made of; 0 where there was none."""
    text = request.POST.get("base", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _form(
    request: HttpRequest, case: InvestigationCase, one: Transcription, every: list[Line],
    read: Line, cells: list[Cell], errors: dict[str, str],
) -> HttpResponse:  # fmt: skip
    for each in cells:
        each.error = errors.get(each.name, "")
    beside = {*_BESIDE.values(), *(each.name for each in cells)}
    page = {
        "case": case, "section": "settle", "one": one, "line": read.line, "cells": cells,
        "begun": next(each.first for each in every if each.first is not None),
        "names": [each.transcriber for each in (read.first, read.second) if each is not None],
        "third": read.third, "base": read.third.revision if read.third is not None else 0,
        "reader": said(request, "reader") or request.user.username,  # type: ignore[union-attr]
        "reason": request.POST.get("reason", ""), "number": number_of(request),
        "errors": errors, "refused": bool(errors),
        "general": " ".join(words for name, words in errors.items() if name not in beside),
        "wrong": [each for each in cells if each.error],
        **_pictures(case, request, every),
    }  # fmt: skip
    return render(request, "web/journals/settle.html", page, status=422 if errors else 200)


def _next(case: InvestigationCase, every: list[Line], settled: Line) -> str:
    """Where a reader goes on: at the next line of the page to settle; else the page."""
    after = every[every.index(settled) + 1 :]
    waiting = next((one.first for one in after if one.state == DIFFERS), None)
    if waiting is not None:
        return reverse("web:settle-line", args=[case.slug, waiting.pk])
    begun = next(one.first for one in every if one.first is not None)
    return reverse("web:journal-page", args=[case.slug, begun.pk])
