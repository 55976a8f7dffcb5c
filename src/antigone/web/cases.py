# SPDX-License-Identifier: Apache-2.0
"""Pages of cases: the list, and one case at a glance."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from antigone.analysis.jobs import SECONDS
from antigone.records import access
from antigone.records.models import InvestigationCase
from antigone.records.queries import cases, claims, contradictions, counts, identifications
from antigone.terms.errors import AntigoneError
from antigone.terms.policy import Policy, read_policy
from antigone.web import figures, pages
from antigone.web.pages import case_or_404
from antigone.web.remarks import in_reader_language


@pages.page()
def case_list(request: HttpRequest) -> HttpResponse:
    """Every case kept here."""
    found = list(cases.cases())
    page = {
        "section": "cases",
        "cases": found,
        "held": {one.case for one in request.sight.roles},  # type: ignore[attr-defined]
        "some_invented": any(one.invented for one in found),
    }
    return render(request, "web/cases/cases.html", page)


@pages.page(reads="case")
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """The five counts, what the latest run proposes, contradictions, and the policy."""
    case = case_or_404(slug)
    run = identifications.latest_run(case)
    found = contradictions.found_lately(case)
    page = {
        "case": case,
        "section": "case",
        "counts": _counts(case),
        "small_withheld": counts.small_numbers_withheld(),
        "small_below": settings.SMALL_NUMBERS_BELOW,
        "run": run,
        "contradiction_count": len(found.found),
        "contradictions_as_of": found,
        "claim_count": claims.count(case),
        "seconds": SECONDS,
        "may_ask": access.may(request.user, "jobs.ask", case),
        **_policy(case),
    }
    if run:
        page |= identifications.tally(run)
    return render(request, "web/cases/overview.html", page)


def _counts(case: InvestigationCase) -> list[dict[str, Any]]:
    found = counts.five_counts(case)
    return [
        {"label": _("Graves"), "figure": found.graves},
        {"label": _("Sets of remains"), "figure": found.remains},
        {"label": _("Containers"), "figure": found.containers},
        {
            "label": _("Minimum number of individuals"),
            "figure": found.minimum_individuals,
            "rule": found.minimum_individuals_rule,
        },
        {
            "label": _("Identified persons"),
            "figure": found.identified,
            "rule": found.identified_rule,
        },
    ]


def _policy(case: InvestigationCase) -> dict[str, Any]:
    if not case.policy_text.strip():
        return {"policy_fault": _("The case has no policy; without one nothing can be weighed.")}
    try:
        policy = read_policy(case.policy_text)
    except AntigoneError as refusal:
        return {"policy_fault": in_reader_language(refusal)}
    return {"policy": policy, "policy_words": _prior_in_words(policy)}


def _prior_in_words(policy: Policy) -> str:
    prior = policy.prior
    return _(
        "%(on_list)s of the remains are expected to be of persons on the list, %(here)s of the "
        "listed persons to lie here; every result is repeated at %(grid)s times the prior odds."
    ) % {
        "on_list": _percent(prior.share_on_list),
        "here": _percent(prior.share_buried_here),
        "grid": "; ".join(figures.significant(one, 3) for one in prior.activity_grid),
    }


def _percent(share: float) -> str:
    return f"{figures.significant(100 * share, 3)} %"
