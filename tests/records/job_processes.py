# SPDX-License-Identifier: Apache-2.0
"""Workers in processes of their own, over a database of their own, killed at random moments.

Run as a program in an installation of its own (``ANTIGONE_HOME``): ``python -m
tests.records.job_processes JOBS KILLS SEED count`` prints what came of it as JSON. The database is
loaded once; each worker is forked from that process, so that a life is short and many can be ended.
With ``carelessly`` for ``count``, the result is kept before the job is closed: the control.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STEPS = 40
STEP_SECONDS = 0.01
LONGEST_LIFE = 0.6
"""Seconds. A job takes at least 0.4: many lives end in the middle of one."""


def prepare(count: int, kind: str) -> None:
    """A case for each job, and the jobs."""
    from antigone.records.actions import accounts, cases, jobs
    from tests.records.invented import POLICY, small_case

    by = accounts.open_account(username="amina", by=None)
    for n in range(count):
        case = cases.import_case(
            tables=small_case(), policy_text=POLICY, name="Invented Wood", slug=f"wood-{n}", by=by,
            invented=True,
        )  # fmt: skip
        jobs.ask(kind=kind, case=case, arguments={"steps": STEPS}, by=by)


def kinds() -> Mapping[str, Any]:
    """Work in small steps, each kept; its result is a run of the case."""
    import antigone.analysis.job_worker  # noqa: F401
    from antigone.analysis.runs import store_run
    from tests.records.test_runs import RUN

    def counted(task: Any) -> dict[str, Any]:
        done = task.checkpoint or {"step": 0, "begun": []}
        done["begun"].append(done["step"])
        while done["step"] < task.arguments["steps"]:
            time.sleep(STEP_SECONDS)
            done["step"] += 1
            task.keep(done)
            task.report("counting", done["step"] / task.arguments["steps"])
        return done

    def stored(task: Any, done: dict[str, Any]) -> dict[str, Any]:
        run = store_run(task.job.case, RUN, task.job.asked_by)
        return {"run": run.number, "begun": done["begun"]}

    def count(task: Any) -> Any:
        done = counted(task)
        return lambda: stored(task, done)

    def carelessly(task: Any) -> Any:
        done = counted(task)
        found = stored(task, done)  # not in the transaction that closes the job
        time.sleep(2 * LONGEST_LIFE)  # nobody lives that long while workers are killed
        return lambda: found

    return {"count": count, "carelessly": carelessly}


def worker(holder: str) -> None:
    """Work until nothing is left; a short rhythm, so that the dead are noticed soon."""
    from antigone.analysis.job_worker import Rhythm, Worker

    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_at: stopping.set())
    rhythm = Rhythm(beat=0.05, silence=0.5, idle=0.05)
    Worker(
        kinds(), holder=holder, clock=time.monotonic, rhythm=rhythm, stopping=stopping
    ).work_off()


def forked(holder: str) -> int:
    """A worker in a process of its own."""
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        worker(holder)
        status = 0
    finally:
        os._exit(status)


@dataclass
class Lives:
    """How the lives of the workers ended."""

    killed: int = 0
    asked_to_stop: int = 0
    by_themselves: int = 0
    faults: int = 0


def kill(kills: int, rng: random.Random) -> Lives:
    """Two workers at a time, each ended at a random moment until `kills` have been killed."""
    lives = Lives()
    while lives.killed < kills and open_jobs():
        pids = [forked(str(uuid.uuid4())) for _n in range(2)]
        for pid in pids:
            time.sleep(rng.uniform(0, LONGEST_LIFE))
            how = signal.SIGKILL if rng.random() < 0.8 else signal.SIGTERM
            gone, status = os.waitpid(pid, os.WNOHANG)
            if not gone:
                os.kill(pid, how)
                _gone, status = os.waitpid(pid, 0)
            lives.killed += os.WIFSIGNALED(status)
            lives.asked_to_stop += how == signal.SIGTERM and not gone
            lives.by_themselves += bool(gone)
            lives.faults += os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0
        begin_again()
    return lives


def open_jobs() -> bool:
    from django.db import connections

    from antigone.records.models import Job

    found = Job.objects.filter(ended_at=None).exists()
    connections.close_all()
    return found


def begin_again() -> None:
    """Jobs whose attempts were used up are asked for once more."""
    from django.db import connections

    from antigone.records.actions import jobs
    from antigone.records.models import Job

    for job in Job.objects.filter(state="failed"):
        jobs.retry(job=job, by=job.asked_by)
    connections.close_all()


def told(lives: Lives) -> dict[str, Any]:
    """What came of it."""
    from antigone.records.models import AnalysisRun, Event, Job

    return {
        "lives": vars(lives),
        "states": sorted(Job.objects.values_list("state", flat=True)),
        "attempts": sorted(Job.objects.values_list("attempt", flat=True)),
        "begun": [job.result["begun"] for job in Job.objects.filter(state="done")],
        "runs_of_cases": sorted(
            AnalysisRun.objects.filter(case__slug=f"wood-{n}").count()
            for n in range(Job.objects.count())
        ),
        "runs": AnalysisRun.objects.count(),
        "kept": Event.objects.filter(kind="analysis_run").count(),
        "retried": Event.objects.filter(body__contains='"verb":"jobs.retry"').count(),
    }


def main(count: int, kills: int, seed: int, kind: str) -> None:
    from antigone.cli.database import start_django

    start_django()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from antigone.records import access

    kinds()  # loads what is slow to load, before anybody is forked
    with access.at_the_terminal(None):
        work_under_kills(count, kills, seed, kind)


def work_under_kills(count: int, kills: int, seed: int, kind: str) -> None:
    """The jobs, the kills, and what came of it on standard output."""
    prepare(count, kind)
    lives = kill(kills, random.Random(seed))
    while open_jobs():  # nobody is killed any more
        os.waitpid(forked("the last"), 0)
        begin_again()
    sys.stdout.write(json.dumps(told(lives)) + "\n")


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:4]), sys.argv[4])
