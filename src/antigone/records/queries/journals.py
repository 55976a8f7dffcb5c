# SPDX-License-Identifier: Apache-2.0
"""How far the journal is transcribed: page by page how many lines are read, differ and stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, Trim

from antigone.records.models import (
    Attachment,
    Document,
    InvestigationCase,
    JournalEntry,
    Transcription,
)
from antigone.records.queries.transcriptions import READ, Line

_PLACE = ("site_id", "site_key", "page", "line")
_BETWEEN = "\x1f"
"""Between the columns of a reading when two are compared: no form and no file can hold it."""


@dataclass(slots=True)
class Progress:
    """The lines of a journal, or of one page of it, by how far they are."""

    lines: int = 0
    read_twice: int = 0
    to_settle: int = 0
    """Lines that the two read otherwise, and that wait for a third reader."""
    settled: int = 0
    standing: int = 0
    """How many stand as a line of the journal."""

    @property
    def read_once(self) -> int:
        """Lines that wait for a second reader."""
        return self.lines - self.read_twice

    @property
    def to_take_over(self) -> int:
        """Lines on which both agree, and which stand nowhere yet."""
        return max(self.read_twice - self.to_settle - self.standing, 0)

    def add(self, *, twice: bool, alike: bool, third: bool, stands: bool) -> None:
        """Count one line."""
        self.lines += 1
        self.read_twice += twice
        self.settled += twice and third
        self.to_settle += twice and not alike and not third
        self.standing += stands


@dataclass(slots=True)
class JournalPage:
    """One page of one journal: its site, its number, the reading that began it, and its counts."""

    site: UUID | None
    site_key: str
    page: str
    begun: int
    progress: Progress
    reading: UUID | None = None
    """The reading by which the page is found; set for the pages that are shown."""
    site_name: str = ""


def pages(case: InvestigationCase) -> list[JournalPage]:
    """Each page of each journal, in the order in which pages were begun."""
    journal = JournalEntry.objects.filter(case=case).values_list(*_PLACE)
    stands = {(site, key, page.strip(), line.strip()) for site, key, page, line in journal}
    found: dict[tuple[UUID | None, str, str], JournalPage] = {}
    for site, site_key, page, line, begun, readers, third, low, high in _lines(case):
        new = JournalPage(site, site_key, page, begun, Progress())
        one = found.setdefault((site, site_key, page), new)
        one.progress.add(
            twice=readers == 2, alike=low == high, third=bool(third),
            stands=(site, site_key, page.strip(), line.strip()) in stands,
        )  # fmt: skip
    return list(found.values())


def _lines(case: InvestigationCase) -> QuerySet[Transcription, tuple[object, ...]]:
    """Each line: its place, its first row, its readers, and its two readings as one text each."""
    two = Q(reader__in=("first", "second"))
    parts = [part for name in READ for part in (_text(name), Value(_BETWEEN, TextField()))]
    words = Concat(*parts, output_field=TextField())
    lines = Transcription.objects.filter(case=case).values(*_PLACE)
    return lines.annotate(
        begun=Min("ordinal"), readers=Count("pk", filter=two),
        third=Count("pk", filter=Q(reader="third")),
        low=Min(words, filter=two), high=Max(words, filter=two),
    ).order_by("begun").values_list(
        *_PLACE, "begun", "readers", "third", "low", "high"
    )  # fmt: skip


def _text(name: str) -> Coalesce:
    return Coalesce(
        Trim(Cast(name, TextField()), output_field=TextField()), Value(""), output_field=TextField()
    )


def whole(found: Iterable[JournalPage]) -> Progress:
    """The counts of all these pages together."""
    every = [one.progress for one in found]
    return Progress(
        sum(one.lines for one in every), sum(one.read_twice for one in every),
        sum(one.to_settle for one in every), sum(one.settled for one in every),
        sum(one.standing for one in every),
    )  # fmt: skip


def find_readings(case: InvestigationCase, shown: Iterable[JournalPage]) -> None:
    """Give each of these pages the reading by which it is found."""
    every = list(shown)
    begun = Transcription.objects.filter(case=case, ordinal__in=[one.begun for one in every])
    readings = dict(begun.values_list("ordinal", "pk"))
    for one in every:
        one.reading = readings[one.begun]


def reading(case: InvestigationCase, number: UUID) -> Transcription | None:
    """One reading of one line, with its site."""
    found = Transcription.objects.filter(case=case, pk=number).select_related("site")
    return found.first()


def files_of_page(case: InvestigationCase, page: Iterable[Line]) -> list[Attachment]:
    """Files of the readings and lines of a page, and of documents about its lines."""
    every = list(page)
    lines = [one.entry.pk for one in every if one.entry is not None]
    readings = [
        one.pk for line in every for one in (line.first, line.second, line.third) if one is not None
    ]
    about = Document.objects.filter(case=case, about_journal__in=lines).values_list("pk", flat=True)
    of = {"transcription": readings, "journal": lines, "document": list(about)}
    wanted = Q()
    for kind, ids in of.items():
        wanted |= Q(kind=kind, record__in=ids)
    return list(Attachment.objects.filter(wanted, case=case))
