# SPDX-License-Identifier: Apache-2.0
"""Where decisions, persons and the status of remains stand against what else is recorded."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from antigone.records.models import Decision, JournalEntry
from antigone.records.queries import sittings
from antigone.records.queries.contradicting import About, Contradiction, Kind, said
from antigone.records.queries.evidence import Evidence, share_no_word
from antigone.records.sections import Section as _S
from antigone.terms.dates import parse_partial_date
from antigone.terms.errors import gettext_noop


def _about_decision(
    kind: str, text: str, one: Decision, *held: str, against: About = (), **facts: Any
) -> Contradiction:
    graves = (one.remains.grave.key,) if one.remains.grave else ()
    words = said(kind, text, decision=one.key, **facts)
    site = one.remains.grave.site_id if one.remains.grave else None
    about = (("decision", one.pk), *against)
    return Contradiction(
        kind, words, graves, (one.remains.key,), (one.person.key,), about=about, held=held,
        site=site,
    )  # fmt: skip


def _lines_by_grave(evidence: Evidence) -> dict[UUID, list[JournalEntry]]:
    lines: dict[UUID, list[JournalEntry]] = defaultdict(list)
    for entry in evidence.entries:
        if entry.marker and entry.marker.grave_id:
            lines[entry.marker.grave_id].append(entry)
    return lines


def _journal_name_against_decision(evidence: Evidence) -> Iterator[Contradiction]:
    lines = _lines_by_grave(evidence)
    for one in evidence.identified:
        written = [line for line in lines.get(one.remains.grave_id, []) if line.name.strip()]
        if written and all(_names_another(line.name, one) for line in written):
            text = gettext_noop(
                "No name that the journal gives for this grave has a word in common with the "
                "person of decision %(decision)s."
            )
            kind = "journal_name_differs_from_decision"
            held = (one.person.name, one.person.name_other, *(line.name for line in written))
            against = tuple(("journal", line.pk) for line in written)
            yield _about_decision(kind, text, one, *held, against=against)


def _buried_before_last_seen(evidence: Evidence) -> Iterator[Contradiction]:
    lines = _lines_by_grave(evidence)
    for one in evidence.identified:
        if not one.person.last_seen_on:
            continue
        seen = parse_partial_date(one.person.last_seen_on)
        for line in lines.get(one.remains.grave_id, []):
            if line.buried_on and seen.surely_after(parse_partial_date(line.buried_on)):
                text = gettext_noop(
                    "Journal line %(entry)s states a burial before the person of decision "
                    "%(decision)s was last seen."
                )
                held = (one.person.last_seen_on, line.buried_on)
                against = (("journal", line.pk),)
                kind = "buried_before_last_seen"
                yield _about_decision(kind, text, one, *held, against=against, entry=line.key)


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
            kind, held = "identified_with_other_sex", (one.remains.sex, one.person.sex)
            yield _about_decision(kind, text, one, *held)


def _identified_but_alive(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.identified:
        if one.person.found_alive_on:
            text = gettext_noop(
                "Decision %(decision)s identifies remains as a person who was found alive. "
                "Withdraw it, and follow rule R11."
            )
            kind = "identified_but_found_alive"
            yield _about_decision(kind, text, one, one.person.found_alive_on)


def _recovered_before_last_seen(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.identified:
        seen, recovered = one.person.last_seen_on, one.remains.recovered_on
        if not seen or not recovered:
            continue
        if parse_partial_date(seen).surely_after(parse_partial_date(recovered)):
            text = gettext_noop(
                "Decision %(decision)s: the person was last seen after the remains were recovered."
            )
            yield _about_decision("last_seen_after_recovery", text, one, seen, recovered)


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
            about = tuple(("decision", one.pk) for one in members)
            words = said(kind, text, remains=key)
            yield Contradiction(kind, words, (), (key,), persons, about=about, held=persons)


def _status_against_person(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.identified:
        if {one.remains.status, one.person.status} == {"civilian", "serviceman"}:
            text = gettext_noop(
                "Decision %(decision)s: the remains are recorded with one status, the person with "
                "the other."
            )
            held = (one.remains.status, one.person.status)
            yield _about_decision("status_differs_from_person", text, one, *held)


def _status_without_basis(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.with_status:
        if not one.status_basis.strip():
            text = gettext_noop(
                "Remains %(remains)s are recorded as civilian or serviceman, and on what basis is "
                "not said."
            )
            kind = "status_without_basis"
            yield Contradiction(
                kind, said(kind, text, remains=one.key), (), (one.key,),
                about=(("remains", one.pk),), held=(one.status,),
                site=one.grave.site_id if one.grave else None,
            )  # fmt: skip


def _status_contested(evidence: Evidence) -> Iterator[Contradiction]:
    """A claim that those found were servicemen, against what their remains are recorded as."""
    civilians = [one for one in evidence.with_status if one.status == "civilian"]
    based = [one for one in civilians if one.status_basis.strip()]
    for claim in evidence.claims_of_status if civilians else ():
        text = gettext_noop(
            "Claim %(claim)s speaks of servicemen; of the remains recorded here, %(civilian)d are "
            "recorded as civilian, %(based)d of them with the basis of it."
        )
        kind = "status_contested"
        words = said(kind, text, claim=claim.key, civilian=len(civilians), based=len(based))
        held = (claim.measure, claim.qualifier, claim.value, claim.stance)
        yield Contradiction(kind, words, about=(("claim", claim.pk),), held=held)


def _status_against_attribute(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.servicemen_by_attribute:
        person = one.person
        if person is not None and person.status == "civilian":
            text = gettext_noop(
                "Person %(person)s is recorded as civilian, and attribute %(attribute)s says "
                "serviceman."
            )
            kind = "status_differs_from_attribute"
            words = said(kind, text, person=person.key, attribute=one.key)
            about = (("person", person.pk), ("attribute", one.pk))
            yield Contradiction(kind, words, (), (), (person.key,), about, (one.basis,))


def _signed_by_too_few(evidence: Evidence) -> Iterator[Contradiction]:
    """A decision that says who signed it, and fewer than two disciplines are among them.

    One that does not say it at all is a gap, and stands on the page of the decision.
    """
    for one in evidence.identified:
        if one.signed_by_roles.strip() and "not_two_disciplines" in sittings.unmet(one):
            text = gettext_noop(
                "Decision %(decision)s names a person, and by what it says of its signatures "
                "fewer than two disciplines signed."
            )
            yield _about_decision("signed_by_too_few", text, one, one.signed_by_roles)


KINDS = (
    Kind(("identified_but_found_alive",), _identified_but_alive, (_S.DECISIONS, _S.PERSON_CODES)),
    Kind(
        ("identified_as_several",),
        _one_remains_two_persons,
        (_S.DECISIONS, _S.REMAINS_CODES, _S.PERSON_CODES),
    ),
    Kind(("signed_by_too_few",), _signed_by_too_few, (_S.DECISIONS, _S.PERSON_CODES)),
    Kind(
        ("identified_with_other_sex",),
        _sex_against_decision,
        (_S.DECISIONS, _S.POST_MORTEM, _S.PERSON_CODES),
    ),
    Kind(
        ("last_seen_after_recovery",),
        _recovered_before_last_seen,
        (_S.DECISIONS, _S.REMAINS, _S.ANTE_MORTEM),
    ),
    Kind(
        ("buried_before_last_seen",),
        _buried_before_last_seen,
        (_S.DECISIONS, _S.REMAINS, _S.ANTE_MORTEM, _S.PLACES),
    ),
    Kind(
        ("journal_name_differs_from_decision",),
        _journal_name_against_decision,
        (_S.DECISIONS, _S.NAMES, _S.REMAINS),
        (_S.PLACES, _S.CLAIMED_NAMES),
    ),
    Kind(
        ("status_differs_from_person",),
        _status_against_person,
        (_S.DECISIONS, _S.POST_MORTEM, _S.ANTE_MORTEM),
    ),
    Kind(("status_without_basis",), _status_without_basis, (_S.POST_MORTEM,)),
    Kind(
        ("status_contested",),
        _status_contested,
        (_S.CLAIMS,),
        (_S.POST_MORTEM,),
        tables=frozenset({"claim"}),
    ),
    Kind(
        ("status_differs_from_attribute",),
        _status_against_attribute,
        (_S.ATTRIBUTES, _S.ANTE_MORTEM),
        tables=frozenset({"attribute"}),
    ),
)
