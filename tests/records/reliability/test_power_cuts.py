# SPDX-License-Identifier: Apache-2.0
"""Power cuts in short: with the product's settings none loses a write; with weaker ones some do."""

import pytest
from django.conf import settings

from tests.proof.power_cuts import cut_power, pragmas_with
from tests.proof.writer import plain_workload

pytestmark = pytest.mark.skipif(
    "init_command" not in settings.DATABASES["default"]["OPTIONS"], reason="settings of SQLite"
)


def pragmas(synchronous: str) -> str:
    return pragmas_with(settings.DATABASES["default"]["OPTIONS"]["init_command"], synchronous)


def test_no_acknowledged_write_is_lost() -> None:
    found = cut_power(plain_workload(pragmas("FULL"), 20), cuts=100, seed=1)
    assert found.sound == found.cuts == 100, found.examples
    assert found.in_flight_kept > 0  # cuts did fall between a commit and its acknowledgement


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_weaker_settings_are_caught(synchronous: str) -> None:
    found = cut_power(plain_workload(pragmas(synchronous), 20), cuts=100, seed=1)
    assert found.lost > 10
    assert synchronous == "NORMAL" or found.damaged > 0
