# SPDX-License-Identifier: Apache-2.0
"""Entries: a new record, written by hand, checked as an import checks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Max

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.actions.cells import checked_fields, note_columns
from antigone.records.actions.codes import issue_codes
from antigone.records.errors import UnknownTable
from antigone.records.impossible import Faults, impossible, rule_broken
from antigone.records.kinds import rows_of
from antigone.records.models import RECORD_OF, CaseRow, InvestigationCase, User, field_of
from antigone.terms.errors import AntigoneError, gettext_noop
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
    model = _model_of(table)
    known = rows_of(model).filter(case=case, pk=number).first() if number else None
    if known is not None:
        access.require_columns(by, known, cells)
        return known
    record = _entered(case, model, table, cells, number or uuid4())
    access.require_columns(by, record, _written(table, cells))
    note_columns(case, table, _written(table, cells))
    trail.record(action="entries.enter", by=by, case=case, about=record, reason=reason.strip())
    return record


def _model_of(table: str) -> type[CaseRow]:
    model = RECORD_OF.get(table)
    if model is None or not issubclass(model, CaseRow):
        raise UnknownTable(table=table)
    return model


def _written(table: str, cells: Mapping[str, str]) -> dict[str, str]:
    """The cells that say something, and those of the key."""
    keys = TABLES[table].key
    return {name: cell for name, cell in cells.items() if cell or name in keys}


def _entered(
    case: InvestigationCase, model: type[CaseRow], table: str, cells: Mapping[str, str], pk: UUID
) -> CaseRow:
    InvestigationCase.objects.select_for_update().get(pk=case.pk)  # one place for each row
    last = rows_of(model).filter(case=case).aggregate(last=Max("ordinal"))["last"]
    record = model(id=pk, case=case, ordinal=0 if last is None else last + 1)
    given, codes = _with_a_key(case, model, table, cells)
    blank = dict.fromkeys(TABLES[table].column_names, "")
    values, faults = checked_fields(record, table, {**blank, **given}, blank)
    faults |= {name: fault for name, fault in _impossible(record, values, faults).items()}
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
    needs_key = column is not None and not cells.get(column, "").strip()
    if not (has_code or needs_key):
        return dict(cells), {}
    code = issue_codes(case, 1)[0]
    given = {**cells, column: code} if column and needs_key else dict(cells)
    return given, {"code": code} if has_code else {}
