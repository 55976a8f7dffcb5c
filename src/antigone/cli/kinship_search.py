# SPDX-License-Identifier: Apache-2.0
"""`antigone kinship search`: every set of remains against every reference profile of a case."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from antigone.science.genetics.blind_search import BlindSearch

_KEPT_EVERY = 20.0  # seconds


class Thresholds(click.ParamType):
    """Likelihood ratios with commas between."""

    name = "lr,lr,…"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[float]:
        """The numbers of ``1e3,1e6``."""
        try:
            return [float(word) for word in str(value).split(",")]
        except ValueError:
            self.fail("Write likelihood ratios with commas between: 1e3,1e6,1e9", param, ctx)


@click.command()
@click.argument("case", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A new or empty folder for the tables, or that of an interrupted search, which goes on.",
)
@click.option(
    "--among",
    type=click.Choice(["references", "remains"]),
    required=True,
    help="Remains against relatives and persons' own objects, or every two remains.",
)
@click.option(
    "--thresholds",
    type=Thresholds(),
    required=True,
    help="Likelihood ratios, rising. The lowest is also the least of a hit.",
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=1_000,
    show_default=True,
    help="Highest hits kept of each relationship; all are counted.",
)
@click.option(
    "--draws",
    type=click.IntRange(min=1),
    default=20_000,
    show_default=True,
    help="Draws for each expected number of chance hits; more make its standard error smaller.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of these draws.")
@click.pass_context
def search(
    context: click.Context,
    case: Path,
    out: Path,
    among: str,
    thresholds: list[float],
    keep: int,
    draws: int,
    seed: int,
) -> None:
    """Compare every set of remains of CASE with every other profile, whatever families said.

    As parent and child, full siblings, half siblings and the same individual. Writes the highest
    hits (hit.csv) and, beside the number that reached each threshold, how many would by chance
    (chance.csv). A hit proposes nothing: it says where to look. Ctrl+C keeps what is done; the
    same command goes on with it.
    """
    import numpy as np

    from antigone.analysis.blind_search import search_of_case
    from antigone.analysis.identification import NoPolicy
    from antigone.exchange import search_results
    from antigone.exchange.case_folder import digests, read_case_folder
    from antigone.exchange.results import refuse_unless_empty
    from antigone.science.genetics.search_chance import chance_hits
    from antigone.terms.case import case_from_tables
    from antigone.terms.policy import read_policy

    if not (out / search_results.UNFINISHED).exists():
        refuse_unless_empty(out)
    folder = read_case_folder(case)
    if folder.policy_text is None:
        raise NoPolicy
    value = case_from_tables(folder.tables, read_policy(folder.policy_text))
    ready = search_of_case(value, among=among, thresholds=thresholds, keep=keep)
    for note in ready.notes:
        click.echo(str(note), err=True)
    found = ready.search
    if search_results.take_up(out, found):
        click.echo("Going on with the interrupted search.", err=True)
    if not _run(found, lambda: search_results.keep_unfinished(out, found)):
        click.echo("Interrupted; what is done is kept. The same command goes on.", err=True)
        context.exit(130)
    chance = chance_hits(
        found.remains,
        found.references,
        genotyping=ready.genotyping,
        thresholds=thresholds,
        draws=draws,
        rng=np.random.default_rng(seed),
    )
    facts = {
        "among": among,
        "comparisons": found.comparisons,
        "remains": len(found.remains),
        "references": len(found.references),
        "markers": [model.marker for model in found.remains.models],
        "genotyping": ready.genotyping,
        "draws": draws,
        "seed": seed,
        "keep": keep,
        "policy": folder.policy_text,
        "sha256": digests(folder.tables),
    }
    search_results.write_search(out, found, chance, thresholds, facts)
    search_results.forget_unfinished(out)
    click.echo(f"{found.comparisons} pairs compared; the tables are in {out}.", err=True)


def _run(found: BlindSearch, keep: Callable[[], None]) -> bool:
    """Run to the end, or until Ctrl+C; whether it is finished."""
    from antigone.cli.progress import Progress

    stopped = _Stopped()
    kept = time.monotonic()
    with stopped, Progress() as shown:

        def progress(share: float) -> bool:
            nonlocal kept
            shown.report("search", share)
            if time.monotonic() - kept > _KEPT_EVERY:
                keep()
                kept = time.monotonic()
            return not stopped.asked

        found.run(threads=os.cpu_count() or 1, progress=progress)
    if not found.finished:
        keep()
    return found.finished


class _Stopped:
    """Whether Ctrl+C (or an end asked for by the system) came while this was entered."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> _Stopped:
        import signal

        def ask(_number: int, _frame: object) -> None:
            self.asked = True

        self._before = {one: signal.signal(one, ask) for one in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_error: object) -> None:
        import signal

        for one, before in self._before.items():
            signal.signal(one, before)
