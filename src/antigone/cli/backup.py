# SPDX-License-Identifier: Apache-2.0
"""`antigone backup`: make one, copy the keys, and restore both into an empty home."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from antigone.cli.account import account
from antigone.cli.database import open_database, start_django
from antigone.cli.encryption import (
    identity_options,
    passphrase_to_open,
    readers,
    recipient_options,
)
from antigone.terms.errors import AntigoneError, gettext_noop

if TYPE_CHECKING:
    from antigone.exchange.backups import Manifest, SubjectKeys, Unpacked
    from antigone.records.models import Checkpoint

_NEW = click.Path(path_type=Path)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
WITNESSES = "witnesses"
"""Folder of the home with copies of checkpoints: each backup leaves one there."""


class HomeNotEmpty(AntigoneError):
    """A home with a database in the way of a restore."""

    code = "cli.home-not-empty"
    message = gettext_noop(
        "There is a database already (%(place)s), and a restore overwrites nothing. Name an empty "
        "folder with --into, or an empty database."
    )


class KeysWanted(AntigoneError):
    """A restore without the keys of the subjects."""

    code = "cli.keys-wanted"
    message = gettext_noop(
        "The home %(home)s has no keys, so that nothing sealed could be read. Give the newest "
        "file that `antigone backup keys` made with --keys."
    )


class KeysExpired(AntigoneError):
    """A copy of the keys that was to be destroyed."""

    code = "cli.keys-expired"
    message = gettext_noop(
        "This copy of the keys was to be destroyed after %(until)s: it may bring back what was "
        "erased since. Take a newer copy, or say why with --accept-rollback."
    )


class OtherEngine(AntigoneError):
    """A backup of another kind of database."""

    code = "cli.other-engine"
    message = gettext_noop(
        "The backup is of %(kept)s and this home uses %(here)s. Set or unset ANTIGONE_DATABASE_URL "
        "so that the two agree."
    )


class PassphraseForHome(AntigoneError):
    """A backup of an encrypted installation for a home without a passphrase."""

    code = "cli.passphrase-for-home"
    message = gettext_noop(
        "The backup is of an encrypted installation and the new home has no passphrase. Name a "
        "file with one in ANTIGONE_PASSPHRASE_FILE."
    )


class SilentRollback(AntigoneError):
    """A backup that is older than what a witness holds."""

    code = "cli.silent-rollback"
    message = gettext_noop(
        "A witness holds a checkpoint over %(witnessed)d events and the backup has %(size)d: "
        "%(lost)d events would be gone. Take a newer backup; where there is none, restore with "
        "--accept-rollback and the reason, which the ledger records. Nothing was restored."
    )


class RestoredDoesNotHold(AntigoneError):
    """A backup whose ledger does not hold."""

    code = "cli.restored-does-not-hold"
    message = gettext_noop(
        "The ledger in the backup does not hold; the first fault of %(count)d: %(first)s Take "
        "another backup. Nothing was restored."
    )


@click.group()
def backup() -> None:
    """Backups: encrypted, with their checkpoint, and restored only in sight of every witness."""


@backup.command()
@click.argument("file", type=_NEW)
def identity(file: Path) -> None:
    """Write a new private key to FILE and print the public one, for --recipient."""
    from antigone.exchange.age_files import new_identity

    click.echo(new_identity(file))
    click.echo(f"Keep {file} where the backups are not: it opens them.", err=True)


@backup.command()
@click.argument("out", type=_NEW)
@recipient_options
def make(out: Path, recipients: tuple[str, ...], passphrase_file: Path | None) -> None:
    """Write database, attachments and newest checkpoint to OUT, encrypted; while others work.

    The keys of sealed matter are not in it: antigone backup keys.
    """
    for_whom = readers(recipients, passphrase_file)
    open_database()
    from django.conf import settings

    from antigone.exchange.backups import sha256_of, write_backup
    from antigone.records.actions import backups, checkpoints

    by, home = account(), Path(settings.ANTIGONE_HOME)
    checkpoint = checkpoints.make_checkpoint(by=by)
    with _private_folder(home) as folder:
        manifest, database, files = _snapshot(home, folder, checkpoint)
        write_backup(
            out, manifest, database, files,
            recipients=for_whom.recipients, passphrase=for_whom.passphrase,
        )  # fmt: skip
    _keep_note(home, checkpoint.size, checkpoint.note)
    backups.make(by=by, sha256=sha256_of(out), size=out.stat().st_size)
    click.echo(
        f"{out}: {checkpoint.size} events, {manifest.attachments} attachments; it opens "
        f"{for_whom.in_words()}. Its keys are not in it: antigone backup keys.",
        err=True,
    )


@backup.command()
@click.argument("out", type=_NEW)
@click.option(
    "--days", type=click.IntRange(1, 366), required=True, help="Days until it is destroyed."
)
@recipient_options
def keys(out: Path, days: int, recipients: tuple[str, ...], passphrase_file: Path | None) -> None:
    """Write the keys of all subjects to OUT, encrypted; destroy that file after --days.

    Whoever restores an old copy brings back what was erased since: make them often, keep them
    apart from the backups, and destroy each one when the next is made.
    """
    for_whom = readers(recipients, passphrase_file)
    open_database()
    from antigone.exchange.backups import SubjectKeys, sha256_of, write_keys
    from antigone.records import keys as key_store
    from antigone.records.actions import backups

    now, store = datetime.now(UTC), key_store.store()
    kept = SubjectKeys(
        now.isoformat(timespec="seconds"), now.date() + timedelta(days=days),
        store.all_keys(), store.destroyed_subjects(),
    )  # fmt: skip
    write_keys(out, kept, recipients=for_whom.recipients, passphrase=for_whom.passphrase)
    backups.keys(by=account(), sha256=sha256_of(out), size=out.stat().st_size)
    click.echo(f"{out}: {len(kept.keys)} keys. Destroy it after {kept.until}.", err=True)


@backup.command()
@click.argument("file", type=_FILE)
@click.option("--into", "home", type=_NEW, required=True, help="Empty home of the installation.")
@click.option("--keys", "keys_file", type=_FILE, help="What `antigone backup keys` made.")
@click.option(
    "--witness", "witnesses", multiple=True, type=_FILE, help="A checkpoint held; repeat."
)
@click.option("--accept-rollback", default="", help="Why an older state must do; recorded.")
@identity_options
def restore(
    file: Path,
    home: Path,
    keys_file: Path | None,
    witnesses: tuple[Path, ...],
    accept_rollback: str,
    identity_files: tuple[Path, ...],
    passphrase_file: Path | None,
) -> None:
    """Restore the backup FILE into an empty home, and hold it against every witness.

    Checkpoints are looked for in HOME/witnesses and among --witness. A backup that is older than
    one of them is refused; with --accept-rollback and a reason it is restored and that recorded.
    """
    home = home.expanduser().resolve()
    _check_empty(home)
    os.environ["ANTIGONE_HOME"] = str(home)
    start_django()
    from antigone.exchange.backups import read_backup, read_keys, sha256_of

    notes = [_note_in(one) for one in (*witnesses, *sorted((home / WITNESSES).glob("*")))]
    with _private_folder(home) as folder:
        subject_keys = keys_file and read_keys(
            keys_file,
            identity_files=identity_files,
            passphrase=passphrase_to_open(keys_file, passphrase_file),
        )
        found = read_backup(
            file, folder, identity_files=identity_files,
            passphrase=passphrase_to_open(file, passphrase_file),
        )  # fmt: skip
        _check_server(found.manifest.engine)
        _take_keys_in(home, subject_keys or None, accept_rollback)
        with _undone_if_refused(home):
            _put_in_place(home, folder, found)
            notes.append(found.manifest.checkpoint)
            lost = _hold_against(notes, accept_rollback)
            _finish(sha256_of(file), file.stat().st_size, accept_rollback if lost else "")
    click.echo(f"Restored into {home}: {found.manifest.size} events and later ones.", err=True)


def _snapshot(
    home: Path, folder: Path, checkpoint: Checkpoint
) -> tuple[Manifest, Path, list[Path]]:
    """The database copied at one moment into `folder`, what it is, and the attachments."""
    from django.db import connection

    from antigone import __version__
    from antigone.exchange.backups import DATABASES, Manifest, sha256_of
    from antigone.records import attachments, copies, server_copies
    from antigone.records.master_key import master_key

    database, key = folder / DATABASES[connection.vendor], None
    if connection.vendor == "sqlite":
        from django.conf import settings

        place = Path(connection.settings_dict["NAME"])
        master = master_key(home, settings.ANTIGONE_PASSPHRASE)
        key = copies.snapshot(place, database, master)
    else:
        server_copies.dump(connection.settings_dict, database)
    files = sorted((home / attachments.FOLDER).glob("[0-9a-f][0-9a-f]/*"))
    manifest = Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        software=__version__,
        engine=connection.vendor,
        log=str(checkpoint.log.identifier),
        size=checkpoint.size,
        checkpoint=checkpoint.note,
        database_sha256=sha256_of(database),
        database_key=key.hex() if key else "",
        attachments=len(files),
    )
    return manifest, database, files


def _check_empty(home: Path) -> None:
    database = home / "antigone.sqlite3"
    if database.exists() and database.stat().st_size:
        raise HomeNotEmpty(place=database)
    if any((home / "attachments").glob("*/*")):
        raise HomeNotEmpty(place=home / "attachments")


def _check_server(engine: str) -> None:
    """Refuse a backup of another kind of database, and a server's database with tables in it."""
    from django.db import connection

    if connection.vendor != engine:
        raise OtherEngine(kept=engine, here=connection.vendor)
    if connection.vendor != "sqlite" and connection.introspection.table_names():
        raise HomeNotEmpty(place=connection.settings_dict["NAME"])


def _take_keys_in(home: Path, kept: SubjectKeys | None, reason: str) -> None:
    """The keys of the subjects, from their copy, beside those that the home has."""
    from antigone.records import keys as key_store
    from antigone.records.generations import KEY_STORE_FILE

    if kept is None:
        if not (home / KEY_STORE_FILE).exists():
            raise KeysWanted(home=home)
        return
    if kept.until < date.today() and not reason:  # noqa: DTZ011 - the day of this place
        raise KeysExpired(until=kept.until)
    key_store.store().take_in(kept.keys, kept.destroyed)


def _put_in_place(home: Path, folder: Path, found: Unpacked) -> None:
    from django.conf import settings
    from django.db import connection

    from antigone.records import copies, server_copies
    from antigone.records.master_key import master_key

    if connection.vendor == "sqlite":
        key = bytes.fromhex(found.manifest.database_key) or None
        if key and settings.ANTIGONE_PASSPHRASE is None:
            raise PassphraseForHome()
        place = Path(connection.settings_dict["NAME"])
        place.unlink(missing_ok=True)  # it is empty
        master = master_key(home, settings.ANTIGONE_PASSPHRASE)
        copies.put_back(found.database, key, place, master)
    else:
        server_copies.load(connection.settings_dict, found.database)
    for name in found.attachments:
        (home / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.replace(folder / name, home / name)


def _hold_against(notes: list[str], reason: str) -> int:
    """How many events that a witness knows are gone; refused without a reason."""
    open_database()
    from antigone.records.queries.ledger import verify
    from antigone.records.queries.witnessed import log_size, newest_witnessed

    newest, size = newest_witnessed(notes), log_size()
    lost = max(newest.size - size, 0) if newest else 0
    if lost and not reason.strip():
        raise SilentRollback(witnessed=size + lost, size=size, lost=lost)
    found = verify(witnesses=[] if lost else notes)
    if not found.holds:
        first = found.faults[0]
        raise RestoredDoesNotHold(count=found.fault_count, first=first.template % first.facts)
    return lost


def _finish(sha256: str, size: int, reason: str) -> None:
    """Record the restore, and erase what was erased before or after the backup was made."""
    from antigone.records.actions import backups
    from antigone.records.erasing import complete_erasures

    backups.restore(by=account(), sha256=sha256, size=size, reason=reason)
    erased = complete_erasures()
    if erased:
        click.echo(f"Erasures completed: {len(erased)}.", err=True)


@contextlib.contextmanager
def _undone_if_refused(home: Path) -> Iterator[None]:
    """Leave an empty home where a restore is refused half way; it was empty before."""
    from django.db import connection

    from antigone.records import server_copies

    try:
        yield
    except BaseException:
        if connection.vendor == "postgresql":
            server_copies.empty(connection)
        connection.close()
        for ending in ("", "-wal", "-shm"):
            (home / f"antigone.sqlite3{ending}").unlink(missing_ok=True)
        shutil.rmtree(home / "attachments", ignore_errors=True)
        raise


@contextlib.contextmanager
def _private_folder(home: Path) -> Iterator[Path]:
    """A folder below the home for its owner alone; what is left in it is overwritten."""
    from antigone.records.generations import overwrite

    with tempfile.TemporaryDirectory(prefix=".backup-", dir=home) as name:
        try:
            yield Path(name)
        finally:
            for place in Path(name).iterdir():
                if place.is_file():
                    overwrite(place)


def _keep_note(home: Path, size: int, note: str) -> None:
    (home / WITNESSES).mkdir(mode=0o700, exist_ok=True)
    (home / WITNESSES / f"{size}.note").write_text(note, encoding="utf-8")


def _note_in(place: Path) -> str:
    """The note in a checkpoint or witness file; blank where there is none."""
    text = place.read_text(encoding="utf-8", errors="replace")
    if not text.lstrip().startswith("{"):
        return text
    try:
        return str(json.loads(text)["note"])
    except (KeyError, TypeError, ValueError):
        return ""
