# SPDX-License-Identifier: Apache-2.0
"""The front of the command line: names every command, imports the one that is called."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from antigone import __version__
from antigone.terms.errors import AntigoneError

COMMANDS = {
    "account": ("antigone.cli.accounts:account", "List, open and recover accounts."),
    "backup": ("antigone.cli.backup:backup", "Back an installation up, and restore it."),
    "case": ("antigone.cli.case:case", "Check, convert, import and export case folders."),
    "database": ("antigone.cli.database:database", "Prepare the database of this installation."),
    "evidence": ("antigone.cli.evidence:evidence", "Packages that a court verifies by itself."),
    "identify": (
        "antigone.cli.identify:identify",
        "Weigh every set of remains against every person of a case folder.",
    ),
    "jobs": ("antigone.cli.jobs:jobs", "Work in the background: list, do, cancel, begin again."),
    "kinship": ("antigone.cli.kinship:kinship", "Likelihoods and ratios of stated pedigrees."),
    "ledger": ("antigone.cli.ledger:ledger", "Verify, prove, sign and witness the ledger."),
    "paper": ("antigone.cli.paper:paper", "Labels, sheets and forms to print; forms read back."),
    "policy": ("antigone.cli.policy:policy", "Write and check the policy of a case."),
    "score": ("antigone.cli.score:score", "Hold a result against a known truth."),
    "serve": ("antigone.cli.serve:serve", "Show the cases of this installation in the browser."),
    "simulate": ("antigone.cli.simulate:simulate", "Draw a case whose truth is known."),
}
"""Each command: where it is, and its line in the overview."""


class LazyGroup(click.Group):
    """A group whose commands are imported when called, not when listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The overview, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in sorted(COMMANDS.items())])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="antigone")
def front() -> None:
    """From numbered graves to names, numbers and proof.

    A case folder (a folder, .zip or .xlsx) carries one investigation. The commands that weigh
    evidence need no database; those that keep cases use the one of this installation.
    """


def main() -> None:
    """Run one command of `antigone`."""
    run(front)


def run(command: click.Command) -> None:
    """Run `command`; a refusal is one sentence on standard error and exit status 1."""
    try:
        status = command(standalone_mode=False)
    except AntigoneError as refusal:
        click.echo(f"Refused [{refusal.code}]: {refusal}", err=True)
        sys.exit(1)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as misuse:
        misuse.show()
        sys.exit(2)
    sys.exit(status if isinstance(status, int) else 0)
