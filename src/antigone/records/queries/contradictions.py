# SPDX-License-Identifier: Apache-2.0
"""Contradictions: where marker, journal, grave, remains and decisions say different things.

Computed each time from what whoever looks may see, never stored, and none is settled here. A
sentence that rests on what is withheld is not told. Names are compared
only as words of one script: spelling across scripts is weighed by `science.linkage`, not here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from antigone.records import access
from antigone.records.models import (
    Decision,
    Grave,
    InvestigationCase,
    JournalEntry,
    Marker,
    Remains,
)
from antigone.records.queries.evidence import Evidence, folded, share_no_word
from antigone.records.sections import Section
from antigone.terms.dates import parse_partial_date
from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One contradiction: its kind, a sentence, and the keys of what it is about."""

    kind: str
    remark: Remark
    graves: tuple[str, ...] = ()
    remains: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()


def contradictions(case: InvestigationCase) -> list[Contradiction]:
    """Every contradiction of the case, kind by kind."""
    return _found(Evidence(case))


def of_grave(case: InvestigationCase, key: str) -> list[Contradiction]:
    """The contradictions about one grave."""
    grave = Grave.objects.filter(case=case, key=key).values_list("pk", flat=True).first()
    if grave is None:
        return []
    found = _found(Evidence(case, Q(grave=grave), grave))
    return [one for one in found if key in one.graves]


def of_remains(case: InvestigationCase, key: str) -> list[Contradiction]:
    """The contradictions about one set of remains, or about the grave that it lay in."""
    one = Remains.objects.filter(case=case, key=key).select_related("grave").first()
    if one is None:
        return []
    place = Q(pk=one.pk) if one.grave is None else Q(grave=one.grave.pk)
    grave = one.grave.key if one.grave else None
    found = _found(Evidence(case, place, one.grave.pk if one.grave else None))
    return [this for this in found if key in this.remains or grave in this.graves]


def _found(evidence: Evidence) -> list[Contradiction]:
    if not access.sees(Section.CONTRADICTIONS):
        return []
    return [one for kind in _KINDS if kind.may_be_told() for one in kind.find(evidence)]


def graves_of(one: Contradiction) -> tuple[str, ...]:
    """Keys of the graves that a contradiction is about."""
    return one.graves


def _said(kind: str, template: str, **facts: Any) -> Remark:
    return Remark(kind, template, facts)


def _grave_of(one: Marker | None) -> tuple[str, ...]:
    return (one.grave.key,) if one is not None and one.grave is not None else ()


def _marker_without_line(evidence: Evidence) -> Iterator[Contradiction]:
    joined = {one.marker_id for one in evidence.entries}
    for one in evidence.markers:
        if evidence.has_journal and one.pk not in joined:
            text = gettext_noop("No journal line is joined to marker %(marker)s.")
            kind = "marker_without_journal_line"
            yield Contradiction(kind, _said(kind, text, marker=one.key), _grave_of(one))


def _line_without_marker(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.entries:
        if evidence.has_markers and one.marker_id is None:
            text = gettext_noop("Journal line %(entry)s is joined to no marker.")
            kind = "journal_line_without_marker"
            yield Contradiction(kind, _said(kind, text, entry=one.key))


def _number_painted_twice(evidence: Evidence) -> Iterator[Contradiction]:
    by_number: dict[tuple[str, str], list[Marker]] = defaultdict(list)
    for one in evidence.markers:
        if one.number.strip():
            site = one.site.key if one.site else one.site_key
            by_number[site, folded(one.number)].append(one)
    for members in by_number.values():
        if len(members) > 1:
            text = gettext_noop(
                "The number %(number)s is painted on %(count)d markers: %(markers)s."
            )
            kind = "number_painted_twice"
            said = _said(
                kind, text, number=members[0].number.strip(), count=len(members),
                markers=", ".join(one.key for one in members),
            )  # fmt: skip
            graves = tuple(dict.fromkeys(key for one in members for key in _grave_of(one)))
            yield Contradiction(kind, said, graves)


def _number_of_line_and_marker(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.entries:
        if one.marker is None or not one.number.strip() or not one.marker.number.strip():
            continue
        if folded(one.number) != folded(one.marker.number):
            text = gettext_noop(
                "Journal line %(entry)s has the number %(written)s, but the marker joined to it "
                "is painted %(painted)s."
            )
            kind = "journal_number_differs_from_marker"
            written, painted = one.number.strip(), one.marker.number.strip()
            said = _said(kind, text, entry=one.key, written=written, painted=painted)
            yield Contradiction(kind, said, _grave_of(one.marker))


def _burials_on_marker(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.markers:
        if one.grave is None or one.stated_burials is None:
            continue
        found = evidence.bodies_in(one.grave)
        if found is not None and found != one.stated_burials:
            text = gettext_noop(
                "Marker %(marker)s states burials: %(stated)d. Bodies found in grave %(grave)s: "
                "%(found)d."
            )
            kind = "marker_burials_differ_from_found"
            said = _said(
                kind, text, marker=one.key, stated=one.stated_burials, grave=one.grave.key,
                found=found,
            )  # fmt: skip
            yield _about_grave(kind, said, one.grave, evidence)


def _burials_in_journal(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.entries:
        if one.marker is None or one.marker.grave is None or one.stated_burials is None:
            continue
        found = evidence.bodies_in(one.marker.grave)
        if found is not None and found != one.stated_burials:
            text = gettext_noop(
                "Journal line %(entry)s states burials: %(stated)d. Bodies found in grave "
                "%(grave)s: %(found)d."
            )
            kind = "journal_burials_differ_from_found"
            said = _said(
                kind, text, entry=one.key, stated=one.stated_burials, grave=one.marker.grave.key,
                found=found,
            )  # fmt: skip
            yield _about_grave(kind, said, one.marker.grave, evidence)


def _about_grave(kind: str, said: Remark, grave: Grave, evidence: Evidence) -> Contradiction:
    remains = tuple(one.key for one in evidence.found_in(grave))
    return Contradiction(kind, said, (grave.key,), remains)


def _empty_grave(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.graves:
        if one.opened_on and not evidence.found_in(one):
            text = gettext_noop("Grave %(grave)s was opened; no remains are recorded from it.")
            yield Contradiction(
                "empty_grave", _said("empty_grave", text, grave=one.key), (one.key,)
            )


def _sex_in_journal(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.entries:
        grave = one.marker.grave if one.marker else None
        if grave is None or one.sex not in ("female", "male"):
            continue
        sexes = {found.sex for found in evidence.found_in(grave)}
        if sexes and sexes.isdisjoint({one.sex, "undetermined", ""}):
            text = gettext_noop(
                "Journal line %(entry)s states another sex than that of all remains from grave "
                "%(grave)s."
            )
            kind = "journal_sex_differs_from_remains"
            said = _said(kind, text, entry=one.key, grave=grave.key)
            yield _about_grave(kind, said, grave, evidence)


def _text_on_marker(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.entries:
        if one.marker is not None and share_no_word(one.name, one.marker.text):
            text = gettext_noop(
                "The name in journal line %(entry)s and the text on marker %(marker)s have no "
                "word in common."
            )
            kind = "marker_text_differs_from_journal_name"
            said = _said(kind, text, entry=one.key, marker=one.marker.key)
            yield Contradiction(kind, said, _grave_of(one.marker))


def _burial_before_death(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.entries:
        if not one.died or not one.buried_on:
            continue
        if parse_partial_date(one.died).surely_after(parse_partial_date(one.buried_on)):
            text = gettext_noop("Journal line %(entry)s states a burial before the death.")
            kind = "journal_burial_before_death"
            yield Contradiction(kind, _said(kind, text, entry=one.key), _grave_of(one.marker))


def _about_decision(kind: str, text: str, one: Decision, **facts: Any) -> Contradiction:
    graves = (one.remains.grave.key,) if one.remains.grave else ()
    said = _said(kind, text, decision=one.key, **facts)
    return Contradiction(kind, said, graves, (one.remains.key,), (one.person.key,))


def _journal_name_against_decision(evidence: Evidence) -> Iterator[Contradiction]:
    lines: dict[UUID, list[JournalEntry]] = defaultdict(list)
    for entry in evidence.entries:
        if entry.marker and entry.marker.grave_id and entry.name.strip():
            lines[entry.marker.grave_id].append(entry)
    for one in evidence.identified:
        said = lines.get(one.remains.grave_id, [])
        if said and all(_names_another(entry.name, one) for entry in said):
            text = gettext_noop(
                "No name that the journal gives for this grave has a word in common with the "
                "person of decision %(decision)s."
            )
            yield _about_decision("journal_name_differs_from_decision", text, one)


def _names_another(written: str, one: Decision) -> bool:
    names = [name for name in (one.person.name, one.person.name_other) if name.strip()]
    return bool(names) and all(share_no_word(written, name) for name in names)


def _sex_against_decision(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.identified:
        sexes = {one.remains.sex, one.person.sex}
        if sexes == {"female", "male"}:
            text = gettext_noop(
                "Decision %(decision)s identifies remains as a person of the other sex."
            )
            yield _about_decision("identified_with_other_sex", text, one)


def _identified_but_alive(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.identified:
        if one.person.found_alive_on:
            text = gettext_noop(
                "Decision %(decision)s identifies remains as a person who was found alive. "
                "Withdraw it, and follow rule R11."
            )
            yield _about_decision("identified_but_found_alive", text, one)


def _recovered_before_last_seen(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.identified:
        seen, recovered = one.person.last_seen_on, one.remains.recovered_on
        if not seen or not recovered:
            continue
        if parse_partial_date(seen).surely_after(parse_partial_date(recovered)):
            text = gettext_noop(
                "Decision %(decision)s: the person was last seen after the remains were recovered."
            )
            yield _about_decision("last_seen_after_recovery", text, one)


def _one_remains_two_persons(evidence: Evidence) -> Iterator[Contradiction]:
    by_remains: dict[UUID, list[Decision]] = defaultdict(list)
    for one in evidence.identified:
        by_remains[one.remains_id].append(one)
    for members in by_remains.values():
        persons = tuple(dict.fromkeys(one.person.key for one in members))
        if len(persons) > 1:
            text = gettext_noop(
                "Standing decisions identify remains %(remains)s as several persons."
            )
            kind = "identified_as_several"
            key = members[0].remains.key
            yield Contradiction(kind, _said(kind, text, remains=key), (), (key,), persons)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of contradiction, and what must be seen for its sentence to be told."""

    find: Callable[[Evidence], Iterator[Contradiction]]
    said_of: tuple[Section, ...]
    absent_from: tuple[Section, ...] = ()
    """Sections of which all must be seen, because the sentence says that something is not there."""

    def may_be_told(self) -> bool:
        """Whether whoever looks may know what the sentence says."""
        return access.sees(*self.said_of) and access.sees_whole(*self.absent_from)


_S = Section
_KINDS = (
    _Kind(_identified_but_alive, (_S.DECISIONS, _S.PERSON_CODES)),
    _Kind(_one_remains_two_persons, (_S.DECISIONS, _S.REMAINS_CODES, _S.PERSON_CODES)),
    _Kind(_sex_against_decision, (_S.DECISIONS, _S.POST_MORTEM, _S.PERSON_CODES)),
    _Kind(_recovered_before_last_seen, (_S.DECISIONS, _S.REMAINS, _S.ANTE_MORTEM)),
    _Kind(
        _journal_name_against_decision,
        (_S.DECISIONS, _S.NAMES, _S.REMAINS),
        (_S.PLACES, _S.CLAIMED_NAMES),
    ),
    _Kind(_sex_in_journal, (_S.CLAIMED_NAMES, _S.POST_MORTEM), (_S.PLACES, _S.REMAINS)),
    _Kind(_burials_on_marker, (), (_S.PLACES, _S.REMAINS)),
    _Kind(_burials_in_journal, (), (_S.PLACES, _S.REMAINS)),
    _Kind(_empty_grave, (), (_S.PLACES, _S.REMAINS)),
    _Kind(_number_painted_twice, (_S.PLACES,)),
    _Kind(_number_of_line_and_marker, (_S.PLACES,)),
    _Kind(_text_on_marker, (_S.PLACES, _S.CLAIMED_NAMES)),
    _Kind(_burial_before_death, (_S.PLACES, _S.CLAIMED_NAMES)),
    _Kind(_marker_without_line, (), (_S.PLACES,)),
    _Kind(_line_without_marker, (), (_S.PLACES,)),
)
