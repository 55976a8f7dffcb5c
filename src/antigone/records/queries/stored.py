# SPDX-License-Identifier: Apache-2.0
"""Columns as the database holds them, neither converted nor checked: none can stop a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Func, TextField


class AsStored(Func):
    """An id or a moment as the text that stands in the database."""

    arity = 1
    output_field = TextField()
    template = "(%(expressions)s)::text"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """In SQLite a sign before the column, so that its declared type converts nothing."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


def id_in_sqlite(written: str | None) -> str | None:
    """The text in SQLite of an id that is written with hyphens."""
    return None if written is None else written.replace("-", "")


def id_in_postgresql(written: str | None) -> str | None:
    """The text in PostgreSQL of an id that is written with hyphens."""
    return written


def moment_in_sqlite(written: str) -> str:
    """The text in SQLite of a moment that is written ``2001-02-03T04:05:06.000000Z``."""
    return f"{written[:10]} {written[11:26]}".removesuffix(".000000")


def moment_in_postgresql(written: str) -> str:
    """The text in PostgreSQL of a moment that is written ``2001-02-03T04:05:06.000000Z``."""
    return f"{written[:10]} {written[11:26]}".rstrip("0").rstrip(".") + "+00"


def forms() -> tuple[Callable[[str | None], str | None], Callable[[str], str]]:
    """How the database in use writes ids and moments."""
    if connection.vendor == "postgresql":
        return id_in_postgresql, moment_in_postgresql
    return id_in_sqlite, moment_in_sqlite


def id_of_stored(stored: object) -> UUID | None:
    """The id whose text this is in the database; None for anything else."""
    try:
        found = UUID(stored) if isinstance(stored, str) else None
    except ValueError:
        return None
    return found if found and forms()[0](str(found)) == stored else None


def written_bytes(stored: object) -> bytes | None:
    """The bytes of a stored text; None for anything that is no text."""
    return stored.encode("utf-8", "surrogateescape") if isinstance(stored, str) else None


@contextmanager
def any_text() -> Iterator[None]:
    """Inside, SQLite reads text that is no UTF-8 as well: such bytes become lone surrogates."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    kept = connection.connection.text_factory
    connection.connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    try:
        yield
    finally:
        connection.connection.text_factory = kept
