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
    from antigone.exchange.kinship_reference import ReferenceCase

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
    case = file.case(name)
    found = {one.name: case.log_likelihoods(one) for one in case.hypotheses}
    below = found[case.denominator]
    for hypothesis, logs in found.items():
        if per_marker:
            for locus, log_likelihood in logs.items():
                yield name, hypothesis, locus, *_numbers(log_likelihood, below[locus])
        marker = ("(all)",) if per_marker else ()
        yield name, hypothesis, *marker, *_numbers(sum(logs.values()), sum(below.values()))
    for one in case.hypotheses:
        impossible = [locus for locus, log in found[one.name].items() if log == -math.inf]
        blame = case.contradictions(one) if impossible else {}
        for locus in impossible:
            members = sorted({m for marker in locus.split("+") for m in blame.get(marker, ())})
            who = ", ".join(members) or "only both markers together"
            click.echo(f"Case {name}, {one.name}: impossible at {locus} ({who}).", err=True)


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


@kinship.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0, min_open=True),
    default=1e-8,
    show_default=True,
    help="Largest relative difference that passes.",
)
@click.option("--all-values", is_flag=True, help="Print every value, not the worst of each case.")
@click.pass_context
def validate(
    context: click.Context, files: tuple[Path, ...], tolerance: float, all_values: bool
) -> None:
    """Compute the cases in FILES (JSON) and hold them against the values published with them.

    Prints each case with its largest relative difference, then a summary. Cases beyond the
    tolerance, and cases that cannot be computed, fail; the exit status is then 1.
    """
    from antigone.exchange.kinship_reference import read_reference_files

    click.echo("file\tcase\tvalues\tlargest_difference\tresult\twhere")
    total = _Tally()
    for file in read_reference_files(files):
        for case in file.cases:
            total.add(file.file, case, tolerance, all_values=all_values)
    click.echo(total.summary(tolerance))
    context.exit(0 if total.cases and not total.failed else 1)


class _Tally:
    """What has been validated so far."""

    def __init__(self) -> None:
        self.cases = self.values = self.failed = self.refused = 0
        self.worst = 0.0

    def add(self, file: str, case: ReferenceCase, tolerance: float, *, all_values: bool) -> None:
        """Compute one case and print its line."""
        from antigone.exchange.kinship_reference import compared

        self.cases += 1
        try:
            values = compared(case)
        except AntigoneError as refusal:
            self.failed, self.refused = self.failed + 1, self.refused + 1
            click.echo(f"{file}\t{case.name}\t0\t\tnot computed\t[{refusal.code}] {refusal}")
            return
        if not values:
            self.failed += 1
            click.echo(f"{file}\t{case.name}\t0\t\tFAILED\tno published value to compare")
            return
        worst = max(values, key=lambda one: one.difference)
        passed = worst.difference <= tolerance
        self.values += len(values)
        self.failed += not passed
        self.worst = max(self.worst, worst.difference)
        for one in values if all_values else [worst]:
            result = "agrees" if one.difference <= tolerance else "FAILED"
            beside = f"{one.what}: published {one.published}, computed {one.computed}"
            columns = (file, case.name, str(len(values)), f"{one.difference:.2g}", result, beside)
            click.echo("\t".join(columns))

    def summary(self, tolerance: float) -> str:
        """The last line."""
        return (
            f"{self.cases - self.failed} of {self.cases} cases agree within {tolerance:g} "
            f"({self.values} values, largest difference {self.worst:.2g}); "
            f"{self.failed} failed, {self.refused} of them not computed."
        )
