# SPDX-License-Identifier: Apache-2.0
"""Pages of places: the plan and table of graves, and one grave."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from antigone.records.models import Grave, InvestigationCase
from antigone.records.queries import contradictions, places
from antigone.web import conclusions, pages
from antigone.web.drawings import plan
from antigone.web.pages import asked, case_or_404, or_404, paged

MOST_DRAWN = 400
"""So many graves are drawn one by one; more are drawn as squares that count them."""


@pages.page(reads="places")
def grave_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every grave, on a plan of each site and in a table; or those in one square of the plan."""
    case = case_or_404(slug)
    view = _view(request)
    around = places.around_graves(case, view)
    found = paged(request, places.graves(case, view))
    placed = sum(one.graves for one in around.extents)
    every = placed <= MOST_DRAWN and view is None
    here = places.with_contents(found["page"].object_list, counted=True)
    troubles = _troubles(case, None if every else here)
    for one in here:
        one.contradiction_count = troubles[one.key]
    found["page"].object_list = here
    page = {
        "case": case,
        "section": "graves",
        "view": view,
        "plans": _plans(case, view, troubles if every else None)
        if placed <= MOST_DRAWN
        else _overviews(case, around.extents, view),
        "by_squares": placed > MOST_DRAWN,
        "unplaced": found["page"].paginator.count - placed,
        "sites": around.sites,
        "loose_markers": around.loose_markers[: places.MOST_LOOSE],
        "more_loose_markers": len(around.loose_markers) > places.MOST_LOOSE,
        **found,
    }
    return render(request, "web/places/graves.html", page)


def _view(request: HttpRequest) -> places.View | None:
    """The square of the plan that the address names; None for all, or where it names none."""
    try:
        x, y, side = (float(asked(request, name)) for name in ("x", "y", "side"))
    except ValueError:
        return None
    known = all(math.isfinite(one) and abs(one) <= _FARTHEST for one in (x, y, side)) and side > 0
    return places.View(asked(request, "site"), x, y, side) if known else None


_FARTHEST = 1e7


def _troubles(case: InvestigationCase, graves: Sequence[Grave] | None) -> Counter[str]:
    """How many contradictions there are about each of these graves (None: all of the case)."""
    every = contradictions.contradictions(case) if graves is None else None
    found = contradictions.of_graves(case, graves or ()) if every is None else every
    return Counter(grave for one in found for grave in one.graves)


def _plans(
    case: InvestigationCase, view: places.View | None, troubles: Mapping[str, int] | None
) -> list[dict[str, Any]]:
    """A plan of each site with every grave; contradictions marked where they were counted."""
    placed = places.placed_graves(case, view)
    if troubles is None:
        graves = list(places.graves(case, view))
        troubles = _troubles(case, graves)
    address = reverse("web:graves", args=[case.slug])
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
                address=f"{address}{quote(one.key)}/",  # reverse() 400 times would cost a page
            )
        )
    return [
        {"site": site, "drawing": plan.draw(members, name=f"plan-{number}", title=_title(site))}
        for number, (site, members) in enumerate(by_site.items())
    ]


def _overviews(
    case: InvestigationCase, extents: Sequence[places.Extent], view: places.View | None
) -> list[dict[str, Any]]:
    """A plan of each site in squares, each a link to what is in it."""
    side = plan.side_of_squares(
        max(max(one.right - one.left, one.top - one.bottom) for one in extents)
    )
    address = reverse("web:graves", args=[case.slug])
    by_site: dict[str, list[plan.PlannedSquare]] = {one.site: [] for one in extents}
    for one in places.squares(case, side, view):
        where = {"site": one.site, "x": one.column * side, "y": one.row * side, "side": side}
        by_site.setdefault(one.site, []).append(
            plan.PlannedSquare(
                where["x"], where["y"], one.graves, one.remains, f"{address}?{urlencode(where)}"
            )
        )
    return [
        {
            "site": one.name,
            "drawing": plan.draw_squares(
                by_site[one.site], side, name=f"plan-{number}", title=_title(one.name)
            ),
        }
        for number, one in enumerate(extents)
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
        "contradictions": contradictions.of_grave(case, grave),
    }
    return render(request, "web/places/grave.html", page)
