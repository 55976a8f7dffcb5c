# SPDX-License-Identifier: Apache-2.0
"""Pages of the work in the background: asked for, watched, cancelled, begun again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from antigone.analysis.jobs import SECONDS, ask_to_weigh
from antigone.records import access
from antigone.records.actions import jobs
from antigone.records.models import InvestigationCase, Job
from antigone.records.models.jobs import CANCELLED, FAILED, OPEN, REFUSED
from antigone.records.queries import jobs as job_queries
from antigone.terms.errors import AntigoneError
from antigone.web.pages import case_or_404, or_404, page, paged
from antigone.web.remarks import filled_in_reader_language, in_reader_language

RELOADED_EVERY = 4
"""Seconds after which the page asks again, while something is open."""


@page(reads="case")
@require_safe
def job_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All jobs of the case, the newest first."""
    return _page(request, case_or_404(slug))


@page(reads="case", acts="jobs.ask")
@require_POST
def weigh(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask that the case be weighed."""
    case = case_or_404(slug)
    return _done(
        request,
        case,
        lambda: ask_to_weigh(
            case, seconds=_number(request.POST.get("seconds", "")), by=request.user
        ),
    )


@page(reads="case", acts="jobs.cancel")
@require_POST
def cancel(request: HttpRequest, slug: str, job: UUID) -> HttpResponse:
    """Cancel a job."""
    case = case_or_404(slug)
    found = or_404(job_queries.jobs_of(case).filter(pk=job).first())
    return _done(request, case, lambda: jobs.cancel(job=found, by=request.user))


@page(reads="case", acts="jobs.retry")
@require_POST
def retry(request: HttpRequest, slug: str, job: UUID) -> HttpResponse:
    """Begin a job again."""
    case = case_or_404(slug)
    found = or_404(job_queries.jobs_of(case).filter(pk=job).first())
    return _done(request, case, lambda: jobs.retry(job=found, by=request.user))


def _done(request: HttpRequest, case: InvestigationCase, act: Callable[[], Job]) -> HttpResponse:
    """Do `act` and go to the list; a refusal stands above the list."""
    try:
        act()
    except AntigoneError as refusal:
        return _page(request, case, refusal)
    return redirect("web:jobs", case.slug)


def _page(
    request: HttpRequest, case: InvestigationCase, refusal: AntigoneError | None = None
) -> HttpResponse:
    found = paged(request, job_queries.jobs_of(case))
    may_ask = access.may(request.user, "jobs.ask", case)
    for job in found["page"]:
        job.is_open = job.state in OPEN
        job.may_begin_again = job.state in (REFUSED, FAILED, CANCELLED)
        job.why = _why(job) if may_ask else ""  # it may name what the reader may not see
    still = "still" in request.GET
    shown = {
        "case": case,
        "section": "jobs",
        "refused": in_reader_language(refusal) if refusal else "",
        "may_ask": may_ask,
        "sees_runs": access.sees("proposals"),
        "seconds": SECONDS,
        "reloaded_every": RELOADED_EVERY,
        "reloads": any(job.is_open for job in found["page"]) and not still,
        "still": still,
        **found,
    }
    return render(request, "web/jobs/jobs.html", shown, status=422 if refusal else 200)


def _why(job: Job) -> str:
    """Why the job ended without a result, in the reader's language."""
    if job.error is None:
        return ""
    template: str = job.error["template"]
    facts: dict[str, Any] = job.error["facts"]
    return filled_in_reader_language(template, facts)


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return float("nan")  # refused with the others that are no time
