# SPDX-License-Identifier: Apache-2.0
"""The policy of a case: a commented example to start from, and a check."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def policy() -> None:
    """Everything that changes an answer and is not evidence (policy.toml)."""


@policy.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A new file, such as policy.toml; without it the policy is printed.",
)
def new(out: Path | None) -> None:
    """Write the commented example. Its prior is of another case: state your own, with reasons."""
    from antigone.exchange.case_folder import example_policy_text, write_policy

    text = example_policy_text()
    if out is None:
        click.echo(text, nl=False)
    else:
        write_policy(text, out)
        click.echo(f"Wrote {out}. State the prior of your case, and its reason.", err=True)


@policy.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_context
def check(context: click.Context, file: Path) -> None:
    """List every fault of the policy FILE: keys missing or unknown, values out of range."""
    from antigone.exchange.case_folder import check_policy_file

    faults = check_policy_file(file)
    for fault in faults:
        click.echo(f"{fault.code}\t{fault.sentence}")
    if faults:
        click.echo(f"Refused. Faults: {len(faults)}.", err=True)
        context.exit(1)
    click.echo("No faults.", err=True)
