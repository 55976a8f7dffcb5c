# SPDX-License-Identifier: Apache-2.0
"""Where markers, the journal, graves and the remains found in them say different things."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from antigone.records.models import Grave, JournalEntry, Marker
from antigone.records.queries.contradicting import Contradiction, Kind, said
from antigone.records.queries.evidence import Evidence, folded, share_no_word
from antigone.records.sections import Section as _S
from antigone.terms.dates import parse_partial_date
from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark


def _about_marker(
    kind: str, words: Remark, *markers: Marker, line: JournalEntry | None = None, held: str = ""
) -> Contradiction:
    """A contradiction between markers, or between one and the journal line joined to it."""
    graves = tuple(dict.fromkeys(key for one in markers for key in _grave_of(one)))
    about = tuple(("marker", one.pk) for one in markers)
    about += (("journal", line.pk),) if line is not None else ()
    site = markers[0].site_id if markers else line.site_id if line else None
    return Contradiction(kind, words, graves, about=about, held=(held,) if held else (), site=site)


def _grave_of(one: Marker | None) -> tuple[str, ...]:
    return (one.grave.key,) if one is not None and one.grave is not None else ()


def _marker_without_line(evidence: Evidence) -> Iterator[Contradiction]:
    joined = {one.marker_id for one in evidence.entries}
    for one in evidence.markers:
        if evidence.has_journal and one.pk not in joined:
            text = gettext_noop("No journal line is joined to marker %(marker)s.")
            kind = "marker_without_journal_line"
            yield _about_marker(kind, said(kind, text, marker=one.key), one)


def _line_without_marker(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.entries:
        if evidence.has_markers and one.marker_id is None:
            text = gettext_noop("Journal line %(entry)s is joined to no marker.")
            kind = "journal_line_without_marker"
            yield _about_marker(kind, said(kind, text, entry=one.key), line=one)


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
            words = said(
                kind, text, number=members[0].number.strip(), count=len(members),
                markers=", ".join(one.key for one in members),
            )  # fmt: skip
            yield _about_marker(kind, words, *members)


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
            words = said(kind, text, entry=one.key, written=written, painted=painted)
            yield _about_marker(kind, words, one.marker, line=one)


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
            words = said(
                kind, text, marker=one.key, stated=one.stated_burials, grave=one.grave.key,
                found=found,
            )  # fmt: skip
            yield _about_grave(kind, words, one.grave, evidence, ("marker", one.pk))


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
            words = said(
                kind, text, entry=one.key, stated=one.stated_burials, grave=one.marker.grave.key,
                found=found,
            )  # fmt: skip
            yield _about_grave(kind, words, one.marker.grave, evidence, ("journal", one.pk))


def _about_grave(
    kind: str, words: Remark, grave: Grave, evidence: Evidence, against: tuple[str, UUID],
    held: tuple[str, ...] = (),
) -> Contradiction:  # fmt: skip
    remains = tuple(one.key for one in evidence.found_in(grave))
    about = (("grave", grave.pk), against)
    return Contradiction(
        kind, words, (grave.key,), remains, about=about, held=held, site=grave.site_id
    )


def _empty_grave(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.graves:
        if one.opened_on and not evidence.found_in(one):
            text = gettext_noop("Grave %(grave)s was opened; no remains are recorded from it.")
            kind = "empty_grave"
            yield Contradiction(
                kind, said(kind, text, grave=one.key), (one.key,), about=(("grave", one.pk),),
                site=one.site_id,
            )  # fmt: skip


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
            words = said(kind, text, entry=one.key, grave=grave.key)
            of_the_line = ("journal", one.pk)
            held = (
                one.sex,
                *sorted(f"{found.key} {found.sex}" for found in evidence.found_in(grave)),
            )
            yield _about_grave(kind, words, grave, evidence, of_the_line, held)


def _text_on_marker(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.entries:
        if one.marker is not None and share_no_word(one.name, one.marker.text):
            text = gettext_noop(
                "The name in journal line %(entry)s and the text on marker %(marker)s have no "
                "word in common."
            )
            kind = "marker_text_differs_from_journal_name"
            words = said(kind, text, entry=one.key, marker=one.marker.key)
            yield _about_marker(
                kind, words, one.marker, line=one, held=f"{one.name}\n{one.marker.text}"
            )


def _burial_before_death(evidence: Evidence) -> Iterator[Contradiction]:
    for one in evidence.entries:
        if not one.died or not one.buried_on:
            continue
        if parse_partial_date(one.died).surely_after(parse_partial_date(one.buried_on)):
            text = gettext_noop("Journal line %(entry)s states a burial before the death.")
            kind = "journal_burial_before_death"
            words = said(kind, text, entry=one.key)
            markers = (one.marker,) if one.marker else ()
            yield _about_marker(
                kind, words, *markers, line=one, held=f"{one.died}\n{one.buried_on}"
            )


KINDS = (
    Kind(
        ("journal_sex_differs_from_remains",),
        _sex_in_journal,
        (_S.CLAIMED_NAMES, _S.POST_MORTEM),
        (_S.PLACES, _S.REMAINS),
    ),
    Kind(("marker_burials_differ_from_found",), _burials_on_marker, (), (_S.PLACES, _S.REMAINS)),
    Kind(("journal_burials_differ_from_found",), _burials_in_journal, (), (_S.PLACES, _S.REMAINS)),
    Kind(("empty_grave",), _empty_grave, (), (_S.PLACES, _S.REMAINS)),
    Kind(("number_painted_twice",), _number_painted_twice, (_S.PLACES,)),
    Kind(("journal_number_differs_from_marker",), _number_of_line_and_marker, (_S.PLACES,)),
    Kind(
        ("marker_text_differs_from_journal_name",),
        _text_on_marker,
        (_S.PLACES, _S.CLAIMED_NAMES),
    ),
    Kind(("journal_burial_before_death",), _burial_before_death, (_S.PLACES, _S.CLAIMED_NAMES)),
    Kind(("marker_without_journal_line",), _marker_without_line, (), (_S.PLACES,)),
    Kind(("journal_line_without_marker",), _line_without_marker, (), (_S.PLACES,)),
)
