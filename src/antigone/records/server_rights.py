# SPDX-License-Identifier: Apache-2.0
"""What the role of the application may do in a PostgreSQL database that another role owns.

Whoever owns the tables can lift their guards. So the tables belong to a role that only migrations,
restores and these rights use, and the application signs in as another: it adds events and
changes none, deletes no record, and cannot write what the guards noted as due.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from antigone.records import guards
from antigone.records.kinds import kinds, parts_of
from antigone.records.models import Event, Log
from antigone.terms.errors import AntigoneError, gettext_noop

READS, ADDS, CORRECTS = "SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE"
OPERATES = "SELECT, INSERT, UPDATE, DELETE"
"""Sessions, jobs, waits: what is no record."""
_OF_THE_OWNER = ("ledger_due", "django_migrations")
_SEQUENCES = """
SELECT one.relname FROM pg_class one JOIN pg_depend ON objid = one.oid
JOIN pg_class whole ON whole.oid = refobjid
WHERE one.relkind = 'S' AND whole.relname = ANY(%s)
"""


class NoServer(AntigoneError):
    """Rights of roles, asked of the embedded database."""

    code = "records.no-server"
    message = gettext_noop(
        "The embedded database has no roles: whoever may write its file may do anything. Name a "
        "server in ANTIGONE_DATABASE_URL."
    )


class NoSuchServerRole(AntigoneError):
    """A role that the server does not know."""

    code = "records.no-such-server-role"
    message = gettext_noop(
        "The server has no role %(role)s. Make one: CREATE ROLE … LOGIN PASSWORD …."
    )


class RoleOwnsTheTables(AntigoneError):
    """Rights withheld from a role that can give itself all of them."""

    code = "records.role-owns-the-tables"
    message = gettext_noop(
        "The role %(role)s owns the tables or may act as their owner, so that nothing can be "
        "withheld from it. Make another role for the application, which is no superuser and no "
        "member of the owner."
    )


class SchemaOpenToAll(AntigoneError):
    """A schema in which every role may make tables, as PostgreSQL had it before version 15."""

    code = "records.schema-open-to-all"
    message = gettext_noop(
        "The role %(role)s may make tables in the schema public. As the server's administrator, "
        "in this database: REVOKE CREATE ON SCHEMA public FROM PUBLIC; then grant again."
    )


def rights(connection: BaseDatabaseWrapper) -> Mapping[str, str]:
    """For each table of the house, what the application needs and no more."""
    tables = connection.introspection.django_table_names(only_existing=True)
    found = dict.fromkeys(tables, OPERATES)
    for model in kinds().values():
        found[guards.table_of(model)] = CORRECTS
        found |= {guards.table_of(part): ADDS for part in parts_of(model)}
    found |= {guards.table_of(model): ADDS for model in guards.FIXED}
    found[guards.table_of(Log)] = CORRECTS
    return found | dict.fromkeys(_OF_THE_OWNER, READS)


def grant(connection: BaseDatabaseWrapper, role: str) -> int:
    """Give `role` the rights of the application, and take every other one; how many tables.

    Raises
    ------
    NoServer, NoSuchServerRole, RoleOwnsTheTables, SchemaOpenToAll
    """
    if connection.vendor != "postgresql":
        raise NoServer()
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            raise NoSuchServerRole(role=role)
        if acts_as_owner(connection, role):
            raise RoleOwnsTheTables(role=role)
        cursor.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [role])
        if cursor.fetchone()[0]:
            raise SchemaOpenToAll(role=role)
        quoted = connection.ops.quote_name
        to, given = quoted(role), rights(connection)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {to}")
        for table, words in given.items():
            cursor.execute(f"REVOKE ALL ON {quoted(table)} FROM PUBLIC, {to}")
            cursor.execute(f"GRANT {words} ON {quoted(table)} TO {to}")
        cursor.execute(_SEQUENCES, [list(given)])
        for (sequence,) in cursor.fetchall():
            cursor.execute(f"GRANT USAGE, SELECT ON SEQUENCE {quoted(sequence)} TO {to}")
        for name in guards.FUNCTIONS:  # or a trigger of one's own could call them
            cursor.execute(f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC, {to}")
    return len(given)


def acts_as_owner(connection: BaseDatabaseWrapper, role: str | None = None) -> bool:
    """Whether `role`, or whoever is signed in, is or may become the owner of the events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(coalesce(%s, current_user), relowner, 'MEMBER') FROM pg_class "
            "WHERE oid = to_regclass(%s)",
            [role, guards.table_of(Event)],
        )
        row = cursor.fetchone()
    return row is None or bool(row[0])
