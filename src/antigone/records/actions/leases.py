# SPDX-License-Identifier: Apache-2.0
"""Leases: who has a job in hand. Nobody who has lost a lease can write anything for it.

Each attempt has a number that only rises, and every write here asks for that number and holder
(compare and swap). No clock is compared: a holder raises `beat`, and is taken for dead by those
who saw it stand still (`analysis.job_worker.Watch`). So a jump of the clock can neither end a
lease nor prolong it. What is done here is not an act of anybody and leaves no event.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from antigone.records.errors import AttemptsUsedUp, LeaseLost
from antigone.records.models.jobs import (
    CANCELLED,
    DONE,
    FAILED,
    REFUSED,
    RUNNING,
    WAITING,
    Job,
)
from antigone.terms.errors import AntigoneError


@dataclass(frozen=True, slots=True)
class Lease:
    """One attempt at one job, in the hands of one worker."""

    job: UUID
    attempt: int
    holder: str


def take(*, holder: str, kinds: Collection[str]) -> Lease | None:
    """Take the job that has waited longest; None if none waits."""
    with transaction.atomic():
        waiting = Job.objects.filter(state=WAITING, kind__in=kinds, attempts_left__gt=0)
        job = waiting.order_by("asked_at", "id").select_for_update(skip_locked=True).first()
        if job is None:
            return None
        taken = Job.objects.filter(pk=job.pk, state=WAITING, attempt=job.attempt).update(
            state=RUNNING,
            holder=holder,
            attempt=job.attempt + 1,
            attempts_left=F("attempts_left") - 1,
            beat=F("beat") + 1,
            beat_at=timezone.now(),
            started_at=timezone.now(),
        )
        return Lease(job.pk, job.attempt + 1, holder) if taken else None


def beat(lease: Lease, *, stage: str, share: float) -> bool:
    """Say that the holder lives and how far it is. True: somebody asked to cancel."""
    beaten = _held(lease).update(
        beat=F("beat") + 1, beat_at=timezone.now(), stage=stage, share=min(max(share, 0.0), 1.0)
    )
    if not beaten:
        raise LeaseLost(job=lease.job, attempt=lease.attempt)
    return Job.objects.filter(pk=lease.job, cancel_asked=True).exists()


def keep(lease: Lease, checkpoint: Any) -> None:
    """Keep what a later attempt needs to go on from here."""
    if not _held(lease).update(checkpoint=checkpoint):
        raise LeaseLost(job=lease.job, attempt=lease.attempt)


@transaction.atomic
def finish(lease: Lease, last_step: Callable[[], Any]) -> str:
    """Do the last step and close the job: both, or neither. The state in which it ended.

    The job's row stays locked meanwhile, so nobody else can take it. If somebody asked to cancel
    before that, the last step is not done.
    """
    job = _held(lease).select_for_update().first()
    if job is None:
        raise LeaseLost(job=lease.job, attempt=lease.attempt)
    if job.cancel_asked:
        _end(_held(lease), CANCELLED)
        return CANCELLED
    result = last_step()
    if not _end(_held(lease), DONE, result=result, share=1.0, checkpoint=None):
        raise LeaseLost(job=lease.job, attempt=lease.attempt)
    return DONE


def give_back(lease: Lease) -> None:
    """Put the job down unharmed, for the next worker: this attempt does not count."""
    _let_go(_held(lease), spared=1)


def drop(lease: Lease) -> None:
    """Put the job down after a fault of the surroundings: the attempt counts."""
    _let_go(_held(lease), spared=0)


def free_silent(*, job: UUID, attempt: int, beat: int) -> bool:
    """Take the job from a holder that fell silent at `beat`; False if it has stirred since."""
    silent = Job.objects.filter(pk=job, state=RUNNING, attempt=attempt, beat=beat)
    return _let_go(silent, spared=0)


def cancelled(lease: Lease) -> None:
    """The holder has stopped because somebody asked to cancel."""
    _end(_held(lease), CANCELLED)


def refuse(lease: Lease, refusal: AntigoneError) -> None:
    """The work was refused, in words that a reader can act on."""
    _end(_held(lease), REFUSED, error=in_words(refusal))


def fail(lease: Lease, fault: AntigoneError) -> None:
    """The work failed for a reason that is not the reader's."""
    _end(_held(lease), FAILED, error=in_words(fault))


def in_words(refusal: AntigoneError) -> dict[str, Any]:
    """A refusal as it is kept: its code, its sentence before translation, and its facts."""
    facts = {
        name: fact if isinstance(fact, int | float | str) else str(fact)
        for name, fact in refusal.facts.items()
    }
    return {"code": refusal.code, "template": refusal.message, "facts": facts}


def _held(lease: Lease) -> QuerySet[Job]:
    return Job.objects.filter(
        pk=lease.job, state=RUNNING, attempt=lease.attempt, holder=lease.holder
    )


def _end(jobs: QuerySet[Job], state: str, **more: Any) -> int:
    return jobs.update(
        state=state, holder="", stage="", cancel_asked=False, ended_at=timezone.now(), **more
    )


@transaction.atomic
def _let_go(jobs: QuerySet[Job], *, spared: int) -> bool:
    """Back to those that wait, or closed where it was cancelled or has no attempt left."""
    job = jobs.select_for_update().first()
    if job is None:
        return False
    if job.cancel_asked:
        return bool(_end(jobs, CANCELLED))
    if job.attempts_left + spared == 0:
        return bool(_end(jobs, FAILED, error=in_words(AttemptsUsedUp(attempts=job.attempt))))
    left = F("attempts_left") + spared
    return bool(jobs.update(state=WAITING, holder="", stage="", attempts_left=left))
