# SPDX-License-Identifier: Apache-2.0
"""Contradictions: what records say against one another, each with its state; none settled here.

Found each time from what whoever looks may see, and held against what was kept of them: an
explanation stands while the facts are those that it was given for. A sentence that rests on what
is withheld is not told. Names are compared only as words of one script: spelling across scripts
is weighed by `science.linkage`, not here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from antigone.records import access
from antigone.records.models import Grave, InvestigationCase, KeptContradiction, Remains
from antigone.records.models.contradictions import OPEN
from antigone.records.queries import (
    contradictions_of_custody,
    contradictions_of_decisions,
    contradictions_of_examinations,
    contradictions_of_places,
)
from antigone.records.queries.contradicting import Contradiction, Kind, mark_of
from antigone.records.queries.evidence import Evidence
from antigone.records.queries.evidence_asked import Place
from antigone.records.queries.remembered import AsOf, lately, remembered
from antigone.records.sections import Section

KINDS: tuple[Kind, ...] = (
    *contradictions_of_decisions.KINDS,
    *contradictions_of_places.KINDS,
    *contradictions_of_custody.KINDS,
    *contradictions_of_examinations.KINDS,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A contradiction as it stands: found or gone, and what was decided of it."""

    kind: str
    state: str
    found: Contradiction | None
    """What is found now; None where the records have since been corrected."""
    kept: KeptContradiction | None
    changed: bool = False
    """Whether it was decided, and is open again because its records say something else now."""

    @property
    def which(self) -> str:
        """The records concerned."""
        return self.found.which if self.found else self.kept.about if self.kept else ""

    @property
    def mark(self) -> str:
        """What an address calls it by."""
        return mark_of(self.kind, self.which)

    @property
    def is_gone(self) -> bool:
        """Whether it is no longer found."""
        return self.found is None


def contradictions(case: InvestigationCase) -> list[Contradiction]:
    """Every contradiction of the case, kind by kind; found again once the ledger has grown."""
    return list(remembered("contradictions", case, lambda: _found(Evidence(case))))


def found_lately(case: InvestigationCase, *, anew: bool = False) -> AsOf[list[Contradiction]]:
    """Every contradiction as it was found last, and after which event; `anew`: as it is now.

    In a case of some thousand remains finding them takes seconds; there they are found anew only
    for whoever asks for it, and shown with the event after which they held.
    """
    return lately("contradictions", case, lambda: _found(Evidence(case)), anew=anew)


def of_grave(case: InvestigationCase, grave: Grave) -> list[Contradiction]:
    """The contradictions about one grave."""
    return by_grave(case, [grave])[grave.key]


def by_grave(case: InvestigationCase, graves: Collection[Grave]) -> dict[str, list[Contradiction]]:
    """The contradictions about each of these graves, by its key."""
    found: dict[str, list[Contradiction]] = {one.key: [] for one in graves}
    for this in of_graves(case, graves):
        for key in found.keys() & set(this.graves):
            found[key].append(this)
    return found


def of_graves(case: InvestigationCase, graves: Collection[Grave]) -> list[Contradiction]:
    """The contradictions about any of these graves."""
    keys = {one.key for one in graves}
    found = _found(Evidence(case, Place.of_graves(one.pk for one in graves))) if keys else []
    return [one for one in found if not keys.isdisjoint(one.graves)]


def of_remains(case: InvestigationCase, one: Remains) -> list[Contradiction]:
    """The contradictions about one set of remains, or about the grave that it lay in."""
    grave = one.grave
    place = Place(frozenset(), Q(pk=one.pk)) if grave is None else Place.of_graves([grave.pk])
    found = _found(Evidence(case, place))
    key = grave.key if grave else None
    return [this for this in found if one.key in this.remains or key in this.graves]


def _found(evidence: Evidence) -> list[Contradiction]:
    if not access.sees(Section.CONTRADICTIONS):
        return []
    return [
        one
        for kind in KINDS
        if kind.tables <= evidence.tables and kind.may_be_told()
        for one in kind.find(evidence)
    ]


def kept(case: InvestigationCase) -> QuerySet[KeptContradiction]:
    """Every contradiction that was kept, in the order in which they were found."""
    return KeptContradiction.objects.filter(case=case).select_related("decided_by")


def standing(
    case: InvestigationCase, lately: AsOf[list[Contradiction]] | None = None
) -> list[Standing]:
    """Every contradiction (None: found now) with its state, then those that are gone.

    Of what was found some events ago nothing is concluded but that: gone is then what was kept as
    gone.
    """
    found = contradictions(case) if lately is None else lately.found
    every = with_states(case, found, and_gone=True)
    if lately is None or not lately.is_past:
        return every
    return [one for one in every if one.found or (one.kept and one.kept.gone_at)]


def with_states(
    case: InvestigationCase, found: Iterable[Contradiction], *, and_gone: bool = False
) -> list[Standing]:
    """These contradictions, each with what was decided of it."""
    waiting = {(one.rule, one.about): one for one in kept(case)}
    standing = [_standing(one, waiting.pop((one.kind, one.which), None)) for one in found]
    if and_gone:
        told = {code for kind in KINDS if kind.may_be_told() for code in kind.codes}
        gone = [one for one in waiting.values() if one.rule in told]
        standing += [Standing(one.rule, one.state, None, one) for one in gone]
    return standing


def _standing(found: Contradiction, kept: KeptContradiction | None) -> Standing:
    if kept is None:
        return Standing(found.kind, OPEN, found, None)
    changed = kept.state != OPEN and kept.facts != found.digest(str(kept.pk))
    return Standing(found.kind, OPEN if changed else kept.state, found, kept, changed)


def find(case: InvestigationCase, rule: str, which: str) -> Contradiction | None:
    """The contradiction of this kind between these records, if it is found now."""
    evidence = Evidence(case)
    for kind in KINDS:
        if rule in kind.codes and access.sees(Section.CONTRADICTIONS) and kind.may_be_told():
            of_kind = (one for one in kind.find(evidence) if one.kind == rule)
            return next((one for one in of_kind if one.which == which), None)
    return None


def records_of(which: str) -> list[tuple[str, UUID]]:
    """The kinds and ids of the records concerned, from a kept contradiction."""
    return [(kind, UUID(one)) for kind, _, one in (part.partition(":") for part in which.split())]
