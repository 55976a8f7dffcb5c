# SPDX-License-Identifier: Apache-2.0
"""Corrections: cells of one record, on the revision that the editor saw, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from antigone.records import access, protected
from antigone.records.actions import trail
from antigone.records.actions.cells import checked_fields, note_columns
from antigone.records.actions.changes import change
from antigone.records.errors import ChangedMeanwhile, ReasonMissing
from antigone.records.impossible import Faults, impossible, rule_broken, said
from antigone.records.kinds import kind_of, rows_of
from antigone.records.models import (
    CaseRow,
    KeptRow,
    ProfileRun,
    User,
    field_of,
)
from antigone.records.queries import history
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import TABLES


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
    values = _checked_values(now, kind, wanted, cells, by)
    if not _written(now, values):
        raise _changed_meanwhile(rows_of(type(now)).get(pk=now.pk), base, changes)
    if kind == "sample":
        _reseal_profiles(now)
    note_columns(now.case, kind, wanted)
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


def _checked_values(
    now: CaseRow, kind: str, wanted: Mapping[str, str], cells: Mapping[str, str], by: User
) -> dict[str, Any]:
    """The fields that keep `wanted`, and the words that they would write otherwise."""
    values, faults = checked_fields(now, kind, wanted, cells, by)
    for name in wanted:
        if field_of(kind, name) == "key":
            faults.setdefault(name, said("key-not-corrected"))
    if faults:
        raise CorrectionRefused(now, faults)
    return values


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
