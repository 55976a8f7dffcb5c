# SPDX-License-Identifier: Apache-2.0
"""`antigone case weigh`: weigh a case of the database and keep the run with its provenance."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from antigone.cli.account import account
from antigone.cli.database import open_database
from antigone.cli.identify import SECONDS, summary_lines
from antigone.cli.progress import Progress

if TYPE_CHECKING:
    from antigone.records.models import InvestigationCase
    from antigone.terms.results import Identification


@click.command("weigh")
@click.argument("slug")
@SECONDS
def weigh_case(slug: str, seconds: float) -> None:
    """Weigh the case SLUG as it is kept now, and keep what is proposed. Nothing is decided."""
    open_database()
    from antigone.records.queries import cases as case_queries

    found = weigh_and_keep(case_queries.case_by_slug(slug), seconds)
    for line in summary_lines(found):
        click.echo(line)


def weigh_and_keep(case: InvestigationCase, seconds: float) -> Identification:
    """Weigh `case`, keep the run, and give it back; progress goes to standard error."""
    from antigone.analysis.runs import load_run, weigh
    from antigone.exchange.case_folder import digests

    with Progress() as progress:
        run = weigh(
            case,
            by=account(),
            digests=digests,
            seconds=seconds,
            clock=time.monotonic,
            progress=progress.report,
        )
    return load_run(run)
