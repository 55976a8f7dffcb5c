# SPDX-License-Identifier: Apache-2.0
"""A hundred workers killed at random moments, with jobs in hand: none lost, none done twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.records.test_jobs_killed import hold_nothing_lost_and_nothing_twice, killed

KILLS = 100
JOBS = 90

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed"),
]


def test_a_hundred_kills_lose_nothing_and_do_nothing_twice(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    found = killed(tmp_path, count=JOBS, kills=KILLS, seed=2026)
    hold_nothing_lost_and_nothing_twice(found, JOBS)
    assert found["lives"]["killed"] >= KILLS
    cut_off = sum(found["attempts"]) - JOBS
    resumed = sum(1 for steps in found["begun"] if steps[-1] > 0)
    record_property(
        "found",
        f"{JOBS} jobs, {found['lives']['killed']} workers killed, {cut_off} attempts cut off, "
        f"{resumed} jobs went on from a checkpoint: {found['runs']} results kept, none lost, none "
        "twice",
    )
    assert cut_off >= KILLS / 4, "too few were killed with a job in hand"
    assert resumed >= KILLS / 10


def test_a_worker_that_keeps_its_result_too_early_is_caught(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The control."""
    found = killed(tmp_path, count=12, kills=30, seed=7, kind="carelessly")
    twice = sum(runs > 1 for runs in found["runs_of_cases"])
    record_property("found", f"a worker that keeps its result too early: {twice} of 12 done twice")
    assert twice
