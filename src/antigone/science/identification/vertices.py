# SPDX-License-Identifier: Apache-2.0
"""What is one thing: remains and persons that somebody decided are one, joined before weighing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from antigone.terms.case import Case, Decision


@dataclass(frozen=True)
class Vertices:
    """A case in which what was decided to be one *is* one, and what may not be weighed is named.

    Attributes
    ----------
    case : Case
        Remains and persons joined; samples, effects, relatives follow their joined key.
    remains_of, persons_of : mapping of key to tuple of keys
        Every key that each joined key stands for, itself first.
    fixed : mapping of remains to person
        Pairs that a standing decision identified.
    barred : frozenset of (remains, person)
        Pairs that a standing decision excluded or withdrew.
    alive : frozenset of person
        Persons found alive: in their trees, never candidates.
    not_weighed : frozenset of remains
        Commingled remains: no vertex until they are separated.
    """

    case: Case
    remains_of: Mapping[str, tuple[str, ...]]
    persons_of: Mapping[str, tuple[str, ...]]
    fixed: Mapping[str, str]
    barred: frozenset[tuple[str, str]]
    alive: frozenset[str]
    not_weighed: frozenset[str]


def joined(case: Case) -> Vertices:
    """Join what `relation` and `same_person` say is one, and read the standing decisions."""
    remains_key = _groups(
        [one.remains for one in sorted(case.remains, key=lambda one: one.kind != "body")],
        (
            (one.remains_a, one.remains_b)
            for one in case.remains_relations
            if one.relation in ("same_individual", "part_of")
        ),
    )
    person_key = _groups(
        [one.person for one in case.persons],
        ((one.person_a, one.person_b) for one in case.person_relations if one.relation == "same"),
    )
    whole = _renamed(case, remains_key, person_key)
    fixed, barred = _decided(whole.standing_decisions)
    return Vertices(
        case=whole,
        remains_of=_members(remains_key),
        persons_of=_members(person_key),
        fixed=fixed,
        barred=barred,
        alive=frozenset(
            person_key[one.person] for one in case.persons if one.found_alive_on is not None
        ),
        not_weighed=frozenset(one.remains for one in whole.remains if one.kind == "commingled"),
    )


def _groups(keys: list[str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each key's joined key: the first in `keys` of all that the pairs connect."""
    order = {key: place for place, key in enumerate(keys)}
    head = {key: key for key in keys}

    def find(key: str) -> str:
        while head[key] != key:
            key = head[key]
        return key

    for a, b in pairs:
        if a in head and b in head:
            first, second = sorted((find(a), find(b)), key=order.__getitem__)
            head[second] = first
    return {key: find(key) for key in keys}


def _members(joined_key: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, head in joined_key.items():
        found.setdefault(head, []).append(key)
    return {head: (head, *(key for key in keys if key != head)) for head, keys in found.items()}


def _renamed(case: Case, remains_key: Mapping[str, str], person_key: Mapping[str, str]) -> Case:
    def remains(key: str | None) -> str | None:
        return remains_key.get(key, key) if key else None

    def person(key: str | None) -> str | None:
        return person_key.get(key, key) if key else None

    return replace(
        case,
        remains=tuple(one for one in case.remains if remains_key[one.remains] == one.remains),
        persons=tuple(one for one in case.persons if person_key[one.person] == one.person),
        effects=tuple(replace(one, remains=remains(one.remains)) for one in case.effects),
        samples=tuple(
            replace(one, remains=remains(one.remains), person=person(one.person))
            for one in case.samples
        ),
        relatives=tuple(replace(one, person=person(one.person)) for one in case.relatives),
        decisions=tuple(
            replace(one, remains=remains(one.remains) or "", person=person(one.person))
            for one in case.decisions
        ),
    )


def _decided(
    decisions: Iterable[Decision],
) -> tuple[dict[str, str], frozenset[tuple[str, str]]]:
    fixed: dict[str, str] = {}
    barred: set[tuple[str, str]] = set()
    for one in decisions:
        if one.person is None:
            continue
        if one.outcome == "identified":
            fixed[one.remains] = one.person
        else:
            barred.add((one.remains, one.person))
    return {key: who for key, who in fixed.items() if (key, who) not in barred}, frozenset(barred)
