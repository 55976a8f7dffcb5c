# SPDX-License-Identifier: Apache-2.0
"""What the database itself refuses: a change without its revision, and any change of the ledger.

Triggers note every inserted or changed record in the table `ledger_due`, whose rows refer to a
revision that must exist when the transaction ends (a deferred foreign key); the insertion of that
revision takes the note away. So nothing can be committed that the ledger does not hold, whatever
program wrote it. The guards are made anew after every migration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from antigone.records.kinds import kinds, parts_of
from antigone.records.models import (
    Event,
    Log,
    ReadEvent,
    Recorded,
    Revision,
    SealedSection,
    Tile,
)

FIXED = (Event, ReadEvent, Revision, SealedSection, Tile)
"""Tables of the ledger in which nothing is ever changed or deleted."""
_PREFIX = "guard_"


Due = list[tuple[str, UUID, int]]
"""Kind, id and revision of records that were changed and are not yet in the ledger."""
DUE_AT_ONCE = 2_000


def due(connection: BaseDatabaseWrapper) -> Iterator[Due]:
    """Everything changed in this transaction and not yet in the ledger, in order, part by part.

    The next part is asked for when the one before has been dealt with: of an import of a million
    rows only so many are held.
    """
    first = -(2**63)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ordinal, kind, record, number FROM ledger_due WHERE ordinal >= %s "
                "ORDER BY ordinal LIMIT %s",
                [first, DUE_AT_ONCE],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        first = rows[-1][0] + 1
        yield [(kind, one if isinstance(one, UUID) else UUID(one), n) for _, kind, one, n in rows]


def is_due(connection: BaseDatabaseWrapper, record: UUID) -> bool:
    """Whether a change of `record` in this transaction waits for its revision."""
    with connection.cursor() as cursor:
        key = record if connection.vendor == "postgresql" else record.hex
        cursor.execute("SELECT 1 FROM ledger_due WHERE record = %s", [key])
        return cursor.fetchone() is not None


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in its place, over those that are there, in one step to all others."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        remove(connection)
        for statement in statements(connection.vendor).values():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take every trigger away: only for a migration, which installs them again."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name, table in _present(connection):
            on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "{name}"{on}')


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of guards that the database does not have as they should be."""
    expected = statements(connection.vendor)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = dict(cursor.fetchall())
            return sorted(
                name
                for name, sql in expected.items()
                if name.startswith(_PREFIX) and found.get(name) != sql
            )
        cursor.execute(
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger "
            "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        )
        triggers = dict(cursor.fetchall())
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'guard%%' AND prosecdef"
        )
        sources = dict(cursor.fetchall())
    wrong = [name for name, body in FUNCTIONS.items() if sources.get(name, "").strip() != body]
    for name, statement in expected.items():
        if name.startswith(_PREFIX) and name not in FUNCTIONS:
            if _plain(triggers.get(name, "")) != _plain(statement):
                wrong.append(name)
    return sorted(wrong)


def _plain(statement: str) -> str:
    """A trigger's definition without what PostgreSQL writes otherwise: quotes, schema, brackets."""
    return re.sub(r'["() ]|public\.|::\w+', "", statement).lower()


def _present(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid "
                "WHERE NOT tgisinternal"
            )
        return [(name, table) for name, table in cursor.fetchall() if name.startswith(_PREFIX)]


def statements(vendor: str) -> dict[str, str]:
    """Every statement that makes a guard, by the guard's name."""
    one = _Postgresql() if vendor == "postgresql" else _Sqlite()
    found = dict(one.before())
    for kind, model in kinds().items():
        found |= dict(one.record(kind, model))
        for part in parts_of(model):
            found |= dict(one.part(part))
    for model in FIXED:
        found |= dict(one.fixed(model))
    return found | dict(one.ledger())


def table_of(model: type[models.Model]) -> str:
    """The name of a model's table."""
    return str(model._meta.db_table)


def _whole(part: type[Any]) -> str:
    return f"{part.whole}_id"


class _Sqlite:
    """The guards in SQLite's language."""

    def before(self) -> Iterator[tuple[str, str]]:
        yield (
            "ledger_due",
            f"""CREATE TABLE IF NOT EXISTS ledger_due (
    ordinal integer PRIMARY KEY,
    kind varchar(40) NOT NULL,
    record char(32) NOT NULL,
    number integer NOT NULL,
    UNIQUE (record, number),
    FOREIGN KEY (record, number) REFERENCES "{table_of(Revision)}" (record, number)
        DEFERRABLE INITIALLY DEFERRED
)""",
        )

    def record(self, kind: str, model: type[Recorded]) -> Iterator[tuple[str, str]]:
        table = table_of(model)
        note = (
            "INSERT OR IGNORE INTO ledger_due (kind, record, number) "
            f"VALUES ('{kind}', NEW.id, NEW.revision);"
        )
        yield self._trigger(
            table,
            "insert",
            "AFTER INSERT",
            "SELECT RAISE(ABORT, 'guard: a new record begins at revision 1') "
            f"WHERE NEW.revision <> 1 OR EXISTS (SELECT 1 FROM {table_of(Revision)} "
            f"WHERE record = NEW.id); {note}",
        )
        changed = self._recorded_change(model)
        yield self._trigger(
            table,
            "update",
            "AFTER UPDATE",
            "SELECT RAISE(ABORT, 'guard: a change raises the revision by one') "
            "WHERE NEW.id <> OLD.id OR NOT (CASE WHEN EXISTS (SELECT 1 FROM ledger_due WHERE "
            "record = OLD.id) THEN NEW.revision = OLD.revision "
            f"ELSE NEW.revision = OLD.revision + 1 END); {note}",
            when=changed,
        )
        yield self._never(table, "delete", "DELETE", "a record is never deleted")

    @staticmethod
    def _recorded_change(model: type[Recorded]) -> str:
        """The condition that a recorded column changes; blank where every column is recorded."""
        if not model.unrecorded:
            return ""
        names = [one.column for one in model._meta.concrete_fields]
        recorded = [name for name in names if name not in model.unrecorded]
        return " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in recorded)

    def part(self, model: type[Any]) -> Iterator[tuple[str, str]]:
        table = table_of(model)
        yield self._trigger(
            table,
            "insert",
            "AFTER INSERT",
            "SELECT RAISE(ABORT, 'guard: a part is written with its whole') WHERE NOT EXISTS "
            f"(SELECT 1 FROM ledger_due WHERE record = NEW.{_whole(model)});",
        )
        yield self._never(table, "update", "UPDATE", "a part is never changed")
        yield self._never(table, "delete", "DELETE", "a part is never deleted")

    def fixed(self, model: type[models.Model]) -> Iterator[tuple[str, str]]:
        table = table_of(model)
        yield self._never(table, "update", "UPDATE", "the ledger is never changed")
        yield self._never(table, "delete", "DELETE", "the ledger is never shortened")

    def ledger(self) -> Iterator[tuple[str, str]]:
        yield self._trigger(
            table_of(Revision),
            "settles",
            "AFTER INSERT",
            "DELETE FROM ledger_due WHERE record = NEW.record AND number = NEW.number;",
        )
        for model in (Event, ReadEvent):
            table = table_of(model)
            yield self._trigger(
                table,
                "follows",
                "BEFORE INSERT",
                "SELECT RAISE(ABORT, 'guard: an event follows the one before') WHERE NEW.sequence "
                f"<> (SELECT coalesce(max(sequence) + 1, 0) FROM {table});",
            )
        head = table_of(Log)
        yield self._never(head, "delete", "DELETE", "the head of a log is never deleted")
        yield self._trigger(
            head,
            "update",
            "BEFORE UPDATE",
            "SELECT RAISE(ABORT, 'guard: a log only grows') WHERE NEW.name <> OLD.name OR "
            "NEW.identifier <> OLD.identifier OR NEW.size <= OLD.size;",
        )

    def _never(self, table: str, name: str, what: str, says: str) -> tuple[str, str]:
        return self._trigger(
            table, name, f"BEFORE {what}", f"SELECT RAISE(ABORT, 'guard: {says}');"
        )

    @staticmethod
    def _trigger(
        table: str, name: str, event: str, body: str, *, when: str = ""
    ) -> tuple[str, str]:
        guard = f"{_PREFIX}{table}_{name}"
        condition = f"WHEN {when} " if when else ""
        return guard, f'CREATE TRIGGER "{guard}" {event} ON "{table}" {condition}BEGIN {body} END'


_REFUSE = "RAISE EXCEPTION 'guard: %', {} USING ERRCODE = 'integrity_constraint_violation';"

FUNCTIONS = {
    "guard_record": f"""BEGIN
    IF TG_OP = 'DELETE' THEN
        {_REFUSE.format("'a record is never deleted'")}
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.revision <> 1
           OR EXISTS (SELECT 1 FROM {table_of(Revision)} WHERE record = NEW.id) THEN
            {_REFUSE.format("'a new record begins at revision 1'")}
        END IF;
    ELSIF NEW.id <> OLD.id OR NOT (
        CASE WHEN EXISTS (SELECT 1 FROM ledger_due WHERE record = OLD.id)
        THEN NEW.revision = OLD.revision ELSE NEW.revision = OLD.revision + 1 END) THEN
        {_REFUSE.format("'a change raises the revision by one'")}
    END IF;
    INSERT INTO ledger_due (kind, record, number) VALUES (TG_ARGV[0], NEW.id, NEW.revision)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END""",
    "guard_part": f"""BEGIN
    IF TG_OP <> 'INSERT' THEN
        {_REFUSE.format("'a part is never changed'")}
    ELSIF NOT EXISTS (
        SELECT 1 FROM ledger_due WHERE record = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid) THEN
        {_REFUSE.format("'a part is written with its whole'")}
    END IF;
    RETURN NULL;
END""",
    "guard_fixed": f"""BEGIN
    {_REFUSE.format("'the ledger is never changed'")}
    RETURN NULL;
END""",
    "guard_settles": """BEGIN
    DELETE FROM ledger_due WHERE record = NEW.record AND number = NEW.number;
    RETURN NULL;
END""",
    "guard_follows": f"""DECLARE due bigint;
BEGIN
    EXECUTE format('SELECT coalesce(max(sequence) + 1, 0) FROM %I', TG_TABLE_NAME) INTO due;
    IF NEW.sequence <> due THEN
        {_REFUSE.format("'an event follows the one before'")}
    END IF;
    RETURN NEW;
END""",
    "guard_head": f"""BEGIN
    IF TG_OP = 'DELETE' OR NEW.name <> OLD.name OR NEW.identifier <> OLD.identifier
       OR NEW.size <= OLD.size THEN
        {_REFUSE.format("'a log only grows'")}
    END IF;
    RETURN NEW;
END""",
}
"""The functions that the guards of PostgreSQL call, with the rights of whoever owns the tables:

a role that writes records needs no right to `ledger_due` (`records.server_rights`).
"""


class _Postgresql:
    """The guards in PostgreSQL's language."""

    def before(self) -> Iterator[tuple[str, str]]:
        yield (
            "ledger_due",
            f"""CREATE TABLE IF NOT EXISTS ledger_due (
    ordinal bigserial PRIMARY KEY,
    kind varchar(40) NOT NULL,
    record uuid NOT NULL,
    number integer NOT NULL,
    UNIQUE (record, number),
    FOREIGN KEY (record, number) REFERENCES "{table_of(Revision)}" (record, number)
        DEFERRABLE INITIALLY DEFERRED
)""",
        )
        for name, body in FUNCTIONS.items():
            yield (
                name,
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $guard$\n{body}\n$guard$ "
                "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp",
            )

    def record(self, kind: str, model: type[Recorded]) -> Iterator[tuple[str, str]]:
        table = table_of(model)
        call = f"guard_record('{kind}')"
        changed = ""
        if model.unrecorded:
            names = [one.column for one in model._meta.concrete_fields]
            recorded = [name for name in names if name not in model.unrecorded]
            changed = " OR ".join(
                f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in recorded
            )
        yield self._trigger(table, "insert", "AFTER INSERT OR DELETE", call)
        yield self._trigger(table, "update", "AFTER UPDATE", call, when=changed)
        yield self._never(table, "truncate", "TRUNCATE")

    def part(self, model: type[Any]) -> Iterator[tuple[str, str]]:
        table = table_of(model)
        call = f"guard_part('{_whole(model)}')"
        yield self._trigger(table, "part", "AFTER INSERT OR DELETE OR UPDATE", call)
        yield self._never(table, "truncate", "TRUNCATE")

    def fixed(self, model: type[models.Model]) -> Iterator[tuple[str, str]]:
        table = table_of(model)
        yield self._never(table, "fixed", "DELETE OR UPDATE OR TRUNCATE")

    def ledger(self) -> Iterator[tuple[str, str]]:
        table = table_of(Revision)
        yield self._trigger(table, "settles", "AFTER INSERT", "guard_settles()")
        for model in (Event, ReadEvent):
            yield self._trigger(table_of(model), "follows", "BEFORE INSERT", "guard_follows()")
        head = table_of(Log)
        yield self._trigger(head, "head", "BEFORE DELETE OR UPDATE", "guard_head()")
        yield self._never(head, "truncate", "TRUNCATE")

    @staticmethod
    def _never(table: str, name: str, what: str) -> tuple[str, str]:
        guard = f"{_PREFIX}{table}_{name}"
        return guard, (
            f'CREATE TRIGGER "{guard}" BEFORE {what} ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION guard_fixed()"
        )

    @staticmethod
    def _trigger(
        table: str, name: str, event: str, call: str, *, when: str = ""
    ) -> tuple[str, str]:
        guard = f"{_PREFIX}{table}_{name}"
        condition = f"WHEN ({when}) " if when else ""
        return guard, (
            f'CREATE TRIGGER "{guard}" {event} ON "{table}" FOR EACH ROW {condition}'
            f"EXECUTE FUNCTION {call}"
        )


def before_migration(using: str, plan: Sequence[Any] = (), **_more: Any) -> None:
    """Take the triggers away while tables are rebuilt, and only then."""
    from django.db import connections

    if plan:
        remove(connections[using])


def after_migration(using: str, plan: Sequence[Any] = (), **_more: Any) -> None:
    """Put the guards over a database that was just brought up to date (`records.apps`).

    Where nothing was migrated, only if one is not as it should be.
    """
    from django.db import connections

    connection = connections[using]
    tables = set(connection.introspection.table_names())
    models_ = apps.get_app_config("records").get_models()
    if all(table_of(one) in tables for one in models_) and (plan or missing(connection)):
        install(connection)
