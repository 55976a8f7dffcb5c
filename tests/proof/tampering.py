# SPDX-License-Identifier: Apache-2.0
"""One row changed behind the guards' back, in every table and column: the verification must find it.

The insider holds the database: triggers are set aside, constraints too, and afterwards the guards stand
again as if nothing had been. Each change is made in a transaction, verified, and rolled back.
"""

from __future__ import annotations

import argparse
import itertools
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F

from antigone.records.kinds import kinds, parts_of
from antigone.records.queries import ledger
from antigone.records.queries.stored import any_text
from antigone.records.queries.verification import Verification
from antigone.records.queries.verified_records import verify_kind
from tests.proof.tampering_case import filled
from tests.proof.writer_actions import at_the_terminal

Verify = Callable[[], Sequence[object]]
"""Faults of the ledger and the records, none where all is well."""

NO_MEANING = "the database's own number of a row: it means nothing, and nothing refers to it"
COLUMNS_LEFT_OUT = {
    ("records_user", "last_login"): "when somebody last signed in changes without an act",
    ("records_revision", "id"): NO_MEANING,
    ("records_sealedsection", "id"): NO_MEANING,
    ("records_tile", "id"): NO_MEANING,
    **{
        (part._meta.db_table, "id"): NO_MEANING
        for model in kinds().values()
        for part in parts_of(model)
    },
}
"""Columns that the ledger leaves out on purpose, and why."""
TABLES_LEFT_OUT = {
    "records_signinwait": "how long an account waits after failed attempts: changes without an act",
    "records_job": "work in hand; that it was asked for, cancelled or done is in the ledger",
}
"""Tables that the ledger leaves out on purpose, and why."""
PAIRS = 40
"""Pairs of rows tried for an exchange, where uniqueness forbids the first ones."""


Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Tampering:
    """One change of one row (or an exchange of two): what is done, where, and in which ways.

    The ways differ in the rows; the first that the database takes is the one.
    """

    table: str
    manner: str
    column: str
    ways: tuple[tuple[Statement, ...], ...]

    def __str__(self) -> str:
        return f"{self.manner} {self.table}.{self.column}".rstrip(".")


@dataclass
class Found:
    """What of it was found; `by_the_part` by the verification of the table's kind, tried alone first."""

    tried: int = 0
    found: int = 0
    by_the_part: int = 0
    missed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    by_manner: dict[str, int] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)


def tables() -> list[type[models.Model]]:
    """Every table of the records app that the ledger covers."""
    every = apps.get_app_config("records").get_models()
    return [one for one in every if one._meta.db_table not in TABLES_LEFT_OUT]


def another(value: Any, column: models.Field[Any, Any]) -> Any:
    """A value that differs from `value` and that the column can hold."""
    kind = column.get_internal_type()
    if column.is_relation:
        return another(value, column.target_field)
    if kind == "JSONField":
        return json.dumps({"tampered": json.loads(value) if value else None})
    if kind in ("DateTimeField", "DateField"):
        return _later(value)
    if kind == "UUIDField":
        found = uuid.uuid4()
        return found if connection.vendor == "postgresql" else found.hex
    if kind == "BooleanField":
        return not value
    if kind == "BinaryField":
        return bytes([bytes(value)[0] ^ 1]) + bytes(value)[1:] if value else b"x"
    if isinstance(value, int | float | Decimal) or kind.endswith(("IntegerField", "FloatField")):
        more = (value or 0) + (1_003 if "Small" in kind else 1_000_003)
        return more if more != value else 0.5  # infinity and more is infinity
    return _longer(value or "", column)


def _longer(text: str, column: models.Field[Any, Any]) -> str:
    longest = column.max_length
    if longest and len(text) >= longest:
        return text[:-1] + ("y" if text[-1] == "x" else "x")
    return text + "x"


def _later(value: Any) -> Any:
    if value is None:
        return "2001-02-03"
    if isinstance(value, date | datetime):
        return value + timedelta(days=1)
    return str(value).replace(str(value)[:4], str(int(str(value)[:4]) - 1), 1)


@dataclass(frozen=True)
class _Table:
    """A table's columns and rows, as raw SQL sees them."""

    model: type[models.Model]
    rows: list[tuple[Any, ...]]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def columns(self) -> list[models.Field[Any, Any]]:
        return list(self.model._meta.concrete_fields)

    @property
    def key(self) -> int:
        return next(n for n, column in enumerate(self.columns) if column.primary_key)

    def update(self, row: tuple[Any, ...], column: int, value: Any) -> tuple[str, tuple[Any, ...]]:
        names = [one.column for one in self.columns]
        sql = f'UPDATE "{self.name}" SET "{names[column]}" = %s WHERE "{names[self.key]}" = %s'
        return sql, (value, row[self.key])


def _read(model: type[models.Model]) -> _Table:
    names = ", ".join(f'"{column.column}"' for column in model._meta.concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{model._meta.db_table}"')
        rows = cursor.fetchall()
    return _Table(model, sorted(rows, key=repr))


def tamperings(model: type[models.Model]) -> Iterator[Tampering]:
    """Every single-row change of one table: update, delete, insert and swap."""
    table = _read(model)
    if not table.rows:
        return
    for n, column in enumerate(table.columns):
        if (table.name, column.column) in COLUMNS_LEFT_OUT:
            continue
        yield from _updates(table, n)
        yield from _swaps(table, n)
    yield _deletion(table)
    yield from _insertions(table)


def left_out() -> Iterator[Tampering]:
    """An update of everything that the ledger leaves out on purpose: the control, never found."""
    for model in apps.get_app_config("records").get_models():
        table = _read(model)
        for n, column in enumerate(table.columns):
            of = (table.name, column.column)
            if table.rows and (table.name in TABLES_LEFT_OUT or of in COLUMNS_LEFT_OUT):
                yield from _updates(table, n)


def _updates(table: _Table, n: int) -> Iterator[Tampering]:
    column, row = table.columns[n], table.rows[len(table.rows) // 2]
    changed = table.update(row, n, another(row[n], column))
    yield Tampering(table.name, "update", column.column, ((changed,),))
    if column.null:
        full = next((one for one in table.rows if one[n] is not None), None)
        if full is not None:
            emptied = table.update(full, n, None)
            yield Tampering(table.name, "empty", column.column, ((emptied,),))


def _swaps(table: _Table, n: int) -> Iterator[Tampering]:
    """Exchange the values of two rows that differ in this column, by way of a third value.

    Where they differ in nothing else that means something, it would leave the table as it was.
    """
    pairs = (
        (one, other)
        for one, other in itertools.combinations(table.rows[:PAIRS], 2)
        if one[n] != other[n] and _differ_beside(table, n, one, other)
    )
    ways = tuple(_swap(table, n, one, other) for one, other in itertools.islice(pairs, PAIRS))
    if ways:
        yield Tampering(table.name, "swap", table.columns[n].column, ways)


def _differ_beside(table: _Table, n: int, one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    others = (
        k
        for k, column in enumerate(table.columns)
        if k != n and (table.name, column.column) not in COLUMNS_LEFT_OUT
    )
    return any(one[k] != other[k] for k in others)


def _swap(
    table: _Table, n: int, one: tuple[Any, ...], other: tuple[Any, ...]
) -> tuple[Statement, ...]:
    column = table.columns[n]
    aside = another(one[n], column)
    if n == table.key:
        name = column.column
        sql = f'UPDATE "{table.name}" SET "{name}" = %s WHERE "{name}" = %s'
        return (sql, (aside, one[n])), (sql, (one[n], other[n])), (sql, (other[n], aside))
    first = table.update(one, n, aside)
    return first, table.update(other, n, one[n]), table.update(one, n, other[n])


def _deletion(table: _Table) -> Tampering:
    name, row = table.columns[table.key].column, table.rows[len(table.rows) // 2]
    sql = f'DELETE FROM "{table.name}" WHERE "{name}" = %s'
    return Tampering(table.name, "delete", "", (((sql, (row[table.key],)),),))


def _insertions(table: _Table) -> Iterator[Tampering]:
    """A copy of a row under another key, with another value wherever the database wants one.

    Once beside the row itself, and once belonging to something that is not there.
    """
    ruled = {
        name
        for rule in table.model._meta.constraints
        if isinstance(rule, models.UniqueConstraint)
        for name in (*rule.fields, *(one.name for one in rule.expressions if isinstance(one, F)))
    }
    changed = {one for one in table.columns if one.unique or one.name in ruled}
    beside = {one for one in changed if one.primary_key or not one.is_relation}
    astray = {one for one in table.columns if one.is_relation and not one.null}
    yield _insertion(table, "insert", beside)
    if astray:
        yield _insertion(table, "insert astray", changed | astray)


def _insertion(table: _Table, manner: str, changed: set[models.Field[Any, Any]]) -> Tampering:
    names = ", ".join(f'"{column.column}"' for column in table.columns)
    places = ", ".join(["%s"] * len(table.columns))
    sql = f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'

    def copy(row: tuple[Any, ...]) -> tuple[Any, ...]:
        pairs = zip(row, table.columns, strict=True)
        return tuple(another(cell, one) if one in changed else cell for cell, one in pairs)

    ways = tuple(((sql, copy(row)),) for row in table.rows[-PAIRS:])
    return Tampering(table.name, manner, "", ways)


class _RolledBack(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is rolled back."""
    try:
        with transaction.atomic():
            yield
            raise _RolledBack
    except _RolledBack:
        pass


@contextmanager
def guards_aside(table: str = "") -> Iterator[None]:
    """Triggers, foreign keys and checks do not bind the insider; afterwards they stand as before.

    Those of one table if it is named: the others are not asked.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            checks = _checks_of(table)
            for on, name, _ in checks:
                cursor.execute(f'ALTER TABLE {on} DROP CONSTRAINT "{name}"')
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = origin")
            for on, name, said in checks:
                cursor.execute(f'ALTER TABLE {on} ADD CONSTRAINT "{name}" {said} NOT VALID')
            return
        every = (
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND %s IN ('', tbl_name)"
        )
        cursor.execute(every, [table])
        triggers = cursor.fetchall()
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        try:
            yield
        finally:
            for _, sql in triggers:
                cursor.execute(sql)
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def _checks_of(table: str) -> list[tuple[str, str, str]]:
    """Table, name and words of each check of a table in PostgreSQL, where all bind its owner."""
    if not table:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'c' AND convalidated AND conrelid = to_regclass(%s)",
            [table],
        )
        return cursor.fetchall()


def outcome(tampering: Tampering, verify: Verify, part: Verify = lambda: ()) -> str:
    """Whether the change is found or missed, or the database takes it in no way."""
    for way in tampering.ways:
        try:
            with undone():
                with guards_aside(tampering.table), connection.cursor() as cursor:
                    for sql, values in way:
                        cursor.execute(sql, values)
                return FOUND_BY_THE_PART if part() else _verified(verify)
        except DatabaseError as refusal:
            last = refusal
    return f"refused: {last}"


FOUND_BY_THE_PART = "found by the part"
READ_ELSEWHERE = {"records_checkpoint", "records_witnessing"}
"""Tables of records that other parts of the verification read as well, and could stumble over."""
WHOLE_EVERY = 20
"""So many-th tampering goes to the whole verification at once, whatever its table."""


def part_for(n: int, tampering: Tampering) -> Verify:
    """The part of the verification that alone reads this table; nothing where there is none.

    A fault that it finds is a fault of the whole, which runs every part whatever the others find.
    The whole takes twenty times as long.
    """
    kind = _kinds_by_table().get(tampering.table)
    if kind is None or tampering.table in READ_ELSEWHERE or not n % WHOLE_EVERY:
        return lambda: ()

    def part() -> Sequence[object]:
        found = Verification()
        with at_the_terminal(), any_text():
            try:
                verify_kind(found, kind, lambda _stage, _share: None)
            except Exception:  # noqa: BLE001  the whole shall say what it makes of that
                return ()
        return found.faults

    return part


@cache
def _kinds_by_table() -> dict[str, str]:
    """The kind whose records a table holds, or parts of them."""
    return {
        one._meta.db_table: kind
        for kind, model in kinds().items()
        for one in (model, *parts_of(model))
    }


def _verified(verify: Verify) -> str:
    try:
        return "found" if verify() else "missed"
    except Exception as crash:  # noqa: BLE001  a verification that stumbles has not verified
        return f"stumbled: {crash!r}"


def tamper_with_all(verify: Verify, chosen: Callable[[int], bool] = lambda n: True) -> Found:
    """Every tampering of every table (or those chosen by number), one after another."""
    assert not verify(), "the verification finds faults where none are"
    found, n = Found(), 0
    for model in tables():
        several = list(tamperings(model))
        if not several:
            found.empty.append(model._meta.db_table)
        for tampering in several:
            n += 1
            if chosen(n):
                _count(found, tampering, outcome(tampering, verify, part_for(n, tampering)))
    return found


def control(verify: Verify) -> Found:
    """What is left out on purpose, tampered with: whatever is found needs no exception."""
    found = Found()
    for tampering in left_out():
        _count(found, tampering, outcome(tampering, verify))
    return found


def _count(found: Found, tampering: Tampering, outcome: str) -> None:
    if outcome.startswith("refused"):
        found.refused.append(f"{tampering}: {outcome}")
        return
    found.tried += 1
    found.by_the_part += outcome == FOUND_BY_THE_PART
    found.found += outcome in ("found", FOUND_BY_THE_PART)
    found.by_manner[tampering.manner] = found.by_manner.get(tampering.manner, 0) + 1
    if outcome not in ("found", FOUND_BY_THE_PART):
        found.missed.append(f"{tampering}: {outcome}")


def main(words: list[str]) -> dict[str, Any]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--part", type=int, default=0, help="which of them: 0 to EVERY - 1")
    given = parser.parse_args(words)
    filled()
    found = tamper_with_all(faults, lambda n: n % given.every == given.part)
    reasons = {**TABLES_LEFT_OUT, **{".".join(one): why for one, why in COLUMNS_LEFT_OUT.items()}}
    return asdict(found) | {
        "tables": len(tables()),
        "left_out": reasons,
        "control": asdict(control(faults)),
    }


def faults(witnesses: Sequence[str] = ()) -> list[str]:
    """Codes of what the verification finds."""
    with at_the_terminal():
        return [one.code for one in ledger.verify(witnesses=witnesses).faults]
