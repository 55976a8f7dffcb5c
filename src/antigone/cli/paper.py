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
    from antigone.exchange.paper.carried import Carried
    from antigone.exchange.paper.of_cases import Paper
    from antigone.exchange.paper.recording import Compared
    from antigone.records.models import InvestigationCase

_KINDS = ("body", "bag", "grave")
_SHEETS = ("recovery", "photographs", "custody", "receipt", "family-receipt", "consent",
           "certificate")  # fmt: skip
_BLANKS = ("recovery", "post-mortem", "ante-mortem", "photographs", "custody", "transport",
           "consent", "receipt")  # fmt: skip
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
@click.argument("name", type=click.Choice(_SHEETS))
@click.argument("slug")
@click.argument("key")
@_OUT
def sheet(name: str, slug: str, key: str, out: Path) -> None:
    """Write the sheet NAME of the thing KEY of case SLUG to OUT.

    The key is that of remains; for family-receipt of a family, for consent of a consent,
    for certificate of a decision that names somebody.
    """
    case = _case(slug)
    from antigone.exchange.paper import of_cases

    _keep(case, of_cases.SHEETS[name](case, key, _now()), out)


@paper.command()
@click.argument("slug")
@click.argument("carrier")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@_OUT
def transport(slug: str, carrier: str, day: datetime, out: Path) -> None:
    """Write the list of what was handed to CARRIER (the key of a party) on DAY (UTC)."""
    case = _case(slug)
    from antigone.exchange.paper import of_cases

    _keep(case, of_cases.transport_list(case, carrier, _now(), day=day.date()), out)


@paper.command()
@click.argument("slug")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@_OUT
def meeting(slug: str, day: datetime, out: Path) -> None:
    """Write the sheet of the daily meeting of case SLUG, as of the end of DAY (UTC)."""
    case = _case(slug)
    from antigone.exchange.paper import of_cases

    _keep(case, of_cases.meeting_sheet(case, _now(), day=day.date()), out)


@paper.command()
@click.argument("name", type=click.Choice(_BLANKS))
@_OUT
def blank(name: str, out: Path) -> None:
    """Write the sheet or form NAME without values, to fill by hand. Needs no case."""
    from antigone.cli.database import start_django

    start_django()
    from antigone.exchange.paper import of_cases

    out.write_bytes(of_cases.blank(name, _now()).content)


@paper.command()
@click.argument("name", type=click.Choice(["post-mortem", "ante-mortem"]))
@click.argument("slug")
@click.argument("key")
@_OUT
def form(name: str, slug: str, key: str, out: Path) -> None:
    """Write the form NAME, items 00 to 95, of the remains or person KEY of case SLUG to OUT."""
    case = _case(slug)
    from antigone.exchange.paper import of_cases

    _keep(case, of_cases.FORMS[name](case, key, _now()), out)


@paper.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--compare", "beside", metavar="SLUG", help="Compare with this case, change nothing.")
@click.option("--into", metavar="SLUG", help="Enter what this case does not have.")
@click.option("--correct", is_flag=True, help="With --into: also correct what differs.")
@click.option("--reason", default="", help="With --into: why; kept in the ledger, in these words.")
def read(file: Path, beside: str | None, into: str | None, correct: bool, reason: str) -> None:
    """Print the rows that the filled form FILE carries: table, key, column, cell.

    With --compare or --into: table, key, new, same or differs, column, recorded, on paper.
    """
    if beside and into or (correct and not into):
        raise click.UsageError("Choose one of --compare and --into; --correct goes with --into.")
    from antigone.exchange.paper.carried import read_form

    carried = read_form(file.read_bytes())
    slug = into or beside
    if slug is None:
        _tell_rows(carried)
        return
    case = _case(slug)
    from antigone.exchange.paper import recording

    _tell_compared(recording.compare(case, carried))
    if into:
        done = recording.take_in(
            case=case, carried=carried, by=account(), reason=reason, correct=correct
        )
        click.echo(
            f"Entered: {done.entered}. Corrected: {done.corrected}. There already: {done.same}.",
            err=True,
        )


def _tell_rows(carried: Carried) -> None:
    from antigone.terms.tables import TABLES

    for table, rows in carried.tables.items():
        for row in rows:
            key = " ".join(filter(None, TABLES[table].key_of(row)))
            for column, cell in row.items():
                if cell:
                    click.echo(f"{table}\t{key}\t{column}\t{_on_one_line(cell)}")


def _tell_compared(found: list[Compared]) -> None:
    for one in found:
        if one.state != "differs":
            click.echo(f"{one.table}\t{one.key}\t{one.state}")
        for each in one.differences:
            cells = f"{_on_one_line(each.recorded)}\t{_on_one_line(each.on_paper)}"
            click.echo(f"{one.table}\t{one.key}\tdiffers\t{each.column}\t{cells}")


def _on_one_line(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


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
            read=found.read,
        )  # fmt: skip
    except BaseException:
        out.unlink()
        raise
    click.echo(f"{out}: print it, and keep the file as carefully as the sheet.", err=True)
