# SPDX-License-Identifier: Apache-2.0
"""Where every thing of a case is now: who holds it since when, in what, and what is under way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from antigone.records.models import (
    RECORD_OF,
    Container,
    CustodyEvent,
    InvestigationCase,
    Party,
    Remains,
)
from antigone.records.movements import KINDS, Thing, Whereabouts
from antigone.records.queries.custody import key_of_party, movements_in
from antigone.records.queries.remembered import remembered

STATES = ("held", "under_way", "released", "reburied", "not_recorded")
"""What can be said of where a thing is; *not recorded* where nobody is said to hold it."""


@dataclass(frozen=True, slots=True)
class Held:
    """One thing and where it is: what its custody entries, and those of its containers, say."""

    kind: str
    id: UUID
    key: str
    code: str
    """The issued code of remains; blank for other things."""
    remains: UUID | None
    """The remains under which it stands: itself, or those it was found with or taken of."""
    state: str
    holder: str
    since: datetime | None
    container: str
    place: str
    sent_to: str
    sent_by: str
    """Who handed it over, by that entry."""
    sent_at: datetime | None
    sent: UUID | None
    """The handing over whose receipt is open, of itself or of the container that it lies in."""
    by_itself: bool
    """Whether that handing over names the thing itself, not what it lies in."""
    missed: bool
    """Whether its receiver said that it did not arrive."""

    @property
    def thing(self) -> Thing:
        """Its table and its id."""
        return self.kind, self.id

    def days(self, now: datetime) -> int | None:
        """Whole days since it was handed over; None where the time is not recorded."""
        return None if self.sent_at is None else max((now - self.sent_at).days, 0)


def holdings(case: InvestigationCase) -> Sequence[Held]:
    """Every thing that custody is about and that may be seen, by kind and in its order."""
    return remembered("holdings", case, lambda: _found(case))  # type: ignore[no-any-return]


def sent_and_not_received(case: InvestigationCase) -> list[Held]:
    """What was handed over itself and not confirmed since, the oldest first, undated ones last."""
    found = [one for one in holdings(case) if one.state == "under_way" and one.by_itself]
    return sorted(found, key=_sent_before)


def _sent_before(one: Held) -> tuple[bool, float]:
    return one.sent_at is None, one.sent_at.timestamp() if one.sent_at else 0.0


def standing_under(case: InvestigationCase, remains: UUID) -> list[Held]:
    """Remains with what was found with them and still stands under them, for their return."""
    kinds = ("remains", "effect", "exhibit")
    return [one for one in holdings(case) if one.remains == remains and one.kind in kinds]


def records_of(case: InvestigationCase, things: Iterable[Thing]) -> list[object]:
    """The records of these things, in their order; those that may not be seen are not there."""
    every = list(things)
    found: dict[Thing, object] = {}
    for kind in dict.fromkeys(kind for kind, _ in every):
        ids = [pk for of, pk in every if of == kind]
        rows = RECORD_OF[kind].objects.filter(case=case, pk__in=ids)
        found |= {(kind, one.pk): one for one in rows}
    return [found[thing] for thing in every if thing in found]


def _found(case: InvestigationCase) -> tuple[Held, ...]:
    movements = movements_in(case)
    parties = dict(Party.objects.filter(case=case).values_list("pk", "key"))
    things = list(_things(case))
    bags = {pk: key for kind, pk, key, _, _ in things if kind == "container"}
    made = []
    for kind, pk, key, code, remains in things:
        where = movements.whereabouts((kind, pk))
        own = {event.pk for _, event in movements.own.get((kind, pk), ())}
        made.append(_held((kind, pk, key, code, remains), where, own, parties, bags))
    return tuple(made)


_Known = tuple[str, UUID, str, str, UUID | None]


def _things(case: InvestigationCase) -> Iterable[_Known]:
    """Kind, id, key, code and remains of every thing that may be seen."""
    here = {"case": case}
    for pk, key, code in (
        Remains.objects.filter(**here).order_by("ordinal").values_list("pk", "key", "code")
    ):
        yield "remains", pk, key, code, pk
    for pk, key in Container.objects.filter(**here).order_by("ordinal").values_list("pk", "key"):
        yield "container", pk, key, "", None
    for kind in KINDS[2:]:
        rows = RECORD_OF[kind].objects.filter(**here).order_by("ordinal")
        for pk, key, remains in rows.values_list("pk", "key", "remains"):
            yield kind, pk, key, "", remains


def _held(
    known: _Known, where: Whereabouts, own: set[UUID], parties: Mapping[UUID, str],
    bags: Mapping[UUID, str],
) -> Held:  # fmt: skip
    kind, pk, key, code, remains = known
    sent, packed = where.sent, where.packed
    holder = where.end or where.received
    inside = ""
    if packed is not None:
        inside = bags.get(packed.container_id) or packed.container_key  # type: ignore[arg-type]
    return Held(
        kind, pk, key, code, remains, _state(where),
        holder=key_of_party(holder, "to_party", parties) if holder else "",
        since=holder.at_utc if holder else None,
        container=inside,
        place=where.placed.place if where.placed else "",
        sent_to=(key_of_party(sent, "to_party", parties) or "?") if sent else "",
        sent_by=key_of_party(sent, "from_party", parties) if sent else "",
        sent_at=sent.at_utc if sent else None,
        sent=sent.pk if sent else None,
        by_itself=sent is not None and sent.pk in own,
        missed=where.missed is not None,
    )  # fmt: skip


def _state(where: Whereabouts) -> str:
    if where.end is not None:
        return where.end.action
    if where.sent is not None:
        return "under_way"
    return "held" if _taken(where.received) else "not_recorded"


def _taken(event: CustodyEvent | None) -> bool:
    return event is not None and bool(event.to_party_id or event.to_party_key)
