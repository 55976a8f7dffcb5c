# SPDX-License-Identifier: Apache-2.0
"""What goes on paper: rows as whoever looks may see them, and the things they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from antigone.records import access
from antigone.records.kinds import kind_of
from antigone.records.models import (
    CaseRow,
    Grave,
    InvestigationCase,
    Person,
    Recovery,
    Remains,
)
from antigone.records.queries.history import cells_now
from antigone.terms.tables import TABLES


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One record for a paper: its cells that may be seen, and its revision."""

    table: str
    record: UUID
    revision: int
    cells: Mapping[str, str]


def row_of(record: CaseRow) -> PaperRow:
    """A record as a row; columns that may not be seen are not in it."""
    table = kind_of(type(record))
    cells = cells_now(record)
    seen = {name: cells[name] for name in TABLES[table].column_names
            if access.sees_column(table, name)}  # fmt: skip
    return PaperRow(table, record.pk, record.revision, seen)


def rows_of_all(records: Iterable[CaseRow]) -> list[PaperRow]:
    """These records as rows, in their order."""
    return [row_of(one) for one in records]


def remains_named(case: InvestigationCase, key: str) -> Remains | None:
    """Remains of that key or code."""
    found = Remains.objects.filter(case=case).select_related("grave__site")
    return found.filter(key=key).first() or found.filter(code=key).first()


def person_named(case: InvestigationCase, key: str) -> Person | None:
    """The person of that key."""
    return Person.objects.filter(case=case, key=key).first()


def grave_named(case: InvestigationCase, key: str) -> Grave | None:
    """The grave of that key."""
    return Grave.objects.filter(case=case, key=key).select_related("site").first()


def recovery_of(remains: Remains) -> Recovery | None:
    """The latest recovery sheet of these remains."""
    return Recovery.objects.filter(remains=remains).order_by("ordinal").last()


def rows_of_recovery(remains: Remains) -> dict[str, PaperRow]:
    """What a recovery sheet says, by table: the remains, the grave, its site, the recovery."""
    recovery, grave = recovery_of(remains), remains.grave
    found: list[CaseRow | None] = [grave.site if grave else None, grave, remains, recovery]
    return {one.table: one for one in (row_of(each) for each in found if each is not None)}
