# SPDX-License-Identifier: Apache-2.0
"""Values that no program of ours writes, in every column of the ledger: each a named fault."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.utils import translation

from antigone.records.models import Checkpoint, Event, Log, Revision, SealedSection, Tile
from antigone.records.queries.ledger import verify
from antigone.web.remarks import in_reader_language
from tests.proof.tampering import guards_aside, undone
from tests.proof.tampering_case import filled

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'sqlite'", reason="PostgreSQL keeps no value of another type"
    ),
]
EVERY = 7
"""In short: every seventh of eight values a column: one or two, others in the next column."""
TABLES = (Event, Revision, SealedSection, Tile, Log, Checkpoint)
MALFORMED = ("'x'", "''", "x'ff00'", "CAST(x'ff' AS TEXT)", "CAST(x'00' AS TEXT)", "-1", "1.5")
MEANINGLESS = {("records_revision", "id"), ("records_sealedsection", "id"), ("records_tile", "id")}


def columns() -> Iterator[tuple[type[models.Model], str]]:
    for model in TABLES:
        for column in model._meta.concrete_fields:
            if (model._meta.db_table, column.column) not in MEANINGLESS:
                yield model, column.column


def _sql(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def _spoil(model: type[models.Model], column: str, value: str) -> bool:
    """Put `value` into the middle row; whether the database takes it, and it is another."""
    table, key = model._meta.db_table, model._meta.pk.column
    keys = _sql(f'SELECT "{key}" FROM "{table}" ORDER BY "{key}"')
    row = repr(keys[len(keys) // 2][0])
    try:
        if value == "NULL":
            _sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" DROP NOT NULL')
        before = _sql(f'SELECT "{column}" IS {value} FROM "{table}" WHERE "{key}" = {row}')
        _sql(f'UPDATE "{table}" SET "{column}" = {value} WHERE "{key}" = {row}')
    except DatabaseError:
        return False
    return not before[0][0]


def _outcome(model: type[models.Model], column: str, value: str) -> str:
    with undone():
        with guards_aside():
            taken = _spoil(model, column, value)
        if not taken:
            return "refused"
        try:
            return "found" if [str(one) for one in verify().faults] else "missed"
        except Exception as crash:  # noqa: BLE001  a verification that stumbles has not verified
            return f"stumbled: {crash!r}"
    raise AssertionError


@pytest.mark.parametrize("every", [EVERY, pytest.param(1, marks=pytest.mark.proof, id="all")])
def test_every_malformed_value_is_a_named_fault(every: int) -> None:
    filled()
    assert verify().holds
    outcomes = {
        f"{value} in {model._meta.db_table}.{column}": _outcome(model, column, value)
        for n, ((model, column), value) in enumerate(product(columns(), (*MALFORMED, "NULL")))
        if n % every == 0
    }
    found = [one for one in outcomes.values() if one == "found"]
    assert len(found) > 200 / every
    assert {k: v for k, v in outcomes.items() if v not in ("found", "refused")} == {}


def test_a_finding_inside_a_sentence_is_translated_with_it() -> None:
    filled()
    with transaction.atomic():
        with guards_aside():
            _sql("UPDATE records_event SET body = x'ff' WHERE sequence = 3")
        found = verify()
        transaction.set_rollback(True)
    fault = next(one for one in found.faults if one.code == "ledger.event-ill-formed")
    assert "it is no event" in str(fault)
    with translation.override("uk"):
        said = in_reader_language(fault)
    assert "це не подія" in said
    assert "it is no event" not in said
