# SPDX-License-Identifier: Apache-2.0
"""A hundred workers killed at random moments, with jobs in hand: none lost, none done twice."""

from __future__ import annotations

import json
import os
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


def test_a_hundred_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    found = killed(tmp_path, count=JOBS, kills=KILLS, seed=2026)
    print(json.dumps({name: found[name] for name in ("lives", "retried", "runs", "kept")}))
    hold_nothing_lost_and_nothing_twice(found, JOBS)
    assert found["lives"]["killed"] >= KILLS
    cut_off = sum(found["attempts"]) - JOBS
    resumed = sum(1 for steps in found["begun"] if steps[-1] > 0)
    print(f"attempts cut off {cut_off}, jobs that went on from a checkpoint {resumed}")
    assert cut_off >= KILLS / 4, "too few were killed with a job in hand"
    assert resumed >= KILLS / 10
