# SPDX-License-Identifier: Apache-2.0
"""The cast of the records tests."""

import os
from collections.abc import Callable

import pytest

from antigone.records.actions import accounts, cases
from antigone.records.models import InvestigationCase, User
from antigone.terms.tables import Tables
from tests.records.invented import POLICY

collect_ignore = [] if os.environ.get("ANTIGONE_DATABASE_URL") else ["test_server_roles.py"]
"""Roles are a server's: their tests run within `test_postgresql.py`, and nowhere else."""


@pytest.fixture
def amina(db: None) -> User:
    """Amina, an investigator."""
    return accounts.open_account(username="amina", by=None)


@pytest.fixture
def imported(amina: User) -> Callable[..., InvestigationCase]:
    """Import invented tables under a short name."""

    def import_tables(tables: Tables, slug: str = "wood") -> InvestigationCase:
        return cases.import_case(
            tables=tables,
            policy_text=POLICY,
            name="Invented Wood",
            slug=slug,
            by=amina,
            invented=True,
        )

    return import_tables
