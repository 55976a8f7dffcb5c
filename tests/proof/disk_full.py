# SPDX-License-Identifier: Apache-2.0
"""A disk that is full: a clear error, nothing lost, and the writing goes on once there is room.

The installation's folder is a small file system in memory (see `reliability_process.small_disk`); a
ballast file leaves a little room, another amount in each round.
"""

from __future__ import annotations

import argparse
import os
import random
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from sqlcipher3 import dbapi2 as sqlite

from antigone.terms.errors import AntigoneError
from tests.proof.kills import Writing
from tests.proof.writer_actions import RealWriting

REFUSALS = (AntigoneError, DatabaseError, sqlite.Error, OSError)
BALLAST = "ballast"


def leave(folder: Path, room: int) -> None:
    """Fill the disk up to `room` bytes."""
    state = os.statvfs(folder)
    size = state.f_bavail * state.f_frsize - room
    with (folder / BALLAST).open("ab") as stream:
        os.posix_fallocate(stream.fileno(), stream.tell(), max(size, 1))


@dataclass
class Found:
    """How the writer fared while the disk was full, and after."""

    rounds: int = 0
    before_full: int = 0
    refused: int = 0
    after: int = 0
    said: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def fill_once(writing: Writing, folder: Path, rng: random.Random, found: Found) -> None:
    """Write until the disk is full, three times more, then with room again; then check."""
    leave(folder, rng.randrange(4_096, 400_000))
    acknowledged, refused = [], 0
    while refused < 4:
        try:
            acknowledged.append(writing.write(rng))
        except REFUSALS as said:
            refused += 1
            words = f"{type(said).__name__}: {said}"
            found.said[words] = found.said.get(words, 0) + 1
    found.before_full += len(acknowledged)
    found.refused += refused
    (folder / BALLAST).unlink()
    for _ in range(3):
        acknowledged.append(writing.write(rng))
        found.after += 1
    found.faults += writing.faults(acknowledged)
    found.rounds += 1


def fill_again_and_again(writing: Writing, folder: Path, rounds: int, seed: int) -> Found:
    """`rounds` times full and free again, in one process with one connection."""
    rng, found = random.Random(seed), Found()
    while found.rounds < rounds and not found.faults:
        fill_once(writing, folder, rng, found)
    return found


def main(words: list[str]) -> dict[str, Any]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(words)
    disk = Path(os.environ["ANTIGONE_HOME"])
    return asdict(fill_again_and_again(RealWriting(), disk, given.rounds, given.seed))
