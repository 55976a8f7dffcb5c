# SPDX-License-Identifier: Apache-2.0
"""Many new rows of one model at once: what `bulk_create` writes, in a fraction of its time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from antigone.records.denials import ChangedOutsideAnAction
from antigone.records.models.sight import Seen, looking

AT_ONCE = 5_000
_AS_THEY_ARE = (models.TextField, models.CharField, models.FloatField)


def insert(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in their order, each a mapping from attributes (``case_id``) to values.

    What a row does not give is the column's default; a number that the database counts is left to
    it. Part of an action, like every writing.

    Raises
    ------
    ChangedOutsideAnAction
    """
    if issubclass(model, Seen) and not looking().may_write:
        raise ChangedOutsideAnAction(kind=model._meta.model_name)
    connection = connections[DEFAULT_DB_ALIAS]  # by itself: its proxy costs a third of the time
    fields = [one for one in model._meta.concrete_fields if not isinstance(one, models.AutoField)]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(one.column) for one in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    cells = [_cell(one, connection) for one in fields]
    with connection.cursor() as cursor:
        for first in range(0, len(rows), AT_ONCE):
            part = rows[first : first + AT_ONCE]
            cursor.executemany(statement, [[cell(row) for cell in cells] for row in part])


def _cell(field: models.Field[Any, Any], connection: Any) -> Callable[[Mapping[str, Any]], Any]:
    """How a row's value of a column is given to the database."""
    name, default, stored = field.attname, field.get_default, field.get_db_prep_save

    def as_it_is(row: Mapping[str, Any]) -> Any:
        return row[name] if name in row else default()

    def prepared(row: Mapping[str, Any]) -> Any:
        value = row[name] if name in row else default()
        return None if value is None else stored(value, connection)

    return as_it_is if type(field) in _AS_THEY_ARE else prepared
