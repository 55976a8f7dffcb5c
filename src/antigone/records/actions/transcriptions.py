# SPDX-License-Identifier: Apache-2.0
"""Transcriptions: two readers, and a third who settles where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid5

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.actions.new_rows import NewRow, known_rows, rewrite_row, write_rows
from antigone.records.errors import ReasonMissing
from antigone.records.models import (
    CaseRow,
    InvestigationCase,
    JournalEntry,
    Site,
    Transcription,
    User,
)
from antigone.records.queries import history, transcriptions
from antigone.records.queries.transcriptions import AGREED, READ, Line, cells_read
from antigone.terms.errors import AntigoneError, gettext_noop


class ReadOnce(AntigoneError):
    """A line that is settled before two have read it."""

    code = "transcriptions.read-once"
    message = gettext_noop(
        "Page %(page)s, line %(line)s was not transcribed by two readers yet. Let the second "
        "reader transcribe it, without seeing the first reading."
    )


class NotAThirdReader(AntigoneError):
    """A difference that one of the two readers would settle."""

    code = "transcriptions.not-a-third-reader"
    message = gettext_noop(
        "Page %(page)s, line %(line)s: who settles a difference is neither the first nor the "
        "second reader. Ask somebody who has not read this line yet."
    )


class LineIncomplete(AntigoneError):
    """A settled line without a value for each column on which the readers differ."""

    code = "transcriptions.line-incomplete"
    message = gettext_noop(
        "Page %(page)s, line %(line)s: the readers differ on %(column)s. Choose one reading, or "
        "write a third; a blank is a reading too."
    )


class SettledMeanwhile(AntigoneError):
    """A line that somebody else settled since its form was opened."""

    code = "transcriptions.settled-meanwhile"
    message = gettext_noop(
        "Page %(page)s, line %(line)s was settled by somebody else since this form was opened. "
        "What was settled stands above the form now. To settle it otherwise, save again, and say "
        "in the reason why."
    )


@access.guarded("transcriptions.settle")
def settle(
    *, case: InvestigationCase, site: Site | None, page: str, line: str, reader: str,
    chosen: Mapping[str, str], base: int, reason: str, by: User, number: UUID,
) -> JournalEntry:  # fmt: skip
    """Settle one line: the third reading and the line of the journal, in one act.

    `chosen` has the cell of each column on which the two differ, and of any other that the third
    reader reads otherwise than both; `reader` is who reads, as the others are named; `base` is the
    revision of the third reading that `reader` saw, 0 where there was none. What stands so already,
    word for word, is left as it is: a form sent twice settles once.

    Raises
    ------
    ReadOnce, NotAThirdReader, LineIncomplete, SettledMeanwhile, ReasonMissing, EntryRefused
    """
    if not reason.strip():
        raise ReasonMissing
    read = _read_twice(case, site, page, line)
    _refuse_the_two(read, reader, by)
    missing = [name for name in read.differing if name not in chosen]
    if missing:
        raise LineIncomplete(page=page, line=line, column=missing[0])
    assert read.first is not None
    cells = cells_read(read.first) | {name: chosen[name] for name in READ if name in chosen}
    third = {**_place(site, read), **cells, "reader": "third", "transcriber": reader}
    if read.third is not None and read.third.revision != base:
        if read.entry is not None and _stands_so(read.third, cells, reader):
            return read.entry
        raise SettledMeanwhile(page=page, line=line)
    if read.third is None:
        write_rows(case, [NewRow("transcription", third, uuid5(number, "third"))], by)
    else:
        rewrite_row(read.third, third, by)
    entry = _stand(case, site, read, cells, reader, number, by)
    trail.record(action="transcriptions.settle", by=by, case=case, reason=reason.strip())
    return entry


@access.guarded("transcriptions.accept_agreed")
def accept_agreed(
    *, case: InvestigationCase, site: Site | None, page: str, by: User, number: UUID
) -> list[JournalEntry]:
    """Take over every line of a page on which both readers agree and which stands nowhere yet."""
    found = transcriptions.lines(case, site, page)
    of_the_site = site.pk if site else None
    agreed = [
        one
        for one in found
        if one.state == AGREED and one.site == of_the_site and one.entry is None
    ]
    if not agreed:
        return []
    made = []
    for read in agreed:
        assert read.first is not None
        assert read.second is not None
        both = f"{read.first.transcriber}; {read.second.transcriber}".strip("; ")
        mark = uuid5(number, f"{read.page} {read.line}")
        made.append(_stand(case, site, read, cells_read(read.first), both, mark, by))
    trail.record(action="transcriptions.accept_agreed", by=by, case=case)
    return made


def _read_twice(case: InvestigationCase, site: Site | None, page: str, line: str) -> Line:
    found = transcriptions.one_line(case, site, page, line)
    if found is None or found.first is None or found.second is None:
        raise ReadOnce(page=page, line=line)
    return found


def _refuse_the_two(read: Line, reader: str, by: User) -> None:
    """Refuse a reader who is one of the two, by name or by the account that entered it."""
    two = [one for one in (read.first, read.second) if one is not None]
    named = {_folded(one.transcriber) for one in two} - {""}
    if not reader.strip() or _folded(reader) in named or by.username in _accounts(two):
        raise NotAThirdReader(page=read.page, line=read.line)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _accounts(two: list[CaseRow]) -> set[str]:
    """The accounts that entered these readings by hand; an import reads nothing."""
    stages = [stage for one in two for stage in history.of_record("transcription", one.pk)]
    return {one.event.actor for one in stages if one.event.verb == "entries.enter"}


def _stands_so(third: Transcription, cells: Mapping[str, str], reader: str) -> bool:
    """Whether a third reading says this already."""
    same_reader = _folded(third.transcriber) == _folded(reader)
    return same_reader and cells_read(third) == {name: cells[name].strip() for name in READ}


def _place(site: Site | None, read: Line) -> dict[str, str]:
    return {"site": site.key if site else read.site_key, "page": read.page, "line": read.line}


def _stand(
    case: InvestigationCase, site: Site | None, read: Line, cells: Mapping[str, str],
    reader: str, number: UUID, by: User,
) -> JournalEntry:  # fmt: skip
    """The line of the journal with these cells: a new one, or the one that stands, changed."""
    written = {**_place(site, read), **cells, "transcriber": reader}
    if read.entry is not None:
        rewrite_row(read.entry, written, by)
        return read.entry
    new = NewRow("journal", written, uuid5(number, "entry"))
    known = known_rows(case, [new])
    (entry,) = known or write_rows(case, [new], by)
    assert isinstance(entry, JournalEntry)
    return entry
