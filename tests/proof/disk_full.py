# SPDX-License-Identifier: Apache-2.0
"""A disk that is full: a clear error, nothing lost, and the writing goes on once there is room.

python -m tests.proof.disk_full --rounds 50

Mounts a small file system in memory (this needs root), puts the installation's folder there, and lets a
ballast file leave a little room, another amount in each round.
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import DatabaseError
from sqlcipher3 import dbapi2 as sqlite

from antigone.terms.errors import AntigoneError
from tests.proof.kills import Writing

REFUSALS = (AntigoneError, DatabaseError, sqlite.Error, OSError)
SIZE_MB = 48
BALLAST = "ballast"


class CannotMount(Exception):
    """A small file system cannot be mounted here: root and a kernel that allows it are needed."""


@contextlib.contextmanager
def small_disk(size_mb: int) -> Iterator[Path]:
    """A folder that holds no more than `size_mb` megabytes."""
    folder = tempfile.mkdtemp(prefix="antigone-small-disk-")
    words = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", folder]
    try:
        subprocess.run(words, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as reason:
        os.rmdir(folder)
        raise CannotMount(getattr(reason, "stderr", reason)) from None
    try:
        yield Path(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        os.rmdir(folder)


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
    said: Counter[str] = field(default_factory=Counter)
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
            found.said[f"{type(said).__name__}: {said}"] += 1
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


def in_a_process_of_its_own(folder: Path, *words: str) -> str:
    """This module's command with the installation's folder on the small disk."""
    environment = {**os.environ, "ANTIGONE_HOME": str(folder / "home")}
    environment.pop("ANTIGONE_DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.proof.disk_full", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout
