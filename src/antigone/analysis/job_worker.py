# SPDX-License-Identifier: Apache-2.0
"""The worker: takes jobs, lets their holder's heart beat, and leaves each as it ended.

Nothing here relies on the time of day. A holder raises a count in the job's row; others take the
job over once *they* have seen that count stand still for `silence` seconds of their own steady
clock. Whoever was replaced finds its attempt's number gone, and can write nothing any more.
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from antigone.records.actions import leases
from antigone.records.actions.leases import Lease
from antigone.records.errors import LeaseLost
from antigone.records.models import Job
from antigone.records.queries import jobs as job_queries
from antigone.records.queries.jobs import Held
from antigone.terms.errors import AntigoneError, gettext_noop

LOG = logging.getLogger("antigone.jobs")

_TRIES = 3

LastStep = Callable[[], Any]
"""Done in the transaction that closes the job; gives its result, a value for JSON."""


class JobFault(AntigoneError):
    """A fault of our own, kept as a number: its words may hold anything."""

    code = "analysis.job-fault"
    message = gettext_noop(
        "A fault of this software ended the job: incident %(incident)s. Nothing of it was kept. "
        "The terminal in which Antigone runs says where; please report it with this number."
    )


class Stopped(Exception):  # noqa: N818  not an error: somebody asked
    """The work was interrupted at one of its steps."""


class CancelAsked(Stopped):
    """Somebody asked to cancel the job."""


class WorkerStopping(Stopped):
    """The worker was asked to end."""


@dataclass(frozen=True)
class Rhythm:
    """Seconds between two beats, of silence after which a holder is taken for dead, and idle."""

    beat: float = 4.0
    silence: float = 30.0
    idle: float = 1.0


class Watch:
    """Sees by its own steady clock who has fallen silent."""

    def __init__(self, *, silence: float, clock: Callable[[], float]) -> None:
        self._silence = silence
        self._clock = clock
        self._heard: dict[UUID, tuple[Held, float]] = {}

    def silent(self, held: Iterable[Held]) -> list[Held]:
        """Those of `held` whose beat has stood still for as long as is borne."""
        now = self._clock()
        heard: dict[UUID, tuple[Held, float]] = {}
        for one in held:
            before, since = self._heard.get(one.job, (one, now))
            heard[one.job] = (one, min(since, now) if before == one else now)
        self._heard = heard
        return [one for one, since in heard.values() if now - since >= self._silence]


_FORK = threading.Lock()
"""Held while a heart beats: a process forked in the middle of that would inherit half of it."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_FORK.acquire, after_in_parent=_FORK.release, after_in_child=_FORK.release
    )


class Heart:
    """Beats from a thread of its own while a job is worked on, and hears what is asked of it."""

    def __init__(self, lease: Lease, every: float) -> None:
        self.lease = lease
        self.stage, self.share = "", 0.0
        self.lost = self.cancel_asked = False
        self._every = every
        self._still = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="heart", daemon=True)

    def __enter__(self) -> Heart:
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._still.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._still.wait(self._every) and not self.lost:
            with _FORK:
                self._beat_here()
                let_go()

    def _beat_here(self) -> None:
        try:
            self.cancel_asked = leases.beat(self.lease, stage=self.stage, share=self.share)
        except LeaseLost:
            self.lost = True
        except DatabaseError:
            LOG.warning("job %s: a beat failed; the next one is tried", self.lease.job)


class Task:
    """What the work sees of its job: what was asked, where to go on, and whom to tell."""

    def __init__(self, job: Job, heart: Heart, stopping: threading.Event) -> None:
        self.job = job
        self.arguments: Mapping[str, Any] = job.arguments
        self.checkpoint: Any = job.checkpoint
        self._heart = heart
        self._stopping = stopping

    def report(self, stage: str, share: float) -> None:
        """Say how far `stage` is, from 0 to 1. Here the work is interrupted, and only here.

        Raises
        ------
        Stopped, LeaseLost
        """
        self._heart.stage, self._heart.share = stage, share
        if self._heart.lost:
            raise LeaseLost(job=self.job.pk, attempt=self._heart.lease.attempt)
        if self._heart.cancel_asked:
            raise CancelAsked
        if self._stopping.is_set():
            raise WorkerStopping

    def keep(self, checkpoint: Any) -> None:
        """Keep what a later attempt needs to go on from here: positions, no personal value."""
        leases.keep(self._heart.lease, checkpoint)


Work = Callable[[Task], LastStep]


class Worker:
    """Works on the jobs of `kinds`, one after the other.

    `holder` names this worker. Whatever is held under the same name at its start is of its former
    life, which whoever named it has seen end.
    """

    def __init__(
        self,
        kinds: Mapping[str, Work],
        *,
        holder: str,
        clock: Callable[[], float],
        rhythm: Rhythm,
        stopping: threading.Event,
    ) -> None:
        self.kinds = kinds
        self.holder = holder
        self.rhythm = rhythm
        self.stopping = stopping
        self._watch = Watch(silence=rhythm.silence, clock=clock)

    def work(self) -> None:
        """Work until asked to stop."""
        while not self.stopping.is_set():
            try:
                worked = self.one()
            except DatabaseError as fault:
                LOG.warning("the database did not answer (%s); tried again", type(fault).__name__)
                let_go()
                worked = False
            if not worked:
                self.stopping.wait(self.rhythm.idle)

    def work_off(self) -> None:
        """Work until nothing waits and nobody else holds anything."""
        while not self.stopping.is_set() and (self.one() or job_queries.held()):
            self.stopping.wait(0 if job_queries.any_waiting(self.kinds) else self.rhythm.idle)

    def one(self) -> bool:
        """Free what the dead hold, and work on one job; False if there is none."""
        self.free_the_silent()
        if not job_queries.any_waiting(self.kinds):
            return False
        lease = leases.take(holder=self.holder, kinds=list(self.kinds))
        if lease is None:
            return False
        self._attempt(lease)
        return True

    def free_the_silent(self) -> None:
        """Put the jobs of silent holders, and of one's own former life, back to the waiting."""
        held = job_queries.held()
        own = [one for one in held if one.holder == self.holder]
        for one in [*own, *self._watch.silent(held)]:
            if leases.free_silent(job=one.job, attempt=one.attempt, beat=one.beat):
                LOG.warning("job %s: its worker is gone; it is taken up again", one.job)

    def _attempt(self, lease: Lease) -> None:
        """Do one attempt, and leave the job in the state that it came to."""
        try:
            with _ended_well(lease):
                job = job_queries.one_job(lease.job)
                with Heart(lease, self.rhythm.beat) as heart:
                    last_step = self.kinds[job.kind](Task(job, heart, self.stopping))
                _finish(lease, last_step)
        except LeaseLost as lost:
            LOG.warning("%s", lost)


def _finish(lease: Lease, last_step: LastStep) -> None:
    """Close the job with its last step. A database that is busy is asked again: the work is done.

    Had an earlier try been kept after all, the next one would find the lease gone.
    """
    for _try in range(_TRIES - 1):
        try:
            leases.finish(lease, last_step)
        except OperationalError:
            LOG.warning("job %s: the database was busy at the last step", lease.job)
            let_go()
        else:
            return
    leases.finish(lease, last_step)


@contextmanager
def _ended_well(lease: Lease) -> Iterator[None]:
    """Whatever happens inside, the job is not left in hand."""
    try:
        yield
    except CancelAsked:
        leases.cancelled(lease)
    except WorkerStopping:
        leases.give_back(lease)
    except LeaseLost:
        raise
    except AntigoneError as refusal:
        leases.refuse(lease, refusal)
    except (OperationalError, InterfaceError):
        LOG.warning("job %s: the database failed during attempt %d", lease.job, lease.attempt)
        let_go()
        leases.drop(lease)
    except Exception as fault:  # noqa: BLE001  the door of the work in the background
        leases.fail(lease, JobFault(incident=_incident(fault)))


def let_go() -> None:
    """Close this thread's connection, so that the next question opens a sound one."""
    if not connection.in_atomic_block:
        connection.close()


def _incident(fault: Exception) -> str:
    """A number for the fault. The log says where it was, without its words or any value."""
    number = secrets.token_hex(4)
    frames = traceback.extract_tb(fault.__traceback__)
    where = " < ".join(f"{Path(one.filename).name}:{one.lineno}" for one in reversed(frames))
    LOG.error("incident %s: %s at %s", number, type(fault).__name__, where)
    return number
