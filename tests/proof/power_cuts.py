# SPDX-License-Identifier: Apache-2.0
"""Power cuts: after each, the database must be sound and stand exactly as after the last acknowledged write.

Tested are SQLite's settings (apsw's SQLite on a simulated disk), not the SQLCipher build and no real disk.
"""

from __future__ import annotations

import argparse
import random
import shutil
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import apsw

from tests.proof.vfs import SECTORS, Disk, Kept
from tests.proof.writer import (
    NAME,
    Workload,
    digest_of,
    digests_after_each,
    disk_with,
    fast_folder,
    opened,
    write,
)
from tests.proof.writer_actions import RealWriting, recorded

CUTS_IN_A_RUN = 10
WRITES = 25
CHECKPOINTS = (1000, 60, 8)
"""Pages in the WAL after which it is checkpointed: SQLite's own number, and two that do it often."""


@dataclass(frozen=True)
class Cut:
    """The files that a power cut left, and how many transactions had been acknowledged."""

    files: dict[str, bytes]
    acknowledged: int
    where: str


@dataclass
class Found:
    """What stood in the databases after the cuts."""

    cuts: int = 0
    sound: int = 0
    lost: int = 0
    damaged: int = 0
    in_flight_kept: int = 0
    examples: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> int:
        return self.lost + self.damaged


def pragmas_with(pragmas: str, synchronous: str) -> str:
    """The product's pragmas, with another `synchronous` for the controls."""
    assert "synchronous=FULL" in pragmas, pragmas
    return pragmas.replace("synchronous=FULL", f"synchronous={synchronous}")


def calls_of(workload: Workload, checkpoint: int) -> int:
    """How many calls to its files SQLite makes for the whole workload."""
    with disk_with(workload, 4096) as (disk, vfs):
        _written(disk, vfs, workload, checkpoint)
        return disk.calls


def _written(
    disk: Disk, vfs: str, workload: Workload, checkpoint: int, done: list[int] | None = None
) -> None:
    connection = opened(disk.folder / NAME, workload.pragmas, vfs)
    connection.wal_autocheckpoint(checkpoint)
    for n, transaction in enumerate(workload.transactions, start=1):
        write(connection, transaction)
        if done is not None:
            done[0] = n
    connection.close()


def cuts_of_one_run(
    workload: Workload, checkpoint: int, calls: int, rng: random.Random
) -> list[Cut]:
    """Write the workload once; at each of some random calls, what a cut just then would leave."""
    moments = set(rng.sample(range(1, calls + 1), min(CUTS_IN_A_RUN, calls)))
    cuts: list[Cut] = []
    done = [0]
    with disk_with(workload, rng.choice(SECTORS)) as (disk, vfs):

        def cut_here(call: str, name: str) -> None:
            if disk.calls in moments:
                kept = rng.choice(list(Kept))
                part = "wal" if name.endswith("-wal") else "database"
                where = f"before a {call} of the {part}"
                cuts.append(Cut(disk.after_cut(rng, kept), done[0], where))

        disk.before_call = cut_here
        _written(disk, vfs, workload, checkpoint, done)
    return cuts


def state_after(cut: Cut, rng: random.Random, digests: list[str]) -> int | str:
    """After how many transactions the reopened database stands, or what is damaged."""
    folder = fast_folder()
    try:
        for name, content in cut.files.items():
            (folder / name).write_bytes(content)
        if rng.random() < 0.5:  # the shared memory's file may survive, with anything in it
            (folder / f"{NAME}-shm").write_bytes(rng.randbytes(32_768))
        return _state(folder / NAME, digests)
    except apsw.Error as fault:
        return f"{type(fault).__name__}: {fault}"
    finally:
        shutil.rmtree(folder)


def _state(place: Path, digests: list[str]) -> int | str:
    connection = opened(place, "PRAGMA foreign_keys=ON")
    try:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        if said != ["ok"]:
            return f"integrity_check: {said[0]}"
        if broken := connection.execute("PRAGMA foreign_key_check").fetchall():
            return f"foreign_key_check: {broken[0]}"
        digest = digest_of(connection)
        return digests.index(digest) if digest in digests else "a state between two transactions"
    finally:
        connection.close()


def judge(found: Found, cut: Cut, state: int | str) -> None:
    """Count one cut: every acknowledged transaction must be there, and no half of another."""
    found.cuts += 1
    found.places[cut.where] = found.places.get(cut.where, 0) + 1
    if isinstance(state, str) or state > cut.acknowledged + 1:
        found.damaged += 1
        found.examples.append(f"{cut.where}, {cut.acknowledged} acknowledged: {state}")
    elif state < cut.acknowledged:
        found.lost += 1
        found.examples.append(f"{cut.where}: {cut.acknowledged} acknowledged, {state} found")
    else:
        found.sound += 1
        found.in_flight_kept += state - cut.acknowledged


def cut_power(workload: Workload, cuts: int, seed: int) -> Found:
    """`cuts` power cuts at random calls while the workload is written over and over."""
    rng = random.Random(seed)
    digests = digests_after_each(workload)
    calls = {checkpoint: calls_of(workload, checkpoint) for checkpoint in CHECKPOINTS}
    found = Found()
    while found.cuts < cuts:
        checkpoint = rng.choice(CHECKPOINTS)
        for cut in cuts_of_one_run(workload, checkpoint, calls[checkpoint], rng)[
            : cuts - found.cuts
        ]:
            judge(found, cut, state_after(cut, rng, digests))
    return found


def main(words: list[str]) -> dict[str, Any]:
    """The real writes under the product's settings; the same under weaker ones, as controls."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=2_000)
    parser.add_argument("--controls", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(words)
    real = recorded(RealWriting(), WRITES, given.seed)
    found = {"pragmas": real.pragmas, "FULL": asdict(cut_power(real, given.cuts, given.seed))}
    for synchronous in ("NORMAL", "OFF"):
        weaker = replace(real, pragmas=pragmas_with(real.pragmas, synchronous))
        found[synchronous] = asdict(cut_power(weaker, given.controls, given.seed))
    return found
