# SPDX-License-Identifier: Apache-2.0
"""Writers killed at random moments: whatever they had acknowledged is there, and nothing half.

python -m tests.proof.kills --kills 10000 --seed 1          (SQLite)
python -m tests.proof.kills --kills 200 --seed 1 --postgresql

A process with everything loaded forks writers, several at a time. Each opens the database, performs real
actions in a loop and says so through a pipe after each commit, until SIGKILL. After every kill the database
is opened again, which recovers it, and checked.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Protocol

from tests.postgresql import postgresql_server
from tests.proof.writer import in_memory

SETTINGS = "antigone.site.settings"
KILLS_IN_A_ROUND = 500
TOGETHER = 4

LONGEST_LIFE = 0.12
"""Seconds after which a writer is killed at the latest: it opens the database and writes a little."""


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

    def add(self, other: Found) -> None:
        self.kills += other.kills
        self.acknowledged += other.acknowledged
        self.mid_write += other.mid_write
        self.faults += other.faults
        self.seconds += other.seconds


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


def kill_together(writing: Writing, count: int, rng: random.Random, found: Found) -> None:
    """Fork `count` writers, kill each at a moment of its own, and check."""
    writing.close()
    born = [_born(writing, rng.randrange(2**32)) for _ in range(count)]
    moments = sorted(time.monotonic() + rng.uniform(0, LONGEST_LIFE) for _ in born)
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
    while found.kills < kills and len(found.faults) < 10:
        kill_together(writing, min(together, kills - found.kills), rng, found)
    found.seconds = time.monotonic() - started
    return found


def report(name: str, found: Found) -> str:
    """One line of figures."""
    return (
        f"{name}\t{found.kills} kills\t{found.mid_write} during a write\t"
        f"{found.acknowledged} acknowledged writes\t{len(found.faults)} faults\t{found.seconds:.0f} s"
    )


def _writing() -> Writing:
    """Everything loaded and the database made, in the folder that ``ANTIGONE_HOME`` names."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from tests.proof.writer_actions import RealWriting

    return RealWriting()


def _one_round(kills: int, together: int, seed: int) -> None:
    """One database, so many kills: prints the figures for the process that asked."""
    found = kill_writers(_writing(), kills, together, seed)
    print(json.dumps(asdict(found)))


def rounds(kills: int, seed: int, url: str | None) -> Found:
    """Kills in as many databases as needed: each is checked whole after every kill."""
    total = Found()
    while total.kills < kills and not total.faults:
        now = min(KILLS_IN_A_ROUND, kills - total.kills)
        with tempfile.TemporaryDirectory(dir=in_memory(), prefix="antigone-kills-") as home:
            total.add(_asked_of_a_process(now, seed + total.kills, home, url))
        print(report("so far", total), file=sys.stderr, flush=True)
    return total


def _asked_of_a_process(kills: int, seed: int, home: str, url: str | None) -> Found:
    environment = {**os.environ, "ANTIGONE_HOME": home, "DJANGO_SETTINGS_MODULE": SETTINGS}
    environment.pop("ANTIGONE_DATABASE_URL", None)
    if url:
        environment["ANTIGONE_DATABASE_URL"] = url
    words = ["--one-round", "--kills", str(kills), "--seed", str(seed)]
    command = [sys.executable, "-m", "tests.proof.kills", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return Found(**json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--one-round", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one_round:
        _one_round(asked.kills, TOGETHER, asked.seed)
    elif asked.postgresql:
        with postgresql_server() as url:
            print(report("PostgreSQL", rounds(asked.kills, asked.seed, url)))
    else:
        print(report("SQLite", rounds(asked.kills, asked.seed, None)))


if __name__ == "__main__":
    main()
