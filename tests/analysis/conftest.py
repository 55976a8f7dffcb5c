# SPDX-License-Identifier: Apache-2.0
"""The cast of the records tests, and a case small enough to be weighed in a test."""

from __future__ import annotations

import pytest

from antigone.records.actions import cases
from antigone.records.models import InvestigationCase, User
from tests.cases import CaseBuilder, policy_text
from tests.records.conftest import amina

__all__ = ["amina"]


@pytest.fixture
def case(amina: User) -> InvestigationCase:
    """A mother who seeks her child, and one set of remains that could be the child."""
    built = CaseBuilder(3).person("P1", "F1", sex="male", mother="I1")
    built.relative("I1", "F1", sex="female").reference("I1", "1/2").body("R1", ["1/3"])
    return cases.import_case(
        tables=built.tables, policy_text=policy_text(), name="Invented Wood", slug="wood",
        by=amina, invented=True,
    )  # fmt: skip
