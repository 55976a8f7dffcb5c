# SPDX-License-Identifier: Apache-2.0
"""Whole copies of a PostgreSQL database, with the server's own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from antigone.records import guards
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
    _run("pg_dump", settings, "--format=custom", *_AS_IT_IS, f"--file={place}")


def load(settings: Mapping[str, Any], place: Path) -> None:
    """Put the copy in `place` into the empty database that `settings` name, whole or not.

    Everything in it then belongs to the role that asks: those of the old server may not exist here.
    """
    _run("pg_restore", settings, *_AS_IT_IS, "--exit-on-error", "--single-transaction", str(place))


def empty(connection: BaseDatabaseWrapper) -> None:
    """Take away everything that `load` brought, but not the schema, which is the server's."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)} CASCADE")
        for name in guards.FUNCTIONS:
            cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")


_AS_IT_IS = ("--no-owner", "--no-privileges")


def _run(program: str, settings: Mapping[str, Any], *arguments: str) -> None:
    found = shutil.which(program) or _newest(program)
    if found is None:
        raise ServerCopyFailed(program=program, why="it is not installed.")
    password = {"PGPASSWORD": str(settings["PASSWORD"])} if settings["PASSWORD"] else {}
    done = subprocess.run(  # noqa: S603 - a program of the server's, by its full path
        [found, f"--dbname={_address(settings)}", *arguments],
        env=os.environ | password, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ServerCopyFailed(program=program, why=done.stderr.strip()[:400])


def _address(settings: Mapping[str, Any]) -> str:
    """The server and how it is reached, TLS included, as Django does; without the password."""
    from psycopg.conninfo import make_conninfo

    named = {"dbname": "NAME", "user": "USER", "host": "HOST", "port": "PORT"}
    given = {name: settings[one] for name, one in named.items() if settings[one]}
    return make_conninfo("", **settings["OPTIONS"], **given)


def _newest(program: str) -> str | None:
    """Where Debian puts the programs of each version."""
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda place: int(place.parts[4])
    )
    return str(found[-1]) if found else None
