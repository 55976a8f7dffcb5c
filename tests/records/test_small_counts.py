# SPDX-License-Identifier: Apache-2.0
"""Small counts are withheld from roles for publishing, with what they would follow from."""

from __future__ import annotations

import pytest
from django.utils import timezone

from antigone.records import access
from antigone.records.queries import counts
from tests.roles import grant, somebody

KINDS = {"body": 9, "body_part": 2, "commingled": 6}


@pytest.fixture
def wood(imported):
    rows = [
        {"remains": f"R-{kind}-{n}", "kind": kind}
        for kind, many in KINDS.items()
        for n in range(many)
    ]
    graves = [{"grave": f"G{n}"} for n in range(3)]
    return imported({"grave": graves, "remains": rows})


def seen_by(user, wood):
    with access.looking_as(user, wood, timezone.now()):
        return counts.five_counts(wood), counts.remains_by(wood, "kind")


@pytest.mark.parametrize("role", ["analyst", "observer"])
def test_what_is_small_is_withheld_with_a_complement(role, wood, settings) -> None:
    settings.SMALL_NUMBERS_BELOW = 5
    user = somebody(role, wood)
    five, kinds = seen_by(user, wood)
    assert (five.graves, five.remains, five.containers) == (None, 17, 0)
    assert five.minimum_individuals == 9
    assert dict(kinds.cells) == {"body": 9, "body_part": None, "commingled": None}
    assert kinds.total == 17
    settings.SMALL_NUMBERS_BELOW = 9  # eight are no bodies: that and the bodies follow from 17
    five, _kinds = seen_by(user, wood)
    assert five.minimum_individuals is None
    assert "left_out" not in five.minimum_individuals_rule.facts
    grant(user, "coordinator", wood)
    five, kinds = seen_by(user, wood)
    assert (five.graves, five.minimum_individuals, dict(kinds.cells)) == (3, 9, KINDS)


def test_without_a_stated_threshold_no_count_is_told(wood, settings) -> None:
    settings.SMALL_NUMBERS_BELOW = None
    five, kinds = seen_by(somebody("analyst", wood), wood)
    assert {five.graves, five.remains, five.containers, five.identified} == {None}
    assert set(kinds.cells.values()) == {kinds.total} == {None}
