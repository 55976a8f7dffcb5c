# SPDX-License-Identifier: Apache-2.0
"""Two editors stepped through every interleaving of a kind, and many writers at once: no update is lost.

An editor reads a record, changes it on the revision read, and where somebody was first, sees both
values and decides again. Each runs in a thread of its own and stops before every SQL statement; the
schedule says who goes on: the first for i statements, the second for j, then each to its end.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, connections, transaction

from antigone.ledger.canonical import read_canonical
from antigone.records.actions import trail
from antigone.records.models import Remains, Revision
from tests.proof.writer_actions import RealWriting, at_the_terminal, rows

COLUMN = "note"
"""The column of the remains that both editors change."""

PATIENCE = 0.02
"""Seconds after which a statement that has not come back is taken to wait for the other editor."""
LONGEST = 60.0


class _Editor(threading.Thread):
    """One editor's act, stopped before each of its SQL statements."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.act = act
        self.may_go = threading.Semaphore(0)
        self.stands = threading.Event()  # at a statement, or at the end
        self.ended = False
        self.steps = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        self._halt()
        try:
            connection.ensure_connection()
            with connection.execute_wrapper(self._step):
                self.act()
        except Exception as failure:  # noqa: BLE001  a thread's door: told to the scheduler
            self.failure = failure
        finally:
            connections.close_all()
            self.ended = True
            self.stands.set()

    def _step(self, execute: Any, *arguments: Any) -> Any:
        self.steps += 1
        self._halt()
        return execute(*arguments)

    def _halt(self) -> None:
        self.stands.set()
        self.may_go.acquire()

    def go(self) -> bool:
        """Let it take one step; False if it waits for somebody else."""
        if self.ended or not self.stands.is_set():  # still inside the statement before
            return self.stands.wait(PATIENCE)
        self.stands.clear()
        self.may_go.release()
        return self.stands.wait(PATIENCE)


@dataclass
class Played:
    """One interleaving: what failed, how long each act was, and how often somebody had to wait."""

    failures: list[BaseException]
    steps: tuple[int, int]
    waits: int


def play(acts: Sequence[Callable[[], None]], schedule: tuple[int, int, int]) -> Played:
    """Run two acts: editor `first` for i statements, the other for j, then each to its end."""
    first, i, j = schedule
    one, other = _Editor(acts[first]), _Editor(acts[1 - first])
    for editor in (one, other):
        editor.start()
        editor.stands.wait(LONGEST)
    waits = _advance(one, i) + _advance(other, j)
    waits += _to_the_end(one, other)
    both = (one, other) if first == 0 else (other, one)
    for editor in both:
        editor.join(LONGEST)
        assert editor.ended, "an editor never came to the end"
    failures = [editor.failure for editor in both if editor.failure]
    return Played(failures, (both[0].steps, both[1].steps), waits)


def _advance(editor: _Editor, steps: int) -> int:
    """Up to `steps` statements; 1 if it had to wait for the other before."""
    for _ in range(steps):
        if editor.ended:
            return 0
        if not editor.go():
            return 1
    return 0


def _to_the_end(one: _Editor, other: _Editor) -> int:
    """Let both end; whoever waits yields to the other."""
    waits = 0
    while not (one.ended and other.ended):
        for editor in (one, other):
            while not editor.ended:
                if not editor.go():
                    waits += 1
                    break
    return waits


def schedules(steps: int, at_least: int) -> list[tuple[int, int, int]]:
    """Who begins, for how many statements, and how many the other takes then: all of them.

    Enough are made by widening `steps` where the acts are short.
    """
    while 2 * (steps + 1) ** 2 < at_least:
        steps += 1
    return [(first, i, j) for i in range(steps + 1) for j in range(steps + 1) for first in (0, 1)]


@dataclass
class Found:
    """What many interleavings, or many writers, did."""

    played: int = 0
    acknowledged: int = 0
    lost: int = 0
    refused: int = 0
    waits: int = 0
    shown: list[str] = field(default_factory=list)


class Editor:
    """Somebody who changes one record, seeing both values where somebody else was first."""

    def __init__(self, writing: RealWriting, record: UUID, words: str) -> None:
        self.writing, self.record, self.words = writing, record, words
        self.saw = self.made = self.refused = 0

    def edit(self) -> None:
        while not self.made:
            seen = rows(Remains).get(pk=self.record)
            self.saw = seen.revision
            self._save(seen)

    def _save(self, seen: Remains) -> None:
        if self.writing.corrected(seen, **{COLUMN: self.words}):
            self.made = self.saw + 1
        else:
            self.refused += 1


class NaiveEditor(Editor):
    """The control: saves what it read, as most programs do. The last one wins, unseen."""

    def _save(self, seen: Remains) -> None:
        with transaction.atomic(), at_the_terminal():
            now = rows(Remains).select_for_update().get(pk=self.record)
            fields = {COLUMN: self.words, "revision": now.revision + 1}
            rows(Remains).filter(pk=self.record).update(**fields)
            trail.record(action="corrections.correct", by=self.writing.by, case=self.writing.case)
        self.made = now.revision + 1


def lost_by(editors: Sequence[Editor], found: Found) -> int:
    """How many acknowledged edits are not there, or were written over a state that nobody saw."""
    lost = 0
    for editor in editors:
        kept = rows(Revision).filter(record=editor.record, number=editor.made).first()
        there = kept is not None and read_canonical(kept.body.encode())[COLUMN] == editor.words
        found.acknowledged += 1
        found.refused += editor.refused
        lost += not there or editor.made != editor.saw + 1
    return lost


def interleave(writing: RealWriting, kind: type[Editor], at_least: int, every: int = 1) -> Found:
    """Both editors of one record, through every schedule (or every `every`-th of them)."""
    found, record = Found(), writing.remains[0]
    alone = Editor(writing, record, "alone")
    steps = max(play([alone.edit, lambda: None], (0, 0, 0)).steps)
    for n, schedule in enumerate(schedules(steps, at_least)):
        if n % every:
            continue
        both = [kind(writing, record, f"invented {n} by {who}") for who in ("Amina", "Chidi")]
        played = play([one.edit for one in both], schedule)
        found.played += 1
        found.waits += played.waits
        found.shown += [repr(one) for one in played.failures]
        found.lost += lost_by(both, found)
    found.shown += writing.faults([])
    return found


def write_for(seconds: float, writing: RealWriting, seed: int) -> dict[str, Any]:
    """One of many writers: what it was told, in one sum, and the slowest of its writes."""
    rng, end = random.Random(seed), time.monotonic() + seconds
    told: dict[str, Any] = {"made": [], "refused": 0, "shown": [], "slowest": 0.0}
    while time.monotonic() < end and len(told["shown"]) < 5:
        editor = Editor(writing, rng.choice(writing.remains), f"invented {rng.random()}")
        began = time.monotonic()
        try:
            editor.edit()
        except Exception as failure:  # noqa: BLE001  whatever somebody would be shown
            told["shown"].append(repr(failure))
        else:
            told["made"].append(f"remains {editor.record} {editor.made}")
        told["refused"] += editor.refused
        told["slowest"] = max(told["slowest"], time.monotonic() - began)
    return told


def _forked(act: Callable[[], dict[str, Any]]) -> tuple[int, int]:
    listen, say = os.pipe()
    child = os.fork()
    if not child:
        try:
            with os.fdopen(say, "w") as stream:
                json.dump(act(), stream)
        finally:
            os._exit(0)
    os.close(say)
    return child, listen


@dataclass
class Crowd:
    """What many writers at once did."""

    writers: int
    seconds: float
    acknowledged: int = 0
    refused: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)


def crowd(writing: RealWriting, writers: int, seconds: float, seed: int) -> Crowd:
    """`writers` processes correct the same few remains as fast as they can."""
    writing.close()
    found, made = Crowd(writers, seconds), []
    born = [
        _forked(lambda n=n: write_for(seconds, writing, seed * 1_000 + n)) for n in range(writers)
    ]
    for child, listen in born:
        with os.fdopen(listen) as stream:
            told = json.load(stream)
        os.waitpid(child, 0)
        made += told["made"]
        found.refused += told["refused"]
        found.slowest = max(found.slowest, told["slowest"])
        found.faults += told["shown"]
    found.acknowledged = len(made)
    found.faults += writing.faults(made)
    return found


def main(words: list[str]) -> dict[str, Any]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interleavings", type=int, default=1_000)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--writers", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args(words)
    writing = RealWriting()
    return {
        "played": asdict(interleave(writing, Editor, given.interleavings, given.every)),
        "control": asdict(interleave(writing, NaiveEditor, given.interleavings, given.every)),
        "crowd": asdict(crowd(writing, given.writers, given.seconds, seed=1)),
    }
