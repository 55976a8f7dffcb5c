# SPDX-License-Identifier: Apache-2.0
"""Pages of photographs, filed by the code visible in them, and of who was shown pictures."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from antigone.records import access
from antigone.records.queries import exposure as shown
from antigone.records.queries import photographs
from antigone.web import pages
from antigone.web.addresses import address_of
from antigone.web.pages import asked, case_or_404, paged

WEEK = timedelta(days=7)


@pages.page(reads="remains")
def photograph_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Photographs by the code visible in them. None of the pictures is on this page."""
    case = case_or_404(slug)
    text = asked(request, "text")
    found = paged(request, photographs.photographs(case, text))
    rows = found["page"].object_list
    whose = photographs.remains_coded(case, [one.code_visible for one in rows])
    for one in rows:
        item = photographs.item_of(one)
        one.filed_under = item
        one.address = address_of(case, item) if item is not None else ""
        one.of_another = photographs.of_another(one)
        one.whose = whose.get(one.code_visible.strip()) if one.of_another else None
    page = {"case": case, "section": "photographs", "text": text, **found}
    return render(request, "web/photographs/photographs.html", page)


@pages.page(reads="case")
def exposure(request: HttpRequest, slug: str) -> HttpResponse:
    """How often pictures were shown in seven days; of others, for whoever plans the work."""
    case = case_or_404(slug)
    since = timezone.now() - WEEK
    threshold = settings.ANTIGONE_PICTURES_A_WEEK
    page = {
        "case": case,
        "section": "exposure",
        "since": since,
        "people": shown.exposures(case, since, request.user),
        "plans": access.may(request.user, shown.APPROVES, case),
        "threshold": threshold,
        "mine": len(shown.shown_to(request.user, case, since)),
        "contacts": settings.ANTIGONE_HELP,
    }
    page["rotate"] = threshold is not None and page["mine"] >= threshold
    return render(request, "web/photographs/exposure.html", page)
