# SPDX-License-Identifier: Apache-2.0
"""A filled form read back: what it would enter and change, every fault, and then at a word, all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from antigone.exchange.paper import recording
from antigone.exchange.paper.carried import (
    LARGEST_FORM,
    Carried,
    NotAForm,
    inside,
    read_form,
    read_rows,
)
from antigone.exchange.paper.recording import Compared
from antigone.records.models import InvestigationCase
from antigone.terms.errors import AntigoneError
from antigone.web import columns, pages
from antigone.web.addresses import address_of
from antigone.web.fields import REASON
from antigone.web.pages import case_or_404
from antigone.web.remarks import in_reader_language

LARGEST_HELD = 2_000_000
"""Characters of the rows that a page holds between reading and confirming."""
_SALT = "antigone.web.paper_read"


@pages.page(reads="case", acts="entries.enter_form", keeps_typed=True)
def read(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a file, then what it carries, then what was entered of it."""
    case = case_or_404(slug)
    if request.method != "POST":
        return _asking(request, case)
    try:
        held = _held_anew(request) if "file" in request.FILES else request.POST.get("held", "")
        carried = _carried(request, case, held)
    except AntigoneError as refusal:
        return _asking(request, case, in_reader_language(refusal))
    if "file" in request.FILES or "confirm" not in request.POST:
        return _shown(request, case, carried, held)
    return _taken_in(request, case, carried, held)


def _asking(request: HttpRequest, case: InvestigationCase, fault: str = "") -> HttpResponse:
    page = {"case": case, "section": "paper", "fault": fault, "limit": LARGEST_FORM}
    return render(request, "web/paper/read.html", page, status=422 if fault else 200)


def _held_anew(request: HttpRequest) -> str:
    """The rows of the file, signed, as the page holds them until somebody confirms."""
    file: Any = request.FILES["file"]
    content = b"" if file.too_large or file.size > LARGEST_FORM else file.read()
    if not content:
        raise NotAForm(why=_("it is empty, or larger than any form"))
    (rows,) = inside(read_form(content))
    held = signing.dumps(rows.content, salt=_SALT, compress=True)
    if len(held) > LARGEST_HELD:
        raise NotAForm(why=_("its rows are too many for a page; antigone paper read takes them"))
    return held


def _carried(request: HttpRequest, case: InvestigationCase, held: str) -> Carried:
    """The rows that a page held: as they were read, or not at all."""
    try:
        return read_rows(signing.loads(held, salt=_SALT).encode())
    except signing.BadSignature as fault:
        raise NotAForm(why=_("no file was chosen, or the page was changed on its way")) from fault


def _shown(
    request: HttpRequest, case: InvestigationCase, carried: Carried, held: str, refused: str = "",
    reason_fault: str = "",
) -> HttpResponse:  # fmt: skip
    """What the rows would enter and change, each fault beside its field."""
    found = recording.compare(case, carried)
    faults = recording.faults(case, carried, found, request.user)  # type: ignore[arg-type]
    rows = [_row(case, one, each) for one, each in zip(found, faults, strict=True)]
    shown = [one for one in rows if one["state"] != "same"]
    wrong = sum(len(one["faults"]) for one in rows)
    page = {
        "case": case, "section": "paper", "carried": carried, "held": held, "rows": shown,
        "same": len(rows) - len(shown), "wrong": wrong, "elsewhere": _elsewhere(case, carried),
        "differ": any(one["state"] == "differs" for one in rows),
        "correct": "correct" in request.POST, "reason": request.POST.get("reason", "")[:REASON],
        "refused": bool(refused or wrong or reason_fault), "general": refused,
        "reason_fault": reason_fault,
    }  # fmt: skip
    status = 422 if refused or reason_fault else 200
    return render(request, "web/paper/read.html", page, status=status)


def _elsewhere(case: InvestigationCase, carried: Carried) -> bool:
    """Whether the form was made of another case than this one."""
    return carried.origin not in ("", str(case.pk))


def _row(case: InvestigationCase, one: Compared, faults: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: in_reader_language(fault) for name, fault in faults.items()}
    beside = {each.column: each for each in one.differences}
    names = [
        name for name, cell in one.row.items()
        if (cell and (one.record is None or name in beside)) or name in said
    ]  # fmt: skip
    return {
        "kind": columns.kind_in_words(one.table), "key": one.key, "state": one.state,
        "address": address_of(case, one.record) if one.record is not None else "",
        "faults": said,
        "general": [words for name, words in said.items() if name not in names],
        "cells": [
            {
                "label": columns.label(name, one.table),
                "recorded": columns.cell_in_words(one.table, name, beside[name].recorded)
                if name in beside else "",
                "on_paper": columns.cell_in_words(one.table, name, one.row.get(name, "")),
                "error": said.get(name, ""),
            }
            for name in names
        ],
    }  # fmt: skip


def _taken_in(
    request: HttpRequest, case: InvestigationCase, carried: Carried, held: str
) -> HttpResponse:
    """Enter all of it or nothing; a form confirmed twice enters nothing the second time."""
    reason = request.POST.get("reason", "")[:REASON]
    if not reason.strip():
        fault = _("Say why: from which sheet, filled in by whom. It stands in the ledger.")
        return _shown(request, case, carried, held, reason_fault=fault)
    try:
        done = recording.take_in(
            case=case, carried=carried, by=request.user,  # type: ignore[arg-type]
            reason=reason, correct="correct" in request.POST,
        )  # fmt: skip
    except AntigoneError as refusal:
        return _shown(request, case, carried, held, in_reader_language(refusal))
    found = recording.compare(case, carried)
    links = [
        (columns.kind_in_words(one.table), one.key, address_of(case, one.record))
        for one in found
        if one.record is not None
    ]
    page = {"case": case, "section": "paper", "done": done, "links": links}
    return render(request, "web/paper/read.html", page)
