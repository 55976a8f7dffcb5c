# SPDX-License-Identifier: Apache-2.0
"""The records tests once more, on PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import NoPostgresqlHere, postgresql_server

pytestmark = pytest.mark.postgresql
HERE = Path(__file__).parent
ROOT = HERE.parent.parent
WITHOUT_A_SERVER = (
    "reliability", "test_backup.py", "test_embedded.py", "test_keys.py", "test_resealing.py",
    "test_sealing.py",
)  # fmt: skip
"""Tests of files beside the database, or with servers of their own: a second run adds nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """Address of a PostgreSQL server for the tests alone."""
    try:
        with postgresql_server() as address:
            yield address
    except NoPostgresqlHere:
        tell = pytest.fail if os.environ.get("CI") else pytest.skip
        tell("NO POSTGRESQL HERE: the records were tested on SQLite only", pytrace=False)


def test_the_records_tests_pass_on_postgresql(server: str) -> None:
    environment = {**os.environ, "ANTIGONE_DATABASE_URL": server}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not postgresql",
         *(f"--ignore={HERE / name}" for name in WITHOUT_A_SERVER), str(HERE)],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "passed" in done.stdout
