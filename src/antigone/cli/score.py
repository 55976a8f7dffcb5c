# SPDX-License-Identifier: Apache-2.0
"""Hold results against known truths: errors, share found, calibration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from antigone.science.identification.scoring import ScoredRun

_PATH = click.Path(path_type=Path, exists=True)


@click.command()
@click.argument("pairs", nargs=-1, required=True, type=_PATH, metavar="RESULT TRUTH ...")
@click.option(
    "--case",
    "cases",
    multiple=True,
    type=_PATH,
    help="The case folder of each pair, in the same order: adds the key figure and strengths.",
)
@click.option(
    "--faults",
    multiple=True,
    type=_PATH,
    help="The faults.csv of each pair, in the same order: sets swaps apart. Needs --case.",
)
def score(pairs: tuple[Path, ...], cases: tuple[Path, ...], faults: tuple[Path, ...]) -> None:
    """Score each RESULT (folder of identify) against its TRUTH (truth.csv), all pooled.

    Prints plain columns: errors by tier beside the number that the posteriors predict, shares
    found with exact intervals, and calibration.
    """
    from antigone.science.identification.scoring import score_runs, score_table

    n_runs, odd = divmod(len(pairs), 2)
    if odd:
        raise click.UsageError("Give a TRUTH beside every RESULT.")
    if len(cases) not in (0, n_runs) or len(faults) not in (0, n_runs):
        raise click.UsageError(f"Give --case and --faults never, or {n_runs} times each.")
    if faults and not cases:
        raise click.UsageError("--faults needs --case: swaps name samples, which the case holds.")
    runs = [
        _run(
            pairs[2 * i],
            pairs[2 * i + 1],
            cases[i] if cases else None,
            faults[i] if faults else None,
        )
        for i in range(n_runs)
    ]
    click.echo(score_table(score_runs(runs)), nl=False)


def _run(result: Path, truth_path: Path, case_path: Path | None, faults: Path | None) -> ScoredRun:
    from antigone.exchange.case_folder import read_case_folder
    from antigone.exchange.results import read_results
    from antigone.exchange.score_inputs import read_swapped, read_truth
    from antigone.science.identification.eligibility import eligible_remains, reference_strengths
    from antigone.science.identification.scoring import ScoredRun
    from antigone.terms.case import case_from_tables
    from antigone.terms.policy import read_policy

    truth = read_truth(truth_path)
    swapped = strengths = eligible = None
    if case_path is not None:
        folder = read_case_folder(case_path)
        case = case_from_tables(folder.tables, read_policy(folder.policy_text or ""))
        strengths = reference_strengths(case, truth)
        eligible = eligible_remains(case, truth)
        if faults is not None:
            swapped = read_swapped(faults, folder.tables)
    found = read_results(result)
    return ScoredRun(
        proposals=found.proposals,
        posterior=found.posterior,
        truth=truth,
        swapped=swapped,
        strengths=strengths,
        eligible=eligible,
    )
