# SPDX-License-Identifier: Apache-2.0
"""The records tests once more, on PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import (
    TEMPLATE,
    NoPostgresqlHere,
    migrated_database,
    new_database,
    postgresql_server,
)

pytestmark = pytest.mark.postgresql
HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BESIDE_THE_DATABASE = ("test_embedded.py", "test_keys.py", "test_resealing.py", "test_sealing.py")
"""Tests of SQLite's library and of the files of keys: a second run adds nothing."""
IN_PROCESSES = ("reliability", "test_backup.py", "test_jobs_killed.py", "test_server_roles.py")
"""Tests that ask programs of their own, side by side with the rest."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Address of a PostgreSQL server for the tests alone."""
    try:
        with postgresql_server() as address:
            yield address
    except NoPostgresqlHere:
        tell = pytest.fail if os.environ.get("CI") else pytest.skip
        tell("NO POSTGRESQL HERE: the records were tested on SQLite only", pytrace=False)


def begun(server: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """Tests of the records, running over the server."""
    of_this_session = ("ANTIGONE_HOME", "ANTIGONE_TESTS_OF")  # the other gets its own folder
    kept = {name: value for name, value in os.environ.items() if name not in of_this_session}
    kept |= {"ANTIGONE_DATABASE_URL": new_database(server), TEMPLATE: migrated_database(server)}
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not postgresql",
         *map(str, arguments)],
        cwd=ROOT, env=kept, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def test_the_records_tests_pass_on_postgresql(server: str) -> None:
    apart = (*BESIDE_THE_DATABASE, *IN_PROCESSES)
    rest = [f"--ignore={HERE / name}" for name in apart]
    both = begun(server, *(HERE / name for name in IN_PROCESSES)), begun(server, *rest, HERE)
    for said, status in [(one.communicate()[0], one.returncode) for one in both]:
        assert status == 0, said[-8000:]
        assert "passed" in said
