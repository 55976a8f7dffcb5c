# SPDX-License-Identifier: Apache-2.0
"""`antigone paper`: labels, sheets and forms to print, and filled forms read back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from antigone.cli.account import account
from antigone.cli.database import open_database

if TYPE_CHECKING:
    from antigone.exchange.paper.of_cases import Paper
    from antigone.records.models import InvestigationCase

_KINDS = ("body", "bag", "grave")
_OUT = click.argument("out", type=click.Path(path_type=Path, dir_okay=False))


@click.group()
def paper() -> None:
    """Labels, sheets and forms as PDF in English and Ukrainian; filled forms read back."""


@paper.command()
@click.argument("slug")
@click.argument("keys", nargs=-1, required=True, metavar="REMAINS...")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--stock", required=True, help="Label paper, such as a4-2x7 or 100x60.")
@click.option("--for", "kinds", multiple=True, type=click.Choice(_KINDS), default=_KINDS,
              help="What the label is put on; repeat it. All three without it.")  # fmt: skip
@click.option("--copies", type=click.IntRange(1, 50), default=1)
@click.option("--begin", type=int, default=1, help="Place on the first sheet to begin at.")
def labels(
    slug: str, keys: tuple[str, ...], out: Path, stock: str, kinds: tuple[str, ...], copies: int,
    begin: int,
) -> None:  # fmt: skip
    """Write labels with the codes of REMAINS of case SLUG: the code, large and as a square."""
    case = _case(slug)
    from antigone.exchange.paper.of_cases import labels_of_remains

    found = labels_of_remains(
        case, keys, _now(), stock=stock, kinds=kinds, copies=copies, begin=begin
    )
    _keep(case, found, out)


@paper.command()
@click.argument("name", type=click.Choice(["recovery"]))
@click.argument("slug")
@click.argument("key")
@_OUT
def sheet(name: str, slug: str, key: str, out: Path) -> None:
    """Write the sheet NAME of the thing KEY of case SLUG to OUT."""
    case = _case(slug)
    from antigone.exchange.paper import of_cases

    _keep(case, of_cases.SHEETS[name](case, key, _now()), out)


def _case(slug: str) -> InvestigationCase:
    open_database()
    from antigone.records.queries import cases

    return cases.case_by_slug(slug)


def _now() -> datetime:
    return datetime.now(UTC)


def _keep(case: InvestigationCase, found: Paper, out: Path) -> None:
    """Write a paper and record that it left; one that cannot be recorded does not stay."""
    import hashlib

    from antigone.records.actions import exports

    out.write_bytes(found.content)
    try:
        exports.export_paper(
            case=case, by=account(), about=found.about,
            sha256=hashlib.sha256(found.content).hexdigest(), size=len(found.content),
        )  # fmt: skip
    except BaseException:
        out.unlink()
        raise
    click.echo(f"{out}: print it, and keep the file as carefully as the sheet.", err=True)
