# SPDX-License-Identifier: Apache-2.0
"""Opening SQLite files through SQLCipher: the one library, its version, keys and refusals."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlite

from antigone.terms.errors import AntigoneError, gettext_noop

OLDEST = (3, 51, 3)
"""SQLite 3.7.0 to 3.51.2 can lose committed writes of a WAL database when the log begins anew."""
DURABLE = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON"
"""Given to every connection: an acknowledged write survives a power cut, references hold."""
WAIT_SECONDS = 20
"""How long a connection waits for another one's write."""
_PLAIN_HEADER = b"SQLite format 3\x00"


class SQLiteTooOld(AntigoneError):
    """A SQLite library with a known fault that loses committed writes."""

    code = "records.sqlite-too-old"
    message = gettext_noop(
        "This program runs on SQLite %(found)s, whose write-ahead log can lose committed writes. "
        "%(oldest)s or newer is needed. Install the package with its own library: "
        "pip install --upgrade sqlcipher3."
    )


class DatabaseEncrypted(AntigoneError):
    """An encrypted file where a plain one is expected."""

    code = "records.database-encrypted"
    message = gettext_noop(
        "The file %(file)s is encrypted or is no database, but this installation has no "
        "passphrase. Put back the master key that belongs to it, or the backup of the database."
    )


class DatabaseNotEncrypted(AntigoneError):
    """A plain file where an encrypted one is expected."""

    code = "records.database-not-encrypted"
    message = gettext_noop(
        "The file %(file)s is not encrypted, but this installation has a passphrase. Put back the "
        "encrypted file, or start without the passphrase and encrypt it with `antigone database "
        "encrypt`."
    )


class DatabaseOfAnotherKey(AntigoneError):
    """An encrypted file that the master key does not open."""

    code = "records.database-of-another-key"
    message = gettext_noop(
        "The master key of this installation does not open %(file)s: the two do not belong "
        "together, or the file is damaged. Put back the master key and the file of the same "
        "backup."
    )


class FileInUse(AntigoneError):
    """A database file that another program has open."""

    code = "records.file-in-use"
    message = gettext_noop(
        "Another program has %(file)s open. Stop every `antigone serve` and every other command, "
        "and try again. Nothing was changed."
    )


def check_library(found: tuple[int, ...] = sqlite.sqlite_version_info) -> None:
    """Refuse a SQLite library that is known to lose writes."""
    if tuple(found) < OLDEST:
        raise SQLiteTooOld(found=".".join(map(str, found)), oldest=".".join(map(str, OLDEST)))


def is_plain(place: Path) -> bool | None:
    """Whether the file is a SQLite database in clear; None where there is nothing yet."""
    if not place.exists() or place.stat().st_size == 0:
        return None
    with place.open("rb") as stream:
        return stream.read(len(_PLAIN_HEADER)) == _PLAIN_HEADER


def check_encryption(place: Path, *, wanted: bool) -> None:
    """Refuse a plain file where an encrypted one is wanted, and the reverse."""
    plain = is_plain(place)
    if plain is True and wanted:
        raise DatabaseNotEncrypted(file=place.name)
    if plain is False and not wanted:
        raise DatabaseEncrypted(file=place.name)


def give_key(connection: Any, key: bytes, name: str) -> None:
    """Open the encrypted file of a new `connection` with its raw 256-bit key."""
    connection.execute("PRAGMA cipher_log_level = NONE")  # its words would mix with ours
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA cipher_compatibility = 4")
    try:
        waiting_for_lock(lambda: connection.execute("SELECT count(*) FROM sqlite_master"))
    except sqlite.DatabaseError as error:
        connection.close()
        if "not a database" not in str(error):
            raise
        raise DatabaseOfAnotherKey(file=name) from None


def hold_alone(connection: Any, name: str) -> None:
    """Hold a database until `connection` closes, its log taken in; refused while others have it.

    Raises
    ------
    FileInUse
    """
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except sqlite.OperationalError as error:
        if "locked" not in str(error):
            raise
        mode = "locked"
    if mode != "delete":
        raise FileInUse(file=name)


def give_pragmas(connection: Any, pragmas: str) -> None:
    """Give a new `connection` its pragmas, parted by semicolons."""
    for pragma in filter(None, map(str.strip, pragmas.split(";"))):
        waiting_for_lock(lambda pragma=pragma: connection.execute(pragma))


def waiting_for_lock(statement: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Any:
    """Run `statement`; where SQLite does not wait for another process by itself, wait here."""
    end = time.monotonic() + seconds
    while True:
        try:
            return statement()
        except sqlite.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.01)
