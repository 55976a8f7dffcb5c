# SPDX-License-Identifier: Apache-2.0
"""Workers killed at random moments: no job is lost, and none is done twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from tests.installations import empty_installation

ROOT = Path(__file__).parents[2]


def killed(home: Path, count: int, kills: int, seed: int, kind: str = "count") -> dict[str, Any]:
    """What came of `count` jobs whose workers were killed; see `job_processes`."""
    environment = {
        **os.environ, "ANTIGONE_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "antigone.site.settings", "ANTIGONE_DATABASE_URL": address(),
    }  # fmt: skip
    if not environment["ANTIGONE_DATABASE_URL"]:
        empty_installation(home)
    done = subprocess.run(
        [sys.executable, "-m", "tests.records.job_processes",
         str(count), str(kills), str(seed), kind],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def address() -> str:
    """The server's database of the tests; blank for SQLite in a home of its own."""
    if connection.vendor == "sqlite":
        return ""
    to = connection.settings_dict
    user = quote(to["USER"]) + (f":{quote(to['PASSWORD'])}" if to["PASSWORD"] else "")
    return f"postgresql://{user}@/{quote(to['NAME'])}?host={quote(to['HOST'])}&port={to['PORT']}"


def hold_nothing_lost_and_nothing_twice(found: Mapping[str, Any], count: int) -> None:
    """Every job is done, by one run of its case, and never from before its checkpoint."""
    assert found["states"] == ["done"] * count
    assert found["runs_of_cases"] == [1] * count
    assert found["runs"] == found["kept"] == count
    assert found["lives"]["faults"] == 0
    for steps in found["begun"]:
        assert steps == sorted(steps), "a later attempt began before the checkpoint"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")
@pytest.mark.django_db(transaction=True)
def test_killed_workers_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    found = killed(tmp_path, count=6, kills=8, seed=3)
    hold_nothing_lost_and_nothing_twice(found, 6)
    assert found["lives"]["killed"] >= 4
    assert max(found["attempts"]) > 1, "nobody was killed with a job in hand"
    assert any(len(steps) > 1 and steps[-1] > 0 for steps in found["begun"])
