# SPDX-License-Identifier: Apache-2.0
"""Encrypting an installation and changing its passphrase: whole, once, and again after a crash."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from sqlcipher3 import dbapi2 as sqlite

from antigone.records import copies, generations, master_key, resealing, sqlcipher
from antigone.records.keys import KeyStore
from tests.installations import empty_installation

FIRST = "correct horse battery staple"
SECOND = "another four invented words"
CANARY = b"Vorname Erfunden"
SUBJECT, ERASED = UUID(int=11), UUID(int=12)


@pytest.fixture(autouse=True)
def _cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(master_key._SCRYPT, "n", 2**4)


def opened(home: Path, passphrase: str | None) -> sqlite.Connection:
    """A connection to the database of `home`."""
    master = master_key.master_key(home, passphrase)
    place = home / generations.DATABASE_FILE
    connection = sqlite.connect(place, isolation_level=None, timeout=1)
    if master.protected:
        sqlcipher.give_key(connection, master.derived("database"), place.name)
    sqlcipher.give_pragmas(connection, sqlcipher.DURABLE)
    return connection


def store_of(home: Path, passphrase: str | None) -> KeyStore:
    """The key store of `home`."""
    return KeyStore(home / generations.KEY_STORE_FILE, master_key.master_key(home, passphrase))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation without a passphrase: a table with rules, a word, a key, a tombstone."""
    connection = opened(tmp_path, None)
    connection.executescript(
        "CREATE TABLE note (id integer PRIMARY KEY AUTOINCREMENT, word text);"
        "CREATE TABLE seen (word text);"
        "CREATE TRIGGER note_seen AFTER INSERT ON note BEGIN "
        "INSERT INTO seen VALUES (new.word); END;"
        "CREATE TRIGGER note_stays BEFORE DELETE ON note BEGIN "
        "SELECT RAISE(ABORT, 'notes stay'); END;"
        "PRAGMA user_version = 7;"
    )
    connection.execute("INSERT INTO note (word) VALUES (?)", (CANARY.decode(),))
    connection.close()
    store = store_of(tmp_path, None)
    store.key_for(SUBJECT)
    store.destroy(ERASED)
    store.close()
    return tmp_path


def contents(home: Path, passphrase: str | None) -> tuple[object, ...]:
    """Everything that must be the same after encrypting."""
    connection = opened(home, passphrase)
    found = (
        connection.execute("SELECT * FROM note").fetchall(),
        connection.execute("SELECT * FROM seen").fetchall(),
        connection.execute("SELECT name, sql FROM sqlite_master ORDER BY 1").fetchall(),
        connection.execute("SELECT * FROM sqlite_sequence").fetchall(),
        connection.execute("PRAGMA user_version").fetchone(),
    )
    connection.close()
    store = store_of(home, passphrase)
    found += (store.known(SUBJECT), store.destroyed(ERASED), store.count())
    store.close()
    return found


def test_encrypting_keeps_everything_and_leaves_no_word(home: Path) -> None:
    before, old = contents(home, None), master_key.master_key(home, None)
    assert CANARY in b"".join(path.read_bytes() for path in home.iterdir())
    resealing.reseal(home, None, FIRST)
    assert contents(home, FIRST) == before
    left = b"".join(path.read_bytes() for path in home.iterdir())
    assert CANARY not in left
    assert old.root.hex().encode() not in left
    assert b"SQLite format 3" not in left
    assert sorted(path.name for path in home.iterdir()) == [
        "antigone.sqlite3", "keys.sqlite3", "master-key",
    ]  # fmt: skip
    with pytest.raises(master_key.PassphraseWanted):
        opened(home, None)


def test_a_new_passphrase_shuts_the_old_one_out(home: Path) -> None:
    before = contents(home, None)
    resealing.reseal(home, None, FIRST)
    root = master_key.master_key(home, FIRST).root
    resealing.reseal(home, FIRST, SECOND)
    assert contents(home, SECOND) == before
    assert master_key.master_key(home, SECOND).root != root
    with pytest.raises(master_key.PassphraseWrong):
        opened(home, FIRST)


def test_the_old_bytes_are_overwritten_not_only_unlinked(home: Path) -> None:
    another_name = home.parent / "kept-open"
    os.link(home / generations.DATABASE_FILE, another_name)
    assert CANARY in another_name.read_bytes()
    resealing.reseal(home, None, FIRST)
    assert CANARY not in another_name.read_bytes()
    another_name.unlink()


@pytest.mark.parametrize("busy", ["database", "keys"])
def test_nothing_is_swapped_under_another_program(home: Path, busy: str) -> None:
    ask = (
        "import sys; from sqlcipher3 import dbapi2 as s; c = s.connect(sys.argv[1]);"
        "c.execute('SELECT count(*) FROM sqlite_master').fetchone(); print('open', flush=True);"
        "sys.stdin.read()"
    )
    name = generations.DATABASE_FILE if busy == "database" else generations.KEY_STORE_FILE
    other = subprocess.Popen(
        [sys.executable, "-c", ask, str(home / name)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    before = {path.name for path in home.iterdir()}
    with pytest.raises(sqlcipher.FileInUse, match=name):
        resealing.reseal(home, None, FIRST)
    other.communicate("")
    assert {path.name for path in home.iterdir()} - {f"{name}-wal", f"{name}-shm"} <= before
    assert contents(home, None)[0] == [(1, CANARY.decode())]


@pytest.mark.parametrize("step", ["_copy_keys", "set_aside", "write_master_key", "put_in_place"])
def test_a_crash_at_any_step_leaves_one_whole_installation(
    home: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(home, None)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(resealing, step, crash)
        with pytest.raises(KeyboardInterrupt):
            resealing.reseal(home, None, FIRST)
    master_key._opened.cache_clear()  # another process opens it next
    passphrase = FIRST if step == "put_in_place" else None
    assert contents(home, passphrase) == before
    assert len(list(home.iterdir())) == 3  # and nothing is left over


def test_a_crash_between_the_two_files_is_mended(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(home, None)
    real, calls = os.replace, []

    def crash_at_the_second(one: Path, other: Path) -> None:
        calls.append(one)
        if len(calls) == 3:  # the master key, the database, and now the key store
            raise KeyboardInterrupt
        real(one, other)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", crash_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            resealing.reseal(home, None, FIRST)
    master_key._opened.cache_clear()  # another process opens it next
    assert contents(home, FIRST) == before
    assert CANARY not in b"".join(path.read_bytes() for path in home.iterdir())


def test_a_copy_that_differs_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = copies._check_copy

    def spoilt(connection: sqlite.Connection, name: str) -> None:
        connection.execute("DELETE FROM copied.seen")
        real(connection, name)

    monkeypatch.setattr(copies, "_check_copy", spoilt)
    with pytest.raises(copies.CopyDiffers, match="rows of seen"):
        resealing.reseal(home, None, FIRST)
    assert contents(home, None)[0] == [(1, CANARY.decode())]


def antigone(home: Path, *arguments: str, passphrase_file: Path | None = None) -> tuple[int, str]:
    """Run a command on the installation in `home`; its exit status and all it says."""
    environment = {**os.environ, "ANTIGONE_HOME": str(home), "ANTIGONE_DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "antigone.site.settings"
    if passphrase_file is not None:
        environment["ANTIGONE_PASSPHRASE_FILE"] = str(passphrase_file)
    done = subprocess.run(
        [sys.executable, "-c", "from antigone.cli.front import main; main()", *arguments],
        env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_the_commands_tell_encrypt_and_change_the_passphrase(tmp_path: Path) -> None:
    home, first, second = tmp_path / "home", tmp_path / "first", tmp_path / "second"
    for place, words in ((first, FIRST), (second, SECOND)):
        place.write_text(words)
        place.chmod(0o600)
    empty_installation(home)
    assert antigone(home, "database", "migrate")[0] == 0
    code, said = antigone(home, "database", "status")
    assert code == 0, said
    for line in (
        "journal\twal",
        "synchronous\tFULL",
        "integrity\tok",
        "encrypted\tno",
        "SQLite 3.",
    ):
        assert line in said

    code, said = antigone(home, "database", "encrypt", "--passphrase-file", str(first))
    assert code == 0, said
    code, said = antigone(home, "database", "status")
    assert (code, "ANTIGONE_PASSPHRASE_FILE" in said) == (1, True), said
    code, said = antigone(home, "database", "status", passphrase_file=first)
    assert (code, "encrypted\tyes" in said, "integrity\tok" in said) == (0, True, True), said

    rekey = ("database", "rekey", "--passphrase-file", str(second))
    code, said = antigone(home, *rekey, passphrase_file=first)
    assert code == 0, said
    assert antigone(home, "database", "status", passphrase_file=first)[0] == 1
    assert antigone(home, "database", "status", passphrase_file=second)[0] == 0
    assert antigone(home, "database", "encrypt", passphrase_file=second)[0] == 1
