# SPDX-License-Identifier: Apache-2.0
"""Custody: what is done with things from the grave to the reburial, each act recorded whole.

What cannot be is refused by `impossible`, here and for an entry by hand alike: a movement of what
was handed over and not received, or of what was released. A broken seal is a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid5

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.actions.codes import issue_codes
from antigone.records.actions.new_rows import NewRow, known_rows, write_rows
from antigone.records.kinds import kind_of
from antigone.records.models import (
    CaseRow,
    Container,
    CustodyEvent,
    InvestigationCase,
    Party,
    Remains,
    User,
)
from antigone.records.movements import KINDS, Movements, Thing, closure
from antigone.records.queries import custody, samples
from antigone.terms.errors import AntigoneError, gettext_noop


class NothingToMove(AntigoneError):
    """A movement of nothing, or of something that custody is not about."""

    code = "custody.nothing-to-move"
    message = gettext_noop(
        "Choose what it is about: remains, a container, a sample, an effect or an exhibit of this "
        "case."
    )


class NothingSent(AntigoneError):
    """A receipt of what nobody handed over."""

    code = "custody.nothing-sent"
    message = gettext_noop(
        "%(item)s was not handed over to anybody, so there is nothing to confirm. Record the "
        "handing over first; it may have been earlier."
    )


class ReceivedBeforeSent(AntigoneError):
    """A receipt before the handing over."""

    code = "custody.received-before-sent"
    message = gettext_noop(
        "%(item)s was handed over at %(sent)s, after the time of this receipt. Correct the time of "
        "one of them."
    )


class SamplesWanted(AntigoneError):
    """Remains that would leave custody with fewer samples than are asked for."""

    code = "custody.samples-wanted"
    message = gettext_noop(
        "From remains %(item)s, %(wanted)d of two separately taken samples are missing; once they "
        "have left it is too late. Take them first, or write why not."
    )


class NotPackedThere(AntigoneError):
    """Something taken out of a container in which it does not lie."""

    code = "custody.not-packed-there"
    message = gettext_noop(
        "%(item)s does not lie in container %(container)s. Look where it is, and record that."
    )


class NowhereStored(AntigoneError):
    """Storage without a place."""

    code = "custody.nowhere-stored"
    message = gettext_noop(
        "Write where it was put, so that it can be found: building, room, shelf, place."
    )


class PlaceMissing(AntigoneError):
    """A reburial without a place."""

    code = "custody.place-missing"
    message = gettext_noop(
        "Write where it was buried again, so that it can be found: cemetery, section, row, number."
    )


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When, where and how something was done with things: cells as the exchange format has them."""

    at: str = ""
    place: str = ""
    seal: str = ""
    seal_state: str = ""
    note: str = ""
    of_items: Mapping[UUID, Mapping[str, str]] = field(default_factory=dict)
    """Cells in which one of several things differs from the others, such as its own seal."""

    def cells(self, item: UUID) -> dict[str, str]:
        """The cells of the custody entry of one thing."""
        names = ("at", "place", "seal", "seal_state", "note")
        every = {name: getattr(self, name) for name in names} | {**self.of_items.get(item, {})}
        return {name: cell for name, cell in every.items() if cell}

    @property
    def moment(self) -> datetime | None:
        """When it was; None where that is not recorded, or not a time (the cell says so)."""
        try:
            return datetime.fromisoformat(self.at.strip().upper()) if self.at.strip() else None
        except ValueError:
            return None


@access.guarded("custody.pack")
def pack(
    *, case: InvestigationCase, items: Sequence[CaseRow], into: Container | Mapping[str, str],
    by: User, when: Circumstances, number: UUID,
) -> list[CaseRow]:  # fmt: skip
    """Put `items` into a container; a new one is entered in the same act from its cells.

    Whoever works at one site sees a container by what lies in it: entered empty, it would be out
    of their sight. `number` is of the form: sent twice, it records once.

    Raises
    ------
    NothingToMove, EntryRefused, NotAllowed
    """
    _refuse_others(case, items)
    known = _recorded(case, items, number)
    if known:
        return known
    rows, key = _container(case, into, number)
    rows += _rows(items, "packed", when, number, container=key)
    done = write_rows(case, rows, by)
    trail.record(action="custody.pack", by=by, case=case)
    return done


@access.guarded("custody.unpack")
def unpack(
    *, case: InvestigationCase, items: Sequence[CaseRow], out_of: Container, by: User,
    when: Circumstances, number: UUID,
) -> list[CaseRow]:  # fmt: skip
    """Take `items` out of the container in which they lie.

    Raises
    ------
    NothingToMove, NotPackedThere, EntryRefused, NotAllowed
    """
    _refuse_others(case, items)
    known = _recorded(case, items, number)
    if known:
        return known
    for one in items:
        packed = _movements(one).whereabouts(_thing(one), until=when.moment).packed
        if packed is None or packed.container_id != out_of.pk:
            raise NotPackedThere(item=one.key, container=out_of.key)
    done = write_rows(case, _rows(items, "unpacked", when, number, container=out_of.key), by)
    trail.record(action="custody.unpack", by=by, case=case)
    return done


@access.guarded("custody.hand_over")
def hand_over(
    *, case: InvestigationCase, items: Sequence[CaseRow], to: Party, by: User,
    when: Circumstances, number: UUID, giver: Party | None = None,
) -> list[CaseRow]:  # fmt: skip
    """Hand `items` over; whoever is named must confirm receipt before they move again.

    `giver` is who gives them; whoever holds each of them now, where none is named.

    Raises
    ------
    NothingToMove, EntryRefused, NotAllowed
    """
    _refuse_others(case, items)
    known = _recorded(case, items, number)
    if known:
        return known
    rows = []
    for one in items:
        holder = giver.key if giver else _holder(one, when)
        rows.append(_row(one, "handed_over", when, number, from_party=holder, to_party=to.key))
    done = write_rows(case, rows, by)
    trail.record(action="custody.hand_over", by=by, case=case)
    return done


@access.guarded("custody.confirm_receipt")
def confirm_receipt(
    *, case: InvestigationCase, items: Sequence[CaseRow], by: User, when: Circumstances,
    number: UUID, receiver: Party | None = None, missing: Sequence[CaseRow] = (),
) -> list[CaseRow]:  # fmt: skip
    """Confirm that what was handed over has arrived, and in which state its seal is.

    A broken seal, or another receiver than the one named, is recorded as told. Of what is
    `missing` it is recorded that it did not arrive; its handing over stays open.

    Raises
    ------
    NothingToMove, NothingSent, ReceivedBeforeSent, EntryRefused, NotAllowed
    """
    every = [*items, *missing]
    _refuse_others(case, every)
    known = _recorded(case, every, number)
    if known:
        return known
    rows = []
    for one in every:
        sent = _sent(one, when)
        giver = sent.from_party.key if sent.from_party else sent.from_party_key
        named = sent.to_party.key if sent.to_party else sent.to_party_key
        taker = receiver.key if receiver else named
        said = "not_arrived" if one in missing else "received"
        rows.append(_row(one, said, when, number, from_party=giver, to_party=taker))
    done = write_rows(case, rows, by)
    trail.record(action="custody.confirm_receipt", by=by, case=case)
    return done


@access.guarded("custody.store")
def store(
    *, case: InvestigationCase, items: Sequence[CaseRow], by: User, when: Circumstances,
    number: UUID, keeper: Party | None = None,
) -> list[CaseRow]:  # fmt: skip
    """Record where `items` are put, such as a room and a shelf; whoever holds them still does.

    With a `keeper`, it is they who hold them from now on.

    Raises
    ------
    NothingToMove, NowhereStored, EntryRefused, NotAllowed
    """
    _refuse_others(case, items)
    known = _recorded(case, items, number)
    if known:
        return known
    if not when.place.strip():
        raise NowhereStored
    more = {"to_party": keeper.key} if keeper else {}
    done = write_rows(case, _rows(items, "stored", when, number, **more), by)
    trail.record(action="custody.store", by=by, case=case)
    return done


@access.guarded("custody.release")
def release(
    *, case: InvestigationCase, items: Sequence[CaseRow], to: Party, by: User,
    when: Circumstances, number: UUID, without_samples_because: str = "",
) -> list[CaseRow]:  # fmt: skip
    """Give `items` out of custody for good; after this only a reburial is recorded of them.

    Raises
    ------
    NothingToMove, SamplesWanted, EntryRefused, NotAllowed
    """
    _refuse_others(case, items)
    known = _recorded(case, items, number)
    if known:
        return known
    when = _with_samples(case, items, when, without_samples_because)
    rows = [
        _row(one, "released", when, number, from_party=_holder(one, when), to_party=to.key)
        for one in items
    ]
    done = write_rows(case, rows, by)
    trail.record(action="custody.release", by=by, case=case)
    return done


@access.guarded("custody.rebury")
def rebury(
    *, case: InvestigationCase, items: Sequence[CaseRow], by: User, when: Circumstances,
    number: UUID, without_samples_because: str = "",
) -> list[CaseRow]:  # fmt: skip
    """Record where `items` were buried again, under the code that they keep.

    Raises
    ------
    NothingToMove, PlaceMissing, SamplesWanted, EntryRefused, NotAllowed
    """
    _refuse_others(case, items)
    known = _recorded(case, items, number)
    if known:
        return known
    if not when.place.strip():
        raise PlaceMissing
    when = _with_samples(case, items, when, without_samples_because)
    done = write_rows(case, _rows(items, "reburied", when, number), by)
    trail.record(action="custody.rebury", by=by, case=case)
    return done


def _refuse_others(case: InvestigationCase, items: Sequence[CaseRow]) -> None:
    if not items or any(_thing(one)[0] not in KINDS or one.case_id != case.pk for one in items):
        raise NothingToMove


def _thing(one: CaseRow) -> Thing:
    return kind_of(type(one)), one.pk


def _id(number: UUID, one: CaseRow) -> UUID:
    return uuid5(number, str(one.pk))


def _recorded(case: InvestigationCase, items: Sequence[CaseRow], number: UUID) -> list[CaseRow]:
    """What was recorded when the same form was sent before."""
    return known_rows(case, [NewRow("custody", {}, _id(number, one)) for one in items])


def _row(one: CaseRow, action: str, when: Circumstances, number: UUID, **parties: str) -> NewRow:
    kind, _ = _thing(one)
    cells = {"item_kind": kind, "item": one.key, "action": action, **when.cells(one.pk), **parties}
    return NewRow("custody", cells, _id(number, one))


def _rows(
    items: Sequence[CaseRow], action: str, when: Circumstances, number: UUID, **more: str
) -> list[NewRow]:
    return [_row(one, action, when, number, **more) for one in items]


def _container(
    case: InvestigationCase, into: Container | Mapping[str, str], number: UUID
) -> tuple[list[NewRow], str]:
    """The row of a container that is not there yet, and its key: a code where none is written."""
    if isinstance(into, Container):
        return [], into.key
    key = into.get("container", "").strip() or issue_codes(case, 1)[0]
    return [NewRow("container", {**into, "container": key}, uuid5(number, "container"))], key


def _movements(one: CaseRow) -> Movements:
    return Movements(closure(custody.entries_about, _thing(one)))


def _holder(one: CaseRow, when: Circumstances) -> str:
    """The key of who holds it at that time; blank where nobody is recorded."""
    held = _movements(one).whereabouts(_thing(one), until=when.moment).received
    if held is None:
        return ""
    return held.to_party.key if held.to_party else held.to_party_key


def _sent(one: CaseRow, when: Circumstances) -> CustodyEvent:
    movements = _movements(one)
    sent = movements.whereabouts(_thing(one), until=when.moment).sent
    if sent is not None:
        return sent
    later = movements.whereabouts(_thing(one)).sent
    if later is None:
        raise NothingSent(item=one.key)
    raise ReceivedBeforeSent(item=one.key, sent=later.at)


def _with_samples(
    case: InvestigationCase, items: Sequence[CaseRow], when: Circumstances, because: str
) -> Circumstances:
    """The circumstances with the reason why samples are missing; refused where there is none."""
    remains = [one.pk for one in items if isinstance(one, Remains)]
    wanted = samples.samples_wanted(case, remains)
    if not wanted:
        return when
    if not because.strip():
        raise SamplesWanted(item=wanted[0].key, wanted=wanted[0].wanted)
    note = "; ".join(filter(None, (when.note, because.strip())))
    return replace(when, note=note)
