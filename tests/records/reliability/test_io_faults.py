# SPDX-License-Identifier: Apache-2.0
"""Calls to files that fail, in short: clear errors, nothing lost, and the writing goes on."""

import pytest
from django.conf import settings

from tests.proof.io_faults import fail_each
from tests.proof.power_cuts import pragmas_with
from tests.proof.writer import plain_workload

pytestmark = pytest.mark.skipif(
    "init_command" not in settings.DATABASES["default"]["OPTIONS"], reason="settings of SQLite"
)


def pragmas(synchronous: str) -> str:
    return pragmas_with(settings.DATABASES["default"]["OPTIONS"]["init_command"], synchronous)


def test_every_seventh_call_fails_once_and_nothing_is_lost() -> None:
    found = fail_each(plain_workload(pragmas("FULL"), 15), every=7)
    assert not found.faults
    assert found.failed > 50
    assert {"FullError", "IOError"} <= set(found.said)


def test_unsynced_writes_are_caught() -> None:
    found = fail_each(plain_workload(pragmas("OFF"), 5), every=20)
    assert found.failed == len(found.faults) > 0
