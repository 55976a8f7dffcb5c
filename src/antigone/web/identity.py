# SPDX-License-Identifier: Apache-2.0
"""The page of the three axes: how many remains and persons stand where, each counted by itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from antigone.records.queries import identity
from antigone.web import pages
from antigone.web.contradictions import NOW
from antigone.web.pages import case_or_404


@pages.page(reads="counts")
def axes(request: HttpRequest, slug: str) -> HttpResponse:
    """Evidence, decision, notification and return of all remains; and of the persons sought."""
    case = case_or_404(slug)
    found = identity.counts_lately(case, anew=NOW in request.GET)
    page = {"case": case, "section": "identity", "counts": found.found, "counted_as_of": found}
    return render(request, "web/decisions/identity.html", page)
