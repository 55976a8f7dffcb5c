# SPDX-License-Identifier: Apache-2.0
"""Entries: a new record, written by hand, checked as an import checks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.actions.new_rows import EntryRefused, NewRow, known_rows, write_rows
from antigone.records.models import CaseRow, InvestigationCase, User

__all__ = ["EntryRefused", "NewRow", "enter", "enter_form"]


@access.guarded("entries.enter")
def enter(
    *, case: InvestigationCase, table: str, cells: Mapping[str, str], by: User,
    number: UUID | None = None, reason: str = "",
) -> CaseRow:  # fmt: skip
    """Enter one record with these `cells` (column of `terms.tables`, text).

    `number` is the id that the record will have, so that a form sent twice enters one record: the
    second time the first record is given back. A record that has a key and is given none gets
    a code of the case as its key; remains always have one.

    Raises
    ------
    UnknownTable, EntryRefused, NotAllowed
    """
    new = NewRow(table, cells, number)
    known = known_rows(case, [new])
    if known:
        access.require_columns(by, known[0], cells)
        return known[0]
    (record,) = write_rows(case, [new], by)
    trail.record(action="entries.enter", by=by, case=case, about=record, reason=reason.strip())
    return record


@access.guarded("entries.enter_form")
def enter_form(
    *, case: InvestigationCase, rows: Sequence[NewRow], by: User, reason: str
) -> list[CaseRow]:
    """Enter the rows of a filled form in one act: all of them or none.

    Raises
    ------
    UnknownTable, EntryRefused, NotAllowed
    """
    written = write_rows(case, rows, by)
    trail.record(action="entries.enter_form", by=by, case=case, reason=reason.strip())
    return written
