# SPDX-License-Identifier: Apache-2.0
"""`antigone case import`, `export` and `list`: case folders into the database and out of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from antigone.cli.account import account
from antigone.cli.database import open_database
from antigone.exchange.case_folder import (
    CaseFolder,
    CaseFolderFaults,
    Difference,
    Remark,
    differences,
    read_case_folder,
    write_case_folder,
)

if TYPE_CHECKING:
    from antigone.records.models import InvestigationCase

SHOWN = 50
"""Differences and remarks that are printed one by one; the rest are counted."""


@click.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--name", help="Name of the case; without it the folder's own.")
@click.option("--slug", help="Short name, in addresses and commands; without it from the name.")
@click.option("--invented", is_flag=True, help="Mark the case as invented, on every page.")
def import_case(path: Path, name: str | None, slug: str | None, invented: bool) -> None:
    """Take the case folder at PATH (a folder, .zip or .xlsx) into the database.

    A short name that is kept already changes nothing: the differences are listed, exit status 1.
    """
    folder = _read(path)
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
def export_case(slug: str, out: Path) -> None:
    """Write the case SLUG to OUT: a folder, or by its suffix a .zip or an .xlsx."""
    open_database()
    from antigone.records.queries import cases as case_queries

    case = case_queries.case_by_slug(slug)
    write_case_folder(
        case_queries.case_tables(case),
        case.policy_text or None,
        out,
        name=case.name,
        invented=case.invented,
    )
    click.echo(f"Case {slug} stands in {out}. It is plain text: keep it safe.", err=True)


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
