# SPDX-License-Identifier: Apache-2.0
"""Whole copies of a PostgreSQL database, with the server's own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from antigone.terms.errors import AntigoneError, gettext_noop


class ServerCopyFailed(AntigoneError):
    """A program of PostgreSQL that is not there or did not do its work."""

    code = "records.server-copy-failed"
    message = gettext_noop(
        "%(program)s did not do its work: %(why)s Install the client programs of the server's "
        "version, and try again."
    )


def dump(settings: Mapping[str, Any], place: Path) -> None:
    """Copy the database that Django's `settings` name to the new file `place`, at one moment."""
    _run("pg_dump", settings, "--format=custom", "--no-owner", f"--file={place}")


def load(settings: Mapping[str, Any], place: Path) -> None:
    """Put the copy in `place` into the empty database that `settings` name, whole or not."""
    name = str(settings["NAME"])
    _run(
        "pg_restore", settings, "--no-owner", "--exit-on-error", "--single-transaction",
        f"--dbname={name}", str(place),
    )  # fmt: skip


def _run(program: str, settings: Mapping[str, Any], *arguments: str) -> None:
    found = shutil.which(program) or _newest(program)
    if found is None:
        raise ServerCopyFailed(program=program, why="it is not installed.")
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    given = {name: str(settings[one]) for name, one in named.items() if settings.get(one)}
    environment = {**os.environ, **given, "PGDATABASE": str(settings["NAME"])}
    done = subprocess.run(  # noqa: S603 - a program of the server's, by its full path
        [found, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ServerCopyFailed(program=program, why=done.stderr.strip()[:400])


def _newest(program: str) -> str | None:
    """Where Debian puts the programs of each version."""
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda place: int(place.parts[4])
    )
    return str(found[-1]) if found else None
