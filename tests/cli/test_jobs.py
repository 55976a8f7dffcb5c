# SPDX-License-Identifier: Apache-2.0
"""`antigone jobs`, and the worker that the server starts, in an installation of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlite

from antigone.cli.job_process import JobProcess
from tests.installations import FILE, empty_installation, environment_of

ROOT = Path(__file__).parents[2]
SOURCES = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
ASK = """
from antigone.cli.database import start_django
start_django()
from antigone.cli.account import account
from antigone.analysis.jobs import ask_to_weigh
from antigone.records import access
from antigone.records.actions.cases import import_case
from tests.cases import CaseBuilder, policy_text
built = CaseBuilder(3).person("P1", "F1", sex="male", mother="I1")
built.relative("I1", "F1", sex="female").reference("I1", "1/2").body("R1", ["1/3"])
with access.at_the_terminal(None):
    case = import_case(tables=built.tables, policy_text=policy_text(), name="Invented Wood",
                       slug="wood", by=account(), invented=True)
    print(ask_to_weigh(case, seconds=5.0, by=account()).pk)
"""

PASSPHRASE = "an invented passphrase of tests"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are killed by signals")


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An installation of its own, also for what this process starts."""
    for name, value in {
        "ANTIGONE_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "antigone.site.settings",
        "PYTHONPATH": SOURCES,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ANTIGONE_DATABASE_URL", raising=False)
    return dict(os.environ)


@pytest.fixture
def antigone(environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-c", "from antigone.cli import main; main()", *arguments]
        return subprocess.run(program, env=environment, capture_output=True, text=True, timeout=300)

    return run


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An installation with a job that waits, and the number of the job."""
    home = empty_installation(tmp_path_factory.mktemp("asked"))
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=environment_of(home) | {"PYTHONPATH": SOURCES}, cwd=ROOT,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return home, done.stdout.strip()


@pytest.fixture
def asked(installation: tuple[Path, str], environment: dict[str, str], tmp_path: Path) -> str:
    """Number of a job that waits, in a copy of that installation."""
    home, job = installation
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    return job


def row(home: Path, *columns: str) -> tuple:
    """Columns of the one job, read past the product, through the one library that it trusts.

    Python's own SQLite may be one of those whose write-ahead log is known to err.
    """
    database = sqlite.connect(f"file:{home / FILE}?mode=ro", uri=True, timeout=10)
    try:
        found = database.execute(f"SELECT {', '.join(columns)} FROM records_job").fetchone()
    finally:
        database.close()
    return tuple(found)


def wait_for(true: Callable[[], bool], seconds: float = 180.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def left_over(home: Path) -> list[str]:
    """Processes of that installation which still live (where the system tells)."""
    return [line for line, _environment in _processes(home)]


def seen_of_processes(home: Path) -> list[str]:
    """What others may see of the processes of that installation: command line, environment."""
    return [line + environment for line, environment in _processes(home)]


def _processes(home: Path) -> list[tuple[str, str]]:
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            line, environment = (
                (place / name).read_bytes().replace(b"\0", b"\n").decode()
                for name in ("cmdline", "environ")
            )
        except OSError:
            continue
        if f"ANTIGONE_HOME={home}" in environment.splitlines():
            found.append((line, environment))
    return found


def test_jobs_are_listed_cancelled_and_begun_again(antigone, asked: str) -> None:
    listed = antigone("jobs", "list").stdout.splitlines()
    assert listed[0].startswith("job\tkind\tcase\tstate")
    assert listed[1].startswith(f"{asked}\tweigh\twood\twaiting\t\t0.00\t0\t")
    assert antigone("jobs", "cancel", asked).returncode == 0
    assert len(antigone("jobs", "list").stdout.splitlines()) == 1
    assert "\tcancelled\t" in antigone("jobs", "list", "--all").stdout
    again = antigone("jobs", "cancel", asked)
    assert again.returncode == 1
    assert "records.job-has-ended" in again.stderr
    assert antigone("jobs", "retry", asked).returncode == 0
    assert antigone("jobs", "work", "--until-done").returncode == 0
    assert "\tdone\t" in antigone("jobs", "list", "--all").stdout


def test_a_worker_that_is_killed_is_begun_again_and_its_job_too(
    environment: dict[str, str], asked: str, tmp_path: Path
) -> None:
    worker = JobProcess()
    worker.start()
    try:
        wait_for(lambda: row(tmp_path, "state") == ("running",))
        first = worker.process
        assert first is not None
        first.kill()
        wait_for(lambda: row(tmp_path, "state") == ("done",))
        assert row(tmp_path, "attempt", "attempts_left") == (2, 1)
        second = worker.process
        assert second is not None
        assert second.pid != first.pid
    finally:
        worker.end()
    assert second.poll() == 0
    wait_for(lambda: not left_over(tmp_path))


def test_a_worker_whose_server_is_killed_ends_and_gives_back(
    environment: dict[str, str], asked: str, tmp_path: Path
) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", "from antigone.cli import main; main()", "serve"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        wait_for(lambda: row(tmp_path, "state") != ("waiting",))
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    wait_for(lambda: row(tmp_path, "state") in (("waiting",), ("done",)))
    assert row(tmp_path, "attempts_left")[0] in (2, 3)
    wait_for(lambda: not left_over(tmp_path))


def test_the_worker_opens_an_encrypted_database_by_a_pipe_alone(
    antigone, environment: dict[str, str], asked: str, tmp_path: Path
) -> None:
    """The server was told the passphrase; no file, no command line and no environment holds it."""
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE)
    secret.chmod(0o600)
    assert antigone("database", "encrypt", "--passphrase-file", str(secret)).returncode == 0
    reading, writing = os.pipe()
    os.write(writing, PASSPHRASE.encode())
    os.close(writing)
    secret.rename(hidden := tmp_path / "hidden")
    server = subprocess.Popen(
        [sys.executable, "-c", "from antigone.cli import main; main()", "serve"],
        env={**environment, "ANTIGONE_PASSPHRASE_FD": str(reading)}, pass_fds=(reading,),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    os.close(reading)
    told = {**environment, "ANTIGONE_PASSPHRASE_FILE": str(hidden)}

    def done() -> bool:
        assert PASSPHRASE not in "".join(seen_of_processes(tmp_path))
        program = [sys.executable, "-c", "from antigone.cli import main; main()", "jobs", "list"]
        listed = subprocess.run([*program, "--all"], env=told, capture_output=True, text=True)
        assert asked in listed.stdout, listed.stderr
        return "\tdone\t" in listed.stdout

    try:
        wait_for(done)
        assert len(left_over(tmp_path)) >= 2  # the server, and the worker that did it
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
        server.stdout.close()
    wait_for(lambda: not left_over(tmp_path))


def test_the_server_can_do_without_a_worker(
    environment: dict[str, str], asked: str, tmp_path: Path
) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", "from antigone.cli import main; main()", "serve", "--no-worker"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert server.stdout.readline().startswith("http://")
        time.sleep(4)
        assert row(tmp_path, "state", "attempt") == ("waiting", 0)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
        server.stdout.close()
