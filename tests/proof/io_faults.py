# SPDX-License-Identifier: Apache-2.0
"""Every call of SQLite to its files fails once: a clear error, nothing lost, and the writing goes on.

For the n-th call, n over all calls of the workload: the call fails with an input/output error and, where
it takes room, once more with "disk full". The writer sees the error, looks whether the transaction is in
(SQLite also reports a checkpoint that failed *after* the commit), writes it again if it is not, on a new
connection if need be, and goes on to the end. Then the power is cut: what was never synced is gone.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import apsw

from tests.proof.power_cuts import Cut, pragmas_with, state_after
from tests.proof.vfs import Disk, Kept
from tests.proof.writer import (
    NAME,
    Statement,
    Workload,
    digest_of,
    digests_after_each,
    disk_with,
    opened,
    write,
)
from tests.proof.writer_actions import RealWriting, recorded

WRITES = 12
EXTENDED = {
    "read": apsw.SQLITE_IOERR_READ,
    "write": apsw.SQLITE_IOERR_WRITE,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "size": apsw.SQLITE_IOERR_FSTAT,
    "delete": apsw.SQLITE_IOERR_DELETE,
    "access": apsw.SQLITE_IOERR_ACCESS,
}
TAKES_ROOM = ("write", "truncate")
CLEAR = (apsw.IOError, apsw.FullError, apsw.CantOpenError)
TRIES = 3
CHECKPOINT = 8


@dataclass
class Found:
    """How the writer fared, for each call that failed."""

    failed: int = 0
    said: dict[str, int] = field(default_factory=dict)
    unnoticed: int = 0
    in_after_all: int = 0
    faults: list[str] = field(default_factory=list)


def error_of(call: str, full: bool) -> apsw.Error:
    """The error with which SQLite's own file layer reports such a failure."""
    if full:
        return apsw.FullError("no space left on the simulated disk")
    if call == "open":
        return apsw.CantOpenError("the simulated disk failed to open a file")
    failure = apsw.IOError(f"the simulated disk failed a {call}")
    failure.extendedresult = EXTENDED[call]
    return failure


def calls_made(workload: Workload) -> list[str]:
    """The calls of the whole workload, in order, when none fails."""
    made: list[str] = []
    with disk_with(workload, 4096) as (disk, vfs):
        disk.before_call = lambda call, name: made.append(call)
        _Writer(disk, vfs, workload.pragmas, ()).write_all(workload.transactions)
    return made


class _Writer:
    """Writes transactions, tries again after an error, and remembers what was said."""

    def __init__(self, disk: Disk, vfs: str, pragmas: str, digests: Sequence[str]) -> None:
        self.disk, self.vfs, self.pragmas, self.digests = disk, vfs, pragmas, digests
        self.connection: apsw.Connection | None = None
        self.said: list[apsw.Error] = []
        self.acknowledged = 0
        self.in_after_all = 0

    def write_all(self, transactions: Sequence[Sequence[Statement]]) -> None:
        for transaction in transactions:
            left = TRIES
            while not self._tried(transaction):
                left -= 1
                if not left:
                    raise self.said[-1]
            self.acknowledged += 1
        self.close()

    def _tried(self, transaction: Sequence[Statement]) -> bool:
        """Whether the transaction is in, be it that an error was reported after its commit."""
        try:
            write(self._connected(), transaction)
        except apsw.Error as failure:
            self.said.append(failure)
            self._recover()
            was_in = self._stands_after(self.acknowledged + 1)
            self.in_after_all += was_in
            return was_in
        return True

    def _stands_after(self, transactions: int) -> bool:
        try:
            return digest_of(self._connected()) == self.digests[transactions]
        except apsw.Error as failure:
            self.said.append(failure)
            self.close()
            return False

    def _connected(self) -> apsw.Connection:
        if self.connection is None:
            connection = opened(self.disk.folder / NAME, self.pragmas, self.vfs)
            connection.wal_autocheckpoint(CHECKPOINT)
            self.connection = connection
        return self.connection

    def _recover(self) -> None:
        """Roll back as Django does; a connection that cannot even do that is opened anew."""
        if self.connection is None or not self.connection.in_transaction:
            return
        try:
            self.connection.execute("ROLLBACK")
        except apsw.Error as failure:
            self.said.append(failure)
            self.close()

    def close(self) -> None:
        if self.connection is not None:
            try:
                self.connection.close()
            except apsw.Error as failure:
                self.said.append(failure)
                self.connection.close(True)
            self.connection = None


def fail_once(workload: Workload, at: int, full: bool, digests: list[str], found: Found) -> None:
    """Fail the call number `at`, write on to the end, cut the power, and judge."""
    rng = random.Random(at)
    failed: list[str] = []
    with disk_with(workload, 4096) as (disk, vfs):

        def fail(call: str, name: str) -> None:
            if disk.calls == at:
                failed.append(call)
                raise error_of(call, full)

        disk.before_call = fail
        writer = _Writer(disk, vfs, workload.pragmas, digests)
        try:
            writer.write_all(workload.transactions)
        except apsw.Error as failure:
            found.faults.append(f"call {at}: could not go on: {failure}")
            return
        left = Cut(disk.after_cut(rng, Kept.NONE), writer.acknowledged, "")
    _judge(found, at, failed, writer, state_after(left, rng, digests), len(digests) - 1)


def _judge(
    found: Found, at: int, failed: list[str], writer: _Writer, state: int | str, end: int
) -> None:
    if not failed:  # the retries of another call moved this one past the end
        return
    found.failed += 1
    found.unnoticed += not writer.said
    found.in_after_all += writer.in_after_all
    for said in writer.said:
        name = type(said).__name__
        found.said[name] = found.said.get(name, 0) + 1
        if not isinstance(said, CLEAR):
            found.faults.append(f"call {at}, a {failed[0]}: not a clear error: {said!r}")
    if state != end:
        found.faults.append(f"call {at}, a {failed[0]}: {end} acknowledged, found {state}")


def fail_each(workload: Workload, every: int) -> Found:
    """Fail every `every`-th call of the workload, one in each run."""
    digests, found = digests_after_each(workload), Found()
    for at, call in enumerate(calls_made(workload), start=1):
        if at % every:
            continue
        fail_once(workload, at, False, digests, found)
        if call in TAKES_ROOM:
            fail_once(workload, at, True, digests, found)
    return found


def main(words: list[str]) -> dict[str, Any]:
    """The real writes; every call fails once, or every `every`-th."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--controls-every", type=int, default=20)
    given = parser.parse_args(words)
    real = recorded(RealWriting(), WRITES, 1)
    off = replace(real, pragmas=pragmas_with(real.pragmas, "OFF"))
    return {
        "FULL": asdict(fail_each(real, given.every)),
        "OFF": asdict(fail_each(off, given.controls_every)),
    }
