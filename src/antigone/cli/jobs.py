# SPDX-License-Identifier: Apache-2.0
"""`antigone jobs`: work in the background: listed, done, cancelled, begun again."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
import uuid
from typing import TYPE_CHECKING

import click

from antigone.cli.account import account
from antigone.cli.database import open_database

if TYPE_CHECKING:
    from antigone.records.models import Job

COLUMNS = ("job", "kind", "case", "state", "stage", "share", "attempt", "asked_by", "asked_at")
_AFTER_THE_PARENT = 10.0
"""Seconds that are left to put a job down once the server that started the worker is gone."""


@click.group()
def jobs() -> None:
    """Work in the background: list it, do it, cancel it, begin it again."""


@jobs.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that have ended.")
def list_jobs(every: bool) -> None:
    """List the jobs that wait or run, the newest first."""
    open_database()
    from antigone.records.models.jobs import OPEN
    from antigone.records.queries import jobs as job_queries

    found = job_queries.jobs()
    click.echo("\t".join(COLUMNS))
    for job in found if every else found.filter(state__in=OPEN):
        click.echo("\t".join(_cells(job)))


def _cells(job: Job) -> tuple[str, ...]:
    return (
        str(job.pk), job.kind, job.case.slug if job.case else "", job.state, job.stage,
        f"{job.share:.2f}", str(job.attempt), job.asked_by.username,
        job.asked_at.isoformat(timespec="seconds"),
    )  # fmt: skip


@jobs.command()
@click.argument("job", type=click.UUID)
def cancel(job: uuid.UUID) -> None:
    """Cancel JOB: at once if it waits, at its next step if it runs."""
    open_database()
    from antigone.records.actions import jobs as job_actions
    from antigone.records.queries import jobs as job_queries

    changed = job_actions.cancel(job=job_queries.one_job(job), by=account())
    words = "It stops at its next step." if changed.cancel_asked else "It is cancelled."
    click.echo(words, err=True)


@jobs.command()
@click.argument("job", type=click.UUID)
def retry(job: uuid.UUID) -> None:
    """Begin JOB again, which was refused, failed or cancelled; it goes on where it stopped."""
    open_database()
    from antigone.records.actions import jobs as job_actions
    from antigone.records.queries import jobs as job_queries

    job_actions.retry(job=job_queries.one_job(job), by=account())
    click.echo("It waits for a worker again.", err=True)


@jobs.command()
@click.option("--until-done", is_flag=True, help="End when nothing waits and nothing runs.")
@click.option("--holder", hidden=True, help="Name of this worker; the server gives one.")
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input ends.")
def work(until_done: bool, holder: str | None, with_parent: bool) -> None:
    """Do what waits, one job after the other, until stopped (Ctrl+C).

    `antigone serve` starts such a worker by itself. More of them may run, also on other computers
    where the database is on a server: each job is in one pair of hands at a time.
    """
    logging.basicConfig(format="%(message)s", level=logging.WARNING, stream=sys.stderr)
    stopping = threading.Event()
    for signalled in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signalled, lambda *_at: stopping.set())
    if with_parent:
        threading.Thread(target=_end_with_the_parent, args=[stopping], daemon=True).start()
    open_database()
    from antigone.analysis.job_worker import Rhythm, Worker
    from antigone.analysis.jobs import kinds
    from antigone.exchange.case_folder import digests

    worker = Worker(
        kinds(digests=digests, clock=time.monotonic),
        holder=holder or str(uuid.uuid4()),
        clock=time.monotonic,
        rhythm=Rhythm(),
        stopping=stopping,
    )
    if until_done:
        worker.work_off()
    else:
        worker.work()


def _end_with_the_parent(stopping: threading.Event) -> None:
    """Stop when the server is gone, however it went: it holds the other end of standard input."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stopping.set()
    time.sleep(_AFTER_THE_PARENT)
    os._exit(1)  # a step that takes longer; the next worker takes the job up
