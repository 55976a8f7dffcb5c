# SPDX-License-Identifier: Apache-2.0
"""The records tests once more, on PostgreSQL."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.postgresql
HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def binaries() -> Path | None:
    """The newest PostgreSQL of this machine, where Debian puts it or on the path."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda place: int(place.parts[4])
    )
    on_path = shutil.which("initdb")
    place = found[-1] if found else Path(on_path) if on_path else None
    return place.parent if place else None


def unprivileged() -> dict[str, object]:
    """Whom the server runs as: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            one = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": one.pw_uid, "group": one.pw_gid, "extra_groups": []}
    return {}


@pytest.fixture
def server() -> Iterator[str]:
    """Address of a PostgreSQL server for the tests alone, reached by a socket in its folder."""
    if given := os.environ.get("ANTIGONE_TEST_DATABASE_URL"):
        yield given
        return
    bin_folder = binaries()
    if bin_folder is None:
        tell = pytest.fail if os.environ.get("CI") else pytest.skip
        tell("NO POSTGRESQL HERE: the records were tested on SQLite only", pytrace=False)
    home = Path(tempfile.mkdtemp(prefix="antigone-pg-"))  # short: a socket's path has 107 bytes
    whom = unprivileged()
    if whom:
        os.chown(home, whom["user"], whom["group"])
    options = f"-c listen_addresses='' -c unix_socket_directories='{home}' -c fsync=off"

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [bin_folder / program, "-D", home / "data", *arguments],
            cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **whom,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    try:
        run("initdb", "-U", "antigone", "--auth=trust", "--encoding=UTF8", "--no-sync")
        run("pg_ctl", "start", "-w", "-o", options, "-l", str(home / "log"))
        yield f"postgresql://antigone@/postgres?host={home}"
    finally:
        if (home / "data" / "postmaster.pid").exists():
            run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(home, ignore_errors=True)


def test_the_records_tests_pass_on_postgresql(server: str) -> None:
    environment = {**os.environ, "ANTIGONE_DATABASE_URL": server}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not postgresql",
         str(HERE)],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "passed" in done.stdout
