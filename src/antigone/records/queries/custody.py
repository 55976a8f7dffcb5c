# SPDX-License-Identifier: Apache-2.0
"""Custody: the chain of one thing through its containers, where it is now, who holds what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from antigone.records import access
from antigone.records.kinds import kind_of
from antigone.records.models import (
    RECORD_OF,
    CaseRow,
    CustodyEvent,
    InvestigationCase,
    Party,
)
from antigone.records.models.together import together
from antigone.records.movements import Movements, Thing, Whereabouts, closure


@dataclass(frozen=True, slots=True)
class Link:
    """One entry in the chain of a thing, with the keys of those between whom it moved."""

    event: CustodyEvent
    from_party: str
    to_party: str
    within: str
    """Key of the container with which it moved; blank for an entry of its own."""


@dataclass(frozen=True, slots=True)
class Whereat:
    """Where a thing is now: who holds it, in what, at which place, and what is still open."""

    holder: str
    container: str
    place: str
    sent_to: str
    """Who must confirm receipt; blank where nothing is under way, ``?`` where nobody was named."""
    end: str
    """``released`` or ``reburied``; blank while it is in custody."""
    last: CustodyEvent | None


def chain_of(item: CaseRow) -> list[Link]:
    """Every custody entry of `item` in the order of what happened, through its containers."""
    return history_of(item)[0]


def history_of(item: CaseRow) -> tuple[list[Link], Whereat]:
    """The chain of `item`, and where it is after the last entry of it."""
    events = closure(_with_parties, _thing(item))
    movements = Movements(events)
    steps, where = movements.chain(_thing(item)), movements.whereabouts(_thing(item))
    named = [one for event in events for one in (event.from_party, event.to_party) if one]
    parties = {one.pk: one.key for one in named}
    containers = {one.pk: one.key for event in events if (one := event.container)}
    links = [
        Link(
            step.event, key_of_party(step.event, "from_party", parties),
            key_of_party(step.event, "to_party", parties),
            containers.get(step.within, "") if step.within else "",
        )
        for step in steps
    ]  # fmt: skip
    return links, _read(where, parties, containers)


def _read(where: Whereabouts, parties: dict[UUID, str], containers: dict[UUID, str]) -> Whereat:
    packed = where.packed
    inside = containers.get(packed.container_id) or packed.container_key if packed else ""
    holder = (
        where.end if where.end and key_of_party(where.end, "to_party", parties) else where.received
    )
    return Whereat(
        holder=key_of_party(holder, "to_party", parties) if holder else "",
        container=inside,
        place=where.placed.place if where.placed else "",
        sent_to=(key_of_party(where.sent, "to_party", parties) or "?") if where.sent else "",
        end=where.end.action if where.end else "",
        last=where.last,
    )


def movements_in(case: InvestigationCase) -> Movements:
    """Every custody entry of a case that whoever looks may see."""
    return Movements(CustodyEvent.objects.filter(case=case).defer("extra", "as_written", "note"))


def about_remains(
    events: QuerySet[CustodyEvent], remains: Iterable[UUID]
) -> QuerySet[CustodyEvent]:
    """The custody of these remains, of their containers, and of what else lay in those."""
    if not access.nameable(CustodyEvent, "item_remains", "item_container", "container"):
        return events.none()
    own = CustodyEvent.objects.filter(item_remains__in=remains).order_by()
    inside = own.exclude(container=None).values("container")
    return events.filter(
        Q(item_remains__in=remains) | Q(item_container__in=inside) | Q(container__in=inside)
    )


def with_containers(
    case: InvestigationCase, events: Iterable[CustodyEvent]
) -> Collection[CustodyEvent]:
    """These entries, and those of the containers in which their containers lay, and so on."""
    found = {one.pk: one for one in events}
    told = {one.item_container_id for one in found.values()}
    while True:
        outer = {one.container_id for one in found.values() if one.item_container_id} - told
        outer -= {None}
        if not outer:
            return found.values()
        told |= outer
        about = CustodyEvent.objects.filter(case=case, item_container__in=outer)
        found |= {one.pk: one for one in about}


def parties_of(case: InvestigationCase) -> list[tuple[str, str]]:
    """The parties of a case: the key of each, and what it is called."""
    rows = Party.objects.filter(case=case).order_by("ordinal").values_list("key", "name")
    return [(key, f"{name} ({key})" if name and name != key else key) for key, name in rows]


def keys_of(case: InvestigationCase, things: Iterable[Thing]) -> dict[Thing, str]:
    """The keys of things that custody is about."""
    by_kind = ids_by_kind(things)
    asked = [
        RECORD_OF[kind].objects.filter(case=case, pk__in=ids).values_list("pk", "key")
        for kind, ids in by_kind.items()
    ]
    answers = zip(by_kind, together(*asked), strict=True)
    return {(kind, pk): key for kind, rows in answers for pk, key in rows}


def ids_by_kind(things: Iterable[Thing]) -> dict[str, list[UUID]]:
    """The ids of these things, by their kind."""
    by_kind: dict[str, list[UUID]] = {}
    for kind, one in things:
        by_kind.setdefault(kind, []).append(one)
    return by_kind


def _thing(item: CaseRow) -> Thing:
    return kind_of(type(item)), item.pk


def entries_about(things: Iterable[Thing]) -> QuerySet[CustodyEvent]:
    """Every custody entry about these things themselves."""
    of = Q(pk__in=[])
    for kind, ids in ids_by_kind(things).items():
        of |= Q(**{f"item_{kind}__in": ids})
    return CustodyEvent.objects.filter(of)


def _with_parties(things: Iterable[Thing]) -> QuerySet[CustodyEvent]:
    """The same with parties and containers, as far as they may be seen."""
    return entries_about(things).select_related("from_party", "to_party", "container")


def key_of_party(event: CustodyEvent, column: str, parties: Mapping[UUID, str]) -> str:
    """The key of a party; blank where it is not recorded, or not to be seen."""
    return parties.get(getattr(event, f"{column}_id")) or str(getattr(event, f"{column}_key"))
