# SPDX-License-Identifier: Apache-2.0
"""The page of the search over a case: what bears a code or number, by kind of record."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from antigone.records.models import InvestigationCase
from antigone.records.queries import places, search
from antigone.records.queries.search import Hit
from antigone.web import columns, pages
from antigone.web.addresses import address_named
from antigone.web.pages import asked, case_or_404


@pages.page(reads="case")
def searched(request: HttpRequest, slug: str) -> HttpResponse:
    """The records that bear what was typed as a key, code or number, grouped by kind."""
    case = case_or_404(slug)
    text = asked(request, "text")
    hits = search.found(case, text)
    page = {
        "case": case,
        "section": "search",
        "text": text,
        "count": len(hits),
        "too_many": len(hits) >= search.MOST,
        "graves": _graves(hits),
        "groups": [
            {
                "name": columns.many_in_words(table),
                "lines": [_line(case, one) for one in lines],
            }
            for table, lines in groupby(hits, lambda one: one.table)
        ],
    }
    return render(request, "web/search/search.html", page)


def _graves(hits: Sequence[Hit]) -> list[str]:
    """The graves to which markers and journal lines lead: each page has all of it side by side."""
    found = {
        table: [one.id for one in hits if one.table == table] for table in ("marker", "journal")
    }
    if not any(found.values()):
        return []
    return places.graves_led_to(found["marker"], found["journal"])


@pages.page(reads="places")
def number(request: HttpRequest, slug: str) -> HttpResponse:
    """The address under which a number was looked up before there was one search."""
    case = case_or_404(slug)
    asked_for = urlencode({"text": asked(request, "number")})
    return redirect(f"{reverse('web:search', args=[case.slug])}?{asked_for}", permanent=True)


def _line(case: InvestigationCase, one: Hit) -> dict[str, Any]:
    name = one.key or one.said or columns.kind_in_words(one.table)
    return {
        "name": name,
        "said": one.said if one.said != name else "",
        "address": address_named(case, one.table, one.id, one.key),
    }
