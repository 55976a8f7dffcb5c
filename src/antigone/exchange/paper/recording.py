# SPDX-License-Identifier: Apache-2.0
"""Rows of a filled form taken into a case: compared first, then entered, or corrected on demand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID, uuid5

from django.db import transaction

from antigone.exchange.paper.carried import Carried
from antigone.records.actions import corrections, entries
from antigone.records.actions.new_rows import tried
from antigone.records.impossible import Faults
from antigone.records.models import CaseRow, InvestigationCase, User
from antigone.records.queries.history import cells_now
from antigone.records.queries.papers import recorded_as
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.results import Remark
from antigone.terms.tables import TABLES, Row


class FormDiffers(AntigoneError):
    """A form that says otherwise than what is recorded, taken in without leave to correct."""

    code = "exchange.form-differs"
    message = gettext_noop(
        "The form says otherwise than what is recorded in %(count)d cells, the first of them "
        "%(table)s %(key)s, column %(column)s. Nothing was recorded. See which is right; if it is "
        "the form, take it in again as a correction, with a reason."
    )


class FormStale(AntigoneError):
    """A form of which a record was changed since it was made."""

    code = "exchange.form-stale"
    message = gettext_noop(
        "%(table)s %(key)s was changed since this form was made: the form is of revision "
        "%(base)d, now it is %(now)d. Print the form anew, or correct the record on its page."
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell in which the form and the record are not alike."""

    column: str
    recorded: str
    on_paper: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of a form beside the record of the same key, if there is one."""

    table: str
    row: Row
    record: CaseRow | None
    differences: tuple[Difference, ...]
    revision: int | None
    """The revision that the form was made of; None where it was made elsewhere."""

    @property
    def key(self) -> str:
        """The key of the row, its parts parted by a blank."""
        return " ".join(filter(None, TABLES[self.table].key_of(self.row)))

    @property
    def is_stale(self) -> bool:
        """Whether the record was changed since the form was made of it."""
        known = self.record is not None and self.revision is not None
        return known and self.record.revision != self.revision  # type: ignore[union-attr]

    @property
    def state(self) -> str:
        """``new``, ``same`` or ``differs``."""
        if self.record is None:
            return "new"
        return "differs" if self.differences else "same"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many rows of a form were entered, corrected, and there already."""

    entered: int
    corrected: int
    same: int


def compare(case: InvestigationCase, carried: Carried) -> list[Compared]:
    """Every row of a form beside what is recorded. A cell blank on the form says nothing."""
    here = carried.origin == str(case.pk)
    return [
        _compared(case, table, row, revision if here else None)
        for table, row, revision in _rows(carried)
    ]


def _rows(carried: Carried) -> Iterator[tuple[str, Row, int | None]]:
    """The rows with their revisions, each after those that it refers to."""
    for table in _in_order():
        rows = carried.tables.get(table, ())
        revisions: Sequence[int | None] = carried.revisions.get(table, [None] * len(rows))
        for row, revision in zip(rows, revisions, strict=True):
            yield table, row, revision


@cache
def _in_order() -> tuple[str, ...]:
    """Every table after those that its columns refer to."""
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in done and name not in under_way:
            under_way.add(name)
            for column in TABLES[name].columns:
                for target in TABLES[name].targets(column):
                    visit(target)
            done[name] = None

    under_way: set[str] = set()
    for name in TABLES:
        visit(name)
    return tuple(done)


def _compared(case: InvestigationCase, table: str, row: Row, revision: int | None) -> Compared:
    record = recorded_as(case, table, row)
    if record is None:
        return Compared(table, row, None, (), None)
    now = cells_now(record)
    found = tuple(
        Difference(name, now.get(name, ""), cell)
        for name, cell in row.items()
        if cell and cell != now.get(name, "")
    )
    return Compared(table, row, record, found, revision)


def faults(
    case: InvestigationCase, carried: Carried, found: Sequence[Compared], by: User
) -> list[Faults]:
    """What would be refused of each of these rows were they taken in now; nothing is recorded."""
    new = [one for one in found if one.state == "new"]
    differing = [one for one in found if one.state == "differs"]
    entered, changed = tried(
        case,
        [_new_row(case, carried, one) for one in new],
        [(one.record, _changes(one)) for one in differing if one.record is not None],
        by,
    )
    of = {id(one): dict(each) for one, each in zip([*new, *differing], [*entered, *changed],
                                                   strict=True)}  # fmt: skip
    for one in differing:
        if one.is_stale:
            of[id(one)][""] = _said(one)
    return [of.get(id(one), {}) for one in found]


def _said(one: Compared) -> Remark:
    """That the record was changed since the form was made."""
    assert one.record is not None
    refusal = FormStale(table=one.table, key=one.key, base=one.revision, now=one.record.revision)
    return Remark(refusal.code, refusal.message, refusal.facts)


def _changes(one: Compared) -> dict[str, str]:
    return {each.column: each.on_paper for each in one.differences}


def take_in(
    *, case: InvestigationCase, carried: Carried, by: User, reason: str, correct: bool = False
) -> TakenIn:
    """Enter the rows of a form that are not recorded; with `correct`, correct those that differ.

    All or nothing. A record that was changed since the form was made is not corrected.

    Raises
    ------
    FormDiffers, EntryRefused, CorrectionRefused, ChangedMeanwhile, ReasonMissing, NotAllowed
    """
    with transaction.atomic():
        found = compare(case, carried)
        differing = [one for one in found if one.state == "differs"]
        if differing and not correct:
            raise _differs(differing)
        new = [_new_row(case, carried, one) for one in found if one.state == "new"]
        if new:
            entries.enter_form(case=case, rows=new, by=by, reason=reason)
        for one in differing:
            _correct(one, by, reason)
    states = [one.state for one in found]
    return TakenIn(states.count("new"), len(differing), states.count("same"))


def _differs(differing: Sequence[Compared]) -> FormDiffers:
    first = differing[0]
    return FormDiffers(
        count=sum(len(one.differences) for one in differing), table=first.table, key=first.key,
        column=first.differences[0].column,
    )  # fmt: skip


def _correct(one: Compared, by: User, reason: str) -> None:
    assert one.record is not None
    corrections.correct(
        record=one.record,
        base=one.record.revision if one.revision is None else one.revision,
        changes=_changes(one),
        reason=reason,
        by=by,
    )


def _new_row(case: InvestigationCase, carried: Carried, one: Compared) -> entries.NewRow:
    cells = {name: cell for name, cell in one.row.items() if cell}
    return entries.NewRow(one.table, cells, _number(case, carried, one))


def _number(case: InvestigationCase, carried: Carried, one: Compared) -> UUID:
    """The id of the record that a row becomes: the same however often the form is read."""
    return uuid5(case.pk, "\n".join([carried.made_at.isoformat(), one.table, one.key]))
