# SPDX-License-Identifier: Apache-2.0
"""The ledger: saving with its event, a long log verified, proofs, the demo case with its events.

Goals: a save's p99 under 50 ms; 1,000,000 events verified under 120 s and 500 MB; an inclusion
proof under 50 ms; the demo case imported under 20 s.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.machine import machine

ANTIGONE = [sys.executable, "-c", "from antigone.cli import main; main()"]
AT_ONCE = 20_000
SALT = bytes(32)
BARE = bytes(96 << 10)
"""As much as a save adds to the database's log."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--saves", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="antigone-benchmark-") as folder:
        os.environ["ANTIGONE_HOME"] = f"{folder}/home"
        os.environ["DJANGO_SETTINGS_MODULE"] = "antigone.site.settings"
        os.environ.pop("ANTIGONE_DATABASE_URL", None)
        _demo(Path(folder), given.seed)
        _in_process(given.events, given.saves, given.seed)
        _verified(given.events)


def _demo(folder: Path, seed: int) -> None:
    """Goal 20 s."""
    words = ["simulate", "--preset", "demo", "--seed", str(seed), "--out", f"{folder}/demo"]
    subprocess.run([*ANTIGONE, *words], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*ANTIGONE, "case", "list"], check=True, stdout=subprocess.DEVNULL)
    started = time.monotonic()
    words = ["case", "import", f"{folder}/demo/case", "--name", "A case", "--slug", "a"]
    subprocess.run([*ANTIGONE, *words], check=True, stdout=subprocess.DEVNULL)
    print(
        f"import of the demo case (seed {seed}), whole command: {time.monotonic() - started:.1f} s"
    )


def _in_process(events: int, saves: int, seed: int) -> None:
    import django

    django.setup()
    from antigone.records import access
    from antigone.records.models import Event, Log

    with access.at_the_terminal(None):
        print(f"its events: {Event.objects.count()}")
        _saves(saves)
        started = time.monotonic()
        _grow(events)
        size = Log.objects.get(name="changes").size
        print(f"(a log of {size} events made in {time.monotonic() - started:.0f} s)")
        _proofs(size, random.Random(seed))


def _percentiles(what: str, act: Callable[[int], object], count: int) -> None:
    times = []
    for n in range(count):
        started = time.perf_counter()
        act(n)
        times.append(1000 * (time.perf_counter() - started))
    _told(what, times)


def _told(what: str, times: list[float]) -> None:
    count, times = len(times), sorted(times)
    p50, p99 = times[count // 2], times[int(count * 0.99)]
    print(f"{what}, {count} times: p50 {p50:.1f} ms, p99 {p99:.1f} ms, slowest {times[-1]:.1f} ms")


def _scheduled() -> tuple[float, float]:
    """Milliseconds that this process has computed, and waited for a processor; Linux says."""
    place = Path("/proc/self/schedstat")
    if not place.exists():
        return 1000 * time.process_time(), 0.0
    computed, waited, _ = place.read_text().split()
    return int(computed) / 1e6, int(waited) / 1e6


def _parted(act: Callable[[], object]) -> tuple[float, float, float, float]:
    """Milliseconds of an act: all, computing, waiting for a processor, waiting for the disk."""
    before, started = _scheduled(), time.perf_counter()
    act()
    whole, after = 1000 * (time.perf_counter() - started), _scheduled()
    computed, waited = (then - now for now, then in zip(before, after, strict=True))
    return whole, computed, waited, max(whole - computed - waited, 0.0)


def _synced(bare: int) -> float:
    """Milliseconds that this disk takes to keep as many bytes as a save writes."""
    os.write(bare, BARE)
    return _parted(lambda: os.fsync(bare))[-1]


def _saves(count: int) -> None:
    """Goal: p99 under 50 ms on this machine's disk, each waiting for it.

    Beside each save the same disk keeps as many bare bytes, and the time of a save is parted: what
    it computed, waited for a processor (of a machine that is busy), and waited for the disk.
    """
    from antigone.records.actions import accounts, corrections
    from antigone.records.models import Remains

    by = accounts.open_account(username="amina", by=None)
    keys = list(Remains.objects.values_list("pk", flat=True))

    def save(n: int) -> None:
        seen = Remains.objects.get(pk=keys[n % len(keys)])
        corrections.correct(
            record=seen, base=seen.revision, changes={"note": f"invented {n}"}, by=by,
            reason="Invented correction.",
        )  # fmt: skip

    bare = os.open(Path(os.environ["ANTIGONE_HOME"]) / "bare", os.O_CREAT | os.O_WRONLY, 0o600)
    parts: dict[str, list[float]] = {"": [], ", computing": [], ", for a processor": [],
                                     ", for the disk": []}  # fmt: skip
    alone = []
    for n in range(count):
        for part, share in zip(parts.values(), _parted(lambda n=n: save(n)), strict=True):
            part.append(share)
        alone.append(_synced(bare))
    os.close(bare)
    for name, times in parts.items():
        _told(f"correction saved with its event{name}", times)
    _told(f"{len(BARE) >> 10} KiB written to this disk and synced, beside each", alone)


def _proofs(size: int, rng: random.Random) -> None:
    """Goal: 50 ms."""
    from antigone.ledger.tree import Frontier, leaf_hash, verify_inclusion
    from antigone.records.models import Log
    from antigone.records.queries import proofs

    root = Frontier.from_text(Log.objects.get(name="changes").frontier).root()

    def prove(n: int) -> None:
        index = rng.randrange(size)
        leaf = leaf_hash(proofs.event_body(index))
        path = proofs.inclusion(index, size)
        verify_inclusion(leaf=leaf, index=index, size=size, path=path, root=root)

    _percentiles(f"inclusion proof in {size} events, made and checked", prove, 200)


def _grow(events: int) -> None:
    """Let the log have `events` events: revisions of graves, as corrections leave them."""
    from django.db import connection, transaction

    from antigone.records import guards

    with transaction.atomic():
        guards.remove(connection)
        _write_events(events)
        guards.install(connection)


def _write_events(events: int) -> None:
    from antigone.ledger.events import event_bytes, read_event
    from antigone.ledger.tree import Frontier, Tile, leaf_hash
    from antigone.records.models import Event, Log

    head = Log.objects.get(name="changes")
    like = read_event(Event.objects.filter(kind="grave").last().body.encode())
    frontier, previous = Frontier.from_text(head.frontier), head.last_leaf
    rows: list[tuple[Any, ...]] = []
    tiles: list[Tile] = []
    for leaf, body in _corrections(like, head.size, events):
        written = event_bytes(_after(leaf, previous))
        hashed = leaf_hash(written)
        tiles += frontier.append(hashed)
        previous = hashed.hex()
        rows.append((leaf, written.decode(), body))
        if len(rows) == AT_ONCE:
            _insert(rows)
            rows.clear()
    _insert(rows)
    _finish(head, frontier, previous, tiles)


def _after(leaf: Any, previous: str) -> Any:
    from dataclasses import replace

    return replace(leaf, previous=previous)


def _corrections(like: Any, first: int, events: int) -> Iterator[tuple[Any, str]]:
    """Each grave in turn gets another note; the last one stays in its row."""
    from dataclasses import replace

    from antigone.ledger.canonical import canonical, read_canonical
    from antigone.ledger.events import commitment
    from antigone.records.kinds import rows_of
    from antigone.records.models import Grave, Revision

    numbers = dict(rows_of(Grave).order_by("id").values_list("id", "revision"))
    kept = Revision.objects.filter(kind="grave").order_by("number").values_list("record", "body")
    bodies = {record: read_canonical(body.encode()) for record, body in kept}
    graves = list(numbers)
    for sequence in range(first, events):
        grave = graves[sequence % len(graves)]
        numbers[grave] += 1
        bodies[grave]["note"] = f"invented {sequence}"
        body = bodies[grave]
        yield replace(
            like, sequence=sequence, act=str(uuid.UUID(int=sequence)), record=str(grave),
            revision=numbers[grave], base=numbers[grave] - 1,
            commitments={"open": commitment(SALT, body)},
        ), canonical(body).decode()  # fmt: skip
    for grave in graves:
        rows_of(Grave).filter(pk=grave).update(revision=numbers[grave], note=bodies[grave]["note"])


def _insert(rows: list[tuple[Any, ...]]) -> None:
    from datetime import datetime

    from antigone.records.models import Event, Revision

    Event.objects.bulk_create(
        Event(
            sequence=leaf.sequence, at=datetime.fromisoformat(leaf.at), act=leaf.act,
            case=leaf.case, kind=leaf.kind, record=leaf.record, number=leaf.revision, body=written,
        )
        for leaf, written, _ in rows
    )  # fmt: skip
    Revision.objects.bulk_create(
        Revision(
            record=leaf.record, number=leaf.revision, kind=leaf.kind, case=leaf.case,
            event_id=leaf.sequence, salt=SALT.hex(), body=body,
        )
        for leaf, _, body in rows
    )  # fmt: skip


def _finish(head: Any, frontier: Any, previous: str, tiles: list[Any]) -> None:
    from antigone.records.models import Tile

    Tile.objects.bulk_create(
        Tile(log=head, height=one.height, place=one.index, hash=one.hash.hex()) for one in tiles
    )
    head.size, head.frontier, head.last_leaf = frontier.size, frontier.to_text(), previous
    head.save(update_fields=["size", "frontier", "last_leaf"])


def _verified(events: int) -> None:
    """Goal: 120 s and 500 MB, as a command of its own."""
    started = time.monotonic()
    words = [*ANTIGONE, "ledger", "verify"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - started
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(done.stdout.strip() or done.stderr[-500:])
    assert done.returncode == 0, "the log that was made does not hold"
    print(f"ledger verify, {events} events: {seconds:.1f} s")
    print(f"most memory of any command above: {most:.0f} MB")


if __name__ == "__main__":
    main()
