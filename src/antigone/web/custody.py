# SPDX-License-Identifier: Apache-2.0
"""Pages of custody: where everything is now, what is under way, the custody of one thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from antigone.records import access
from antigone.records.models import CaseRow, InvestigationCase
from antigone.records.movements import KINDS
from antigone.records.queries import custody, holdings
from antigone.records.queries.holdings import Held
from antigone.web import columns, pages, wording
from antigone.web.addresses import address_named
from antigone.web.pages import asked, case_or_404, paged

ACTS = {
    "send": "custody.hand_over",
    "receive": "custody.confirm_receipt",
    "store": "custody.store",
    "pack": "custody.pack",
    "unpack": "custody.unpack",
    "return": "custody.release",
    "rebury": "custody.rebury",
}
"""Pages on which something is done with things, and the action of each."""


@pages.page(reads="custody remains_codes")
def now(request: HttpRequest, slug: str) -> HttpResponse:
    """Where everything is now: who holds what since when, and what nobody is said to hold."""
    case = case_or_404(slug)
    every, states = holdings.holdings(case), wording.choices("custody_state")
    counted = Counter(one.state for one in every)
    chosen = {name: asked(request, name) for name in ("text", "kind", "state", "holder")}
    found = paged(request, [one for one in every if _fits(one, chosen)])
    page = {
        "case": case,
        "section": "custody",
        "names": dict(custody.parties_of(case)),
        "held": _by_holder(every),
        "counts": [(code, words, counted[code]) for code, words in states if counted[code]],
        "states": states,
        "kinds": [(kind, columns.kind_in_words(kind)) for kind in KINDS],
        "links": links(request, case),
        **chosen,
        **found,
    }
    page["lines"] = _addressed(case, found["page"].object_list)
    return render(request, "web/custody/now.html", page)


def _fits(one: Held, chosen: dict[str, str]) -> bool:
    text = chosen["text"].casefold()
    words = (one.key, one.code, one.container, one.place, one.holder, one.sent_to)
    return (
        (not text or any(text in word.casefold() for word in words))
        and chosen["kind"] in ("", one.kind)
        and chosen["state"] in ("", one.state)
        and chosen["holder"] in ("", one.holder)
    )


def _by_holder(every: Sequence[Held]) -> list[dict[str, Any]]:
    """How much each holder holds, those with most first, and since when at the longest."""
    found: dict[str, list[Held]] = {}
    for one in every:
        if one.state == "held":
            found.setdefault(one.holder, []).append(one)
    lines = [
        {
            "holder": holder,
            "count": len(held),
            "since": min((one.since for one in held if one.since), default=None),
        }
        for holder, held in found.items()
    ]
    return sorted(lines, key=lambda line: (-line["count"], line["holder"]))  # type: ignore[operator]


def _addressed(case: InvestigationCase, found: Sequence[Held]) -> list[tuple[Held, str]]:
    return [(one, address_named(case, one.kind, one.id, one.key)) for one in found]


def links(request: HttpRequest, case: InvestigationCase) -> list[tuple[str, str]]:
    """What the reader may do with things: the name of each act, and its page."""
    if getattr(request, "as_known", None):
        return []
    user: Any = request.user
    return [
        (name, reverse(f"web:custody-{name}", args=[case.slug]))
        for name, action in ACTS.items()
        if access.may(user, action, case)
    ]


@pages.page(reads="custody remains_codes")
def under_way(request: HttpRequest, slug: str) -> HttpResponse:
    """What was handed over and not confirmed: to whom, for how many days; the oldest first."""
    case, today = case_or_404(slug), timezone.now()
    found = paged(request, holdings.sent_and_not_received(case))
    page = {
        "case": case,
        "section": "custody",
        "names": dict(custody.parties_of(case)),
        "lines": [
            (one, address, one.days(today))
            for one, address in _addressed(case, found["page"].object_list)
        ],
        "links": links(request, case),
        **found,
    }
    return render(request, "web/custody/under_way.html", page)


def of_record(
    request: HttpRequest, case: InvestigationCase, one: CaseRow, table: str, *, moved: bool = True
) -> Any:
    """The custody of one thing for its page: each entry in order, and where it is; None if none.

    Where it is known that it never `moved`, nothing is asked: what lay in a container was packed.
    """
    if table not in KINDS or not access.sees("custody"):
        return None
    chain, where = custody.history_of(one) if moved else ([], None)
    return {
        "links": [(link, _said(link)) for link in chain],
        "where": where,
        "paper": reverse("web:paper-custody-of", args=[case.slug, table, one.pk]),
        "acts": [
            (name, f"{address}?{urlencode(_asking(name, table, one))}")
            for name, address in links(request, case)
        ],
    }


def _asking(act: str, table: str, one: CaseRow) -> dict[str, str]:
    """What the form of an act is asked, so that it begins with this thing."""
    key = str(one.key)  # type: ignore[attr-defined]
    if act == "return" and table == "remains":
        return {"remains": key}
    return {"container": key} if act == "unpack" and table == "container" else {"text": key}


def _said(link: custody.Link) -> str:
    seal = link.event.seal_state
    return wording.worded(seal, "seal_state") if seal else ""
