# SPDX-License-Identifier: Apache-2.0
"""Installations of the tests, as commands find them: migrated once a version, then copied."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path

import allauth
import django

FILE = "antigone.sqlite3"
ANTIGONE = (sys.executable, "-c", "from antigone.cli import main; main()")
"""The program, as this interpreter runs it."""
ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".pytest_cache" / "migrated"
"""Empty databases, by the text of the program that made them: shared by all processes of tests."""


def environment_of(home: Path) -> dict[str, str]:
    """The environment in which a command works on the embedded database in `home`."""
    found = {**os.environ, "ANTIGONE_HOME": str(home)}
    found["DJANGO_SETTINGS_MODULE"] = "antigone.site.settings"
    found.pop("ANTIGONE_DATABASE_URL", None)
    found.pop("ANTIGONE_PASSPHRASE_FILE", None)
    return found


def empty_installation(home: Path) -> Path:
    """`home` with the empty database of this version, and nothing else."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = home / FILE
    place.touch(mode=0o600)
    place.write_bytes(empty_database().read_bytes())
    return home


@cache
def empty_database() -> Path:
    """The file of a database with the tables of this version, and nothing of an installation's."""
    KEPT.mkdir(parents=True, exist_ok=True)
    place = KEPT / f"{_text_of_the_program()}.sqlite3"
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one process migrates, the others wait for it
        if not place.exists():
            for older in KEPT.glob("*.sqlite3"):
                older.unlink()
            draft = place.with_suffix(".draft")
            draft.write_bytes(_migrated())
            draft.replace(place)
    return place


def _text_of_the_program() -> str:
    """A digest of all that decides which tables there are: the program, and what it rests on."""
    found = sha256(f"{sys.version} {django.__version__} {allauth.__version__}".encode())
    for one in sorted((ROOT / "src").rglob("*.py")):
        found.update(sha256(one.read_bytes()).digest())
    return found.hexdigest()


def _migrated() -> bytes:
    with tempfile.TemporaryDirectory(prefix="antigone-migrated-") as folder:
        home = Path(folder)
        done = subprocess.run(
            [*ANTIGONE, "database", "migrate"], env=environment_of(home), capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return (home / FILE).read_bytes()
