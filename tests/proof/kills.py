# SPDX-License-Identifier: Apache-2.0
"""Writers killed at random moments: whatever they had acknowledged is there, and nothing half.

A process with everything loaded forks writers, several at a time. Each opens the database, performs real
actions in a loop and says so through a pipe after each commit, until SIGKILL. After every kill the database
is opened again, which recovers it, and checked.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from tests.proof.writer_actions import RealWriting, TooEarly

TOGETHER = 4

WRITES_IN_A_LIFE = 20
"""How many writes the longest-lived writer would make, if the others left it the machine."""


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
    except Exception:  # noqa: BLE001  a forked writer's door: told to its parent
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


def longest_life(writing: Writing) -> float:
    """Seconds that a new writer takes for its writes here and now, its opening of the database included."""
    writing.close()
    began = time.monotonic()
    child, listen = _born(writing, 0)
    with os.fdopen(listen, "rb") as stream:
        for _ in range(WRITES_IN_A_LIFE):
            stream.readline()
        life = time.monotonic() - began
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        done = stream.read()
    assert b"!" not in done, done.decode()
    return life


def kill_together(
    writing: Writing, count: int, life: float, rng: random.Random, found: Found
) -> None:
    """Fork `count` writers, kill each at a moment of its own, and check."""
    writing.close()
    born = [_born(writing, rng.randrange(2**32)) for _ in range(count)]
    moments = sorted(time.monotonic() + rng.uniform(0, life) for _ in born)
    acknowledged = []
    for (child, listen), moment in zip(born, moments, strict=True):
        time.sleep(max(0.0, moment - time.monotonic()))
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


def kill_writers(writing: Writing, kills: int, together: int, seed: int) -> Found:
    """`kills` writers killed, `together` at a time; stops early once ten faults are found."""
    rng, found, started = random.Random(seed), Found(), time.monotonic()
    life = longest_life(writing)
    assert not writing.faults([])
    while found.kills < kills and len(found.faults) < 10:
        kill_together(writing, min(together, kills - found.kills), life, rng, found)
    found.seconds = time.monotonic() - started
    return found


def main(words: list[str]) -> dict[str, Any]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--too-early", action="store_true", help="the control that must fail")
    given = parser.parse_args(words)
    kind = TooEarly if given.too_early else RealWriting
    return asdict(kill_writers(kind(), given.kills, TOGETHER, given.seed))
