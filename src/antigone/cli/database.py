# SPDX-License-Identifier: Apache-2.0
"""`antigone database`: the database of this installation, made ready and brought up to date."""

from __future__ import annotations

import os

import click

from antigone.terms.errors import AntigoneError, gettext_noop


class DatabaseNotReady(AntigoneError):
    """A server's database whose tables are not those of this version."""

    code = "cli.database-not-ready"
    message = gettext_noop(
        "The database on the server is not at this version: %(steps)d migrations are missing. "
        "Back it up, then bring it up to date: antigone database migrate."
    )


def start_django() -> None:
    """Set up the records for a command."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antigone.site.settings")
    django.setup()


def open_database() -> None:
    """Set up the records over a database that is at this version.

    The embedded database is brought up to date here; a server's never without being asked.
    """
    start_django()
    from django.core.management import call_command
    from django.db import connection

    missing = _missing_migrations()
    if not missing:
        return
    if connection.vendor != "sqlite":
        raise DatabaseNotReady(steps=missing)
    call_command("migrate", verbosity=0, interactive=False)


def _missing_migrations() -> int:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@click.group()
def database() -> None:
    """Prepare the database of this installation."""


@database.command()
def migrate() -> None:
    """Bring the database to this version; on a server, back it up first."""
    start_django()
    from django.core.management import call_command

    missing = _missing_migrations()
    call_command("migrate", verbosity=0, interactive=False)
    click.echo(f"The database is at this version; migrations applied: {missing}.", err=True)
