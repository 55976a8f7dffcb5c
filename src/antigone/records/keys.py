# SPDX-License-Identifier: Apache-2.0
"""The key store: one key for each subject, in a file of its own, so that a key can be destroyed.

A subject is whoever or whatever sealed matter is about: a person, a set of remains, a profile, an
attachment. Who destroys its key erases the matter in every copy of the database, old backups
included; a tombstone stays, so that the key is never made again.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from sqlcipher3 import dbapi2 as sqlite

from antigone.records.generations import KEY_STORE_FILE
from antigone.records.master_key import KEY_BYTES, MasterKey, master_key
from antigone.records.sqlcipher import (
    DURABLE,
    WAIT_SECONDS,
    check_encryption,
    check_library,
    give_key,
    give_pragmas,
    hold_alone,
    waiting_for_lock,
)
from antigone.terms.errors import AntigoneError, gettext_noop

_NONCE_BYTES = 12
_AT_ONCE = 16
"""Keys that are made together for subjects that are still to come."""
_TABLE = """
CREATE TABLE IF NOT EXISTS subject_key (
    subject BLOB PRIMARY KEY CHECK (length(subject) = 16),
    wrapped BLOB,
    destroyed_at TEXT,
    CONSTRAINT subject_key_is_kept_or_destroyed
        CHECK ((wrapped IS NULL) <> (destroyed_at IS NULL))
) WITHOUT ROWID, STRICT
"""


class KeyDestroyed(AntigoneError):
    """A key that was destroyed for ever."""

    code = "records.key-destroyed"
    message = gettext_noop(
        "The key of subject %(subject)s was destroyed on %(on)s: what it sealed is erased and "
        "cannot be read again. The ledger says by whose act."
    )


class KeyMissing(AntigoneError):
    """A key that the store never had."""

    code = "records.key-missing"
    message = gettext_noop(
        "The key store has no key for subject %(subject)s. It is not the store that this database "
        "was written with: put back the newest copy that `antigone backup keys` made."
    )


class KeyNotWrappedHere(AntigoneError):
    """A key that the master key does not unwrap."""

    code = "records.key-not-wrapped-here"
    message = gettext_noop(
        "The master key does not unwrap the key of subject %(subject)s: the key store was changed "
        "or belongs to another master key. Put back both from the same copy."
    )


class KeyTracesRemain(AntigoneError):
    """A destroyed key whose old bytes another process still holds in the store's log."""

    code = "records.key-traces-remain"
    message = gettext_noop(
        "The key was destroyed, but another program holds the key store open, so that its old "
        "bytes may still stand in the store's log. Stop the other programs, then: antigone "
        "database sweep."
    )


class KeyStore:
    """The keys of an installation, each wrapped by the master key; safe for threads and forks."""

    def __init__(self, place: Path, master: MasterKey) -> None:
        check_library()
        self.place = place
        self._file_key = master.derived("key store file") if master.protected else None
        self._wrapper = AESGCM(master.derived("subject keys"))
        self._mine = threading.local()
        self._process = os.getpid()
        self._left_behind: list[threading.local] = []
        self._reserved: deque[UUID] = deque()

    def key_for(self, subject: UUID) -> bytes:
        """The key of `subject`: made on first use, and on disk before it is returned.

        Raises
        ------
        KeyDestroyed
        """
        found = self.known(subject)
        return found if found is not None else self.many([subject])[subject]

    def many(self, subjects: Iterable[UUID]) -> dict[UUID, bytes]:
        """The keys of `subjects`; those that are new are made in one durable transaction."""
        wanted = list(dict.fromkeys(subjects))
        keys = {subject: key for subject in wanted if (key := self.known(subject)) is not None}
        missing = [subject for subject in wanted if subject not in keys]
        if missing:
            self._make(missing)
            keys |= {subject: self.known_or_refused(subject) for subject in missing}
        return {subject: keys[subject] for subject in wanted}

    def reserve(self) -> UUID:
        """A new subject whose key is on disk already.

        Several are made at once: whoever saves would wait for the disk twice each time.
        """
        self._connection()  # after a fork, what was reserved before is the parent's
        try:
            return self._reserved.popleft()
        except IndexError:
            first, *others = (uuid4() for _ in range(_AT_ONCE))
            self._make([first, *others])
            self._reserved.extend(others)
            return first

    def known(self, subject: UUID) -> bytes | None:
        """The key of `subject`, or None where none was ever made.

        Raises
        ------
        KeyDestroyed, KeyNotWrappedHere
        """
        row = self._row(subject)
        if row is None:
            return None
        wrapped, destroyed_at = row
        if wrapped is None:
            raise KeyDestroyed(subject=subject, on=destroyed_at)
        try:
            return self._wrapper.decrypt(
                wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], subject.bytes
            )
        except InvalidTag:
            raise KeyNotWrappedHere(subject=subject) from None

    def known_or_refused(self, subject: UUID) -> bytes:
        """The key of `subject`, which must have been made.

        Raises
        ------
        KeyMissing, KeyDestroyed, KeyNotWrappedHere
        """
        key = self.known(subject)
        if key is None:
            raise KeyMissing(subject=subject)
        return key

    def destroyed(self, subject: UUID) -> bool:
        """Whether the key of `subject` was destroyed."""
        row = self._row(subject)
        return row is not None and row[0] is None

    def destroyed_subjects(self) -> dict[UUID, str]:
        """Every subject whose key was destroyed, and when (UTC)."""
        rows = self._connection().execute(
            "SELECT subject, destroyed_at FROM subject_key WHERE wrapped IS NULL"
        )
        return {UUID(bytes=subject): at for subject, at in rows}

    def destroy(self, subject: UUID) -> None:
        """Destroy the key of `subject` for ever; again, or before it is made, is no error.

        Raises
        ------
        KeyTracesRemain
        """
        self.destroy_many([subject])

    def destroy_many(self, subjects: Iterable[UUID]) -> None:
        """Destroy the keys of `subjects` in one durable transaction, then sweep the files."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._writing() as connection:
            connection.executemany(
                "INSERT INTO subject_key VALUES (?, NULL, ?) ON CONFLICT (subject) DO UPDATE "
                "SET wrapped = NULL, destroyed_at = excluded.destroyed_at "
                "WHERE wrapped IS NOT NULL",
                [(subject.bytes, now) for subject in subjects],
            )
        self.sweep()

    def sweep(self) -> None:
        """Take the bytes of destroyed keys out of the store's file and its log."""
        connection = self._connection()
        self._empty_log(connection)
        waiting_for_lock(lambda: connection.execute("VACUUM"))
        self._empty_log(connection)

    def all_keys(self) -> dict[UUID, bytes]:
        """Every key of the store, for its own backup."""
        rows = self._connection().execute("SELECT subject FROM subject_key WHERE wrapped NOT NULL")
        subjects = [UUID(bytes=subject) for (subject,) in rows.fetchall()]
        return {subject: self.known_or_refused(subject) for subject in subjects}

    def take_in(self, keys: Mapping[UUID, bytes], destroyed: Mapping[UUID, str]) -> None:
        """Keep the keys and tombstones of a backup; what is kept or destroyed here stays so."""
        rows = [(one.bytes, self._wrapped(one.bytes, key), None) for one, key in keys.items()]
        rows += [(one.bytes, None, at) for one, at in destroyed.items()]
        with self._writing() as connection:
            connection.executemany("INSERT OR IGNORE INTO subject_key VALUES (?, ?, ?)", rows)
        self.destroy_many(destroyed)

    def rewrapped_to(self, place: Path, master: MasterKey) -> None:
        """Write the store to `place`, its file and every key under another master key."""
        other = KeyStore(place, master)
        rows = self._connection().execute("SELECT subject, destroyed_at FROM subject_key")
        wrapped = [
            (subject, None if at else other._wrapped(subject, self.known(UUID(bytes=subject))), at)
            for subject, at in rows.fetchall()
        ]
        with other._writing() as connection:
            connection.executemany("INSERT INTO subject_key VALUES (?, ?, ?)", wrapped)
        other._empty_log(other._connection())
        other.close()

    def hold_alone(self) -> None:
        """Hold the store until `close`; refused while another program has it.

        Raises
        ------
        FileInUse
        """
        connection = self._connection()
        connection.execute("PRAGMA busy_timeout = 1000")
        hold_alone(connection, self.place.name)

    def integrity(self) -> str:
        """What SQLite says of the store's file: ``ok``, or its first fault."""
        return str(self._connection().execute("PRAGMA integrity_check(1)").fetchone()[0])

    def count(self) -> int:
        """How many keys the store holds, destroyed ones left out."""
        rows = self._connection().execute("SELECT count(wrapped) FROM subject_key")
        return int(rows.fetchone()[0])

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._mine, "connection", None)
        if connection is not None and self._process == os.getpid():
            connection.close()
            self._mine.connection = None

    def _row(self, subject: UUID) -> tuple[bytes | None, str | None] | None:
        rows = self._connection().execute(
            "SELECT wrapped, destroyed_at FROM subject_key WHERE subject = ?", (subject.bytes,)
        )
        found: tuple[bytes | None, str | None] | None = rows.fetchone()
        return found

    def _make(self, subjects: list[UUID]) -> None:
        """Make keys in one transaction; where another process was first, its key holds."""
        fresh = [
            (subject.bytes, self._wrapped(subject.bytes, secrets.token_bytes(KEY_BYTES)))
            for subject in subjects
        ]
        with self._writing() as connection:
            connection.executemany("INSERT OR IGNORE INTO subject_key VALUES (?, ?, NULL)", fresh)

    def _wrapped(self, subject: bytes, key: bytes | None) -> bytes:
        assert key is not None
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._wrapper.encrypt(nonce, key, subject)

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk has rolled it back already
                connection.execute("ROLLBACK")
            raise

    @staticmethod
    def _empty_log(connection: Any) -> None:
        """Copy the log into the file and cut it to nothing; other readers are waited for."""
        end = time.monotonic() + WAIT_SECONDS
        while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > end:
                raise KeyTracesRemain()
            time.sleep(0.01)

    def _connection(self) -> Any:
        """The connection of this thread; one opened before a fork is never touched again."""
        if self._process != os.getpid():
            self._left_behind.append(self._mine)  # closing it here would break the parent's locks
            self._mine, self._process = threading.local(), os.getpid()
            self._reserved = deque()
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._mine.connection = _connected(self.place, self._file_key)
        return connection


def _connected(place: Path, file_key: bytes | None) -> Any:
    os.close(os.open(place, os.O_RDWR | os.O_CREAT, 0o600))  # its logs take over who may read it
    check_encryption(place, wanted=file_key is not None)
    connection = sqlite.connect(place, timeout=WAIT_SECONDS, isolation_level=None)
    if file_key is not None:
        give_key(connection, file_key, place.name)
    give_pragmas(connection, DURABLE + ";PRAGMA secure_delete=ON")
    waiting_for_lock(lambda: connection.execute(_TABLE))
    return connection


@lru_cache(maxsize=8)
def _store(home: Path, passphrase: str | None) -> KeyStore:
    return KeyStore(home / KEY_STORE_FILE, master_key(home, passphrase))


def store() -> KeyStore:
    """The key store of this installation."""
    return _store(Path(settings.ANTIGONE_HOME), settings.ANTIGONE_PASSPHRASE)
