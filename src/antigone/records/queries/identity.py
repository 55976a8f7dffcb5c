# SPDX-License-Identifier: Apache-2.0
"""The three axes of identity: evidence, decision, notification and return; never one word.

Derived from the records each time, for as many remains or persons as are asked for, in a number of
queries that does not grow with them. What cannot be told from what whoever looks may see is
withheld, never guessed: a name in a journal that may not be read is not *nothing known*.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from antigone.records import access
from antigone.records.models import (
    AnalysisRun,
    CustodyEvent,
    Decision,
    Effect,
    InvestigationCase,
    JournalEntry,
    Marker,
    Notification,
    Person,
    Proposal,
    Recommendation,
    Remains,
)
from antigone.records.models.together import together
from antigone.records.movements import KINDS, Movements
from antigone.records.queries import identifications
from antigone.records.queries.custody import with_containers
from antigone.records.queries.evidence import folded
from antigone.records.queries.remembered import AsOf, lately
from antigone.records.sections import Section
from antigone.records.standing import IDENTIFIED

WITHHELD = "withheld"
EVIDENCE = ("nothing_known", "claimed_name", "candidate", "family_level", "no_reference")
DECISION = ("open", "identified", "withdrawn")
RETURN = ("not_told", "told", "released", "reburied")
PERSON = ("sought", "identified", "found_alive", "withdrawn")
_SOURCES = (
    Section.PLACES, Section.CLAIMED_NAMES, Section.REMAINS, Section.INSCRIPTIONS,
    Section.PROPOSALS, Section.RECOMMENDATIONS,
)  # fmt: skip
"""All of these must be seen before nothing is known."""
_NAMELESS = frozenset(
    """unknown unidentified nameless nobody anonymous невідомий невідома невідоме невідомо
    неизвестный неизвестная неизвестное неизвестно безіменний безіменна безымянный""".split()
)
"""First words of what is written where nobody is named."""


@dataclass(frozen=True, slots=True)
class Axes:
    """Where remains stand on the three axes; ``withheld`` where that may not be told."""

    evidence: str
    decision: str
    notification: str
    place: str = ""
    """Where they were buried again, or released to."""
    persons: tuple[str, ...] = ()
    """Keys of the persons that standing decisions name."""
    excluded: tuple[str, ...] = ()
    """Keys of persons that standing decisions exclude or withdrew: the pair is barred."""
    frozen_by: str = ""
    """The withdrawal by which release is frozen."""


@dataclass(slots=True)
class _Known:
    """What was read for many remains at once."""

    proposals: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    family_level: set[UUID] = field(default_factory=set)
    claimed: set[UUID] = field(default_factory=set)
    decisions: dict[UUID, list[Decision]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[UUID, CustodyEvent] = field(default_factory=dict)
    told: set[UUID] = field(default_factory=set)
    """Decisions of which a family was told."""


def axes_of(
    case: InvestigationCase, remains: Collection[Remains] | None = None,
    answers: Mapping[str, list[Any]] | None = None,
) -> dict[UUID, Axes]:  # fmt: skip
    """Where each of these remains stands (None: every set of remains of the case), by id.

    `answers` are those to `questions`, for whoever has asked them with others.
    """
    if answers is None:
        asked = questions(case, remains, identifications.latest_run(case))
        some = map(list, asked.values()) if remains is None else together(*asked.values())
        answers = dict(zip(asked, some, strict=True))
    places = _places(case, remains)
    known = _known(case, places, answers)
    complete = access.sees_whole(*_SOURCES)
    return {one: _axes(one, known, complete) for one in places}


def _places(
    case: InvestigationCase, remains: Collection[Remains] | None
) -> dict[UUID, UUID | None]:
    """The grave of each of these remains, where it may be seen."""
    if remains is not None:
        return {one.pk: one.grave_id for one in remains}
    found = Remains.objects.filter(case=case)
    if access.nameable(Remains, "grave_id"):
        return dict(found.values_list("pk", "grave_id"))
    return dict.fromkeys(found.values_list("pk", flat=True))


def _axes(one: UUID, known: _Known, complete: bool) -> Axes:
    decided = known.decisions.get(one, [])
    named = [each for each in decided if each.outcome == IDENTIFIED]
    withdrawn = [each for each in decided if each.outcome == "withdrawn"]
    barred = [each for each in decided if each.outcome in ("excluded", "withdrawn")]
    end = known.ends.get(one)
    return Axes(
        evidence=_evidence(one, known, complete),
        decision=_decision(named, withdrawn),
        notification=_return(named, end, known),
        place=end.place if end else "",
        persons=_keys(named),
        excluded=_keys(barred),
        frozen_by=withdrawn[-1].key if withdrawn and not named else "",
    )


def _keys(decided: Iterable[Decision]) -> tuple[str, ...]:
    keys = (one.person.key if one.person else one.person_key for one in decided)
    return tuple(dict.fromkeys(key for key in keys if key))


def _evidence(one: UUID, known: _Known, complete: bool) -> str:
    weighed = _weighed(one, known)
    if weighed:
        return weighed
    if one in known.family_level:
        return "family_level"
    if one in known.claimed or known.proposals.get(one, ("", ""))[1] == "claimed_name_only":
        return "claimed_name"
    return "nothing_known" if complete else WITHHELD


def _weighed(one: UUID, known: _Known) -> str:
    """What the latest run says by itself; blank where names that are claimed say more."""
    tier, reason = known.proposals.get(one, ("", ""))
    if reason in ("family_level", "no_reference"):
        return reason
    return "candidate" if tier in ("identification", "presumptive") else ""


def _decision(named: Collection[Decision], withdrawn: Collection[Decision]) -> str:
    if named:
        return "identified"
    if withdrawn:
        return "withdrawn"
    return "open" if access.sees_whole(Section.DECISIONS) else WITHHELD


def _return(named: Iterable[Decision], end: CustodyEvent | None, known: _Known) -> str:
    if end is not None:
        return end.action
    if not access.sees_whole(Section.CUSTODY):
        return WITHHELD
    if any(one.pk in known.told for one in named):
        return "told"
    return "not_told" if access.sees_whole(Section.NOTIFICATIONS, Section.DECISIONS) else WITHHELD


# What was read


def questions(
    case: InvestigationCase, remains: Collection[Remains] | None, run: AnalysisRun | None
) -> dict[str, QuerySet[Any]]:
    """What is asked for the axes of these remains, as far as whoever looks may ask it."""
    some = None if remains is None else [one.pk for one in remains]
    graves = None if remains is None else {one.grave_id for one in remains} - {None}
    asked: dict[str, QuerySet[Any]] = {}
    if run is not None and access.sees_rows(Proposal):
        rows = _of(Proposal.objects.filter(run=run), "remains_id", some)
        asked["proposals"] = rows.values_list("remains_id", "tier", "reason")
    if access.sees_rows(Recommendation):
        said = Recommendation.objects.filter(case=case, outcome="family_level")
        asked["family_level"] = _of(said, "remains_id", some).values_list("remains_id", flat=True)
    if access.sees_rows(Marker):
        asked |= _names_in_places(case, graves)
    if access.sees_rows(Effect) and access.nameable(Effect, "inscription"):
        named = Effect.objects.filter(case=case).exclude(inscription="")
        asked["effects"] = _of(named, "remains_id", some).values_list("remains_id", flat=True)
    if access.sees_rows(Decision):
        asked["decisions"] = _of(_standing(case), "remains_id", some).select_related("person")
    if access.sees_rows(CustodyEvent):
        asked["custody"] = _ending(case, some)
    return asked


def _of(found: QuerySet, column: str, some: Collection[UUID] | None) -> QuerySet:
    return found if some is None else found.filter(**{f"{column}__in": some})


def _names_in_places(case: InvestigationCase, graves: set[UUID] | None) -> dict[str, QuerySet[Any]]:
    """Markers on these graves, and what the journal names on a line that is joined to one."""
    markers = _of(Marker.objects.filter(case=case, grave__isnull=False), "grave_id", graves)
    names = access.nameable(Marker, "text")
    columns = ("pk", "grave_id", "text") if names else ("pk", "grave_id")
    asked = {"markers": markers.values_list(*columns)}
    if access.sees_rows(JournalEntry) and access.nameable(JournalEntry, "name"):
        lines = JournalEntry.objects.filter(case=case).exclude(name="")
        if graves is not None:
            lines = lines.filter(marker__in=markers.order_by().values("pk"))
        asked["lines"] = lines.values_list("marker_id", "name")
    return asked


_OF_CUSTODY = (
    "action", "at_utc", "ordinal", "place", "container", "to_party", "to_party_key",
    *(f"item_{kind}" for kind in KINDS),
)  # fmt: skip


def _ending(case: InvestigationCase, some: list[UUID] | None) -> QuerySet[CustodyEvent]:
    """The custody of remains and of the containers they lay in."""
    every = CustodyEvent.objects.filter(case=case)
    found = every.only(*_OF_CUSTODY).order_by()
    if some is None:  # all of it is read only where anything was ever let go
        ended = every.filter(action__in=["released", "reburied"]).order_by()
        return found.filter(Exists(ended))
    own = every.filter(item_remains__in=some).order_by()
    inside = own.exclude(container=None).values("container")
    return found.filter(Q(item_remains__in=some) | Q(item_container__in=inside))


def _known(
    case: InvestigationCase, places: Mapping[UUID, UUID | None], answers: Mapping[str, list[Any]]
) -> _Known:
    known = _Known(
        proposals={one: (tier, reason) for one, tier, reason in answers.get("proposals", ())},
        family_level=set(answers.get("family_level", ())),
    )
    graves = _graves_with_names(answers)
    known.claimed = {one for one, grave in places.items() if grave in graves}
    known.claimed |= set(answers.get("effects", ()))
    for decision in answers.get("decisions", ()):
        known.decisions[decision.remains_id].append(decision)
    known.told = _told(case, known, of_all=len(places) > _MANY)
    movements = Movements(with_containers(case, answers.get("custody", ())))
    for kind, one in movements.own:
        end = movements.whereabouts((kind, one)).end if kind == "remains" else None
        if end is not None and one in places:
            known.ends[one] = end
    return known


_MANY = 500
"""For more remains than this, what families were told is read of the whole case."""


def _told(case: InvestigationCase, known: _Known, *, of_all: bool) -> set[UUID]:
    """The decisions that name somebody of which a family was told."""
    named = [
        one.pk for many in known.decisions.values() for one in many if one.outcome == IDENTIFIED
    ]
    if not named or not access.sees_rows(Notification):
        return set()
    told = Notification.objects.filter(case=case, of="identity", decision__isnull=False).order_by()
    told = told if of_all else told.filter(decision__in=named)
    return set(told.values_list("decision_id", flat=True))


def _graves_with_names(answers: Mapping[str, list[Any]]) -> set[UUID]:
    """The graves for which a marker or a journal line names somebody."""
    grave_of, found = {}, set()
    for marker, grave, *text in answers.get("markers", ()):
        grave_of[marker] = grave
        found |= {grave} if text and names_somebody(text[0]) else set()
    for marker, name in answers.get("lines", ()):
        if marker in grave_of and names_somebody(name):
            found.add(grave_of[marker])
    return found


def names_somebody(text: str) -> bool:
    """Whether words on a marker or in a journal are more than a number, or *unknown*."""
    words = [word for word in folded(text).split() if any(letter.isalpha() for letter in word)]
    return bool(words) and words[0].strip(".,;:") not in _NAMELESS


def _standing(case: InvestigationCase) -> QuerySet[Decision]:
    replacing = Decision.objects.filter(replaces=OuterRef("pk"))
    found = Decision.objects.filter(case=case).exclude(Exists(replacing)).order_by("ordinal")
    return found.defer("reasons", "extra", "as_written", "family_summary")


# Persons


def states_of(
    case: InvestigationCase, persons: Collection[Person] | None = None
) -> dict[UUID, str]:
    """Whether each of these persons (None: all) is sought, identified, found alive, withdrawn."""
    every = list(Person.objects.filter(case=case)) if persons is None else list(persons)
    outcomes: dict[UUID, set[str]] = defaultdict(set)
    if access.sees_rows(Decision):
        some = None if persons is None else [one.pk for one in every]
        rows = _of(_standing(case), "person_id", some).exclude(outcome="excluded")
        for person, outcome in rows.values_list("person_id", "outcome"):
            outcomes[person].add(outcome)
    complete = access.sees_as_far(Section.DECISIONS, Section.PERSON_CODES)
    return {one.pk: _state(one, outcomes.get(one.pk, set()), complete) for one in every}


def _state(one: Person, outcomes: set[str], complete: bool) -> str:
    if one.found_alive_on:
        return "found_alive"
    for outcome in ("identified", "withdrawn"):
        if outcome in outcomes:
            return outcome
    return "sought" if complete else WITHHELD


# Counts


@dataclass(frozen=True, slots=True)
class Counts:
    """How many remains stand where on each axis, and how many persons; the codes in their order."""

    evidence: Mapping[str, int]
    decision: Mapping[str, int]
    notification: Mapping[str, int]
    undecided_by_evidence: Mapping[str, int]
    """Remains without a standing identification, by the axis of evidence."""
    persons: Mapping[str, int]


def counts_lately(case: InvestigationCase, *, anew: bool = False) -> AsOf[Counts | None]:
    """The counts as they were made last, and after which event; `anew`: as they are now."""
    return lately("axes", case, lambda: counts(case), anew=anew)


def counts(case: InvestigationCase) -> Counts | None:
    """The counts of a case; None for whoever may not see all that is counted."""
    needed = (*_SOURCES, Section.REMAINS_CODES, Section.PERSON_CODES, Section.DECISIONS)
    if not access.sees_whole(*needed, Section.CUSTODY, Section.NOTIFICATIONS):
        return None
    every = list(axes_of(case).values())
    undecided = [one for one in every if one.decision != "identified"]
    return Counts(
        _tally((one.evidence for one in every), EVIDENCE),
        _tally((one.decision for one in every), DECISION),
        _tally((one.notification for one in every), RETURN),
        _tally((one.evidence for one in undecided), EVIDENCE),
        _tally(states_of(case).values(), PERSON),
    )


def _tally(codes: Iterable[str], order: tuple[str, ...]) -> dict[str, int]:
    found = Counter(codes)
    return {code: found[code] for code in order}
