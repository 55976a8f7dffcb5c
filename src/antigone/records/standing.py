# SPDX-License-Identifier: Apache-2.0
"""What stands of what was decided: who is named, which pairs are barred, what may be released."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from antigone.records.kinds import rows_of
from antigone.records.models import (
    CustodyEvent,
    Decision,
    PersonRelation,
    Remains,
    RemainsRelation,
)
from antigone.records.movements import Movements, Thing, closure
from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark

IDENTIFIED, EXCLUDED, WITHDRAWN = "identified", "excluded", "withdrawn"
SENTENCES = MappingProxyType(
    {
        "release-frozen": gettext_noop(
            "The identification of remains %(remains)s was withdrawn (decision %(decision)s), and "
            "release is frozen. They can be released once another decision names them."
        ),
        "release-without-decision": gettext_noop(
            "Nobody has decided who remains %(remains)s are, and only then are they released. Ask "
            "the commission for a recommendation; a burial without a name is recorded as a "
            "reburial, under their code."
        ),
    }
)


def standing_decisions(case: UUID) -> QuerySet[Decision]:
    """Decisions of a case that no later one replaces, whoever looks."""
    replacing = rows_of(Decision).filter(replaces=OuterRef("pk"))
    return rows_of(Decision).filter(case=case).exclude(Exists(replacing))


def one_individual(case: UUID, remains: UUID) -> set[UUID]:
    """These remains, and those that decisions join with them as one individual or as a part."""
    joined = rows_of(RemainsRelation).filter(case=case, relation__in=["same_individual", "part_of"])
    return _joined(remains, joined.values_list("remains_a_id", "remains_b_id"))


def one_person(case: UUID, person: UUID) -> set[UUID]:
    """The person, and the reports that decisions join with this one."""
    joined = rows_of(PersonRelation).filter(case=case, relation="same")
    return _joined(person, joined.values_list("person_a_id", "person_b_id"))


def _joined(first: UUID, pairs: QuerySet[RemainsRelation] | QuerySet[PersonRelation]) -> set[UUID]:
    found, edges = {first}, list(pairs)
    while True:
        more = {one for pair in edges if found & set(pair) for one in pair if one} - found
        if not more:
            return found
        found |= more


def naming(
    case: UUID, *, remains: UUID | None = None, person: UUID | None = None
) -> list[Decision]:
    """The standing identifications of these remains or of this person, joined ones included."""
    of = Q(pk__in=[])
    if remains is not None:
        of |= Q(remains__in=one_individual(case, remains))
    if person is not None:
        of |= Q(person__in=one_person(case, person))
    found = standing_decisions(case).filter(of, outcome=IDENTIFIED)
    return list(found.select_related("remains", "person").order_by("ordinal"))


def barring(case: UUID, remains: UUID, person: UUID) -> list[Decision]:
    """The decisions for which these remains cannot be named as this person.

    An exclusion or a withdrawal of the pair, or a withdrawal of any because the person is alive.
    """
    persons = one_person(case, person)
    pair = Q(remains__in=one_individual(case, remains), outcome__in=[EXCLUDED, WITHDRAWN])
    alive = Q(outcome=WITHDRAWN, withdrawn_because="found_alive")
    found = standing_decisions(case).filter(pair | alive, person__in=persons)
    return list(found.order_by("ordinal"))


def freezing(case: UUID, remains: UUID) -> Decision | None:
    """The withdrawal by which release of these remains is frozen; None where it is not."""
    if naming(case, remains=remains):
        return None
    found = standing_decisions(case).filter(
        remains__in=one_individual(case, remains), outcome=WITHDRAWN
    )
    return found.order_by("ordinal").last()


def may_not_be_released(case: UUID, remains: UUID, key: str) -> Remark | None:
    """Why these remains may not be released now; None where they may."""
    frozen = freezing(case, remains)
    if frozen is not None:
        return _said("release-frozen", remains=key, decision=frozen.key)
    if not naming(case, remains=remains):
        return _said("release-without-decision", remains=key)
    return None


def _said(code: str, **facts: str) -> Remark:
    return Remark(code, SENTENCES[code], facts)


def remains_in(item: Thing) -> Iterator[tuple[UUID, str]]:
    """The remains that a thing is, or that lie in it if it is a container: id and key."""
    kind, one = item
    if kind == "remains":
        yield from rows_of(Remains).filter(pk=one).values_list("pk", "key")
    if kind == "container":
        packed = rows_of(CustodyEvent).filter(container=one, item_remains__isnull=False)
        ever = dict(packed.values_list("item_remains", "item_remains__key"))
        yield from ((remains, key) for remains, key in ever.items() if _lies_in(remains, one))


def _lies_in(remains: UUID, container: UUID) -> bool:
    thing = ("remains", remains)
    packed = Movements(closure(_entries, thing)).whereabouts(thing).packed
    return packed is not None and packed.container_id == container


def _entries(things: Iterable[Thing]) -> QuerySet[CustodyEvent]:
    of = Q(pk__in=[])
    for kind, one in things:
        of |= Q(**{f"item_{kind}": one})
    return rows_of(CustodyEvent).filter(of)
