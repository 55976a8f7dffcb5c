# SPDX-License-Identifier: Apache-2.0
"""`antigone database`: the database of this installation, made ready and brought up to date."""

from __future__ import annotations

import os
from pathlib import Path

import click

from antigone.terms.errors import AntigoneError, gettext_noop


class DatabaseNotReady(AntigoneError):
    """A server's database whose tables are not those of this version."""

    code = "cli.database-not-ready"
    message = gettext_noop(
        "The database on the server is not at this version: %(steps)d migrations are missing. "
        "Back it up, then bring it up to date: antigone database migrate."
    )


class AlreadyEncrypted(AntigoneError):
    """An installation that is encrypted and was to be encrypted."""

    code = "cli.already-encrypted"
    message = gettext_noop(
        "This installation is encrypted already. For another passphrase: antigone database rekey."
    )


class NotYetEncrypted(AntigoneError):
    """An installation without a passphrase that was to get another one."""

    code = "cli.not-yet-encrypted"
    message = gettext_noop(
        "This installation has no passphrase yet. Give it one: antigone database encrypt."
    )


_A_DAY = 24 * 60 * 60  # seconds
_ASKED_TWICE = "File with the new passphrase, mode 600; without it, it is asked for."


def start_django() -> None:
    """Set up the records for a command."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antigone.site.settings")
    django.setup()


def open_database() -> None:
    """Set up the records over a database that is at this version, for whoever is at the terminal.

    The embedded database is brought up to date here; a server's never without being asked.
    """
    start_django()
    bring_up_to_date()
    from antigone.records import access

    click.get_current_context().with_resource(access.at_the_terminal(None))


def bring_up_to_date() -> None:
    """Migrate the embedded database where it is behind; refuse where a server's is."""
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


@database.command()
@click.argument("role")
def grant(role: str) -> None:
    """Give the server's ROLE the rights of the application, and no right to change the ledger.

    Run it as the role that owns the tables, after each migration and each restore; `antigone
    serve` and all other commands then sign in as ROLE.
    """
    start_django()
    from django.db import connection

    from antigone.records import server_rights

    if missing := _missing_migrations():
        raise DatabaseNotReady(steps=missing)
    tables = server_rights.grant(connection, role)
    click.echo(f"{role} may work with {tables} tables and change no event.", err=True)


@database.command()
def status() -> None:
    """Print where the database lies, on which library it runs, and whether it is whole.

    Exit status 1 where a check of the database or of the key store finds a fault.
    """
    start_django()
    from antigone.records.queries.storage import storage_status

    found = storage_status()
    for name, value in found.lines:
        click.echo(f"{name}\t{value}")
    if found.faults:
        click.echo(f"Faults were found: {', '.join(found.faults)}. Restore a backup.", err=True)
        raise click.exceptions.Exit(1)


@database.command()
def sweep() -> None:
    """Take the bytes of destroyed keys, and files that no record has, off the disk.

    A file without a record is left where attaching it failed at the last step. One that was written
    within the last day is left alone: its act may still be under way.
    """
    start_django()
    import time

    from antigone.records import attachments, keys
    from antigone.records.kinds import rows_of
    from antigone.records.models import Attachment

    kept = set(rows_of(Attachment).values_list("pk", flat=True))
    kept -= keys.store().destroyed_subjects().keys()
    removed = attachments.sweep(kept, before=time.time() - _A_DAY)
    keys.store().sweep()
    click.echo("The key store holds no trace of a destroyed key.", err=True)
    click.echo(f"Files that no record has, removed: {removed}.", err=True)


@database.command()
@click.option("--passphrase-file", type=click.Path(path_type=Path), help=_ASKED_TWICE)
def encrypt(passphrase_file: Path | None) -> None:
    """Encrypt this installation with a passphrase; it is asked for twice.

    The database and the key store are written anew and the old files overwritten. What stood on
    the disk in clear may survive in its spare blocks: encrypt before the first case is entered.
    """
    _reseal(passphrase_file, encrypted=False)


@database.command()
@click.option("--passphrase-file", type=click.Path(path_type=Path), help=_ASKED_TWICE)
def rekey(passphrase_file: Path | None) -> None:
    """Give this installation a new passphrase and new keys; the old passphrase opens nothing more.

    Backups made before open with the recipients they were written to, as before.
    """
    _reseal(passphrase_file, encrypted=True)


def _reseal(passphrase_file: Path | None, *, encrypted: bool) -> None:
    start_django()
    from django.conf import settings
    from django.db import connections

    from antigone.records import passphrases, resealing

    if (settings.ANTIGONE_PASSPHRASE is not None) != encrypted:
        raise AlreadyEncrypted() if not encrypted else NotYetEncrypted()
    if passphrase_file is not None:
        new = passphrases.read_passphrase_file(passphrase_file)
        passphrases.check_length(new)
    else:
        new = passphrases.new_passphrase("New passphrase of this installation")
    connections.close_all()
    resealing.reseal(settings.ANTIGONE_HOME, settings.ANTIGONE_PASSPHRASE, new)
    click.echo(
        "The database and the key store are encrypted anew. Keep the passphrase in two places: "
        "nobody can read the case without it.",
        err=True,
    )
