# SPDX-License-Identifier: Apache-2.0
"""Jobs: asked for, cancelled, begun again. What a worker does with them is in `leases`."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.errors import JobAlreadyAsked, JobHasEnded, JobNotToRepeat
from antigone.records.models import InvestigationCase, User
from antigone.records.models.jobs import (
    ATTEMPTS,
    CANCELLED,
    FAILED,
    OPEN,
    REFUSED,
    WAITING,
    Job,
)


@access.guarded("jobs.ask")
def ask(
    *, kind: str, case: InvestigationCase | None, arguments: Mapping[str, Any], by: User
) -> Job:
    """Ask for work in the background; `arguments` are codes and numbers, checked by the caller."""
    _refuse_a_second(kind, case)
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                case=case,
                arguments=dict(arguments),
                asked_by=by,
                asked_as=access.acting_as(),
            )
    except IntegrityError:  # somebody else asked in the same moment
        _refuse_a_second(kind, case)
        raise
    trail.record(action="jobs.ask", by=by, case=case, about=("job", job.pk))
    return job


@access.guarded("jobs.cancel")
def cancel(*, job: Job, by: User) -> Job:
    """Cancel a job: at once if it waits, at its next step if it runs."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state not in OPEN:
        raise JobHasEnded(job=job.pk)
    if job.state == WAITING:
        job.state, job.ended_at = CANCELLED, timezone.now()
    else:
        job.cancel_asked = True
    job.save(update_fields=["state", "ended_at", "cancel_asked"])
    trail.record(action="jobs.cancel", by=by, case=job.case, about=("job", job.pk))
    return job


@access.guarded("jobs.retry")
def retry(*, job: Job, by: User) -> Job:
    """Begin a job again that was refused, failed or cancelled; it goes on where it stopped."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state not in (REFUSED, FAILED, CANCELLED):
        raise JobNotToRepeat(job=job.pk)
    _refuse_a_second(job.kind, job.case)
    job.state, job.attempts_left = WAITING, ATTEMPTS
    job.error, job.ended_at = None, None
    job.asked_by, job.asked_as = by, access.acting_as()
    job.save(update_fields=["state", "attempts_left", "error", "ended_at", "asked_by", "asked_as"])
    trail.record(action="jobs.retry", by=by, case=job.case, about=("job", job.pk))
    return job


def _refuse_a_second(kind: str, case: InvestigationCase | None) -> None:
    first = Job.objects.filter(kind=kind, case=case, state__in=OPEN).first()
    if first is not None:
        raise JobAlreadyAsked(job=first.pk)
