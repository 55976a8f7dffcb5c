# SPDX-License-Identifier: Apache-2.0
"""Every proof of reliability at its full size, on SQLite and PostgreSQL."""

from __future__ import annotations

import os

import pytest

from tests.postgresql import NoPostgresqlHere
from tests.proof.reliability import FULL, PROOFS, lines
from tests.proof.reliability_process import CannotMount

pytestmark = pytest.mark.proof


OWN_TESTS = ("access", "packages", "jobs")
"""Proofs that are tests by themselves."""


@pytest.mark.parametrize("name", [name for name in PROOFS if name not in OWN_TESTS])
def test_the_proof_holds(name: str) -> None:
    found = []
    try:
        found += [line for line in lines(name, FULL) if not line.good]
    except (NoPostgresqlHere, CannotMount) as reason:
        tell = pytest.fail if os.environ.get("CI") else pytest.skip
        tell(f"NOT PROVED HERE: {name}: {reason!r}", pytrace=False)
    assert not found
