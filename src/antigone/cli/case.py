# SPDX-License-Identifier: Apache-2.0
"""Case folders: check, convert, make from a data set; into and out of the database."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from antigone.exchange.case_folder import Remark

KEPT_IN_RECORDS = {
    "import": ("antigone.cli.case_records:import_case", "Take a case folder into the database."),
    "list": ("antigone.cli.case_records:list_cases", "List the cases of the database."),
    "export": ("antigone.cli.case_records:export_case", "Write a case of the database out."),
    "erase": ("antigone.cli.case_erase:erase_subject", "Erase what is protected about somebody."),
    "weigh": ("antigone.cli.case_weigh:weigh_case", "Weigh a case of the database, keep the run."),
}
"""Commands that need the database: where each is, and its line in the overview."""

COLUMNS = ("severity", "code", "table", "row", "column", "value", "sentence", "remedy")

_PATH = click.Path(path_type=Path)


class CaseGroup(click.Group):
    """The group `case`; commands that need the database are imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return sorted([*super().list_commands(ctx), *KEPT_IN_RECORDS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in KEPT_IN_RECORDS:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = KEPT_IN_RECORDS[cmd_name][0].partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The overview, without importing what needs the database."""
        lines = {name: line for name, (_, line) in KEPT_IN_RECORDS.items()}
        lines |= {name: one.get_short_help_str(80) for name, one in self.commands.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted(lines.items()))


@click.group(cls=CaseGroup)
def case() -> None:
    """Case folders: the open exchange format, as a folder, a .zip or an .xlsx."""


@case.command()
@click.argument("path", type=_PATH)
@click.pass_context
def check(context: click.Context, path: Path) -> None:
    """List every fault, warning and note about the case folder PATH.

    Columns: severity, code, table, row as a spreadsheet numbers it, column, value, what is wrong,
    what to do. Exit status 0 when it can be used, 1 when it is refused.
    """
    from antigone.exchange.case_folder import CaseFolderFaults, read_case_folder

    try:
        folder = read_case_folder(path)
    except CaseFolderFaults as refusal:
        _print_remarks([*refusal.notes, *refusal.faults])
        kept = len(refusal.faults)
        listed = f" ({kept} of them listed)" if kept < refusal.count else ""
        click.echo(f"Refused. Faults: {refusal.count}{listed}.", err=True)
        context.exit(1)
    _print_remarks([*folder.notes, *folder.warnings])
    rows = sum(len(found) for found in folder.tables.values())
    counts = f"{len(folder.tables)} tables, {rows} rows, {len(folder.warnings)} warnings"
    click.echo(f"No faults. {counts}.", err=True)


@case.command()
@click.argument("path", type=_PATH)
@click.argument("out", type=_PATH)
def convert(path: Path, out: Path) -> None:
    """Write the case folder PATH again as OUT: a folder, or by its suffix a .zip or an .xlsx."""
    from antigone.exchange.case_folder import read_case_folder, write_case_folder

    folder = read_case_folder(path)
    _say([*folder.notes, *folder.warnings])
    write_case_folder(
        folder.tables, folder.policy_text, out, name=folder.name, invented=folder.invented
    )
    click.echo(f"Wrote {len(folder.tables)} tables to {out}.", err=True)


@case.command("from-dvi")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=_PATH, required=True, help="A new folder, or a new .zip or .xlsx.")
@click.option("--invented", is_flag=True, help="Say that nobody in the data set is real.")
def from_dvi(file: Path, out: Path, invented: bool) -> None:
    """Make a case folder of a victim-identification data set in dvir's terms (JSON)."""
    from antigone.exchange.case_folder import CaseFolderFaults, check_tables, write_case_folder
    from antigone.exchange.dvi_sets import dvi_set_tables
    from antigone.terms.policy import read_policy

    tables, policy_text = dvi_set_tables(file)
    checked = check_tables(tables, read_policy(policy_text))
    if checked.faults:
        raise CaseFolderFaults(file.name, checked.faults, count=len(checked.faults))
    _say(checked.warnings)
    write_case_folder(tables, policy_text, out, name=file.stem, invented=invented)
    click.echo(f"Wrote {len(tables)} tables to {out}.", err=True)


def _print_remarks(remarks: Iterable[Remark]) -> None:
    click.echo("\t".join(COLUMNS))
    for remark in remarks:
        row = "" if remark.row is None else str(remark.row)
        cells = (
            remark.kind.severity.value, remark.code, remark.table, row, remark.column or "",
            remark.value or "", remark.sentence, remark.remedy,
        )  # fmt: skip
        click.echo("\t".join(_printable(cell) for cell in cells))


def _say(remarks: Iterable[Remark]) -> None:
    for remark in remarks:
        click.echo(_printable(str(remark)), err=True)


def _printable(text: str) -> str:
    """Text from a file, made safe for a terminal and for tab-separated columns."""
    from antigone.exchange.case_folder import with_visible_characters

    return with_visible_characters(text)
