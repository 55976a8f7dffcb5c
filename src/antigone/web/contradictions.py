# SPDX-License-Identifier: Apache-2.0
"""The page of contradictions: each by itself, none settled here."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from antigone.records.queries import contradictions
from antigone.web import pages, wording
from antigone.web.pages import asked, case_or_404, paged


@pages.page(reads="contradictions")
def contradiction_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every contradiction, or those of one kind."""
    case = case_or_404(slug)
    chosen = asked(request, "kind")
    every = contradictions.contradictions(case)
    counted = Counter(one.kind for one in every)
    page = {
        "case": case,
        "section": "contradictions",
        "chosen": chosen,
        "kinds": [
            {"code": code, "label": wording.worded(code, "contradiction"), "count": count}
            for code, count in counted.items()
        ],
        **paged(request, [one for one in every if chosen in ("", one.kind)]),
    }
    return render(request, "web/contradictions/contradictions.html", page)
