# SPDX-License-Identifier: Apache-2.0
"""What can be said of the files of this installation: library, encryption, durability, faults."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from antigone.records import keys, server_rights

_SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}


class StorageStatus(NamedTuple):
    """Lines to print, and the names of those that tell of a fault."""

    lines: list[tuple[str, str]]
    faults: list[str]


def storage_status() -> StorageStatus:
    """How the database and the key store of this installation are kept, both read whole."""
    lines = _embedded() if connection.vendor == "sqlite" else _server()
    store = keys.store()
    lines += [
        ("key store", str(store.place)),
        ("keys", str(store.count())),
        ("keys destroyed", str(len(store.destroyed_subjects()))),
        ("key store integrity", store.integrity()),
    ]
    found = dict(lines)
    wanted = {"integrity": "ok", "key store integrity": "ok"}
    if connection.vendor == "sqlite":
        wanted |= {"journal": "wal", "synchronous": "FULL", "foreign keys": "ON"}
    return StorageStatus(lines, [name for name, good in wanted.items() if found[name] != good])


def _embedded() -> list[tuple[str, str]]:
    place = Path(connection.settings_dict["NAME"])
    encrypted = settings.ANTIGONE_PASSPHRASE is not None
    return [
        ("engine", "SQLite through SQLCipher"),
        ("library", f"SQLite {_asked('SELECT sqlite_version()')}"),
        ("cipher", f"SQLCipher {_asked('PRAGMA cipher_version')}"),
        ("place", str(place)),
        ("size", f"{place.stat().st_size} bytes" if place.exists() else "in memory"),
        ("encrypted", "yes" if encrypted else "no: give it a passphrase (database encrypt)"),
        ("journal", str(_asked("PRAGMA journal_mode"))),
        ("synchronous", _SYNCHRONOUS[int(_asked("PRAGMA synchronous"))]),
        ("foreign keys", "ON" if _asked("PRAGMA foreign_keys") else "OFF"),
        ("integrity", _integrity(encrypted=encrypted)),
    ]


def _integrity(*, encrypted: bool) -> str:
    if encrypted and (fault := _asked("PRAGMA cipher_integrity_check")):
        return str(fault)
    if fault := _asked("PRAGMA foreign_key_check"):
        return f"a broken reference in table {fault}"
    return str(_asked("PRAGMA integrity_check(1)"))


def _server() -> list[tuple[str, str]]:
    where = connection.settings_dict
    return [
        ("engine", "PostgreSQL"),
        ("library", str(_asked("SHOW server_version"))),
        ("place", f"{where['HOST'] or 'local'}, database {where['NAME']}"),
        ("size", f"{_asked('SELECT pg_database_size(current_database())')} bytes"),
        ("encrypted", "by the server's own means; protected sections always"),
        ("synchronous", str(_asked("SHOW synchronous_commit"))),
        ("role", _role()),
        ("integrity", "ok" if _asked("SELECT 1") == 1 else "no answer"),
    ]


def _role() -> str:
    name = str(_asked("SELECT current_user"))
    if server_rights.acts_as_owner(connection):
        return f"{name}, which owns the tables: give the application another (database grant)"
    return f"{name}, which may change no event"


def _asked(query: str) -> Any:
    """The first value of the first row of `query`; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return None if row is None else row[0]
