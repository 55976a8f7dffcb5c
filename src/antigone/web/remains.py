# SPDX-License-Identifier: Apache-2.0
"""Pages of remains: a searched list, and one with all that is claimed, found and concluded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from antigone.records.models import InvestigationCase, Remains
from antigone.records.queries import contradictions, identifications, people, remains
from antigone.records.queries.hypotheses import about
from antigone.terms.results import NOBODY, PosteriorRow
from antigone.web import conclusions, custody, hypotheses, pages, wording
from antigone.web.drawings import bars
from antigone.web.pages import asked, case_or_404, or_404, paged

_CANDIDATES = 10


@pages.page(reads="remains_codes")
def remains_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Remains, searched by key, code, grave or number, sex, and what the latest run proposes."""
    case = case_or_404(slug)
    text, sex = asked(request, "text"), asked(request, "sex")
    tier, reason = asked(request, "tier"), asked(request, "reason")
    run = identifications.latest_run(case)
    keys = identifications.remains_proposed(run, tier, reason) if run and (tier or reason) else None
    found = paged(request, remains.remains(case, text=text, sex=sex, keys=keys))
    conclusions.attach(case, found["page"].object_list, run)
    page = {
        "case": case,
        "section": "remains",
        "run": run,
        "text": text,
        "sex": sex,
        "sexes": [pair for pair in wording.choices("sex") if pair[0] in _SEXES],
        "tier": tier,
        "tiers": wording.choices("tier"),
        "reason": reason,
        **found,
    }
    return render(request, "web/remains/list.html", page)


_SEXES = ("female", "male", "undetermined")


@pages.page(reads="remains_codes")
def one_remains(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One set of remains: the record, then what the latest run weighed."""
    case = case_or_404(slug)
    one = or_404(remains.one_remains(case, key))
    run = identifications.latest_run(case)
    asked = remains.belongings(one) | {"hypotheses": about(case, one)}
    answers = conclusions.attach(case, [one], run, *asked.values())
    found = dict(zip(asked, answers, strict=True))
    for marker in found["markers"]:
        marker.lines = [line for line in found["lines"] if line.marker_id == marker.pk]
    page = {
        "case": case,
        "section": "remains",
        "one": one,
        "decisions": one.decided,
        **found | hypotheses.of_record(request, case, found["hypotheses"]),
        "contradictions": contradictions.of_remains(case, one),
        "run": run,
        "proposal": one.proposal,
        "chain": custody.of_record(request, case, one, "remains"),
    }
    if one.proposal:
        page |= _weighed(case, one, run)
    return render(request, "web/remains/one.html", page)


def _names(
    case: InvestigationCase, one: Remains, posterior: Sequence[PosteriorRow]
) -> dict[str, str]:
    keys = {row.person for row in posterior} | {one.proposal.person, one.proposal.runner_up}
    return people.names(case, keys - {None}) | {NOBODY: _("nobody on the list")}


def _weighed(case: InvestigationCase, one: Remains, run: Any) -> dict[str, Any]:
    """What the run says about these remains, with its drawings."""
    found = identifications.weighed(run, one)
    shown = found.posterior[:_CANDIDATES]
    person = one.proposal.person
    factors = [row for row in found.factors if row.person == person]
    finite = [abs(row.log10_lr) for row in factors if math.isfinite(row.log10_lr)]
    reach = max(finite, default=0.0)
    return {
        "names": _names(case, one, shown),
        "candidates": [
            {
                "row": row,
                "drawing": bars.interval(
                    row.probability_low, row.probability, row.probability_high, name=f"p{number}"
                ),
            }
            for number, row in enumerate(shown)
        ],
        "omitted": len(found.posterior) - len(shown),
        "factors": [
            {"row": row, "drawing": bars.signed_bar(row.log10_lr, reach=reach, name=f"f{number}")}
            for number, row in enumerate(factors)
        ],
        "rules": [row for row in found.rules if row.person == person],
        "chance": [row for row in found.chance if row.person == person],
        "same": found.same_candidates,
    }
