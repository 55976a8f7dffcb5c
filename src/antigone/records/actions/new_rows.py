# SPDX-License-Identifier: Apache-2.0
"""New rows of a case as part of an act: checked as an import checks them, coded and joined.

No action stands here: whoever calls records the act, once, after all of its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Max

from antigone.records import access
from antigone.records.actions.cells import checked_fields, note_columns
from antigone.records.actions.changes import change
from antigone.records.actions.codes import codes_of_remains, issue_codes, note_codes_brought
from antigone.records.errors import ChangedMeanwhile, UnknownTable
from antigone.records.impossible import Faults, impossible, rule_broken
from antigone.records.kinds import kind_of, rows_of
from antigone.records.models import RECORD_OF, CaseRow, InvestigationCase, User, field_of
from antigone.records.queries.history import cells_now
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.results import Remark
from antigone.terms.tables import TABLES


class EntryRefused(AntigoneError):
    """Cells that cannot stand as they were written; `faults` says why, column by column."""

    code = "records.entry-refused"
    message = gettext_noop(
        "Nothing was recorded: %(count)d fields cannot stand as they were written, the first of "
        "them %(column)s. Mend them and save again."
    )

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        super().__init__(count=len(faults), column=next(iter(faults)) or "the record as a whole")


@dataclass(frozen=True, slots=True)
class NewRow:
    """One row to be: its table, its cells, and the id that it will have (none: a random one)."""

    table: str
    cells: Mapping[str, str]
    number: UUID | None = None
    own: Mapping[str, Any] = field(default_factory=dict)
    """Fields of our own, which no cell writes: whose account it is."""


def known_rows(case: InvestigationCase, rows: Iterable[NewRow]) -> list[CaseRow]:
    """Rows with these ids that were written before: of a form that was sent twice."""
    found = []
    for one in rows:
        known = rows_of(model_of(one.table)).filter(case=case, pk=one.number).first()
        found += [known] if one.number and known is not None else []
    return found


def write_rows(case: InvestigationCase, rows: Iterable[NewRow], by: User) -> list[CaseRow]:
    """Write `rows` one after the other, each checked beside those before it.

    Whether `by` may write them is asked once all are there, because one may bring another within
    reach: a bag is at a site once something of that site lies in it.

    Raises
    ------
    UnknownTable, EntryRefused, NotAllowed
    """
    written = [(one, _entered(case, one, by)) for one in rows]
    for one, record in written:
        cells = _with_text(one.table, one.cells)
        access.require_columns(by, record, cells)
        note_columns(case, kind_of(type(record)), cells)
    return [record for _, record in written]


def rewrite_row(record: CaseRow, cells: Mapping[str, str], by: User) -> bool:
    """Write `cells` into a row that stands, as part of an act; whether any was otherwise.

    Raises
    ------
    EntryRefused, ChangedMeanwhile, NotAllowed
    """
    table = kind_of(type(record))
    standing = cells_now(record)
    wanted = {name: cell for name, cell in cells.items() if cell != standing[name]}
    if not wanted:
        return False
    access.require_columns(by, record, wanted)
    values, faults = checked_fields(record, table, wanted, standing, by)
    faults |= _impossible(record, values, faults)
    if faults:
        raise EntryRefused(faults)
    base = record.revision
    try:
        with transaction.atomic():
            written = change(record, **values)
    except IntegrityError as refusal:
        raise EntryRefused(rule_broken(refusal, record)) from None
    if not written:
        raise ChangedMeanwhile(kind=table, record=str(record.pk), base=base, now=base + 1)
    note_columns(record.case, table, wanted)
    return True


def tried(
    case: InvestigationCase, rows: Iterable[NewRow],
    changes: Iterable[tuple[CaseRow, Mapping[str, str]]], by: User,
) -> tuple[list[Faults], list[Faults]]:  # fmt: skip
    """What would be refused of these rows and of these changes of records, one after the other.

    They are written as they would be, so that a row may name one before it, and nothing stays: the
    transaction is rolled back. A fault under ``""`` is of the row as a whole.
    """
    with access.acting(by, "entries.enter_form", case), transaction.atomic():
        of_rows = [_faults_of(partial(write_rows, case, [one], by)) for one in rows]
        of_changes = [_faults_of(partial(rewrite_row, *each, by)) for each in changes]
        transaction.set_rollback(True)
    return of_rows, of_changes


def _faults_of(write: Callable[[], object]) -> Faults:
    try:
        with transaction.atomic():
            write()
    except EntryRefused as refusal:
        return dict(refusal.faults)
    except AntigoneError as refusal:
        return {"": Remark(refusal.code, refusal.message, refusal.facts)}
    return {}


def model_of(table: str) -> type[CaseRow]:
    """The model of a table whose rows can be written by hand."""
    model = RECORD_OF.get(table)
    if model is None or not issubclass(model, CaseRow):
        raise UnknownTable(table=table)
    return model


def _with_text(table: str, cells: Mapping[str, str]) -> dict[str, str]:
    """The cells that say something, and those of the key."""
    keys = TABLES[table].key
    return {name: cell for name, cell in cells.items() if cell or name in keys}


def _entered(case: InvestigationCase, one: NewRow, by: User) -> CaseRow:
    model = model_of(one.table)
    InvestigationCase.objects.select_for_update().get(pk=case.pk)  # one place for each row
    last = rows_of(model).filter(case=case).aggregate(last=Max("ordinal"))["last"]
    ordinal = 0 if last is None else last + 1
    record = model(id=one.number or uuid4(), case=case, ordinal=ordinal)
    given, codes = _with_a_key(case, model, one.table, one.cells)
    blank = dict.fromkeys(TABLES[one.table].column_names, "")
    values, faults = checked_fields(record, one.table, {**blank, **given}, blank, by)
    values |= one.own
    faults |= _impossible(record, values, faults)
    if faults:
        raise EntryRefused(faults)
    for name, value in {**values, **codes}.items():
        setattr(record, name, value)
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as refusal:
        raise EntryRefused(rule_broken(refusal, record)) from None
    return record


def _impossible(record: CaseRow, values: Mapping[str, Any], faults: Faults) -> Faults:
    return {} if faults else impossible(record, values)


def _with_a_key(
    case: InvestigationCase, model: type[CaseRow], table: str, cells: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The cells with a key, and the code that was issued for the record itself."""
    column = next((name for name in TABLES[table].key if field_of(table, name) == "key"), None)
    has_code = any(one.name == "code" for one in model._meta.fields)
    written = cells.get(column, "").strip() if column is not None else ""
    note_codes_brought(case, [written])
    needs_key = column is not None and not written
    if not (has_code or needs_key):
        return dict(cells), {}
    code = codes_of_remains(case, [written])[0] if has_code else issue_codes(case, 1)[0]
    given = {**cells, column: code} if column and needs_key else dict(cells)
    return given, {"code": code} if has_code else {}
