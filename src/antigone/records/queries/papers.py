# SPDX-License-Identifier: Apache-2.0
"""What goes on paper: rows as whoever looks may see them, and the things they belong to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from antigone.ledger.tree import leaf_hash
from antigone.records import access
from antigone.records.kinds import kind_of
from antigone.records.models import (
    RECORD_OF,
    CaseRow,
    Consent,
    CustodyEvent,
    Decision,
    DviItem,
    Effect,
    Element,
    Event,
    Family,
    Grave,
    InvestigationCase,
    Mark,
    Party,
    Person,
    Photograph,
    Recovery,
    Remains,
    Sample,
    Tooth,
    field_of,
    references_of,
)
from antigone.records.queries import custody
from antigone.records.queries.entries import cells
from antigone.records.queries.history import cells_now
from antigone.records.sections import PROTECTED, section_of
from antigone.records.standing import IDENTIFIED
from antigone.terms.tables import TABLES, Row


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
    now = cells_now(record)
    seen = {name: now[name] for name in TABLES[table].column_names
            if access.sees_column(table, name)}  # fmt: skip
    return PaperRow(table, record.pk, record.revision, seen)


def rows_of_all(records: Iterable[CaseRow]) -> list[PaperRow]:
    """These records, of tables without sealed columns, as rows in their order."""
    found = list(records)
    lines: dict[UUID, dict[str, str]] = {}
    for table in dict.fromkeys(kind_of(type(one)) for one in found):
        of = [one for one in found if kind_of(type(one)) == table]
        lines |= {one.pk: cells for one, cells in zip(of, _lines(table, of), strict=True)}
    return [PaperRow(kind_of(type(one)), one.pk, one.revision, lines[one.pk]) for one in found]


def protected_in(rows: Iterable[PaperRow]) -> tuple[tuple[str, UUID, str], ...]:
    """Kind, id and section of every protected cell in these rows."""
    return tuple(
        (one.table, one.record, section.value)
        for one in rows
        for name, cell in one.cells.items()
        if cell and (section := section_of(one.table, name)) in PROTECTED and section
    )


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


def rows_of_form(owner: Remains | Person) -> list[PaperRow]:
    """What a form says of remains or of a person: the latest of items and teeth, marks, bones."""
    of = {f"owner_{kind_of(type(owner))}": owner}
    items = DviItem.objects.filter(**of).order_by("recorded_on_latest", "ordinal")
    teeth = Tooth.objects.filter(**of).order_by("charted_on_latest", "ordinal")
    latest: list[CaseRow] = [
        *{one.item: one for one in items}.values(),
        *{one.tooth: one for one in teeth}.values(),
    ]
    marks = Mark.objects.filter(**of).order_by("ordinal")
    bones = Element.objects.filter(remains=owner.pk).order_by("ordinal")
    return rows_of_all([owner, *latest, *marks, *bones])


def recorded_as(case: InvestigationCase, table: str, row: Row) -> CaseRow | None:
    """The record of this case that has the key of `row`; None where there is none."""
    model = RECORD_OF.get(table)
    if model is None or not issubclass(model, CaseRow):
        return None
    wanted = Q(case=case)
    for name in TABLES[table].key:
        wanted &= _key_part(table, name, row)
    return model.objects.filter(wanted).first()


def _key_part(table: str, name: str, row: Row) -> Q:
    cell, targets = row.get(name, ""), references_of(table).get(name)
    if targets is None:
        return Q(**{field_of(table, name): cell})
    column = TABLES[table].column(name)
    by = column.refers_by if column is not None else None
    target = row.get(by, "") if by else next(iter(targets))
    joined = Q(**{f"{targets[target]}__key": cell}) if target in targets else Q()
    return joined | Q(**{f"{name}_key": cell}) if cell else joined


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of a list on paper: cells, and the names of the parties where they may be seen."""

    cells: Mapping[str, str]
    within: str = ""
    """Key of the container with which it moved."""


def photographs_of(remains: Remains) -> list[ListRow]:
    """Every photograph of remains and of what was found with them, in the order of the log."""
    of = Q(item_remains=remains)
    of |= Q(item_effect__remains=remains) | Q(item_exhibit__remains=remains)
    found = Photograph.objects.filter(of).order_by("at_utc", "ordinal")
    return [ListRow(one) for one in _lines("photograph", list(found))]


def chain_on_paper(item: CaseRow) -> list[ListRow]:
    """The custody of one thing from hand to hand, through its containers."""
    links = custody.chain_of(item)
    lines = _lines("custody", [link.event for link in links])
    return [ListRow(cells, link.within) for cells, link in zip(lines, links, strict=True)]


def party_named(case: InvestigationCase, key: str) -> Party | None:
    """The party of that key."""
    return Party.objects.filter(case=case, key=key).first()


def transport_by(party: Party, day: date) -> list[ListRow]:
    """What was handed to a party, such as a vehicle, on a day (UTC), in the order of the day."""
    found = CustodyEvent.objects.filter(
        to_party=party, action="handed_over", at_utc__date=day
    ).order_by("at_utc", "ordinal")
    return [ListRow(one) for one in _lines("custody", list(found))]


def samples_of_family(family: Family) -> list[ListRow]:
    """The reference samples that a family gave."""
    found = Sample.objects.filter(individual__family=family).order_by("ordinal")
    return [ListRow(one) for one in _lines("sample", list(found))]


def effects_of(remains: Remains) -> list[ListRow]:
    """The objects found with remains."""
    found = Effect.objects.filter(remains=remains).order_by("ordinal")
    return [ListRow(one) for one in _lines("effect", list(found))]


def family_named(case: InvestigationCase, key: str) -> Family | None:
    """The family of that key."""
    return Family.objects.filter(case=case, key=key).first()


def consent_named(case: InvestigationCase, key: str) -> Consent | None:
    """The consent of that key."""
    return Consent.objects.filter(case=case, key=key).first()


def identification_named(
    case: InvestigationCase, key: str
) -> tuple[Decision, Remains, Person] | None:
    """The identification of that key, with the remains and the person, where all may be seen."""
    found = Decision.objects.filter(case=case, key=key, outcome=IDENTIFIED)
    one = found.select_related("remains", "person").first()
    if one is None or one.remains is None or one.person is None:
        return None
    if not may_be_seen(one.person, "name"):
        return None
    return one, one.remains, one.person


def may_be_seen(record: CaseRow, column: str) -> bool:
    """Whether whoever looks may see a column of a record."""
    return column not in getattr(record, "withheld", ())


def is_replaced(decision: Decision) -> bool:
    """Whether a later decision has taken the place of this one."""
    return Decision.objects.filter(replaces=decision).exists()


def made_by_event(decision: Decision) -> tuple[str, int, str] | None:
    """The log, number and leaf hash of the event by which a decision came to be."""
    found = Event.objects.filter(kind="decision", record=decision.pk, number=1).first()
    if found is None:
        return None
    body = found.body.encode()
    return str(json.loads(body)["log"]), found.sequence, leaf_hash(body).hex()


def _lines(table: str, records: list[Any]) -> list[dict[str, str]]:
    """The cells of these records that may be seen."""
    names = [name for name in TABLES[table].column_names if access.sees_column(table, name)]
    return [{name: one.get(name, "") for name in names} for one in cells(table, records)]
