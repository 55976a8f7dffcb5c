# SPDX-License-Identifier: Apache-2.0
"""Jobs: one hand at a time, nothing from whoever lost its lease, nothing lost, nothing twice."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antigone.records.actions import jobs, leases
from antigone.records.actions.leases import Lease
from antigone.records.errors import (
    JobAlreadyAsked,
    JobHasEnded,
    JobNotToRepeat,
    LeaseLost,
    NoRun,
    NoSuchJob,
)
from antigone.records.models import Event, InvestigationCase, Job, User
from antigone.records.models.jobs import ATTEMPTS
from antigone.records.queries import frames
from antigone.records.queries import jobs as job_queries
from tests.records.invented import small_case

Import = Callable[..., InvestigationCase]
KINDS = ["weigh"]


@pytest.fixture
def case(imported: Import) -> InvestigationCase:
    return imported(small_case())


@pytest.fixture
def asked(case: InvestigationCase, amina: User) -> Job:
    """A job that waits."""
    return jobs.ask(kind="weigh", case=case, arguments={"seconds": 1.0}, by=amina)


def taken(holder: str = "first") -> Lease:
    found = leases.take(holder=holder, kinds=KINDS)
    assert found is not None
    return found


def now(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def events(action: str) -> int:
    return Event.objects.filter(body__contains=f'"verb":"{action}"').count()


def silence(job: Job) -> bool:
    """The holder falls silent, and somebody notices."""
    seen = now(job)
    return leases.free_silent(job=seen.pk, attempt=seen.attempt, beat=seen.beat)


def test_what_is_asked_waits_and_leaves_an_event(asked: Job, amina: User) -> None:
    assert (asked.state, asked.attempt, asked.asked_by) == ("waiting", 0, amina)
    assert events("jobs.ask") == 1
    assert job_queries.any_waiting(KINDS)
    assert not job_queries.any_waiting(["other"])
    assert leases.take(holder="first", kinds=["other"]) is None


def test_the_same_work_is_not_asked_for_twice(asked: Job, amina: User, imported: Import) -> None:
    with pytest.raises(JobAlreadyAsked):
        jobs.ask(kind="weigh", case=asked.case, arguments={}, by=amina)
    taken()
    with pytest.raises(JobAlreadyAsked):
        jobs.ask(kind="weigh", case=asked.case, arguments={}, by=amina)
    assert events("jobs.ask") == 1
    other = imported(small_case(), slug="other")
    jobs.ask(kind="weigh", case=other, arguments={}, by=amina)
    jobs.ask(kind="verify", case=None, arguments={}, by=amina)
    with pytest.raises(JobAlreadyAsked):
        jobs.ask(kind="verify", case=None, arguments={}, by=amina)


def test_one_holder_at_a_time_and_the_oldest_first(
    asked: Job, amina: User, imported: Import
) -> None:
    second = jobs.ask(
        kind="weigh", case=imported(small_case(), slug="other"), arguments={}, by=amina
    )
    assert [taken(name).job for name in ("one", "two")] == [asked.pk, second.pk]
    assert leases.take(holder="three", kinds=KINDS) is None


def test_the_last_step_and_the_end_are_kept_together(asked: Job) -> None:
    lease = taken()
    leases.keep(lease, {"step": 4})
    assert not leases.beat(lease, stage="dna", share=0.5)
    seen = now(asked)
    assert (seen.stage, seen.share, seen.checkpoint) == ("dna", 0.5, {"step": 4})
    assert leases.finish(lease, lambda: {"run": "7"}) == "done"
    ended = now(asked)
    assert (ended.state, ended.result, ended.share) == ("done", {"run": "7"}, 1.0)
    assert ended.ended_at is not None
    assert ended.checkpoint is None
    for late in (
        lambda: leases.beat(lease, stage="", share=0.0),
        lambda: leases.keep(lease, {}),
        lambda: leases.finish(lease, lambda: {}),
    ):
        with pytest.raises(LeaseLost):
            late()


def test_a_last_step_that_fails_leaves_nothing(asked: Job, amina: User) -> None:
    lease = taken()

    def half() -> None:
        jobs.ask(kind="half done", case=None, arguments={}, by=amina)
        raise NoRun(case="wood")

    with pytest.raises(NoRun):
        leases.finish(lease, half)
    assert Job.objects.get().state == "running"
    assert events("jobs.ask") == 1


def test_whoever_lost_the_lease_writes_nothing(asked: Job) -> None:
    first = taken("first")
    leases.keep(first, {"step": 2})
    assert silence(asked)
    second = taken("second")
    assert (second.job, second.attempt) == (first.job, first.attempt + 1)
    before = now(asked)
    done: list[str] = []
    for late in (
        lambda: leases.beat(first, stage="late", share=1.0),
        lambda: leases.keep(first, {"step": 9}),
        lambda: leases.finish(first, lambda: done.append("twice")),
    ):
        with pytest.raises(LeaseLost):
            late()
    for quietly in (leases.give_back, leases.drop, leases.cancelled):
        quietly(first)
    leases.refuse(first, NoRun(case="wood"))
    leases.fail(first, NoRun(case="wood"))
    assert done == []
    after = now(asked)
    assert {name: getattr(after, name) for name in FIELDS} == {
        name: getattr(before, name) for name in FIELDS
    }
    assert after.checkpoint == {"step": 2}
    assert leases.finish(second, lambda: {}) == "done"


FIELDS = [field.attname for field in Job._meta.fields]


def test_the_same_holder_of_an_earlier_attempt_is_another_one(asked: Job) -> None:
    first = taken("same name")
    assert silence(asked)
    taken("same name")
    with pytest.raises(LeaseLost):
        leases.beat(first, stage="", share=0.0)


def test_a_holder_that_stirred_is_not_taken_for_dead(asked: Job) -> None:
    lease = taken()
    seen = now(asked)
    leases.beat(lease, stage="", share=0.0)
    assert not leases.free_silent(job=seen.pk, attempt=seen.attempt, beat=seen.beat)
    assert now(asked).state == "running"


def test_attempts_are_bounded_and_the_reason_is_kept(asked: Job, amina: User) -> None:
    for _time in range(ATTEMPTS):
        taken()
        assert silence(asked)
    failed = now(asked)
    assert failed.state == "failed"
    assert failed.error["code"] == "records.attempts-used-up"
    assert failed.error["facts"] == {"attempts": ATTEMPTS}
    assert leases.take(holder="first", kinds=KINDS) is None
    again = jobs.retry(job=failed, by=amina)
    assert (again.state, again.error, again.attempt) == ("waiting", None, ATTEMPTS)
    assert events("jobs.retry") == 1
    assert taken().attempt == ATTEMPTS + 1


def test_a_job_given_back_has_not_used_up_an_attempt(asked: Job) -> None:
    for _time in range(5 * ATTEMPTS):
        leases.give_back(taken())
    assert now(asked).state == "waiting"
    assert now(asked).attempts_left == ATTEMPTS
    leases.drop(taken())
    assert now(asked).attempts_left == ATTEMPTS - 1


def test_what_waits_is_cancelled_at_once(asked: Job, amina: User) -> None:
    jobs.cancel(job=asked, by=amina)
    assert now(asked).state == "cancelled"
    assert events("jobs.cancel") == 1
    assert leases.take(holder="first", kinds=KINDS) is None
    with pytest.raises(JobHasEnded):
        jobs.cancel(job=asked, by=amina)
    assert jobs.retry(job=asked, by=amina).state == "waiting"


@pytest.mark.parametrize("end", ["told", "finishing", "silent", "given back"])
def test_what_runs_is_cancelled_by_its_holder(asked: Job, amina: User, end: str) -> None:
    lease = taken()
    jobs.cancel(job=asked, by=amina)
    assert now(asked).state == "running"
    done: list[str] = []
    if end == "told":
        assert leases.beat(lease, stage="", share=0.0)
        leases.cancelled(lease)
    elif end == "finishing":
        assert leases.finish(lease, lambda: done.append("too late")) == "cancelled"
    elif end == "silent":
        assert silence(asked)
    else:
        leases.give_back(lease)
    assert done == []
    assert (now(asked).state, now(asked).cancel_asked) == ("cancelled", False)


def test_only_what_ended_without_a_result_is_begun_again(asked: Job, amina: User) -> None:
    with pytest.raises(JobNotToRepeat):
        jobs.retry(job=asked, by=amina)
    leases.finish(taken(), lambda: {})
    with pytest.raises(JobNotToRepeat):
        jobs.retry(job=asked, by=amina)


def test_a_job_is_not_begun_again_beside_another(asked: Job, amina: User) -> None:
    jobs.cancel(job=asked, by=amina)
    jobs.ask(kind="weigh", case=asked.case, arguments={}, by=amina)
    with pytest.raises(JobAlreadyAsked):
        jobs.retry(job=asked, by=amina)


def test_a_refusal_is_kept_for_translation(asked: Job) -> None:
    leases.refuse(taken(), NoRun(case=asked.pk))
    error = now(asked).error
    assert (now(asked).state, error["code"]) == ("refused", "records.no-run")
    assert error["template"] % error["facts"] == str(NoRun(case=asked.pk))


def test_an_unknown_job_is_refused(asked: Job) -> None:
    assert job_queries.one_job(asked.pk) == asked
    assert list(job_queries.jobs_of(asked.case)) == [asked]
    assert frames.frame(None, asked.case).open_jobs == 1
    with pytest.raises(NoSuchJob):
        job_queries.one_job(uuid4())


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("job_state_known", {"state": "lost", "ended_at": timezone.now()}),
        ("job_kind_given", {"kind": ""}),
        ("job_held_while_it_runs", {"state": "running"}),
        ("job_held_while_it_runs", {"holder": "somebody"}),
        ("job_ended_once_closed", {"state": "cancelled"}),
        ("job_ended_once_closed", {"ended_at": timezone.now()}),
        ("job_result_when_done", {"state": "done", "ended_at": timezone.now()}),
        ("job_result_when_done", {"result": {}}),
        ("job_error_when_refused_or_failed", {"state": "failed", "ended_at": timezone.now()}),
        ("job_error_when_refused_or_failed", {"error": {}}),
        ("job_share_from_0_to_1", {"share": 1.5}),
        ("job_share_from_0_to_1", {"share": -0.5}),
    ],
)
def test_the_database_refuses_what_no_job_can_be(asked: Job, rule: str, change: dict) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Job.objects.filter(pk=asked.pk).update(**change)


@pytest.mark.parametrize("of_a_case", [True, False])
def test_the_database_refuses_a_second_open_job_of_a_kind(
    asked: Job, amina: User, of_a_case: bool
) -> None:
    case = asked.case if of_a_case else None
    if not of_a_case:
        Job.objects.create(kind="weigh", case=None, asked_by=amina, asked_as="operator")
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="weigh", case=case, asked_by=amina, asked_as="operator")


@pytest.mark.django_db(transaction=True)
def test_many_hands_take_each_job_once(imported: Import, amina: User) -> None:
    """Side by side on PostgreSQL; SQLite's tests share one connection, so they take turns there."""
    asked = [jobs.ask(kind=f"kind {n}", case=None, arguments={}, by=amina).pk for n in range(24)]
    names = [f"kind {n}" for n in range(24)]
    taken_by: list[UUID] = []

    def take_all(holder: str) -> None:
        try:
            while (found := leases.take(holder=holder, kinds=names)) is not None:
                taken_by.append(found.job)
                if leases.beat(found, stage="", share=0.0):
                    taken_by.clear()
        finally:
            connection.close()

    hands = [threading.Thread(target=take_all, args=[f"worker {n}"]) for n in range(4)]
    for one in hands:
        one.start()
        if connection.vendor == "sqlite":
            one.join()
    for one in hands:
        one.join()
    assert sorted(taken_by) == sorted(asked)


STEPS = st.tuples(
    st.sampled_from(
        ["take", "beat", "keep", "finish", "silent", "give back", "drop", "cancel", "retry"]
    ),
    st.integers(min_value=0, max_value=2),
)


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(steps=st.lists(STEPS, min_size=5, max_size=60))
def test_no_order_of_events_makes_two_results(asked: Job, amina: User, steps: list) -> None:
    """Three workers that never forget a lease, and a watcher that may be wrong about any of them.

    `silent` frees a job whether its holder is dead or not: that is what the worst clock could do.
    """
    with transaction.atomic():
        results: list[tuple[int, int]] = []
        attempts: list[int] = []
        held: dict[int, Lease] = {}
        for (what, who), number in zip(steps, itertools.count(), strict=False):
            before = now(asked)
            _step(what, who, asked, amina, held, results, number)
            after = now(asked)
            attempts.append(after.attempt)
            assert after.attempts_left <= ATTEMPTS
            if before.state == "done":
                assert (after.state, after.result) == ("done", before.result)
        assert len(results) <= 1
        assert attempts == sorted(attempts)
        assert (now(asked).state == "done") == (len(results) == 1)
        if results:
            assert now(asked).result == {"attempt": results[0][0]}
        transaction.set_rollback(True)


def _step(
    what: str, who: int, asked: Job, amina: User, held: dict[int, Lease], results: list, number: int
) -> None:
    lease = held.get(who)
    try:
        if what == "take":
            found = leases.take(holder=f"worker {who}", kinds=KINDS)
            held.update({who: found} if found else {})
        elif what == "silent":
            silence(asked)
        elif what == "cancel":
            jobs.cancel(job=asked, by=amina)
        elif what == "retry":
            jobs.retry(job=asked, by=amina)
        elif lease is None:
            return
        elif what == "finish":
            with transaction.atomic():
                leases.finish(lease, lambda: _result(lease, results, number))
        elif what == "beat":
            leases.beat(lease, stage="", share=0.0)
        elif what == "keep":
            leases.keep(lease, {"by": who})
        elif what == "give back":
            leases.give_back(lease)
        else:
            leases.drop(lease)
    except (LeaseLost, JobHasEnded, JobNotToRepeat):
        pass


def _result(lease: Lease, results: list, number: int) -> dict[str, int]:
    results.append((lease.attempt, number))
    return {"attempt": lease.attempt}
