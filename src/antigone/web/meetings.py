# SPDX-License-Identifier: Apache-2.0
"""The page of the daily meeting: what came in, was examined and sampled, and who is awaited."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from antigone.records import access
from antigone.records.queries import counts, holdings, meetings
from antigone.web import columns, pages
from antigone.web.pages import asked, case_or_404

SHOWN = 24
"""So many codes stand under each stage; the list of remains holds the others."""
OF = ("kind", "sex", "status")


@pages.page(reads="remains_codes remains")
def meeting(request: HttpRequest, slug: str) -> HttpResponse:
    """The meeting's page as of the day asked for, today without one."""
    case, day = case_or_404(slug), _day(request)
    if not access.sees_whole("remains_codes", "remains"):
        raise Http404  # counts of a part would be taken for counts of all
    found = meetings.meeting(case, day)
    page = {
        "case": case,
        "section": "meeting",
        "found": found,
        "awaiting": [
            (name, codes[:SHOWN], max(len(codes) - SHOWN, 0), len(codes))
            for name, codes in found.awaiting.items()
        ],
        "parts": [_parts(case, of) for of in OF if access.sees_whole(SECTION_OF[of])],
        "sent": len(holdings.sent_and_not_received(case)) if access.sees_whole("custody") else None,
    }
    return render(request, "web/meetings/meeting.html", page)


SECTION_OF = {"kind": "remains_codes", "sex": "post_mortem", "status": "post_mortem"}
"""The section that shows what remains are counted by."""


def _parts(case: object, of: str) -> dict[str, object]:
    """How many remains there are of each kind, sex or status, as far as that may be told."""
    told = counts.remains_by(case, of)  # type: ignore[arg-type]
    return {
        "label": columns.label(of, "remains"),
        "cells": [
            (columns.code_in_words("remains", of, code) if code else "", count)
            for code, count in sorted(told.cells.items(), key=lambda cell: cell[0] == "")
        ],
    }


def _day(request: HttpRequest) -> date:
    text = asked(request, "day")
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError as fault:
        raise Http404 from fault
