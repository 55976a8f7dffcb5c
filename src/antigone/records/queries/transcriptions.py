# SPDX-License-Identifier: Apache-2.0
"""Journal pages as two readers transcribed them: line by line, where they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from antigone.records.models import InvestigationCase, JournalEntry, Site, Transcription

READ = (
    "number", "name", "description", "sex", "born", "died", "buried_on", "brought_from",
    "stated_burials",
)  # fmt: skip
"""What stands in the journal itself; the note is the reader's own."""
ONE_READING, AGREED, DIFFERS, SETTLED = "one_reading", "agreed", "differs", "settled"

Where = tuple[UUID | None, str, str, str]
"""Site (record and key), page and line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal as it was read."""

    site: UUID | None
    site_key: str
    page: str
    line: str
    first: Transcription | None
    second: Transcription | None
    third: Transcription | None
    entry: JournalEntry | None
    """The line of the journal that stands, if there is one."""

    @property
    def differing(self) -> tuple[str, ...]:
        """The columns that the first and the second reader read otherwise."""
        if self.first is None or self.second is None:
            return ()
        one, other = cells_read(self.first), cells_read(self.second)
        return tuple(name for name in READ if one[name] != other[name])

    @property
    def state(self) -> str:
        """Read once, read alike by both, read otherwise, or settled by a third."""
        if self.first is None or self.second is None:
            return ONE_READING
        if self.third is not None:
            return SETTLED
        return DIFFERS if self.differing else AGREED


def cells_read(one: Transcription | JournalEntry) -> dict[str, str]:
    """What a reader read, column by column; a blank cell is a blank in the journal."""
    found = {name: getattr(one, name) for name in READ}
    return {name: "" if cell is None else str(cell).strip() for name, cell in found.items()}


def lines(case: InvestigationCase, site: Site | None = None, page: str = "") -> list[Line]:
    """Every line that somebody transcribed, in the order of the first reading."""
    read = Transcription.objects.filter(case=case)
    journal = JournalEntry.objects.filter(case=case)
    if site is not None:
        read, journal = read.filter(site=site), journal.filter(site=site)
    if page:
        read, journal = read.filter(page=page), journal.filter(page=page)
    readings: dict[Where, dict[str, Transcription]] = defaultdict(dict)
    for one in read:
        readings[_where(one)][one.reader] = one
    entries = {_where(one): one for one in journal if one.page and one.line}
    return [_line(where, by, entries) for where, by in readings.items()]


def one_line(case: InvestigationCase, site: Site | None, page: str, line: str) -> Line | None:
    """One line of the journal; None where nobody transcribed it."""
    found = lines(case, site, page)
    of_the_site = site.pk if site else None
    return next((one for one in found if one.line == line and one.site == of_the_site), None)


def _where(one: Transcription | JournalEntry) -> Where:
    return one.site_id, one.site_key, one.page.strip(), one.line.strip()


def _line(
    where: Where, by: Mapping[str, Transcription], entries: Mapping[Where, JournalEntry]
) -> Line:
    readers = (by.get("first"), by.get("second"), by.get("third"))
    return Line(*where, *readers, entries.get(where))
