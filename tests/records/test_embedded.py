# SPDX-License-Identifier: Apache-2.0
"""The embedded database: its library, its settings, its key, and what it refuses."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import checks as django_checks
from django.db import DatabaseError, IntegrityError, OperationalError, ProgrammingError, transaction
from django.test import override_settings
from sqlcipher3 import dbapi2 as sqlite

from antigone.records import generations, master_key, sqlcipher
from antigone.records.embedded import checks
from antigone.records.embedded.base import DatabaseWrapper

PASSPHRASE = "correct horse battery staple"
CANARY = "Vorname Erfunden"
OPTIONS = {"init_command": sqlcipher.DURABLE, "transaction_mode": "IMMEDIATE", "timeout": 20}


def wrapper(home: Path, name: str = "antigone.sqlite3") -> DatabaseWrapper:
    """A connection to the database in `home`, made as Django makes them."""
    settings = {
        "ENGINE": checks.ENGINE, "NAME": home / name, "OPTIONS": dict(OPTIONS), "USER": "",
        "PASSWORD": "", "HOST": "", "PORT": "", "TIME_ZONE": None, "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False,
        "TEST": {"NAME": None},
    }  # fmt: skip
    return DatabaseWrapper(settings, alias="default")


def ask(connection: DatabaseWrapper, query: str, params: Any = None) -> list[Any]:
    """Every row of `query`."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(autouse=True)
def _connections(django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """These tests open files of their own, never the installation's; passphrases are cheap."""
    monkeypatch.setitem(master_key._SCRYPT, "n", 2**4)
    with django_db_blocker.unblock():
        yield


@pytest.fixture(params=[None, PASSPHRASE], ids=["plain", "encrypted"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """An installation with one table and a word in it, plain and encrypted."""
    with override_settings(ANTIGONE_HOME=tmp_path, ANTIGONE_PASSPHRASE=request.param):
        connection = wrapper(tmp_path)
        ask(connection, "CREATE TABLE note (id integer PRIMARY KEY, word text UNIQUE)")
        ask(connection, "INSERT INTO note (word) VALUES (%s)", [CANARY])
        connection.close()
        yield tmp_path


def is_encrypted(home: Path) -> bool:
    """Whether neither the header nor the word can be read in any file."""
    content = b"".join(path.read_bytes() for path in home.glob("antigone.sqlite3*"))
    found = {CANARY.encode() in content, b"SQLite format 3" in content}
    assert len(found) == 1
    return not found.pop()


def test_the_file_is_encrypted_when_there_is_a_passphrase(home: Path) -> None:
    assert is_encrypted(home) is master_key.is_protected(home)
    connection = wrapper(home)
    assert ask(connection, "SELECT word FROM note") == [(CANARY,)]
    connection.close()
    assert (home / "antigone.sqlite3").stat().st_mode & 0o777 == 0o600


def test_every_connection_is_durable_and_keeps_references(home: Path) -> None:
    connection = wrapper(home)
    found = {
        name: ask(connection, f"PRAGMA {name}")[0][0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "temp_store")
    }
    connection.close()
    assert found == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1,
        "temp_store": 0,
    }  # fmt: skip
    assert connection.transaction_mode == "IMMEDIATE"
    assert connection.get_database_version() == sqlite.sqlite_version_info >= sqlcipher.OLDEST


def test_temporary_tables_stay_in_memory() -> None:
    options = sqlite.connect(":memory:").execute("PRAGMA compile_options").fetchall()
    assert ("TEMP_STORE=2",) in options  # or a sort of names would be written to disk in clear


def test_opening_stays_fast_with_a_passphrase(home: Path) -> None:
    start = time.process_time()
    for _ in range(50):
        connection = wrapper(home)
        ask(connection, "SELECT 1")
        connection.close()
    assert time.process_time() - start < 5  # deriving each time would take some twenty seconds


def test_another_passphrase_or_none_is_refused(home: Path) -> None:
    with (
        override_settings(ANTIGONE_PASSPHRASE="another passphrase"),
        pytest.raises((master_key.PassphraseWrong, master_key.PassphraseNotUsed)),
    ):
        wrapper(home).ensure_connection()
    with override_settings(ANTIGONE_PASSPHRASE=None):
        if master_key.is_protected(home):
            with pytest.raises(master_key.PassphraseWanted):
                wrapper(home).ensure_connection()


def test_a_file_and_a_master_key_that_do_not_belong_together_are_refused(home: Path) -> None:
    protected = bool(master_key.is_protected(home))
    (home / generations.FILE).unlink()
    other = None if protected else PASSPHRASE
    refusal = sqlcipher.DatabaseEncrypted if protected else sqlcipher.DatabaseNotEncrypted
    with override_settings(ANTIGONE_PASSPHRASE=other), pytest.raises(refusal):
        wrapper(home).ensure_connection()


def test_an_encrypted_file_of_another_master_key_is_refused(tmp_path: Path) -> None:
    with override_settings(ANTIGONE_HOME=tmp_path, ANTIGONE_PASSPHRASE=PASSPHRASE):
        first = wrapper(tmp_path)
        ask(first, "CREATE TABLE note (id integer)")
        first.close()
        (tmp_path / generations.FILE).unlink()
        with pytest.raises(sqlcipher.DatabaseOfAnotherKey):
            wrapper(tmp_path).ensure_connection()


def test_a_flipped_byte_of_an_encrypted_file_is_found(home: Path) -> None:
    place = home / "antigone.sqlite3"
    content = bytearray(place.read_bytes())
    content[2 * 4096 - 100] ^= 1  # the page that holds the table's rows
    place.write_bytes(content)
    connection = wrapper(home)
    if master_key.is_protected(home):
        with pytest.raises(DatabaseError):
            ask(connection, "SELECT word FROM note")
    connection.close()


def test_errors_are_django_s_own(home: Path) -> None:
    connection = wrapper(home)
    with pytest.raises(IntegrityError, match="UNIQUE constraint failed: note.word"):
        ask(connection, "INSERT INTO note (word) VALUES (%s)", [CANARY])
    with pytest.raises(OperationalError, match="no such table"):
        ask(connection, "SELECT * FROM nowhere")
    with pytest.raises(ProgrammingError):
        ask(connection, "SELECT %s", [1, 2])
    connection.close()


def test_placeholders_and_django_s_functions_work(home: Path) -> None:
    connection = wrapper(home)
    assert ask(connection, "SELECT word FROM note WHERE word REGEXP %s", ["^V.*n$"])
    assert ask(connection, "SELECT %(one)s || %(two)s", {"one": "a", "two": "b"}) == [("ab",)]
    assert ask(connection, "SELECT '100%%', %s", ["x"]) == [("100%", "x")]
    assert ask(connection, "SELECT '100%'") == [("100%",)]
    assert ask(connection, "SELECT SHA256(%s)", [""])[0][0].startswith("e3b0c442")
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO note (word) VALUES (%s)", ([f"n{i}"] for i in range(9)))
        cursor.executemany("INSERT INTO note (word) VALUES (%s)", iter([]))
    assert ask(connection, "SELECT count(*) FROM note") == [(10,)]
    connection.close()


def test_values_keep_their_types(home: Path) -> None:
    connection = wrapper(home)
    ask(connection, "CREATE TABLE kinds (d date, t datetime, n decimal, b bool, x BLOB)")
    at = datetime(2026, 1, 2, 3, 4, 5, 6)
    ask(
        connection,
        "INSERT INTO kinds VALUES (%s, %s, %s, %s, %s)",
        [date(2026, 1, 2), at, Decimal("1.5"), True, b"\x00\xff"],
    )
    assert ask(connection, "SELECT * FROM kinds") == [
        (date(2026, 1, 2), at, 1.5, True, b"\x00\xff")
    ]
    connection.close()


def test_a_second_writer_waits(home: Path) -> None:
    first, second = wrapper(home), wrapper(home)
    first.inc_thread_sharing()
    ask(first, "BEGIN IMMEDIATE")
    ask(first, "INSERT INTO note (word) VALUES ('first')")
    threading.Timer(0.3, lambda: first.connection.execute("COMMIT")).start()
    ask(second, "INSERT INTO note (word) VALUES ('second')")  # waits, is not refused
    assert ask(second, "SELECT count(*) FROM note") == [(3,)]
    first.close()
    second.close()


@pytest.mark.django_db(transaction=True)
def test_atomic_blocks_and_savepoints_roll_back() -> None:
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("the embedded database alone")
    assert isinstance(connection.connection, sqlite.Connection)

    @transaction.atomic
    def write_and_fail() -> None:
        ask(connection, "INSERT INTO scratch_note VALUES ('lost')")
        raise ZeroDivisionError

    ask(connection, "CREATE TABLE scratch_note (word text)")
    try:
        with transaction.atomic():
            ask(connection, "INSERT INTO scratch_note VALUES ('kept')")
            with pytest.raises(ZeroDivisionError):
                write_and_fail()
        with pytest.raises(ZeroDivisionError):
            write_and_fail()
        assert ask(connection, "SELECT word FROM scratch_note") == [("kept",)]
    finally:
        ask(connection, "DROP TABLE scratch_note")


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
def test_the_checks_find_an_old_library_and_weaker_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def ids(found: list[django_checks.Error]) -> list[str | None]:
        return [one.id for one in found]

    assert ids(checks.library_keeps_writes(None)) == []
    monkeypatch.setattr(checks.sqlite, "sqlite_version_info", (3, 40, 1))
    assert ids(checks.library_keeps_writes(None)) == ["antigone.E001"]
    for options, wanted in (
        (OPTIONS, []),
        (OPTIONS | {"transaction_mode": "DEFERRED"}, ["antigone.E002"]),
        (OPTIONS | {"init_command": "PRAGMA synchronous=NORMAL"}, ["antigone.E002"]),
        ({}, ["antigone.E002"]),
    ):
        databases = {"default": {"ENGINE": checks.ENGINE, "OPTIONS": options}}
        with override_settings(DATABASES=databases):
            assert ids(checks.settings_keep_writes(None)) == wanted
    assert checks.library_keeps_writes in django_checks.registry.registry.get_checks()


def test_no_key_stands_in_what_is_printed(home: Path) -> None:
    connection = wrapper(home)
    connection.ensure_connection()
    key = master_key.master_key(home, _passphrase()).derived("database").hex()
    assert key not in repr(connection.settings_dict) + repr(connection.get_connection_params())
    assert key not in repr(connection.queries_log)
    connection.close()


def _passphrase() -> str | None:
    from django.conf import settings

    found: str | None = settings.ANTIGONE_PASSPHRASE
    return found
