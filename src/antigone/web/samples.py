# SPDX-License-Identifier: Apache-2.0
"""The page of samples: what must be sampled, sent, or waited for, on one list with its reason."""

from __future__ import annotations

from collections import Counter

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from antigone.records import access
from antigone.records.queries import samples
from antigone.web import pages, wording
from antigone.web.addresses import address_named
from antigone.web.pages import asked, case_or_404, paged


@pages.page(reads="case")
def wanted(request: HttpRequest, slug: str) -> HttpResponse:
    """Remains without a usable profile and families without a reference, and what comes next."""
    case = case_or_404(slug)
    families = access.sees("reference_samples", "pedigree")
    remains = access.sees("samples", "remains_codes")
    if not (remains or families):
        raise Http404
    every, reason = samples.wanted_and_awaited(case), asked(request, "reason")
    counted = Counter((one.kind, one.reason) for one in every)
    found = paged(request, [one for one in every if reason in ("", one.reason)])
    now = timezone.now()
    page = {
        "case": case,
        "section": "samples",
        "reason": reason,
        "counts": [
            (code, words, counted["remains", code], counted["family", code])
            for code, words in wording.choices("sample_reason")
            if counted["remains", code] or counted["family", code]
        ],
        "sees_remains": remains,
        "sees_families": families,
        "results_shown": samples.results_shown(),
        "lines": [
            (
                one,
                address_named(case, one.kind, one.id, one.key),
                (now - one.since).days if one.since else None,
            )
            for one in found["page"].object_list
        ],
        **found,
    }
    return render(request, "web/samples/wanted.html", page)
