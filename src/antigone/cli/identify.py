# SPDX-License-Identifier: Apache-2.0
"""Identify: weigh a case folder and write what is proposed."""

from __future__ import annotations

import time
from pathlib import Path

import click

SHOWN = 20
"""Remarks on the folder that are printed; the rest are counted."""

SECONDS = click.option(
    "--seconds",
    type=click.FloatRange(min=0.0, min_open=True),
    default=30.0,
    show_default=True,
    help="How long certificates may be narrowed; a longer run narrows, it never contradicts.",
)


@click.command()
@click.argument("case", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A new or empty folder for the result tables.",
)
@SECONDS
def identify(case: Path, out: Path, seconds: float) -> None:
    """Weigh every set of remains of CASE against every person, and write proposals to OUT.

    CASE is a case folder, its .zip or .xlsx. No database is needed. Nothing is decided: the
    result proposes, people decide and sign.
    """
    from antigone.analysis.identification import identify_tables
    from antigone.cli.progress import Progress
    from antigone.exchange.case_folder import digests, read_case_folder
    from antigone.exchange.results import refuse_unless_empty, write_results

    refuse_unless_empty(out)
    folder = read_case_folder(case)
    for remark in (*folder.notes, *folder.warnings)[:SHOWN]:
        click.echo(str(remark), err=True)
    unshown = len(folder.notes) + len(folder.warnings) - SHOWN
    if unshown > 0:
        click.echo(f"{unshown} more remarks: antigone case check.", err=True)
    with Progress() as progress:
        found = identify_tables(
            folder.tables,
            folder.policy_text,
            digests=digests(folder.tables),
            seconds=seconds,
            clock=time.monotonic,
            progress=progress.report,
        )
    write_results(found, out)
    for line in summary_lines(found):
        click.echo(line)
    click.echo(f"Wrote the result tables to {out}.", err=True)


def summary_lines(found: object) -> list[str]:
    """The result in a few plain columns: tiers, and how sure the computing is."""
    from antigone.terms.results import TIERS, Identification

    assert isinstance(found, Identification)
    lines = ["tier\tremains"]
    for tier in TIERS:
        count = sum(1 for row in found.proposals if row.tier == tier)
        lines.append(f"{tier}\t{count}")
    lines.append(f"undecidable\t{found.facts['undecidable']}")
    lines.append(f"seconds\t{found.facts['seconds']:.1f}")
    return lines
