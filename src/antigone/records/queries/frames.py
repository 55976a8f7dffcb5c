# SPDX-License-Identifier: Apache-2.0
"""The frame of every page: what no witness holds, unread notices, work under way; one query."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet, Subquery

from antigone.records.models import InvestigationCase, Job, User
from antigone.records.models.jobs import OPEN
from antigone.records.queries import ledger, notices
from antigone.records.queries.ledger import Exposure


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the content of a page."""

    exposure: Exposure
    unread_notices: int
    open_jobs: int
    """Jobs of the case that wait or run; none where no case is looked at."""


def frame(user: User | None, case: InvestigationCase | None) -> Frame:
    """What stands around a page of `case` for `user`; without an account the exposure alone."""
    counts = [
        _count(notices.unread(user), "to") if user else None,
        _count(Job.objects.filter(case=case, state__in=OPEN), "case") if case else None,
    ]
    asked = [one for one in counts if one is not None]
    exposure, found = ledger.exposure_and(*asked)
    numbers = iter(found)
    unread, jobs = ((next(numbers) or 0) if one is not None else 0 for one in counts)
    return Frame(exposure, unread, jobs)


def _count(found: QuerySet[Job] | QuerySet[object], by: str) -> Subquery:
    """How many there are, all being of one `by`; NULL for none."""
    return Subquery(found.order_by().values(by).annotate(n=Count("pk")).values("n"))
