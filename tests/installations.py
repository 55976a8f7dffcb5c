# SPDX-License-Identifier: Apache-2.0
"""Installations of the tests, as commands find them: migrated once, then copied."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

FILE = "antigone.sqlite3"
ANTIGONE = (sys.executable, "-c", "from antigone.cli import main; main()")
"""The program, as this interpreter runs it."""


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
    place.write_bytes(_migrated())
    return home


@cache
def _migrated() -> bytes:
    """Migrations write nothing of an installation's own: no key, no name, no event."""
    with tempfile.TemporaryDirectory(prefix="antigone-migrated-") as folder:
        home = Path(folder)
        done = subprocess.run(
            [*ANTIGONE, "database", "migrate"], env=environment_of(home), capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return (home / FILE).read_bytes()
