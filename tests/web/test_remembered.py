# SPDX-License-Identifier: Apache-2.0
"""What is found once for each size of the log: again after a change, and for each sight alone."""

from __future__ import annotations

import pytest
from django.utils import timezone

from antigone.records import access
from antigone.records.models import Grave
from antigone.records.models.sight import looking, within
from antigone.records.queries.remembered import remembered
from tests.roles import somebody


class Finding:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return Grave.objects.count()


@pytest.fixture
def asked(wood):
    """Ask as the holder of a role: what is found, by the finder that is given."""

    def ask(role: str, find: Finding) -> int:
        by = users[role]
        with within(None), access.looking_as(by, wood, timezone.now()):
            return remembered("invented", wood, find)

    users = {role: somebody(role, wood) for role in ("coordinator", "geneticist")}
    return ask


def test_found_once_until_the_ledger_grows(wood, asked):
    find = Finding()
    assert asked("coordinator", find) == asked("coordinator", find)
    assert find.times == 1
    somebody("pathologist", wood)  # an act: the log is longer
    asked("coordinator", find)
    assert find.times == 2


def test_each_sight_is_answered_by_itself(asked):
    find = Finding()
    asked("coordinator", find)
    asked("geneticist", find)
    assert find.times == 2


def test_within_an_act_nothing_is_kept(wood):
    find = Finding()
    remembered("invented", wood, find)
    remembered("invented", wood, find)
    assert find.times == 2


def test_what_was_read_is_noted_each_time(wood, asked):
    note = ("person", wood.pk, "person_names")

    def find() -> int:
        looking().read[note] = None
        return 1

    by = somebody("coordinator", wood)
    for _ in range(2):
        with within(None), access.looking_as(by, wood, timezone.now()) as sight:
            remembered("noted", wood, find)
            assert note in sight.read
