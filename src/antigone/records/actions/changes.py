# SPDX-License-Identifier: Apache-2.0
"""Changing a record: on the revision that the editor saw, or not at all."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import connection
from django.db.models import F
from django.db.models.query import QuerySet

from antigone.records import guards
from antigone.records.models import Recorded

_Record = TypeVar("_Record", bound=Recorded)


def change(record: _Record, **values: Any) -> bool:
    """Write `values` into `record` if nobody changed it since it was read; whether that was so.

    The comparison and the writing are one statement of the database (compare-and-swap), on every
    engine and at every isolation level.
    """
    raised = 0 if guards.is_due(connection, record.pk) else 1
    rows = QuerySet(type(record)).filter(pk=record.pk, revision=record.revision)
    if not rows.update(**values, revision=F("revision") + raised):
        return False
    for name, value in values.items():
        setattr(record, name, value)
    record.revision += raised
    return True
