# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL server for the tests alone, reached by a socket in its own folder."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

TEMPLATE = "ANTIGONE_TEST_TEMPLATE"
"""Names the server's database with the tables of this version, for tests that were given one."""


class NoPostgresqlHere(Exception):
    """This machine has no PostgreSQL binaries."""


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


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The address of a new server, or of the one that ``ANTIGONE_TEST_DATABASE_URL`` names."""
    if given := os.environ.get("ANTIGONE_TEST_DATABASE_URL"):
        yield given
        return
    bin_folder = binaries()
    if bin_folder is None:
        raise NoPostgresqlHere
    home = Path(tempfile.mkdtemp(prefix="antigone-pg-"))  # short: a socket's path has 107 bytes
    whom = unprivileged()
    if whom:
        os.chown(home, whom["user"], whom["group"])
    options = (
        f"-c listen_addresses='' -c unix_socket_directories='{home}' "
        "-c fsync=off -c full_page_writes=off -c autovacuum=off"
    )

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


def new_database(address: str, *, like: str = "") -> str:
    """The address of a new database of the server: empty, or a copy of the one named `like`."""
    import psycopg

    name = f"test_{secrets.token_hex(6)}"
    template = f' TEMPLATE "{like}"' if like else ""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"{template}')
    return in_database(address, name)


def installed_database(address: str) -> str:
    """The address of a new database with the tables of this version: migrated once, then copied."""
    return new_database(address, like=migrated_database(address))


def in_database(address: str, name: str) -> str:
    """The same server's address, with another database."""
    return urlsplit(address)._replace(path=f"/{name}").geturl()


@cache
def migrated_database(address: str) -> str:
    """The name of the server's database with the tables of this version, and nothing in them."""
    if given := os.environ.get(TEMPLATE):
        return given
    found = new_database(address)
    with tempfile.TemporaryDirectory(prefix="antigone-migrated-") as home:
        done = subprocess.run(
            [sys.executable, "-c", "from antigone.cli import main; main()", "database", "migrate"],
            env={**os.environ, "ANTIGONE_HOME": home, "ANTIGONE_DATABASE_URL": found,
                 "DJANGO_SETTINGS_MODULE": "antigone.site.settings"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return urlsplit(found).path.lstrip("/")
