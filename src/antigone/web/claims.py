# SPDX-License-Identifier: Apache-2.0
"""Pages of public figures: each claim with its speaker, its words and its source."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from antigone.records.queries import claims
from antigone.web import pages, wording
from antigone.web.pages import asked, case_or_404, or_404, paged

_LABELS = {
    "measure": _("What is counted"),
    "claimant_role": _("Who says it"),
    "qualifier": _("In which words"),
    "stance": _("Stance"),
}


@pages.page(reads="claims")
def claim_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Claims, filtered by what is counted, who speaks, the hedge, words, and the day described."""
    case = case_or_404(slug)
    chosen = {name: asked(request, name) for name in claims.FILTERS}
    text, as_of = asked(request, "text"), asked(request, "as_of")
    in_use = claims.codes_in_use(case)
    filters = [
        {
            "name": name,
            "label": _LABELS[name],
            "chosen": chosen[name],
            "choices": [pair for pair in wording.choices(name) if pair[0] in in_use[name]],
        }
        for name in claims.FILTERS
    ]
    page = {
        "case": case,
        "section": "claims",
        "filters": filters,
        "text": text,
        "as_of": as_of,
        **paged(request, claims.claims(case, text=text, as_of=as_of, chosen=chosen)),
    }
    return render(request, "web/claims/claims.html", page)


@pages.page(reads="claims")
def one_claim(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One claim: what it refers to, who refers to it, of what it is a part, and its source."""
    case = case_or_404(slug)
    one = or_404(claims.claim(case, key))
    page = {
        "case": case,
        "section": "claims",
        "claim": one,
        "referred_to": claims.referred_to(one),
        "referring_to": claims.referring_to(one),
        "said_with": claims.said_with(one),
    }
    return render(request, "web/claims/claim.html", page)
