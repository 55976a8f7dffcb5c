# SPDX-License-Identifier: Apache-2.0
"""`antigone case import`, `export` and `list`: case folders into the database and out of it."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from antigone.cli.account import account
from antigone.cli.database import open_database
from antigone.cli.encryption import (
    NotEncrypted,
    Readers,
    ReasonWanted,
    identity_options,
    passphrase_to_open,
    readers,
    recipient_options,
)
from antigone.exchange.age_files import SUFFIX, decrypt_to, encrypt_to
from antigone.exchange.case_folder import (
    LIMITS,
    ONE_FILE,
    CaseFolder,
    CaseFolderFaults,
    Difference,
    Remark,
    case_file,
    differences,
    read_case_folder,
    without_attributes,
    write_case_folder,
)
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import Tables

if TYPE_CHECKING:
    from antigone.records.models import InvestigationCase

SHOWN = 50
"""Differences and remarks that are printed one by one; the rest are counted."""


class AttributesWantReason(AntigoneError):
    """What made people targets was asked for, without a reason."""

    code = "cli.attributes-want-reason"
    message = gettext_noop(
        "The table attribute says what may have made people targets, and leaves only for a stated "
        "reason. Give one with --reason, or leave out --attributes."
    )


@click.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--name", help="Name of the case; without it the folder's own.")
@click.option("--slug", help="Short name, in addresses and commands; without it from the name.")
@click.option("--invented", is_flag=True, help="Mark the case as invented, on every page.")
@identity_options
def import_case(
    path: Path,
    name: str | None,
    slug: str | None,
    invented: bool,
    identity_files: tuple[Path, ...],
    passphrase_file: Path | None,
) -> None:
    """Take the case folder at PATH (a folder, .zip or .xlsx) into the database.

    An encrypted file (.zip.age, .xlsx.age) is opened with --identity or its passphrase. A short
    name that is kept already changes nothing: the differences are listed, exit status 1.
    """
    with _in_clear(path, identity_files, passphrase_file) as readable:
        folder = _read(readable)
    name = name or folder.name
    slug = slug or _slug_of(name)
    open_database()
    from antigone.records.actions import cases as case_actions
    from antigone.records.queries import cases as case_queries

    kept = case_queries.cases().filter(slug=slug).first()
    if kept is not None:
        _tell_differences(kept, folder)
        raise click.exceptions.Exit(1)
    case = case_actions.import_case(
        tables=folder.tables,
        policy_text=folder.policy_text or "",
        name=name,
        slug=slug,
        by=account(),
        invented=invented or folder.invented,
    )
    rows = sum(len(table) for table in folder.tables.values())
    click.echo(f"Case {case.slug} is kept: {rows} rows in {len(folder.tables)} tables.", err=True)
    click.echo(case.slug)


@click.command("export")
@click.argument("slug")
@click.argument("out", type=click.Path(path_type=Path))
@recipient_options
@click.option("--plain", is_flag=True, help="Write plain text: a folder, .zip or .xlsx.")
@click.option(
    "--attributes", is_flag=True, help="Take the table attribute along; without it, it stays here."
)
@click.option("--reason", default="", help="Why in plain text, or with the attributes; recorded.")
def export_case(
    slug: str,
    out: Path,
    recipients: tuple[str, ...],
    passphrase_file: Path | None,
    plain: bool,
    attributes: bool,
    reason: str,
) -> None:
    """Write the case SLUG to OUT, encrypted: OUT ends in .zip.age or .xlsx.age.

    Only with --plain and a --reason is it plain text: a folder, or by its suffix a .zip or .xlsx.
    What may have made people targets (veterans, relatives of servicemen, officials) stays here
    unless --attributes and a --reason ask for it.
    """
    if plain and not reason.strip():
        raise ReasonWanted()
    if attributes and not reason.strip():
        raise AttributesWantReason()
    if not plain and out.suffix != SUFFIX:
        raise NotEncrypted(file=out.name, encrypted=_encrypted_name(out))
    for_whom = None if plain else readers(recipients, passphrase_file)
    open_database()
    from antigone.records.queries import cases as case_queries

    case = case_queries.case_by_slug(slug)
    if for_whom is None:
        _write_plain(case, out, reason, attributes)
        click.echo(f"Case {slug} stands in {out}. It is plain text: keep it safe.", err=True)
    else:
        _write_encrypted(case, out, for_whom, reason, attributes)
        click.echo(f"Case {slug} stands in {out}; it opens {for_whom.in_words()}.", err=True)


def _write_encrypted(
    case: InvestigationCase, out: Path, for_whom: Readers, reason: str, attributes: bool
) -> None:
    content = _case_file(case, Path(out.stem).suffix, attributes)
    encrypt_to(
        out, io.BytesIO(content), recipients=for_whom.recipients, passphrase=for_whom.passphrase
    )
    _record_export(case, out, content, reason=reason)


def _write_plain(case: InvestigationCase, out: Path, reason: str, attributes: bool) -> None:
    policy = case.policy_text or None
    tables = _leaving(case, attributes)
    write_case_folder(tables, policy, out, name=case.name, invented=case.invented)
    content = out.read_bytes() if out.is_file() else _case_file(case, ".zip", attributes)
    _record_export(case, out, content, reason=reason)


def _case_file(case: InvestigationCase, suffix: str, attributes: bool) -> bytes:
    """The case as one file: a .zip, or a workbook where `suffix` says so."""
    tables = _leaving(case, attributes)
    policy = case.policy_text or None
    form = suffix if suffix in ONE_FILE else ".zip"
    return case_file(tables, policy, form, name=case.name, invented=case.invented)


def _leaving(case: InvestigationCase, attributes: bool) -> Tables:
    """The tables that leave, without attributes unless they were asked for."""
    from antigone.records.queries import cases as case_queries

    tables = case_queries.case_tables(case)
    if attributes:
        return tables
    staying = len(tables.get("attribute", ()))
    if staying:
        click.echo(f"Rows of attributes that stay here: {staying}.", err=True)
    return without_attributes(tables)


def _record_export(case: InvestigationCase, out: Path, content: bytes, *, reason: str) -> None:
    """Record the export; one that cannot be recorded does not stay."""
    from antigone.records.actions import exports

    digest = hashlib.sha256(content).hexdigest()
    try:
        exports.export_case(
            case=case, by=account(), sha256=digest, size=len(content), reason=reason
        )
    except BaseException:
        shutil.rmtree(out) if out.is_dir() else out.unlink()
        raise


def _encrypted_name(out: Path) -> str:
    return out.name + (SUFFIX if out.suffix in ONE_FILE else ".zip" + SUFFIX)


@contextlib.contextmanager
def _in_clear(
    path: Path, identity_files: tuple[Path, ...], passphrase_file: Path | None
) -> Iterator[Path]:
    """The file to read: `path` itself, or what it holds, in memory where the system has a place."""
    if path.suffix != SUFFIX or not path.is_file():
        yield path
        return
    passphrase = passphrase_to_open(path, passphrase_file)
    in_memory = "/dev/shm"  # noqa: S108 - readable by its owner alone, never on a disk
    with tempfile.TemporaryDirectory(
        prefix="antigone-", dir=in_memory if os.access(in_memory, os.W_OK) else None
    ) as folder:
        form = Path(path.stem).suffix
        readable = Path(folder) / (path.stem if form in ONE_FILE else path.stem + ".zip")
        with readable.open("wb") as stream:
            decrypt_to(
                stream,
                path,
                limit_bytes=LIMITS.file_bytes,
                identity_files=identity_files,
                passphrase=passphrase,
            )
        yield readable


@click.command("list")
def list_cases() -> None:
    """Print every case kept here: short name, remains, persons, whether invented, name."""
    open_database()
    from antigone.records.queries import cases as case_queries

    click.echo("slug\tremains\tpersons\tinvented\tname")
    for one in case_queries.case_sizes():
        invented = "invented" if one.case.invented else ""
        line = (one.case.slug, str(one.remains), str(one.persons), invented, one.case.name)
        click.echo("\t".join(line))


def _read(path: Path) -> CaseFolder:
    try:
        folder = read_case_folder(path)
    except CaseFolderFaults as refusal:
        _tell("Fault", refusal.faults)
        raise
    _tell("Note", folder.notes)
    _tell("Warning", folder.warnings)
    return folder


def _tell(word: str, remarks: tuple[Any, ...]) -> None:
    for one in remarks[:SHOWN]:
        assert isinstance(one, Remark)
        click.echo(f"{word}: {one.place}: {one.sentence} {one.remedy}", err=True)
    if len(remarks) > SHOWN:
        click.echo(f"{word}: {len(remarks) - SHOWN} more; antigone case check.", err=True)


def _slug_of(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:60]


def _tell_differences(kept: InvestigationCase, folder: CaseFolder) -> None:
    from antigone.records.queries import cases as case_queries

    found = differences(case_queries.case_tables(kept), folder.tables)
    click.echo(
        f"A case with the short name {kept.slug} is kept already; nothing was changed. "
        f"Differences between it and this folder: {len(found)}. To keep both, give another "
        "short name with --slug.",
        err=True,
    )
    for one in found[:SHOWN]:
        click.echo(_in_words(one))
    if len(found) > SHOWN:
        click.echo(f"{len(found) - SHOWN} more differences.", err=True)
    policy = (folder.policy_text or "").strip()
    if policy != kept.policy_text.strip():
        click.echo("The policies differ as well.", err=True)


def _in_words(one: Difference) -> str:
    place = f"{one.table}\t{';'.join(one.key)}\t{one.kind}"
    return f"{place}\t{one.column}\t{one.old}\t{one.new}" if one.column else place
