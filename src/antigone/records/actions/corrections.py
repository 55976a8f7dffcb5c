# SPDX-License-Identifier: Apache-2.0
"""Corrections: cells of one record, on the revision that the editor saw, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from antigone.records import access, protected
from antigone.records.actions import trail
from antigone.records.actions.changes import change
from antigone.records.errors import ChangedMeanwhile, ReasonMissing
from antigone.records.impossible import Faults, impossible, rule_broken, said
from antigone.records.kinds import kind_of, rows_of
from antigone.records.models import (
    RECORD_OF,
    CaseRow,
    InvestigationCase,
    KeptRow,
    ProfileRun,
    SourceTable,
    User,
    field_of,
)
from antigone.records.models.cells import fields_of, is_reference
from antigone.records.queries import history
from antigone.records.rights import OPERATOR
from antigone.terms.cells import unfit, unkeepable
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import TABLES, Column, Kind, several


class NoSuchColumn(AntigoneError):
    """A column that the table of the record does not have."""

    code = "records.no-such-column"
    message = gettext_noop(
        "Table %(table)s has no column %(column)s that can be corrected. Name the column as the "
        "case folder does."
    )


class NothingToCorrect(AntigoneError):
    """A correction that would leave everything as it is."""

    code = "records.nothing-to-correct"
    message = gettext_noop(
        "%(kind)s %(record)s stands as you wrote it already; nothing was recorded. Change a field "
        "first."
    )


class CorrectionRefused(AntigoneError):
    """Cells that cannot stand as they were written; `faults` says why, column by column."""

    code = "records.correction-refused"
    message = gettext_noop(
        "%(kind)s %(record)s was not corrected: %(count)d fields cannot stand as they were "
        "written, the first of them %(column)s. Mend them and save again."
    )

    def __init__(self, record: CaseRow, faults: Faults) -> None:
        self.faults = faults
        super().__init__(
            kind=kind_of(type(record)), record=history.key_of(record), count=len(faults),
            column=next(iter(faults)) or "the record as a whole",
        )  # fmt: skip


@access.guarded("corrections.correct")
def correct(
    *, record: CaseRow, base: int, changes: Mapping[str, str], reason: str, by: User
) -> CaseRow:
    """Write the cells `changes` (column of `terms.tables`, new text) into one record.

    Only if its revision is still `base`: else `ChangedMeanwhile`, which carries what was seen,
    what is there now and what was wanted (`queries.history.Meanwhile`). Cells are checked as an
    import checks them. Nothing is written unless everything is.

    Raises
    ------
    ReasonMissing, NoSuchColumn, CorrectionRefused, NothingToCorrect, ChangedMeanwhile
    """
    if not reason.strip():
        raise ReasonMissing
    kind = kind_of(type(record))
    now = rows_of(type(record)).select_related("case").get(pk=record.pk)
    _refuse_unknown(kind, changes)
    access.require_columns(by, now, changes)
    if now.revision != base:
        raise _changed_meanwhile(now, base, changes)
    cells = history.cells_now(now)
    wanted = {name: cell for name, cell in changes.items() if cell != cells[name]}
    if not wanted:
        raise NothingToCorrect(kind=kind, record=history.key_of(now))
    values = _checked_values(now, kind, wanted, by)
    if not _written(now, values):
        raise _changed_meanwhile(rows_of(type(now)).get(pk=now.pk), base, changes)
    if kind == "sample":
        _reseal_profiles(now)
    _note_columns(now, kind, wanted)
    trail.record(
        action="corrections.correct", by=by, case=now.case, reason=reason.strip(), about=now
    )
    return now


def _refuse_unknown(kind: str, changes: Mapping[str, str]) -> None:
    for name in changes:
        if kind not in TABLES or TABLES[kind].column(name) is None:
            raise NoSuchColumn(table=kind, column=name)


def _changed_meanwhile(now: CaseRow, base: int, changes: Mapping[str, str]) -> ChangedMeanwhile:
    refusal = ChangedMeanwhile(
        kind=kind_of(type(now)), record=history.key_of(now), base=base, now=now.revision
    )
    refusal.meanwhile = history.meanwhile(now, base, changes)  # type: ignore[attr-defined]
    return refusal


def _written(now: CaseRow, values: Mapping[str, Any]) -> bool:
    faults = impossible(now, values)
    if faults:
        raise CorrectionRefused(now, faults)
    try:
        with transaction.atomic():
            return change(now, **values)
    except IntegrityError as refusal:
        raise CorrectionRefused(now, rule_broken(refusal, now)) from None


def _checked_values(now: CaseRow, kind: str, wanted: Mapping[str, str], by: User) -> dict[str, Any]:
    """The fields that keep `wanted`, and the words that they would write otherwise."""
    faults: Faults = {}
    values: dict[str, Any] = {}
    as_written = {name: cell for name, cell in now.as_written.items() if name not in wanted}
    for name, cell in wanted.items():
        column = TABLES[kind].column(name)
        assert column is not None
        fault = unkeepable(cell) or unfit(cell, column, kind)
        if fault is None and field_of(kind, name) == "key":
            fault = said("key-not-corrected")
        if fault is None:
            fault = _unknown_reference(now, column, cell, by)
        if fault is not None:
            faults[name] = fault
            continue
        fields, written = _fields(now, kind, column, cell)
        values |= fields
        if cell != written:
            as_written[name] = cell
    if faults:
        raise CorrectionRefused(now, faults)
    return values | {"as_written": as_written}


def _unknown_reference(now: CaseRow, column: Column, cell: str, by: User) -> Any:
    """A fault where the case has the table referred to, but not all the records that `by` sees.

    A record out of sight is as unknown as none at all: else codes could be found out by trying.
    """
    target = column.refers_to
    if target not in RECORD_OF or not cell.strip():
        return None
    keys = set(several(cell)) if column.kind is Kind.TEXTS else {cell}
    if keys <= _keys_seen(by, now.case, target, keys):
        return None
    has_table = rows_of(SourceTable).filter(case=now.case_id, table=target).exists()
    return said("unknown-reference", table=target) if has_table else None


def _keys_seen(by: User, case: InvestigationCase, table: str, keys: set[str]) -> set[str]:
    if access.acting_as() == OPERATOR:
        found = rows_of(RECORD_OF[table])
        return set(found.filter(case=case, key__in=keys).values_list("key", flat=True))
    with access.looking_as(by, case, timezone.now()):
        found = RECORD_OF[table].objects.filter(case=case, key__in=keys)
        return set(found.values_list("key", flat=True))


def _fields(now: CaseRow, kind: str, column: Column, cell: str) -> tuple[dict[str, Any], str]:
    name = field_of(kind, column.name)
    if name in type(now).sealed:
        return {name: _sealed(now, kind, name, cell)}, cell
    if not is_reference(column):
        return fields_of(kind, column, cell)
    target = RECORD_OF[column.refers_to or ""]
    found = rows_of(target).filter(case=now.case_id, key=cell).first() if cell else None
    return {
        f"{name}_id": found.pk if found else None, f"{name}_key": "" if found else cell,
    }, cell  # fmt: skip


def _sealed(now: CaseRow, kind: str, name: str, cell: str) -> bytes | None:
    if not cell:
        return None
    protected.make_keys([now.pk])
    return protected.seal_value(now.pk, kind, now.pk, type(now).sealed[name], cell)


def _reseal_profiles(sample: Any) -> None:
    """Seal what a laboratory found in a sample with the key of whom the sample now is of."""
    subject = sample.remains_id or sample.individual_id or sample.person_id or sample.pk
    protected.make_keys([subject])
    for run in rows_of(ProfileRun).filter(sample=sample).exclude(subject=subject):
        if run.calls is None:
            continue  # erased
        _change_or_refuse(run, subject, "profile", "dna", "calls")
    for row in rows_of(KeptRow).filter(case=sample.case_id, table="haplotype"):
        if row.subject != subject and _is_of(row, sample):
            _change_or_refuse(row, subject, "kept_row", "dna", "sealed_row")


def _is_of(row: KeptRow, sample: Any) -> bool:
    if row.sealed_row is None or row.subject is None:
        return False
    held: Any = protected.open_value(row.subject, "kept_row", row.pk, "dna", row.sealed_row)
    return str(held.get("sample", "")).strip() == sample.key


def _change_or_refuse(one: Any, subject: UUID, kind: str, section: str, column: str) -> None:
    value = protected.open_value(one.subject, kind, one.pk, section, getattr(one, column))
    sealed = protected.seal_value(subject, kind, one.pk, section, value)
    base = one.revision
    if not change(one, subject=subject, **{column: sealed}):
        raise ChangedMeanwhile(kind=kind, record=str(one.pk), base=base, now=base + 1)


def _note_columns(now: CaseRow, kind: str, wanted: Mapping[str, str]) -> None:
    """Add the columns that the source lacked to its header."""
    found = rows_of(SourceTable).select_for_update()
    header = found.get(case=now.case_id, table=kind)
    lacking = [name for name in TABLES[kind].column_names if name in wanted]
    lacking = [name for name in lacking if name not in header.columns]
    if lacking:
        change(header, columns=[*header.columns, *lacking])
