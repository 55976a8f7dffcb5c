# SPDX-License-Identifier: Apache-2.0
"""The commands `account list`, `account open` and `account recover`."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from antigone.cli.accounts import account
from antigone.records.errors import NoSuchAccount, ReasonMissing, UserNameTaken
from antigone.records.models import User

pytestmark = pytest.mark.django_db
CODE = r"([A-Z2-9]{4}-){4}[A-Z2-9]{4}\n"


def invoke(*arguments: str):
    return CliRunner().invoke(account, arguments)


def test_an_account_is_opened_with_a_code_that_is_printed_once():
    opened = invoke("open", "zora")
    assert re.fullmatch(CODE, opened.stdout)
    kept = User.objects.get(username="zora")
    assert kept.check_password(opened.stdout.strip())
    assert kept.code_until is not None
    listed = dict(line.split("\t")[:2] for line in invoke("list").stdout.splitlines()[1:])
    assert listed["zora"] == "awaits_password"
    assert "terminal" in listed.values(), "whoever is here acts without a password"
    assert isinstance(invoke("open", "ZORA").exception, UserNameTaken)


def test_recovering_gives_a_new_code_and_needs_a_reason():
    first = invoke("open", "zora").stdout.strip()
    assert invoke("recover", "zora").exit_code == 2
    assert isinstance(invoke("recover", "zora", "--reason", " ").exception, ReasonMissing)
    assert isinstance(invoke("recover", "yara", "--reason", "x").exception, NoSuchAccount)
    second = invoke("recover", "zora", "--reason", "Telephone lost; seen in person.")
    assert re.fullmatch(CODE, second.stdout)
    kept = User.objects.get(username="zora")
    assert kept.check_password(second.stdout.strip())
    assert not kept.check_password(first)
