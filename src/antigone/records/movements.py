# SPDX-License-Identifier: Apache-2.0
"""Movements: from custody entries to the chain of one thing, and to where it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from uuid import UUID

from antigone.records.models import CustodyEvent

Thing = tuple[str, UUID]
"""A record that custody is about: its table and its id."""

KINDS = ("remains", "container", "sample", "effect", "exhibit")
MOVES = frozenset({"packed", "unpacked", "handed_over", "stored", "released", "reburied"})
"""What needs the thing in hand. *Received* ends a handing over; examining moves nothing."""
AFTER_ITS_END: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "released": frozenset({"reburied", "recovered"}),
        "reburied": frozenset({"recovered"}),
    }
)
"""What may still happen to a thing that was released or reburied: nothing else moves it."""
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)

Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One entry in the chain of a thing: its own, or that of the container it lay in."""

    event: CustodyEvent
    within: UUID | None = None
    """The container whose entry it is; None for the thing's own."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a thing is after the last of its entries, and who has it."""

    last: CustodyEvent | None = None
    received: CustodyEvent | None = None
    """The entry since which its keeper holds it: `to_party` of that entry."""
    sent: CustodyEvent | None = None
    """The handing over whose receipt is not confirmed."""
    missed: CustodyEvent | None = None
    """The entry by which its receiver says that it did not arrive; the handing over stays open."""
    packed: CustodyEvent | None = None
    """The entry by which it lies in a container."""
    placed: CustodyEvent | None = None
    """The last entry that names a place."""
    end: CustodyEvent | None = None
    """The release or reburial after which it has not been recovered anew."""


def thing_of(event: CustodyEvent) -> Thing | None:
    """What an entry is about; None where that is not recorded here."""
    for kind in KINDS:
        one = getattr(event, f"item_{kind}_id")
        if one is not None:
            return kind, one
    return None


def in_order(events: Iterable[CustodyEvent]) -> list[tuple[Place, CustodyEvent]]:
    """Entries of one thing as they are told to have happened, not as they were entered.

    An entry without a time stands where it was entered: after the one entered before it.
    """
    moment, placed = _LONG_AGO, []
    for one in sorted(events, key=lambda one: one.ordinal):
        moment = one.at_utc or moment
        placed.append(((moment, one.ordinal), one))
    return sorted(placed, key=lambda pair: pair[0])


def closure(
    load: Callable[[Iterable[Thing]], Iterable[CustodyEvent]], *items: Thing
) -> list[CustodyEvent]:
    """The entries of `items`, and those of every container that they may have lain in."""
    found: list[CustodyEvent] = []
    seen: set[Thing] = set()
    waiting = set(items)
    while waiting:
        seen |= waiting
        events = list(load(waiting))
        found += events
        waiting = {("container", one.container_id) for one in events if one.container_id} - seen
    return found


class Movements:
    """Custody entries, by what they are about."""

    def __init__(self, events: Iterable[CustodyEvent]) -> None:
        by_thing: dict[Thing, list[CustodyEvent]] = defaultdict(list)
        for one in events:
            thing = thing_of(one)
            if thing is not None:
                by_thing[thing].append(one)
        self.own = {thing: in_order(found) for thing, found in by_thing.items()}

    def chain(self, item: Thing) -> list[Step]:
        """Every entry of `item`, and of each container while it lay in it, in order."""
        return [step for _, step in sorted(self._chain(item, frozenset()), key=_by_place)]

    def _chain(self, item: Thing, seen: frozenset[Thing]) -> Iterator[tuple[Place, Step]]:
        own = self.own.get(item, [])
        yield from ((place, Step(event)) for place, event in own)
        for container, first, end in _stays(own):
            if container in seen | {item}:
                continue  # told to lie in itself: its own entries are told once
            for place, step in self._chain(container, seen | {item}):
                if first < place and (end is None or place < end):
                    yield place, replace(step, within=step.within or container[1])

    def whereabouts(self, item: Thing, until: datetime | None = None) -> Whereabouts:
        """Where `item` is after its last entry, or was after the last one until a moment."""
        where = Whereabouts()
        for place, step in sorted(self._chain(item, frozenset()), key=_by_place):
            if until is None or place[0] <= until:
                where = _after(where, step)
        return where

    def containers_around(self, item: Thing) -> set[Thing]:
        """The container in which `item` lies, the one in which that lies, and so on."""
        around: set[Thing] = set()
        while True:
            packed = self.whereabouts(item).packed
            if packed is None or packed.container_id is None:
                return around
            item = ("container", packed.container_id)
            if item in around:
                return around
            around.add(item)

    def together(self, kind: str) -> dict[UUID, list[Thing]]:
        """Things of one kind that lay in one container at the same time, by container."""
        stays: dict[UUID, list[tuple[Thing, Place, Place | None]]] = defaultdict(list)
        for thing, own in self.own.items():
            for container, first, end in _stays(own) if thing[0] == kind else ():
                stays[container[1]].append((thing, first, end))
        found: dict[UUID, list[Thing]] = {}
        for container_id, here in stays.items():
            shared = {
                thing
                for n, one in enumerate(here)
                for other in here[:n]
                if one[0] != other[0] and _overlap(one, other)
                for thing in (one[0], other[0])
            }
            if shared:
                found[container_id] = sorted(shared, key=str)
        return found


def _overlap(
    one: tuple[Thing, Place, Place | None], other: tuple[Thing, Place, Place | None]
) -> bool:
    return (one[2] is None or other[1] < one[2]) and (other[2] is None or one[1] < other[2])


def _by_place(pair: tuple[Place, Step]) -> Place:
    return pair[0]


def _stays(own: list[tuple[Place, CustodyEvent]]) -> Iterator[tuple[Thing, Place, Place | None]]:
    """Each stay in a container: which one, from where in the order, until where (None: still)."""
    container: Thing | None = None
    first: Place | None = None
    for place, event in own:
        if event.action not in ("packed", "unpacked", "recovered"):
            continue
        if container is not None and first is not None:
            yield container, first, place
        packed = event.action == "packed" and event.container_id is not None
        container, first = (("container", event.container_id), place) if packed else (None, None)
    if container is not None and first is not None:
        yield container, first, None


def _after(where: Whereabouts, step: Step) -> Whereabouts:
    event, own = step.event, step.within is None
    where = replace(where, last=event)
    if event.action == "not_arrived":
        return replace(where, missed=event)
    if event.place.strip():
        where = replace(where, placed=event)
    if own and event.action in ("packed", "unpacked", "recovered"):
        where = replace(where, packed=event if event.action == "packed" else None)
    if event.action in ("recovered", "received") or (event.action == "stored" and _to(event)):
        where = replace(where, received=event, sent=None, missed=None)
    if event.action == "recovered":
        where = replace(where, end=None)
    if event.action == "handed_over":
        where = replace(where, sent=event, missed=None)
    if event.action in AFTER_ITS_END:
        where = replace(where, end=event, sent=None, missed=None)
    return where


def _to(event: CustodyEvent) -> bool:
    return bool(event.to_party_id or event.to_party_key)


def follow(steps: Iterable[Step]) -> Iterator[tuple[Whereabouts, Step]]:
    """Each step of a chain, and where the thing was before it."""
    where = Whereabouts()
    for step in steps:
        yield where, step
        where = _after(where, step)
