# SPDX-License-Identifier: Apache-2.0
"""`antigone account`: accounts, for whoever holds this machine and its database."""

from __future__ import annotations

import click

from antigone.cli.account import account as whoever_is_here
from antigone.cli.database import open_database


@click.group()
def account() -> None:
    """List, open and recover accounts. Whoever can do this holds the machine and its database."""


@account.command("list")
def list_accounts() -> None:
    """Print every account: user name, state, second factor, last sign-in (UTC)."""
    open_database()
    from antigone.records.queries import accounts

    click.echo("user_name\tstate\tsecond_factor\tlast_sign_in")
    for one in accounts.accounts():
        last = f"{one.last_login:%Y-%m-%d %H:%M}" if one.last_login else ""
        factor = "yes" if one.has_second_factor else "no"
        click.echo(f"{one.username}\t{accounts.state_of(one)}\t{factor}\t{last}")


@account.command("open")
@click.argument("user_name")
def open_one(user_name: str) -> None:
    """Open an account and print its one-time code, once.

    The code opens the account for 72 hours; its holder then chooses a password and sets up a
    second factor. Roles are given by two administrators, on the page of accounts.
    """
    open_database()
    from antigone.records.actions import accounts
    from antigone.records.one_time import new_code

    code = new_code()
    accounts.open_account(username=user_name, by=whoever_is_here(), code=code)
    click.echo(code)
    click.echo("Hand it over in person. It is kept nowhere and not shown again.", err=True)


@account.command()
@click.argument("user_name")
@click.option("--reason", required=True, help="Why; kept in the ledger, in these words.")
def recover(user_name: str, reason: str) -> None:
    """Take password and second factor of an account away; print a new one-time code, once.

    All sessions of the account end. See first that whoever asks is its holder.
    """
    open_database()
    from antigone.records.actions import accounts
    from antigone.records.one_time import new_code
    from antigone.records.queries import accounts as kept

    code = new_code()
    accounts.recover_account(
        account=kept.account_of(user_name), code=code, by=whoever_is_here(), reason=reason
    )
    click.echo(code)
    click.echo("Hand it over in person. It is kept nowhere and not shown again.", err=True)
