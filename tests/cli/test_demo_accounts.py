# SPDX-License-Identifier: Apache-2.0
"""The demonstration's users: one for each role, random passwords, printed once."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from antigone.cli.demo_accounts import open_accounts
from antigone.records import access
from antigone.records.actions import cases
from antigone.records.models import RoleGrant, User
from antigone.records.rights import ROLES
from tests.cases import policy_text
from tests.roles import account
from tests.web.invented import TABLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    with access.at_the_terminal(None):
        return cases.import_case(
            tables=TABLES, policy_text=policy_text(), name="Invented Wood", slug="wood",
            by=account("whoever"), invented=True,
        )  # fmt: skip


def printed(case, *, new_passwords: bool = False) -> dict[str, tuple[str, str]]:
    @click.command()
    def run() -> None:
        with access.at_the_terminal(None):
            open_accounts([case], new_passwords=new_passwords)

    found = CliRunner().invoke(run, catch_exceptions=False)
    rows = [line.split("\t") for line in found.stdout.splitlines() if "\t" in line]
    return {name: (password, role) for name, password, role in rows[1:]}


def test_each_role_has_an_invented_user_with_a_password_of_its_own(case):
    table = printed(case)
    assert {role for _password, role in table.values()} == set(ROLES)
    assert all(name.startswith("invented-") for name in table)
    assert len({password for password, _role in table.values()}) == len(table)
    for name, (password, role) in table.items():
        user = User.objects.get(username=name)
        assert user.check_password(password)
        assert user.code_until is None
        held = RoleGrant.objects.get(user=user)
        assert (held.role, held.case) == (role, None if role == "administrator" else case)
        assert held.approved_by_id not in (None, held.requested_by_id, user.pk)


def test_a_second_run_prints_nothing_and_new_ones_only_when_asked(case):
    first = printed(case)
    assert printed(case) == {}
    second = printed(case, new_passwords=True)
    assert second.keys() == first.keys()
    for name in first:
        assert second[name] != first[name]
        assert not User.objects.get(username=name).check_password(first[name][0])
    assert RoleGrant.objects.count() == len(first)
