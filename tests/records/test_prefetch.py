# SPDX-License-Identifier: Apache-2.0
"""More related records than SQLite takes in a chain of OR: a thousand is its depth."""

from __future__ import annotations

import pytest

from antigone.records.actions import accounts, cases
from antigone.records.models import Remains


@pytest.mark.django_db
def test_records_related_to_very_many_are_fetched():
    rows = range(1_100)
    tables = {
        "grave": [{"grave": f"G-{n}"} for n in rows],
        "remains": [{"remains": f"R-{n}", "grave": f"G-{n}"} for n in rows],
    }
    case = cases.import_case(
        tables=tables, policy_text="", name="Invented", slug="many", invented=True,
        by=accounts.open_account(username="amina", by=None),
    )  # fmt: skip
    found = Remains.objects.filter(case=case).prefetch_related("grave")
    assert all(one.grave.key == one.key.replace("R", "G") for one in found)
