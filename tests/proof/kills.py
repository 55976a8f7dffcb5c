# SPDX-License-Identifier: Apache-2.0
"""Writers killed at random moments: whatever they had acknowledged is there, and nothing half.

python -m tests.proof.kills --kills 10000 --seed 1          (SQLite)
python -m tests.proof.kills --kills 200 --seed 1 --postgresql

A process with everything loaded forks writers, several at a time. Each opens the database, performs real
actions in a loop and says so through a pipe after each commit, until SIGKILL. After every kill the database
is opened again, which recovers it, and checked.
"""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

LONGEST_LIFE = 0.06
"""Seconds after which a writer is killed at the latest: the time of a few writes."""


class Writing(Protocol):
    """What the killed writers write, and how it is checked afterwards."""

    def write(self, rng: random.Random) -> str:
        """Perform one action; returns what identifies it once it is committed, without spaces."""

    def faults(self, acknowledged: Sequence[str]) -> list[str]:
        """What is wrong now; `acknowledged` are the writes said to be done since the last call."""

    def close(self) -> None:
        """Leave the database closed, so that a fork takes no connection along."""


@dataclass
class Found:
    """What the kills did."""

    kills: int = 0
    acknowledged: int = 0
    mid_write: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


def _live(writing: Writing, seed: int, pipe: int) -> None:
    """The writer's life, ended from outside. A byte ``<`` is said before each write."""
    rng = random.Random(seed)
    try:
        while True:
            os.write(pipe, b"<")
            os.write(pipe, f"{writing.write(rng)}\n".encode())
    except BaseException:
        os.write(pipe, f"!{traceback.format_exc()[-1500:]}".encode())
    finally:
        os._exit(1)


def _born(writing: Writing, seed: int) -> tuple[int, int]:
    """The process of a new writer, and the end of its pipe."""
    listen, say = os.pipe()
    child = os.fork()
    if not child:
        os.close(listen)
        _live(writing, seed, say)
    os.close(say)
    return child, listen


def _last_words(listen: int) -> str:
    with os.fdopen(listen, "rb") as stream:
        return stream.read().decode()


def kill_together(writing: Writing, count: int, rng: random.Random, found: Found) -> None:
    """Fork `count` writers, kill each at a moment of its own, and check."""
    writing.close()
    born = [_born(writing, rng.randrange(2**32)) for _ in range(count)]
    acknowledged = []
    for child, listen in born:
        time.sleep(rng.uniform(0, LONGEST_LIFE / count))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said = _last_words(listen)
        if "!" in said:
            found.faults.append(said[said.index("!") :])
        acknowledged += [one.lstrip("<") for one in said.split("\n")[:-1]]
        found.mid_write += said.endswith("<")
    found.kills += count
    found.acknowledged += len(acknowledged)
    found.faults += writing.faults(acknowledged)


def kill_writers(
    writing: Writing, kills: int, together: int, seed: int, tell: Callable[[str], None]
) -> Found:
    """`kills` writers killed, `together` at a time; stops early once ten faults are found."""
    rng, found, started = random.Random(seed), Found(), time.monotonic()
    while found.kills < kills and len(found.faults) < 10:
        kill_together(writing, min(together, kills - found.kills), rng, found)
        found.seconds = time.monotonic() - started
        if found.kills % 1_000 < together:
            tell(report("so far", found))
    return found


def report(name: str, found: Found) -> str:
    """One line of figures."""
    return (
        f"{name}\t{found.kills} kills\t{found.mid_write} during a write\t"
        f"{found.acknowledged} acknowledged writes\t{len(found.faults)} faults\t{found.seconds:.0f} s"
    )
