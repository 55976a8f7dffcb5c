# SPDX-License-Identifier: Apache-2.0
"""The demonstration's accounts: one invented user for each role, with random passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from antigone.cli.account import account

if TYPE_CHECKING:
    from antigone.records.models import InvestigationCase, User

_ADMINISTRATOR = "administrator"
_SECOND = "invented-administrator-2"
_WHY = "Demonstration with invented cases."


def open_accounts(cases: list[InvestigationCase], *, new_passwords: bool) -> None:
    """Open the accounts that are missing, with their roles in `cases`; print new passwords."""
    from antigone.records import access
    from antigone.records.queries import accounts
    from antigone.records.rights import ROLES

    names = {_name(role): role for role in ROLES} | {_SECOND: _ADMINISTRATOR}
    with access.at_the_terminal(None):
        users = {name: accounts.named(name) or _open(name) for name in names}
        for name, user in users.items():
            _grant(user, names[name], cases)
    if not new_passwords:  # an interrupted demonstration may have opened some without one
        users = {name: user for name, user in users.items() if not user.has_usable_password()}
    _print_passwords(users, names)


def _name(role: str) -> str:
    return f"invented-{role.replace('_', '-')}"


def _open(name: str) -> User:
    from antigone.records.actions import accounts

    return accounts.open_account(username=name, by=account())


def _grant(user: User, role: str, cases: list[InvestigationCase]) -> None:
    from django.utils import timezone

    from antigone.records.actions import roles
    from antigone.records.models import RoleGrant, User

    approver = _name(_ADMINISTRATOR) if user.username == _SECOND else _SECOND
    for case in [None] if role == _ADMINISTRATOR else cases:
        asked = RoleGrant.objects.filter(user=user, role=role, case=case).first()
        if asked is None:
            asked = roles.request_grant(
                user=user, role=role, case=case, valid_from=timezone.now(), valid_until=None,
                by=account(), reason=_WHY,
            )  # fmt: skip
        if not (asked.approved_by_id or asked.ended_at):
            roles.approve_grant(grant=asked, by=User.objects.get(username=approver))


def _print_passwords(made: dict[str, User], roles: dict[str, str]) -> None:
    from antigone.records.actions import accounts
    from antigone.records.one_time import new_code

    if not made:
        click.echo(
            "The passwords of the invented users were printed when they were opened and are kept "
            "nowhere. New ones: make demo NEW_PASSWORDS=1",
            err=True,
        )
        return
    click.echo("\nuser_name\tpassword\trole")
    for name, user in made.items():
        password = new_code()
        accounts.set_password(account=user, password=password, by=user)
        click.echo(f"{name}\t{password}\t{roles[name]}")
    click.echo(
        "These passwords are random, printed only now and kept nowhere. This demonstration asks "
        "for no second factor; a real installation does.",
        err=True,
    )
