# SPDX-License-Identifier: Apache-2.0
"""Pages of places: the plan and table of graves, and one grave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from antigone.records.models import InvestigationCase
from antigone.records.queries import contradictions, places
from antigone.web import conclusions, pages
from antigone.web.drawings import plan
from antigone.web.pages import case_or_404, or_404, paged


@pages.page(reads="places")
def grave_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every grave, on a plan of each site and in a table."""
    case = case_or_404(slug)
    troubles = _by_grave(case)
    placed = places.placed_graves(case)
    found = paged(request, places.graves(case))
    for one in found["page"].object_list:
        one.contradiction_count = troubles[one.key]
    page = {
        "case": case,
        "section": "graves",
        "plans": _plans(case, placed, troubles),
        "unplaced": found["page"].paginator.count - len(placed),
        "sites": places.sites(case),
        "loose_markers": places.markers_without_grave(case),
        **found,
    }
    return render(request, "web/places/graves.html", page)


def _by_grave(case: InvestigationCase) -> Counter[str]:
    found = contradictions.contradictions(case)
    return Counter(grave for one in found for grave in contradictions.graves_of(one))


def _plans(
    case: InvestigationCase, placed: Sequence[places.PlacedGrave], troubles: Mapping[str, int]
) -> list[dict[str, Any]]:
    every = reverse("web:graves", args=[case.slug])
    by_site: dict[str, list[plan.PlannedGrave]] = {}
    for one in placed:
        by_site.setdefault(one.site, []).append(
            plan.PlannedGrave(
                key=one.key,
                x_m=one.x_m,
                y_m=one.y_m,
                numbers=one.numbers,
                remains=one.remains,
                contradictions=troubles[one.key],
                address=f"{every}{quote(one.key)}/",  # reverse() 400 times would cost a page
            )
        )
    return [
        {"site": site, "drawing": plan.draw(members, name=f"plan-{number}", title=_title(site))}
        for number, (site, members) in enumerate(by_site.items())
    ]


def _title(site: str) -> str:
    return _("Plan of the graves: %(site)s") % {"site": site} if site else _("Plan of the graves")


@pages.page(reads="places")
def one_grave(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One grave: what was claimed of it, what was found in it, what was concluded."""
    case = case_or_404(slug)
    grave = or_404(places.grave(case, key))
    page = {
        "case": case,
        "section": "graves",
        "grave": grave,
        "remains": conclusions.attached(case, grave.remains.all()),
        "contradictions": contradictions.of_grave(case, grave.key),
    }
    return render(request, "web/places/grave.html", page)
