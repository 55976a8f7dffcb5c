# SPDX-License-Identifier: Apache-2.0
"""Kinship: likelihoods of stated pedigrees, and their ratios."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from antigone.cli.kinship_search import search
from antigone.terms.errors import AntigoneError

if TYPE_CHECKING:
    from antigone.exchange.kinship_cases import KinshipFile

_COLUMNS = ("case", "hypothesis", "log_likelihood", "log10_lr", "lr")


@click.group()
def kinship() -> None:
    """Likelihoods and ratios of stated pedigrees."""


kinship.add_command(search)


@kinship.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--case", "names", multiple=True, help="Only this case; repeat it for more.")
@click.option("--per-marker", is_flag=True, help="Print a row for each marker as well.")
@click.pass_context
def ratio(
    context: click.Context, files: tuple[Path, ...], names: tuple[str, ...], per_marker: bool
) -> None:
    """Print the likelihood and ratio of every hypothesis in kinship FILES (JSON).

    Ratios are against the hypothesis that the case states as denominator. Cases that cannot be
    computed are named on standard error, and the exit status is then 1.
    """
    from antigone.exchange.kinship_cases import read_kinship_file

    columns = _COLUMNS[:2] + (("marker",) if per_marker else ()) + _COLUMNS[2:]
    click.echo("\t".join(columns))
    refused = 0
    for path in files:
        file = read_kinship_file(path)
        for name in names or file.entries:
            try:
                for row in _rows(file, name, per_marker=per_marker):
                    click.echo("\t".join(row))
            except AntigoneError as refusal:
                click.echo(f"Refused [{refusal.code}]: {refusal}", err=True)
                refused += 1
    context.exit(1 if refused else 0)


def _rows(file: KinshipFile, name: str, *, per_marker: bool) -> Iterator[tuple[str, ...]]:
    from antigone.science.genetics.comparison import hypothesis_log_likelihoods

    case = file.case(name)
    found = {
        one.name: hypothesis_log_likelihoods(
            one.components, case.profiles, case.models, one.founder_inbreeding, theta=case.theta
        )
        for one in case.hypotheses
    }
    below = found[case.denominator]
    for hypothesis, logs in found.items():
        if per_marker:
            for model, log_likelihood, other in zip(case.models, logs, below, strict=True):
                yield name, hypothesis, model.marker, *_numbers(log_likelihood, other)
        marker = ("(all)",) if per_marker else ()
        yield name, hypothesis, *marker, *_numbers(logs.sum(), below.sum())


def _numbers(log_likelihood: float, log_denominator: float) -> tuple[str, str, str]:
    """Log likelihood, log10 ratio and ratio as text; a ratio to the impossible is undefined."""
    own = f"{log_likelihood:.15g}"
    if log_denominator == -math.inf:
        return own, "undefined", "undefined"
    log10_lr = (log_likelihood - log_denominator) / math.log(10)
    return own, f"{log10_lr:.15g}", _power_of_ten(log10_lr)


def _power_of_ten(log10: float) -> str:
    if log10 == -math.inf:
        return "0"
    if abs(log10) < 300:
        return f"{10**log10:.12g}"
    exponent = math.floor(log10)
    return f"{10 ** (log10 - exponent):.9g}e{exponent:+d}"
