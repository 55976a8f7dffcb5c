# SPDX-License-Identifier: Apache-2.0
"""The worker: what is asked is done once, stopped when asked, and taken up again after a death."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from antigone.analysis.job_worker import Heart, Rhythm, Task, Watch, Work, Worker
from antigone.analysis.jobs import SecondsOutOfRange, ask_to_weigh, kinds
from antigone.exchange.case_folder import digests
from antigone.records import access
from antigone.records.actions import cases, jobs, leases, roles
from antigone.records.errors import LeaseLost, NoPolicy, NoRun
from antigone.records.models import AnalysisRun, InvestigationCase, Job, RoleGrant, User
from antigone.records.queries.jobs import Held
from tests.roles import somebody

NAME = "Вигаданко Остап"
QUIET = Rhythm(beat=60.0, silence=60.0, idle=0.01)
"""No beat within a test: its thread would not see what the test has not committed."""


def worker(work: Mapping[str, Work], holder: str = "a worker") -> Worker:
    return Worker(
        work, holder=holder, clock=time.monotonic, rhythm=QUIET, stopping=threading.Event()
    )


@pytest.fixture
def weighing() -> Worker:
    """A worker that does what the product does."""
    return worker(kinds(digests=digests, clock=time.monotonic))


@pytest.fixture
def asked(case: InvestigationCase, amina: User) -> Job:
    return ask_to_weigh(case, seconds=1.0, by=amina)


def now(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_a_case_is_weighed_for_whoever_asked(weighing: Worker, asked: Job, amina: User) -> None:
    assert weighing.one()
    done = now(asked)
    run = AnalysisRun.objects.get()
    assert (done.state, done.result) == ("done", {"run": run.number})
    assert run.by == amina
    assert run.facts["effort"]["joint_seconds"] == 1.0
    assert not weighing.one()


def test_what_cannot_be_weighed_is_refused_when_asked(case: InvestigationCase, amina: User) -> None:
    for seconds in (0.0, -1.0, float("nan"), float("inf"), 3_600.5):
        with pytest.raises(SecondsOutOfRange):
            ask_to_weigh(case, seconds=seconds, by=amina)
    bare = cases.import_case(
        tables={}, policy_text="", name="Bare", slug="bare", by=amina, invented=True
    )
    with pytest.raises(NoPolicy):
        ask_to_weigh(bare, seconds=1.0, by=amina)
    assert not Job.objects.exists()


def test_what_is_refused_while_it_runs_keeps_its_words(amina: User, weighing: Worker) -> None:
    from tests.cases import policy_text

    empty = cases.import_case(
        tables={"remains": []}, policy_text=policy_text(), name="Empty", slug="empty", by=amina,
        invented=True,
    )  # fmt: skip
    job = ask_to_weigh(empty, seconds=1.0, by=amina)
    assert weighing.one()
    refused = now(job)
    assert refused.state == "refused"
    assert refused.error["code"].startswith("science.")
    assert refused.error["template"] % refused.error["facts"]
    assert not AnalysisRun.objects.exists()


def test_a_fault_of_our_own_is_a_number_and_no_words(
    asked: Job, caplog: pytest.LogCaptureFixture
) -> None:
    def fall(_task: Task) -> Any:
        raise KeyError(NAME)

    with caplog.at_level(logging.DEBUG):
        assert worker({"weigh": fall}).one()
    failed = now(asked)
    assert (failed.state, failed.error["code"]) == ("failed", "analysis.job-fault")
    assert f"incident {failed.error['facts']['incident']}: KeyError at test_jobs.py:" in caplog.text
    assert NAME not in caplog.text
    assert NAME not in json.dumps(failed.error, ensure_ascii=False)


def test_a_fault_at_the_last_step_keeps_nothing(asked: Job) -> None:
    def half(task: Task) -> Any:
        def last() -> None:
            InvestigationCase.objects.filter(pk=task.job.case.pk).exists()
            jobs.ask(kind="other", case=task.job.case, arguments={}, by=task.job.asked_by)
            raise NoRun(case="wood")

        return last

    assert worker({"weigh": half}).one()
    assert now(asked).state == "refused"
    assert Job.objects.count() == 1


def test_a_busy_database_costs_an_attempt_and_not_the_job(asked: Job) -> None:
    def busy(_task: Task) -> Any:
        raise OperationalError("database is locked")

    assert worker({"weigh": busy}).one()
    waiting = now(asked)
    assert (waiting.state, waiting.attempts_left) == ("waiting", 2)


def test_a_last_step_is_tried_again_where_the_database_was_busy(asked: Job) -> None:
    tries: list[int] = []

    def last() -> dict[str, int]:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("database is locked")
        return {"tries": len(tries)}

    assert worker({"weigh": lambda _task: last}).one()
    assert now(asked).result == {"tries": 3}


def test_cancelled_while_it_runs_it_stops_at_its_next_step(asked: Job, amina: User) -> None:
    steps: list[str] = []

    def work(task: Task) -> Any:
        task.report("first", 0.5)
        steps.append("first")
        jobs.cancel(job=task.job, by=amina)
        task._heart._beat_here()
        task.report("second", 0.6)
        steps.append("second")
        return dict

    assert worker({"weigh": work}).one()
    assert steps == ["first"]
    assert now(asked).state == "cancelled"


def test_a_worker_that_is_stopped_gives_back_what_it_had(asked: Job) -> None:
    def work(task: Task) -> Any:
        task.keep({"step": 1})
        one.stopping.set()
        task.report("first", 0.1)
        return dict

    one = worker({"weigh": work})
    assert one.one()
    back = now(asked)
    assert (back.state, back.attempts_left, back.checkpoint) == ("waiting", 3, {"step": 1})


def test_a_later_attempt_goes_on_from_the_checkpoint(asked: Job) -> None:
    lease = leases.take(holder="the dead", kinds=["weigh"])
    leases.keep(lease, {"step": 7})
    found: list[Any] = []

    def work(task: Task) -> Any:
        found.append(task.checkpoint)
        return dict

    living = Worker(
        {"weigh": work}, holder="the living", clock=iter([0.0, 59.0, 61.0]).__next__,
        rhythm=QUIET, stopping=threading.Event(),
    )  # fmt: skip
    assert not living.one()
    assert not living.one()
    assert living.one()
    assert found == [{"step": 7}]
    assert now(asked).attempt == 2


def test_a_worker_takes_up_at_once_what_its_former_life_held(asked: Job) -> None:
    leases.take(holder="a worker", kinds=["weigh"])
    assert worker({"weigh": lambda _task: dict}).one()
    assert now(asked).state == "done"


def test_who_was_replaced_keeps_nothing(asked: Job) -> None:
    def slow(_task: Task) -> Any:
        held = now(asked)
        leases.free_silent(job=held.pk, attempt=held.attempt, beat=held.beat)
        return lambda: pytest.fail("the last step of somebody who was replaced")

    assert worker({"weigh": slow}).one()
    assert now(asked).state == "waiting"


def test_who_was_replaced_is_told_at_the_next_step(asked: Job) -> None:
    lease = leases.take(holder="first", kinds=["weigh"])
    heart = Heart(lease, 60.0)
    leases.give_back(lease)
    heart._beat_here()
    with pytest.raises(LeaseLost):
        Task(asked, heart, threading.Event()).report("dna", 0.5)


ONE = UUID(int=1)
JUMPS = st.lists(st.floats(min_value=-1e6, max_value=1e6), min_size=1, max_size=40)


@given(jumps=JUMPS)
def test_whoever_beats_is_never_silent_whatever_the_clock_does(jumps: list[float]) -> None:
    watch = Watch(silence=30.0, clock=iter(jumps).__next__)
    for beat, _jump in enumerate(jumps):
        assert watch.silent([Held(ONE, 1, beat, "somebody")]) == []


@given(
    steps=st.lists(st.floats(min_value=0.01, max_value=20.0), min_size=1, max_size=60),
    back=st.floats(min_value=0.0, max_value=1e6),
)
def test_whoever_is_silent_is_found_also_after_the_clock_went_back(
    steps: list[float], back: float
) -> None:
    """A steady clock may begin anew (another boot): at worst the silence is counted from there."""
    time_now, seen = [1e6], Held(ONE, 1, 5, "somebody")
    watch = Watch(silence=30.0, clock=lambda: time_now[0])
    assert watch.silent([seen]) == []
    time_now[0] -= back
    assert watch.silent([seen]) == []
    waited = 0.0
    for step in steps:
        time_now[0] += step
        waited += step
        assert bool(watch.silent([seen])) == (time_now[0] - min(1e6, 1e6 - back) >= 30.0)
    assert waited < 30.0 or watch.silent([seen]) == [seen]


def test_a_silence_ends_with_a_beat_and_with_another_attempt() -> None:
    times = iter([0.0, 29.0, 31.0, 60.0, 62.0])
    watch = Watch(silence=30.0, clock=times.__next__)
    heard = [Held(ONE, 1, 5, "a"), Held(ONE, 1, 6, "a"), Held(ONE, 1, 6, "a"), Held(ONE, 2, 6, "b")]
    assert [watch.silent([one]) for one in heard] == [[]] * 4
    assert watch.silent([heard[-1]]) == []


def test_whoever_lost_the_role_meanwhile_is_refused_kindly(
    case: InvestigationCase, weighing: Worker
) -> None:
    coordinator = somebody("coordinator", case)
    with access.looking_as(coordinator, case, timezone.now()):
        asked = ask_to_weigh(case, seconds=1.0, by=coordinator)
    held = RoleGrant.objects.get(user=coordinator)
    roles.end_grant(grant=held, by=coordinator, reason="a test")
    assert asked.asked_as == "coordinator"
    assert weighing.one()
    refused = now(asked)
    assert (refused.state, refused.error["code"]) == ("refused", "access.role-ended")
    assert not AnalysisRun.objects.exists()
