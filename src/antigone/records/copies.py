# SPDX-License-Identifier: Apache-2.0
"""Whole copies of the embedded database: a snapshot in use, and a copy under another key."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlite

from antigone.records.master_key import DATABASE_PURPOSE, KEY_BYTES, MasterKey
from antigone.records.sqlcipher import check_encryption, give_key
from antigone.terms.errors import AntigoneError, gettext_noop


class CopyDiffers(AntigoneError):
    """A copy that is not what it was copied from."""

    code = "records.copy-differs"
    message = gettext_noop(
        "The new copy of %(file)s is not equal to the original (%(what)s), so the original was "
        "kept. Check the disk and `antigone database status`, and try again."
    )


def snapshot(database: Path, place: Path, master: MasterKey) -> bytes | None:
    """Copy `database`, as it stands at one moment, to the new file `place`.

    Others go on reading and writing. The copy of an encrypted database is encrypted under a key of
    its own, which is given back, so that nothing but the copy opens with it.
    """
    source = opened(database, _key_of(master))
    with contextlib.closing(source), contextlib.closing(new(place, _key_of(master))) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        if not master.protected:
            return None
        key = secrets.token_bytes(KEY_BYTES)
        target.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"")
    return key


def put_back(copy: Path, key: bytes | None, place: Path, master: MasterKey) -> None:
    """Write the database in `copy`, which opens with `key`, to `place`, as `master` wants it.

    Raises
    ------
    CopyDiffers, DatabaseEncrypted, DatabaseNotEncrypted, DatabaseOfAnotherKey
    """
    with contextlib.closing(opened(copy, key)) as connection:
        copy_anew(connection, copy.name, place, _key_of(master))


def copy_anew(connection: Any, name: str, place: Path, key: bytes | None) -> None:
    """Write the database of `connection` to the new file `place`, under `key` or in clear.

    Raises
    ------
    CopyDiffers
    """
    _touch(place)
    words = f"x'{key.hex()}'" if key is not None else ""
    connection.execute(f'ATTACH DATABASE ? AS copied KEY "{words}"', (str(place),))
    connection.execute("SELECT sqlcipher_export('copied')")
    for pragma in ("user_version", "application_id"):
        value = connection.execute(f"PRAGMA main.{pragma}").fetchone()[0]
        connection.execute(f"PRAGMA copied.{pragma} = {int(value)}")
    _check_copy(connection, name)
    connection.execute("DETACH DATABASE copied")
    with place.open("rb") as stream:
        os.fsync(stream.fileno())


def opened(place: Path, key: bytes | None) -> Any:
    """A connection to an existing file, with its key or in clear."""
    check_encryption(place, wanted=key is not None)
    connection = sqlite.connect(place, isolation_level=None, timeout=20)
    if key is not None:
        give_key(connection, key, place.name)
    return connection


def new(place: Path, key: bytes | None) -> Any:
    """A connection to a new file for its owner alone."""
    _touch(place)
    return opened(place, key)


def _key_of(master: MasterKey) -> bytes | None:
    return master.derived(DATABASE_PURPOSE) if master.protected else None


def _touch(place: Path) -> None:
    os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _check_copy(connection: Any, name: str) -> None:
    """Refuse a copy with another schema, another number of rows or a fault of its own."""
    schemas = [
        connection.execute(
            f"SELECT type, name, tbl_name, sql FROM {one}.sqlite_master ORDER BY 1, 2"  # noqa: S608
        ).fetchall()
        for one in ("main", "copied")
    ]
    if schemas[0] != schemas[1]:
        raise CopyDiffers(file=name, what="its tables and rules")
    for kind, table, _, _ in schemas[0]:
        if kind == "table":
            counts = [
                connection.execute(f'SELECT count(*) FROM {one}."{table}"').fetchone()  # noqa: S608
                for one in ("main", "copied")
            ]
            if counts[0] != counts[1]:
                raise CopyDiffers(file=name, what=f"rows of {table}")
    found = connection.execute("PRAGMA copied.integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise CopyDiffers(file=name, what=found)
