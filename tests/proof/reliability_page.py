# SPDX-License-Identifier: Apache-2.0
"""What the proofs of reliability found, kept line by line, and the page that is made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from antigone import __version__
from benchmarks.machine import machine

DOCS = Path(__file__).parents[2] / "docs"
KEPT = DOCS / "reliability.jsonl"
PAGE = DOCS / "reliability.md"


@dataclass(frozen=True)
class Line:
    """One line of the report: what was tried, what was found, and whether that is the goal."""

    proof: str
    engine: str
    found: str
    good: bool
    left_out: tuple[tuple[str, str], ...] = ()
    """What was left out on purpose, and why."""


@dataclass(frozen=True)
class Kept:
    """A line as it is kept: of which proof, of what size, when, how long, at what load."""

    name: str
    proof: str
    engine: str
    found: str
    good: bool
    size: str
    load: str
    """Of the machine, when the proof began and when it ended."""
    minutes: float | None
    """None for the runs that did not note it."""
    on: str
    left_out: Sequence[Sequence[str]] = ()

    @property
    def of(self) -> tuple[str, str]:
        """The run that it is a line of: the proof and the database."""
        return self.name, self.engine


def read_kept() -> list[Kept]:
    """All lines that are kept."""
    return [Kept(**json.loads(line)) for line in KEPT.read_text("utf-8").splitlines()]


def keep(found: Iterable[Kept]) -> None:
    """Put these lines in the place of what is kept of the same proofs and databases."""
    new = list(found)
    anew = {one.of for one in new}
    every = [one for one in read_kept() if one.of not in anew] + new
    lines = (json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in every)
    KEPT.write_text("".join(lines), encoding="utf-8")


def write_page(runs: Sequence[tuple[str, str]]) -> None:
    """The page of everything that is kept of these runs, and in their order."""
    every = sorted(read_kept(), key=lambda one: runs.index(one.of))
    rows = "".join(_row(one) for one in every)
    page = HEAD.format(version=__version__, machine=machine().rpartition(", load")[0])
    PAGE.write_text(
        page + rows + _missing(every, runs) + _left_out(every) + _runs(every), encoding="utf-8"
    )


def _row(one: Kept) -> str:
    verdict = "yes" if one.good else "**NO**"
    found = one.found.strip().replace("|", "/")
    return f"| {one.proof} | {one.engine} | {found} | {verdict} | {one.size} |\n"


def _missing(every: Sequence[Kept], runs: Sequence[tuple[str, str]]) -> str:
    """The runs of which nothing is kept: a reader shall not take silence for a proof."""
    there = {one.of for one in every}
    missing = [f"{name} on {engine}" for name, engine in runs if (name, engine) not in there]
    return f"\n**Still to be run at full size:** {', '.join(missing)}.\n" if missing else ""


def _left_out(every: Sequence[Kept]) -> str:
    """The exceptions, once; the columns with one reason together."""
    by_reason: dict[str, list[str]] = {}
    for one in every:
        for name, reason in one.left_out:
            names = by_reason.setdefault(reason, [])
            if name not in names:
                names.append(name)
    said = "".join(
        f"- {reason}: {', '.join(f'`{name}`' for name in names)}\n"
        for reason, names in by_reason.items()
    )
    if not said:
        return ""
    return f"\n## Left out on purpose\nOf single-row tampering, and nothing else:\n\n{said}"


def _runs(every: Sequence[Kept]) -> str:
    """When each proof was run, how long, and at what load: the machine was shared."""
    runs: Mapping[tuple[str, str], Kept] = {one.of: one for one in every}
    rows = "".join(
        f"| {one.name} | {one.engine} | {one.on} | "
        f"{'not noted' if one.minutes is None else f'{one.minutes:g}'} | {one.load} |\n"
        for one in runs.values()
    )
    return RUNS + rows


HEAD = """# Reliability: what was tried, and what was found

Made by `python -m tests.proof.reliability`, also in parts (`--only`, `--engine`); what each part found is kept in
`docs/reliability.jsonl`. antigone {version}; {machine}.
Each proof ran on a new installation, with the real actions (corrections of remains, imports of small cases), and
has a control: something worse that the same test must catch.

- **kill -9**: a loaded process forks writers, four at a time, kills each at a random moment, opens the database again
  and checks it after every group: acknowledged writes, records against revisions, revisions against events, the tree.
- **Power cuts and failing calls** run the recorded SQL of real actions, triggers included, over a simulated disk
  (`tests/proof/vfs.py`): at a random call only what was synced survives, with any sectors of the rest, whole or torn, and
  a shared-memory file full of noise. The database must be sound and stand, row for row, as after the last acknowledged
  write or the one in flight. **This tests SQLite's settings (with apsw's SQLite), not the SQLCipher build, and no real disk.**
- **Disk full**: the product itself on a small file system in memory.
- **Two editors** are stepped through their SQL statement by statement. **Many writers** are processes.
- **Tampering**: one row changed with triggers and constraints set aside, then verified and rolled back: every table,
  each column updated, emptied and exchanged between two rows, a row deleted, copied, copied to where nothing is. Where
  one part of the verification alone reads a table, that part is asked first, and the whole only where it finds nothing (and
  for every twentieth change anyhow): the whole runs every part.
- **Attacks**: an insider with database, guards and signing key leaves a log that is right in itself.
- **Access matrix**: two cases in which every cell is a word that stands nowhere else; every address, question and method by
  every role, in the case of the role and in the other. **Two verifiers**: the package's own check and the file that a court runs.

**Full** is the size of the goals, **short** the form that every test run repeats. When, how long and at what load each was
run stands at the end: the machine was shared, so that seconds here say nothing; counts do.

| proof | database | found | as it must be | size |
|---|---|---|---|---|
"""

RUNS = """
## The runs
Loads are of two processors: above 2, others were at work.

| proof | database | on | minutes | load |
|---|---|---|---|---|
"""
