# SPDX-License-Identifier: Apache-2.0
"""What is written in the proofs: transactions as SQL, replayed over a `Disk` and known by their digests."""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from tests.proof.vfs import Disk, DiskVFS

NAME = "case.sqlite3"
Statement = tuple[str, tuple[Any, ...]]
_vfs_names = (f"disk-{n}" for n in itertools.count())


@dataclass(frozen=True)
class Workload:
    """A database file to begin with, and the transactions written to it, one after another."""

    start: bytes
    transactions: Sequence[Sequence[Statement]]
    pragmas: str


def in_memory() -> Path | None:
    """Where files cost no disk, if the machine has such a place; None is its usual one."""
    memory = Path("/dev/shm")
    return memory if os.access(memory, os.W_OK) else None


def fast_folder() -> Path:
    """A new folder, in memory where possible: a sync costs nothing there."""
    return Path(tempfile.mkdtemp(prefix="antigone-proof-", dir=in_memory()))


@contextmanager
def disk_with(workload: Workload, sector: int) -> Iterator[tuple[Disk, str]]:
    """A disk that holds the database to begin with, and the name of its VFS."""
    folder = fast_folder()
    try:
        (folder / NAME).write_bytes(workload.start)
        disk, name = Disk(folder, sector), next(_vfs_names)
        vfs = DiskVFS(disk, name)
        yield disk, name
        vfs.unregister()
    finally:
        shutil.rmtree(folder)


def opened(place: Path, pragmas: str, vfs: str | None = None) -> apsw.Connection:
    """A connection with these pragmas set, each read to its end."""
    connection = apsw.Connection(str(place), **({"vfs": vfs} if vfs else {}))
    connection.set_busy_timeout(2_000)
    for _ in connection.execute(pragmas):
        pass
    return connection


def write(connection: apsw.Connection, transaction: Sequence[Statement]) -> None:
    """One transaction, acknowledged by returning."""
    connection.execute("BEGIN IMMEDIATE")
    for sql, values in transaction:
        for _ in connection.execute(sql, values):
            pass
    connection.execute("COMMIT")


def digest_of(connection: apsw.Connection) -> str:
    """SHA-256 of every row of every table, in the order of their row ids."""
    found = hashlib.sha256()
    tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
    for (table,) in connection.execute(tables).fetchall():
        found.update(table.encode())
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            found.update(repr(row).encode())
    return found.hexdigest()


def digests_after_each(workload: Workload) -> list[str]:
    """The digest at the start and after each transaction: no two may be alike."""
    with disk_with(workload, 4096) as (disk, vfs):
        connection = opened(disk.folder / NAME, workload.pragmas, vfs)
        digests = [digest_of(connection)]
        for transaction in workload.transactions:
            write(connection, transaction)
            digests.append(digest_of(connection))
        connection.close()
    assert len(set(digests)) == len(digests), "a transaction that changes nothing proves nothing"
    return digests


PLAIN_SCHEMA = """
CREATE TABLE revision (kind TEXT, record TEXT, number INT, body BLOB, PRIMARY KEY (kind, record, number));
CREATE TABLE event (sequence INTEGER PRIMARY KEY, leaf BLOB NOT NULL UNIQUE);
CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), size INT NOT NULL, root BLOB);
CREATE TABLE remains (id TEXT PRIMARY KEY, revision INT NOT NULL, sex TEXT, note TEXT);
CREATE INDEX remains_by_sex ON remains (sex);
INSERT INTO head VALUES (1, 0, NULL);
"""


def plain_workload(pragmas: str, transactions: int) -> Workload:
    """A record, its revision, its event and the head in each transaction: the ledger's shape, no more."""
    folder = fast_folder()
    connection = apsw.Connection(str(folder / NAME))
    connection.execute(PLAIN_SCHEMA)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    start = (folder / NAME).read_bytes()
    shutil.rmtree(folder)
    return Workload(start, [_plain_transaction(n) for n in range(transactions)], pragmas)


def _plain_transaction(n: int) -> list[Statement]:
    record, number = f"R{n // 2}", n % 2 + 1
    leaf = hashlib.sha256(f"{n}".encode()).digest()
    keep = (
        "INSERT INTO remains VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET revision = excluded.revision,"
        " sex = excluded.sex, note = excluded.note"
    )
    return [
        (keep, (record, number, ("male", "female")[n % 2], "invented " * (n % 700))),
        ("INSERT INTO revision VALUES ('remains', ?, ?, ?)", (record, number, leaf * (n % 90))),
        ("INSERT INTO event VALUES (?, ?)", (n, leaf)),
        ("UPDATE head SET size = ?, root = ?", (n + 1, leaf)),
    ]
