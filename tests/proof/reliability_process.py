# SPDX-License-Identifier: Apache-2.0
"""Each proof runs in a process of its own, on a new installation and a new database.

python -m tests.proof.reliability_process kills --kills 100 --seed 1

prints as JSON what the proof found; ``ANTIGONE_HOME`` must name an empty folder.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.installations import empty_installation, environment_of
from tests.postgresql import installed_database, postgresql_server
from tests.proof.writer import in_memory


@contextmanager
def server(postgresql: bool) -> Iterator[str | None]:
    """The address of a PostgreSQL server; None stands for SQLite."""
    if not postgresql:
        yield None
        return
    with postgresql_server() as address:
        yield address


class CannotMount(Exception):
    """A small file system cannot be mounted here: root and a kernel that allows it are needed."""


@contextmanager
def small_disk(size_mb: int) -> Iterator[Path]:
    """A folder that holds no more than `size_mb` megabytes."""
    folder = tempfile.mkdtemp(prefix="antigone-small-disk-")
    words = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", folder]
    try:
        subprocess.run(words, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as reason:
        os.rmdir(folder)
        raise CannotMount(getattr(reason, "stderr", reason)) from None
    try:
        yield Path(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        os.rmdir(folder)


@contextmanager
def usual_disk() -> Iterator[Path]:
    """A folder that is gone afterwards, in memory where possible."""
    with tempfile.TemporaryDirectory(dir=in_memory(), prefix="antigone-proof-") as folder:
        yield Path(folder)


def asked(
    module: str,
    *words: object,
    address: str | None = None,
    disk: AbstractContextManager[Path] | None = None,
) -> Any:
    """What the proof of this name finds on a new installation."""
    with disk or usual_disk() as home:
        if address is None:
            empty_installation(home)
        return json.loads(_run(home, address and installed_database(address), module, *words))


def _run(home: Path, database: str | None, *words: object) -> str:
    environment = environment_of(home)
    if database:
        environment["ANTIGONE_DATABASE_URL"] = database
    command = [sys.executable, "-m", "tests.proof.reliability_process", *map(str, words)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout.splitlines()[-1]


def tested(file: str, address: str | None) -> list[tuple[str, bool]]:
    """What each test of a file in this folder says that it found, and whether it held."""
    with tempfile.TemporaryDirectory(prefix="antigone-proof-") as folder:
        environment, told = environment_of(Path(folder) / "home"), Path(folder) / "told.xml"
        if address:
            environment["ANTIGONE_DATABASE_URL"] = address
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "proof", "-o", "junit_family=xunit1",
                   str(Path(__file__).with_name(file)), "--junitxml", str(told)]  # fmt: skip
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert told.exists(), done.stdout[-2000:] + done.stderr[-2000:]
        cases = ElementTree.parse(told).iter("testcase")
        return [(_property(one), one.find("failure") is None and one.find("error") is None)
                for one in cases]  # fmt: skip


def _property(case: ElementTree.Element) -> str:
    found = case.find("properties/property[@name='found']")
    return str(found.get("value") if found is not None else case.get("name"))


def main(module: str, words: list[str]) -> None:
    """Inside such a process: everything loaded, then the proof."""
    import django

    django.setup()
    found = importlib.import_module(f"tests.proof.{module}").main(words)
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
