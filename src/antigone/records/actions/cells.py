# SPDX-License-Identifier: Apache-2.0
"""Cells as somebody writes them into one record: checked as an import checks them, and joined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from antigone.records import access, guards, protected
from antigone.records.actions.changes import change
from antigone.records.impossible import Faults, said
from antigone.records.kinds import rows_of
from antigone.records.models import (
    RECORD_OF,
    CaseRow,
    InvestigationCase,
    SourceTable,
    User,
    field_of,
    references_of,
)
from antigone.records.models.cells import fields_of, joined_fields, target_of
from antigone.records.rights import OPERATOR
from antigone.terms.cells import unfit, unkeepable
from antigone.terms.results import Remark
from antigone.terms.tables import TABLES, Column, Kind, several


def checked_fields(
    record: CaseRow,
    table: str,
    written: Mapping[str, str],
    standing: Mapping[str, str],
    by: User,
) -> tuple[dict[str, Any], Faults]:
    """The fields that keep the cells `written` into `record`, and what is wrong with which.

    `standing` has every cell of the record as it stands. A cell that its field would write
    otherwise is kept word for word beside it.
    """
    cells = {**standing, **written}
    faults: Faults = {}
    values: dict[str, Any] = {}
    as_written = {name: cell for name, cell in record.as_written.items() if name not in written}
    for name in _with_their_references(table, written):
        column = TABLES[table].column(name)
        assert column is not None
        cell = cells.get(name, "")
        fault = _fault(record, table, column, cell, cells, by)
        if fault is not None:
            faults[name] = fault
            continue
        fields, text = _fields(record, table, column, cell, cells)
        values |= fields
        if cell != text:
            as_written[name] = cell
    return values | {"as_written": as_written}, faults


def _with_their_references(table: str, written: Mapping[str, str]) -> list[str]:
    """The columns written, and those whose meaning depends on one of them (`owner_kind`)."""
    known = TABLES[table]
    depending = [one.name for one in known.columns if one.refers_by in written]
    return list(dict.fromkeys([*written, *depending]))


def _fault(
    record: CaseRow, table: str, column: Column, cell: str, cells: Mapping[str, str], by: User
) -> Remark | None:
    return (
        unkeepable(cell)
        or unfit(cell, column, table)
        or _unknown_reference(record, table, column, cell, cells, by)
    )


def _unknown_reference(
    record: CaseRow, table: str, column: Column, cell: str, cells: Mapping[str, str], by: User
) -> Remark | None:
    """A fault where the case has the table referred to, but not all the records that `by` sees.

    A record out of sight is as unknown as none at all: else codes could be found out by trying.
    """
    if not cell.strip() or column.or_words or not TABLES[table].targets(column):
        return None
    target = target_of(table, column.name, cells)
    if not target:
        return said("owner-without-kind", by=str(column.refers_by))
    if target not in RECORD_OF:
        return None
    keys = set(several(cell)) if column.kind is Kind.TEXTS else {cell}
    if keys <= _keys_known(by, record.case, target, keys):
        return None
    has_table = rows_of(SourceTable).filter(case=record.case_id, table=target).exists()
    return said("unknown-reference", table=target) if has_table else None


def _keys_known(by: User, case: InvestigationCase, table: str, keys: set[str]) -> set[str]:
    """Those of the keys that name records which `by` sees, or which this act has written."""
    every = rows_of(RECORD_OF[table]).filter(case=case, key__in=keys)
    found: dict[UUID, str] = dict(every.values_list("pk", "key"))
    if access.acting_as() == OPERATOR:
        return set(found.values())
    with access.looking_as(by, case, timezone.now()):
        seen = set(RECORD_OF[table].objects.filter(pk__in=found).values_list("pk", flat=True))
    return {key for pk, key in found.items() if pk in seen or guards.is_due(connection, pk)}


def _fields(
    record: CaseRow, table: str, column: Column, cell: str, cells: Mapping[str, str]
) -> tuple[dict[str, Any], str]:
    name = field_of(table, column.name)
    if name in type(record).sealed:
        return {name: sealed_cell(record, table, name, cell)}, cell
    if column.name not in references_of(table):
        return fields_of(table, column, cell)
    target = target_of(table, column.name, cells)
    found = None
    if cell and target in RECORD_OF:
        found = rows_of(RECORD_OF[target]).filter(case=record.case_id, key=cell).first()
    pk = found.pk if found else None
    return joined_fields(table, column.name, target, pk, cell), cell


def sealed_cell(record: CaseRow, table: str, field: str, cell: str) -> bytes | None:
    """The sealed bytes of a protected cell, under the record's own key; None for a blank one."""
    if not cell:
        return None
    protected.make_keys([record.pk])
    return protected.seal_value(record.pk, table, record.pk, type(record).sealed[field], cell)


def note_columns(case: InvestigationCase, table: str, written: Mapping[str, str]) -> None:
    """Add to the case's header of a table the columns that it lacked, and the table itself."""
    headers = rows_of(SourceTable).select_for_update().filter(case=case)
    header = headers.filter(table=table).first()
    names = [name for name in TABLES[table].column_names if name in written]
    if header is None:
        last = headers.order_by("-ordinal").values_list("ordinal", flat=True).first()
        ordinal = 0 if last is None else last + 1
        SourceTable.objects.create(case=case, ordinal=ordinal, table=table, columns=names)
        return
    lacking = [name for name in names if name not in header.columns]
    if lacking:
        change(header, columns=[*header.columns, *lacking])
