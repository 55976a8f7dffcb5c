# SPDX-License-Identifier: Apache-2.0
"""All proofs of reliability at their full size; keeps what they found and writes docs/reliability.md.

python -m tests.proof.reliability [--only tampering --engine PostgreSQL]
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tests.proof.reliability_page import Kept, Line, keep, write_page
from tests.proof.reliability_process import asked, server, small_disk, tested

KILLS_IN_A_ROUND = 500
ENGINES = ("SQLite", "PostgreSQL")
OF_SQLITE = ("power_cuts", "io_faults", "disk_full", "packages")
"""Proofs of the embedded database, or of none."""


Proof = Callable[[str, str | None, "Size"], Iterator[Line]]


@dataclass(frozen=True)
class Size:
    """How much of each proof is run."""

    kills: Mapping[str, int]
    cuts: int
    controls: int
    fail_every: int
    rounds: int
    interleavings_every: int
    writers: int
    seconds: float
    tamper_every: int


FULL = Size({"SQLite": 10_000, "PostgreSQL": 200}, 2_000, 400, 1, 50, 1, 32, 60.0, 1)
SHORT = Size({"SQLite": 40, "PostgreSQL": 20}, 60, 40, 40, 2, 40, 6, 3.0, 110)


def kills(engine: str, address: str | None, size: Size) -> Iterator[Line]:
    wanted, total = size.kills[engine], {"kills": 0, "mid_write": 0, "acknowledged": 0}
    faults: list[str] = []
    while total["kills"] < wanted and not faults:
        words = ("--kills", min(KILLS_IN_A_ROUND, wanted - total["kills"]))
        found = asked("kills", *words, "--seed", 1 + total["kills"], address=address)
        total = {name: total[name] + found[name] for name in total}
        faults += found["faults"]
    said = (
        f"{total['kills']} writers killed ({total['mid_write']} during a write), "
        f"{total['acknowledged']} acknowledged writes: {len(faults)} lost or half {_first(faults)}"
    )
    yield Line("kill -9 during writes", engine, said, not faults)
    control = asked("kills", "--kills", 40, "--seed", 1, "--too-early", address=address)
    said = f"a writer that answers before it commits: {len(control['faults'])} faults found"
    yield Line("its control", engine, said, bool(control["faults"]))


def power_cuts(engine: str, address: str | None, size: Size) -> Iterator[Line]:
    if address:
        return
    found = asked("power_cuts", "--cuts", size.cuts, "--controls", size.controls)
    for synchronous in ("FULL", "NORMAL", "OFF"):
        one = found[synchronous]
        said = (
            f"synchronous={synchronous}: {one['cuts']} cuts, acknowledged writes lost in "
            f"{one['lost']}, damaged {one['damaged']}"
        )
        bad = one["lost"] + one["damaged"]
        is_full = synchronous == "FULL"
        yield Line("power cuts" if is_full else "its control", engine, said, is_full != bool(bad))


def io_faults(engine: str, address: str | None, size: Size) -> Iterator[Line]:
    if address:
        return
    found = asked("io_faults", "--every", size.fail_every, "--controls-every", 40)
    one, off = found["FULL"], found["OFF"]
    said = (
        f"{one['failed']} calls failed once: {len(one['faults'])} writes lost or errors unclear "
        f"{_first(one['faults'])}; {one['in_after_all']} errors came after the commit, from the "
        f"checkpoint that follows it: the write was in. Said: {_counts(one['said'])}"
    )
    yield Line("every I/O call fails once", engine, said, not one["faults"])
    said = f"synchronous=OFF: {len(off['faults'])} of {off['failed']} runs lost writes"
    yield Line("its control", engine, said, bool(off["faults"]))


def disk_full(engine: str, address: str | None, size: Size) -> Iterator[Line]:
    if address:
        return
    found = asked("disk_full", "--rounds", size.rounds, disk=small_disk(96))
    said = (
        f"{found['rounds']} times full, {found['refused']} writes refused "
        f"({_counts(found['said'])}), {found['after']} written once there was room: "
        f"{len(found['faults'])} lost or half {_first(found['faults'])}"
    )
    yield Line("disk full", engine, said, not found["faults"] and found["refused"] > 0)


def concurrency(engine: str, address: str | None, size: Size) -> Iterator[Line]:
    words = ("--every", size.interleavings_every, "--writers", size.writers)
    found = asked("concurrency", *words, "--seconds", size.seconds, address=address)
    one, naive, many = found["played"], found["control"], found["crowd"]
    said = (
        f"{one['played']} interleavings, {one['acknowledged']} edits acknowledged: {one['lost']} "
        f"lost; {one['refused']} times the second editor was shown both values; errors shown: "
        f"{len(one['shown'])} {_first(one['shown'])}"
    )
    yield Line("two editors", engine, said, not one["lost"] and not one["shown"])
    said = f"editors who save what they read: {naive['lost']} of {naive['acknowledged']} lost"
    yield Line("its control", engine, said, naive["lost"] > 0)
    said = (
        f"{many['writers']} writers for {many['seconds']:g} s on three records: "
        f"{many['acknowledged']} acknowledged ({many['acknowledged'] / many['seconds']:.0f} a "
        f"second), {many['refused']} decided again, slowest {many['slowest']:.1f} s; lost or shown "
        f"an error: {len(many['faults'])} {_first(many['faults'])}"
    )
    yield Line("many writers", engine, said, not many["faults"])


def tampering(engine: str, address: str | None, size: Size) -> Iterator[Line]:
    found = asked("tampering", "--every", size.tamper_every, address=address)
    said = (
        f"{found['tables']} tables, {found['tried']} changes ({_counts(found['by_manner'])}): "
        f"{found['found']} found ({found['by_the_part']} by the part that reads the table, "
        f"{found['found'] - found['by_the_part']} by the whole verification), missed "
        f"{found['missed'] or 'none'}; the database itself takes {len(found['refused'])} others in "
        f"no way; empty tables: {found['empty'] or 'none'}"
    )
    good = not found["missed"] and not found["empty"]
    yield Line("single-row tampering", engine, said, good)
    control = found["control"]
    said = (
        f"{control['tried']} changes of what is left out on purpose (below): {control['found']} "
        "found; what is found needs no exception"
    )
    good = control["tried"] > 0 and not control["found"]
    yield Line("its control", engine, said, good, tuple(found["left_out"].items()))


def attacks(engine: str, address: str | None, size: Size) -> Iterator[Line]:
    found = asked("attacks_library", address=address)
    for one in found["attacks"]:
        said = (
            f"found alone: {_yes(one['alone'])}; by a witness before the point: "
            f"{_yes(one['early'])}; at or after it: {_yes(one['late'])}; shown as exposed: "
            f"{one['exposed']} events"
        )
        yield Line(f"attack: {one['name'].replace('_', ' ')}", engine, said, one["as_promised"])
    for lies in found["lies"]:
        said = f"{_counts(lies['told'])}; believed: {lies['believed'] or 'none'}"
        yield Line("forged, replayed, holed", engine, said, not lies["believed"])


def by_tests(proof: str, file: str, *, engines: tuple[str, ...] = ENGINES) -> Proof:
    """A proof that is a file of tests; they are as long as they are, also in the short form."""

    def lines_of(engine: str, address: str | None, size: Size) -> Iterator[Line]:
        if engine not in engines or size is SHORT:
            return
        for found, good in tested(file, address):
            yield Line(proof, engine, found, good)

    return lines_of


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _first(faults: list[str]) -> str:
    return f"({faults[0][:200]})" if faults else ""


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(found.items()))


PROOFS: Mapping[str, Proof] = {
    "kills": kills,
    "power_cuts": power_cuts,
    "io_faults": io_faults,
    "disk_full": disk_full,
    "concurrency": concurrency,
    "tampering": tampering,
    "attacks": attacks,
    "access": by_tests("access matrix", "test_access_matrix.py"),
    "packages": by_tests("two verifiers", "test_packages.py", engines=ENGINES[:1]),
    "jobs": by_tests("workers killed", "test_jobs.py"),
}


def lines(name: str, size: Size) -> Iterator[Line]:
    """What one proof finds, on SQLite and PostgreSQL."""
    for engine in ENGINES:
        with server(engine == "PostgreSQL") as address:
            yield from PROOFS[name](engine, address, size)


def kept(names: list[str], engines: list[str], short: bool) -> Iterator[Kept]:
    """Run these proofs one after the other; each line with what it was run on."""
    for engine in engines:
        with server(engine == "PostgreSQL") as address:
            for name in names:
                began, load = time.monotonic(), os.getloadavg()[0]
                found = list(PROOFS[name](engine, address, SHORT if short else FULL))
                minutes = (time.monotonic() - began) / 60
                loads = f"{load:.1f} to {os.getloadavg()[0]:.1f}"
                for line in found:
                    print(line, file=sys.stderr, flush=True)
                    yield Kept(
                        name, **vars(line), size="short" if short else "full", load=loads,
                        minutes=round(minutes, 1), on=f"{date.today()}",
                    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few of everything")
    parser.add_argument("--only", choices=PROOFS, action="append", help="repeat it for several")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="both, if not given")
    parser.add_argument("--page", action="store_true", help="run nothing: only write the page anew")
    given = parser.parse_args()
    found: list[Kept] = []
    if not given.page:
        engines = given.engine or list(ENGINES)
        for one in kept(given.only or list(PROOFS), engines, given.short):
            found.append(one)
            keep(found)
    write_page([(name, one) for one in ENGINES for name in PROOFS
                if one == "SQLite" or name not in OF_SQLITE])  # fmt: skip
    sys.exit(not all(one.good for one in found))


if __name__ == "__main__":
    main()
