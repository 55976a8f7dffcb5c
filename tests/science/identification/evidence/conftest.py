# SPDX-License-Identifier: Apache-2.0
"""Small cases of invented people."""

from collections.abc import Callable, Sequence
from importlib.resources import files

import pytest

from antigone.terms.case import Case, case_from_tables
from antigone.terms.policy import read_policy
from antigone.terms.tables import Row

CaseMaker = Callable[..., Case]


@pytest.fixture(scope="session")
def make_case() -> CaseMaker:
    text = (files("antigone.exchange") / "shipped" / "policy-example.toml").read_text("utf-8")
    policy = read_policy(text)

    def make(**tables: Sequence[Row]) -> Case:
        return case_from_tables(tables, policy)

    return make
