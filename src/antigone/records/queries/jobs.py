# SPDX-License-Identifier: Apache-2.0
"""Jobs: what waits, what runs, what has ended."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from antigone.records.errors import NoSuchJob
from antigone.records.models import InvestigationCase
from antigone.records.models.jobs import RUNNING, WAITING, Job


def jobs() -> QuerySet[Job]:
    """Every job of this installation, the newest first."""
    return Job.objects.select_related("case", "asked_by")


def jobs_of(case: InvestigationCase) -> QuerySet[Job]:
    """Every job of the case, the newest first."""
    return jobs().filter(case=case)


def one_job(pk: UUID) -> Job:
    """The job of that number.

    Raises
    ------
    NoSuchJob
    """
    found = jobs().filter(pk=pk).first()
    if found is None:
        raise NoSuchJob(job=pk)
    return found


def any_waiting(kinds: Collection[str]) -> bool:
    """Whether there is something to take, asked without locking anything."""
    return Job.objects.filter(state=WAITING, kind__in=kinds).exists()


@dataclass(frozen=True, slots=True)
class Held:
    """A job in somebody's hands, and the last beat that was heard."""

    job: UUID
    attempt: int
    beat: int
    holder: str


def held() -> list[Held]:
    """Every job that is in somebody's hands."""
    running = Job.objects.filter(state=RUNNING)
    return [Held(*row) for row in running.values_list("pk", "attempt", "beat", "holder")]
