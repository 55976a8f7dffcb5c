# SPDX-License-Identifier: Apache-2.0
"""Where custody, bags, photographs and recovery sheets do not fit together."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from antigone.records.models import (
    Container,
    CustodyEvent,
    Party,
    Photograph,
    RemainsRelation,
)
from antigone.records.movements import AFTER_ITS_END, MOVES, Thing, follow
from antigone.records.queries.contradicting import Contradiction, Kind, said
from antigone.records.queries.custody import keys_of
from antigone.records.queries.evidence import Evidence
from antigone.records.sections import Section as _S
from antigone.terms.codes import NotACode, read
from antigone.terms.errors import gettext_noop

_BROKEN_CHAIN = {
    "moved_before_receipt": gettext_noop(
        "%(item)s moved on (custody entry %(event)s) before its receipt was confirmed."
    ),
    "moved_after_release": gettext_noop(
        "%(item)s moved (custody entry %(event)s) after it was released or reburied."
    ),
    "received_by_another": gettext_noop(
        "%(item)s was received by another (custody entry %(event)s) than it was handed over to."
    ),
}


def _two_codes_in_one_bag(evidence: Evidence) -> Iterator[Contradiction]:
    shared = evidence.movements.together("remains")
    things = [thing for members in shared.values() for thing in members]
    keys = keys_of(evidence.case, things) if things else {}
    bags = dict(Container.objects.filter(pk__in=shared).values_list("pk", "key"))
    one_individual = _joined(evidence) if shared else set()
    for container, members in shared.items():
        first = members[0][1]
        if all(frozenset((first, one)) in one_individual for _, one in members[1:]):
            continue
        text = gettext_noop(
            "Remains of several codes lay in container %(container)s together: %(remains)s."
        )
        kind, remains = "two_codes_in_one_bag", tuple(keys.get(one, "?") for one in members)
        bag = bags.get(container, "?")
        words = said(kind, text, container=bag, remains=", ".join(sorted(remains)))
        about = (("container", container), *members)
        yield Contradiction(kind, words, (), remains, about=about)


def _joined(evidence: Evidence) -> set[frozenset[UUID | None]]:
    """Pairs of remains that a decision joins."""
    found = RemainsRelation.objects.filter(case=evidence.case).exclude(relation="different")
    return {frozenset(pair) for pair in found.values_list("remains_a_id", "remains_b_id")}


def _sent_never_received(evidence: Evidence) -> Iterator[Contradiction]:
    waiting = {}
    for thing in evidence.movements.own:
        sent = evidence.movements.whereabouts(thing).sent
        if sent is not None and any(event.pk == sent.pk for _, event in _own(evidence, thing)):
            waiting[thing] = sent
    keys = keys_of(evidence.case, waiting)
    parties = _parties(evidence, waiting.values())
    for thing, sent in waiting.items():
        text = gettext_noop(
            "%(item)s was handed over to %(to)s (custody entry %(event)s); its receipt is not "
            "confirmed."
        )
        kind = "sent_never_received"
        to = parties.get(sent.to_party_id) or sent.to_party_key or "?"
        words = said(kind, text, item=keys.get(thing, "?"), to=to, event=sent.key)
        yield _of_custody(kind, words, sent, thing, keys)


def _parties(evidence: Evidence, sent: Iterable[CustodyEvent]) -> dict[UUID, str]:
    named = {one.to_party_id for one in sent} - {None}
    found = Party.objects.filter(case=evidence.case, pk__in=named)
    return dict(found.values_list("pk", "key"))


def _own(evidence: Evidence, thing: Thing) -> list[tuple[object, CustodyEvent]]:
    return list(evidence.movements.own.get(thing, []))


def _of_custody(
    kind: str, words: object, event: CustodyEvent, thing: Thing, keys: dict[Thing, str]
) -> Contradiction:
    remains = (keys[thing],) if thing[0] == "remains" and thing in keys else ()
    about = (("custody", event.pk),)
    return Contradiction(kind, words, (), remains, about=about, held=(event.at,))  # type: ignore[arg-type]


def _broken_chain(evidence: Evidence) -> Iterator[Contradiction]:
    found = [
        (kind, event, thing)
        for thing in evidence.movements.own
        for kind, event in _breaks(evidence, thing)
    ]
    keys = keys_of(evidence.case, (thing for _, _, thing in found))
    for kind, event, thing in found:
        words = said(kind, _BROKEN_CHAIN[kind], item=keys.get(thing, "?"), event=event.key)
        yield _of_custody(kind, words, event, thing, keys)


def _breaks(evidence: Evidence, thing: Thing) -> Iterator[tuple[str, CustodyEvent]]:
    """The own entries of a thing that its chain before them contradicts."""
    for before, step in follow(evidence.movements.chain(thing)):
        event = step.event
        if step.within is not None:
            continue
        if before.end is not None and event.action not in AFTER_ITS_END[before.end.action]:
            if event.action in MOVES:
                yield "moved_after_release", event
        elif before.sent is not None and event.action in MOVES:
            yield "moved_before_receipt", event
        elif before.sent is not None and event.action == "received" and _other(before.sent, event):
            yield "received_by_another", event


def _other(sent: CustodyEvent, received: CustodyEvent) -> bool:
    named = (sent.to_party_id, sent.to_party_key)
    taker = (received.to_party_id, received.to_party_key)
    return (None, "") not in (named, taker) and named != taker


def _photograph_under_another_code(evidence: Evidence) -> Iterator[Contradiction]:
    """A photograph filed under one code, in which another is visible."""
    rows = evidence.rows("photographs")
    filed = [(one, thing) for one in rows if (thing := _filed_under(one)) is not None]
    codes = {pk: one.code for pk, one in evidence.remains_by_id.items()}
    keys = {("remains", pk): one.key for pk, one in evidence.remains_by_id.items()}
    keys |= keys_of(evidence.case, {thing for _, thing in filed if thing[0] != "remains"})
    for one, thing in filed:
        own = {_letters(keys.get(thing, "")), _letters(codes.get(thing[1], ""))}
        if thing not in keys or _letters(one.code_visible) in own:
            continue
        text = gettext_noop(
            "Photograph %(photograph)s is filed under %(item)s; the code visible in it is "
            "%(visible)s."
        )
        kind = "photograph_under_another_code"
        words = said(
            kind, text, photograph=one.key, item=keys[thing], visible=one.code_visible.strip()
        )
        about = (("photograph", one.pk), thing)
        shown = (keys[thing],) if thing[0] == "remains" else ()
        yield Contradiction(kind, words, (), shown, about=about)


def _filed_under(one: Photograph) -> Thing | None:
    for kind in ("remains", "container", "effect", "exhibit"):
        pk = getattr(one, f"item_{kind}_id")
        if pk is not None:
            return kind, pk
    return None


def _letters(code: str) -> str:
    """A code as it is compared: an issued one with or without its hyphens."""
    try:
        return read(code).replace("-", "").replace(" ", "")
    except NotACode:
        return code.strip().casefold()


def _recovery_without_clearance(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.rows("recoveries"):
        text = (
            gettext_noop("Recovery sheet %(recovery)s says that ordnance had not been cleared.")
            if one.ordnance_cleared
            else gettext_noop(
                "Recovery sheet %(recovery)s does not say whether ordnance had been cleared."
            )
        )
        kind = "recovery_without_clearance"
        graves = (one.grave.key,) if one.grave else ()
        remains = (one.remains.key,) if one.remains else ()
        yield Contradiction(
            kind, said(kind, text, recovery=one.key), graves, remains,
            about=(("recovery", one.pk),), held=(one.ordnance_cleared,),
            site=one.grave.site_id if one.grave else None,
        )  # fmt: skip


KINDS = (
    Kind(
        ("two_codes_in_one_bag",),
        _two_codes_in_one_bag,
        (_S.REMAINS_CODES,),
        (_S.CUSTODY, _S.REMAINS),
        tables=frozenset({"custody"}),
    ),
    Kind(
        ("sent_never_received",),
        _sent_never_received,
        (),
        (_S.CUSTODY,),
        tables=frozenset({"custody"}),
    ),
    Kind(tuple(_BROKEN_CHAIN), _broken_chain, (), (_S.CUSTODY,), tables=frozenset({"custody"})),
    Kind(
        ("photograph_under_another_code",),
        _photograph_under_another_code,
        (_S.REMAINS,),
        tables=frozenset({"photograph"}),
    ),
    Kind(
        ("recovery_without_clearance",),
        _recovery_without_clearance,
        (_S.REMAINS, _S.PLACES),
        tables=frozenset({"recovery"}),
    ),
)
