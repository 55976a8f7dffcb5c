# SPDX-License-Identifier: Apache-2.0
"""Proofs: that an event is in the log, and that one checkpoint is the beginning of another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from uuid import UUID

from antigone.ledger.canonical import Json, read_canonical
from antigone.ledger.events import ERASURE_VERB, OPEN, REASON, SALT_SIZE, read_event
from antigone.ledger.tree import (
    TILE_STEP,
    Subtree,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of,
)
from antigone.records.errors import NoCheckpoint, NoSuchEvent
from antigone.records.keys import KeyDestroyed
from antigone.records.models import (
    CHANGES,
    Checkpoint,
    Event,
    InvestigationCase,
    Log,
    ReadEvent,
    Revision,
    SealedSection,
    Tile,
    Witnessing,
)
from antigone.records.sealing import unseal


def subtree_of_log(name: str = CHANGES) -> Subtree:
    """Hashes of the perfect parts of a log's tree: 256 events or kept tiles are read at once.

    What was read is kept as long as the function that is given back.
    """

    @lru_cache(maxsize=64)
    def block(height: int, place: int) -> list[bytes]:
        """The hashes of the 256 parts of this height inside the `place`-th part 8 higher."""
        first, end = place << TILE_STEP, (place + 1) << TILE_STEP
        if height:
            return _tiles(name, height, first, end)
        return _leaves(name, first, end)

    def subtree(start: int, end: int) -> bytes:
        height = (end - start).bit_length() - 1
        low = height - height % TILE_STEP
        first = (start >> low) % (1 << TILE_STEP)
        return root_of(block(low, start >> low + TILE_STEP)[first : first + (end - start >> low)])

    return lru_cache(maxsize=4096)(subtree)


def _leaves(name: str, first: int, end: int) -> list[bytes]:
    events = Event if name == CHANGES else ReadEvent
    inside = events.objects.filter(sequence__gte=first, sequence__lt=end).order_by("sequence")
    return [leaf_hash(body.encode()) for body in inside.values_list("body", flat=True)]


def _tiles(name: str, height: int, first: int, end: int) -> list[bytes]:
    inside = Tile.objects.filter(log=name, height=height, place__gte=first, place__lt=end)
    hashes = inside.order_by("place").values_list("hash", flat=True)
    return [bytes.fromhex(one) for one in hashes]


def inclusion(sequence: int, size: int, subtree: Subtree | None = None) -> tuple[bytes, ...]:
    """The path from event `sequence` to the root over the first `size` events.

    For many proofs give one `subtree_of_log()`.
    """
    return tuple(inclusion_path(sequence, size, subtree or subtree_of_log()))


def consistency(old: int, new: int, name: str = CHANGES) -> tuple[bytes, ...]:
    """The path that shows the first `old` events to be the beginning of the first `new`."""
    return tuple(consistency_path(old, new, subtree_of_log(name)))


@dataclass(frozen=True, slots=True)
class Opened:
    """A section of a revision as it is disclosed: its salt and its value."""

    sequence: int
    section: str
    salt: bytes
    body: Json


@dataclass(frozen=True, slots=True)
class Closed:
    """A section that was lawfully erased, and the event that says so."""

    sequence: int
    section: str
    erased_by: int


def event_body(sequence: int) -> bytes:
    """The exact bytes of an event of the log of changes."""
    body = Event.objects.filter(sequence=sequence).values_list("body", flat=True).first()
    if body is None:
        size = Log.objects.filter(name=CHANGES).values_list("size", flat=True).first() or 0
        raise NoSuchEvent(sequence=sequence, last=size - 1)
    return body.encode()


def checkpoint_over(sequence: int) -> Checkpoint:
    """The first witnessed checkpoint that covers event `sequence`, else the newest one."""
    later = Checkpoint.objects.filter(log=CHANGES, size__gt=sequence)
    witnessed = later.filter(witnessings__isnull=False).order_by("size").first()
    found = witnessed or later.order_by("-size").first()
    if found is None:
        raise NoCheckpoint(sequence=sequence)
    return found


def _together(notes: Iterable[str]) -> str:
    """One note with the signature lines of several that have the same text, each line once."""
    text, lines = "", dict[str, None]()
    for note in notes:
        text, _, signatures = note.rpartition("\n\n")
        lines |= dict.fromkeys(signatures.splitlines())
    return f"{text}\n\n" + "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Issued:
    """What was signed of a log: one note for each size, and the keys of its witnesses."""

    notes: dict[int, str]
    """By size, ascending."""
    witness_keys: tuple[str, ...]

    def steps(self, subtree: Subtree) -> Iterator[tuple[int, int, tuple[bytes, ...]]]:
        """From each size to the next larger one, the path that shows the log only grew."""
        for old, new in pairwise(self.notes):
            yield old, new, tuple(consistency_path(old, new, subtree))


def issued(name: str = CHANGES) -> Issued:
    """Every checkpoint that was ever signed of a log, with its witnesses' signatures.

    All of them go into a package, and into the proof of one event, so that whoever holds any sheet
    of this ledger can compare it.
    """
    found: dict[int, list[str]] = {}
    made = Checkpoint.objects.filter(log=name).order_by("size", "made_at")
    for size, note in made.values_list("size", "note"):
        found.setdefault(size, []).append(note)
    signed = Witnessing.objects.filter(checkpoint__log=name).exclude(note="").exclude(key="")
    known = signed.order_by("witnessed_at").values_list("checkpoint__size", "note", "key")
    keys = {}
    for size, note, key in known:
        found[size].append(note)
        keys[key] = None
    return Issued({size: _together(notes) for size, notes in found.items()}, tuple(keys))


def events_of_records(records: Iterable[UUID]) -> list[tuple[int, bytes]]:
    """Every event about these records, in the order of the log."""
    found = Event.objects.filter(record__in=list(records)).order_by("sequence")
    return [(sequence, body.encode()) for sequence, body in found.values_list("sequence", "body")]


def events_of_case(case: InvestigationCase) -> list[tuple[int, bytes]]:
    """Every event of a case, in the order of the log."""
    found = Event.objects.filter(case=case.pk).order_by("sequence")
    return [(sequence, body.encode()) for sequence, body in found.values_list("sequence", "body")]


def opened(sequences: Iterable[int], sections: Iterable[str]) -> Iterator[Opened | Closed]:
    """These sections of the revisions of these events; those that were erased say by which event.

    `sections` may name the open one, the reason and protected ones; others stay commitments.
    """
    wanted = set(sections)
    for first in range(0, len(numbers := list(sequences)), 500):
        part = numbers[first : first + 500]
        if OPEN in wanted:
            rows = Revision.objects.filter(event__in=part).order_by("event")
            for sequence, salt, body in rows.values_list("event_id", "salt", "body"):
                yield Opened(sequence, OPEN, bytes.fromhex(salt), json.loads(body))
        sealed = SealedSection.objects.filter(event__in=part, section__in=wanted - {OPEN})
        for one in sealed.select_related("event").order_by("event", "section"):
            yield _opened(one)


def _opened(one: SealedSection) -> Opened | Closed:
    event = one.event
    kind, record = (event.kind, event.record)
    if one.section == REASON:
        kind, record = "act", event.act
    assert record is not None
    try:
        plain = unseal(one.subject, kind, record, one.section, one.sealed)
    except KeyDestroyed:
        return Closed(event.sequence, one.section, _erasure(event))
    return Opened(event.sequence, one.section, plain[:SALT_SIZE], read_canonical(plain[SALT_SIZE:]))


def _erasure(event: Event) -> int:
    """The event that erased the protected sections of this event's record."""
    later = Event.objects.filter(record=event.record, sequence__gt=event.sequence)
    for sequence, body in later.order_by("sequence").values_list("sequence", "body"):
        if read_event(body.encode()).verb == ERASURE_VERB:
            return sequence
    raise KeyDestroyed(subject=event.record, on="?")
