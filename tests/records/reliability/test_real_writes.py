# SPDX-License-Identifier: Apache-2.0
"""The proofs in short, with real actions, each in a process of its own: SQLite and PostgreSQL."""

import os
from typing import Any

import pytest

from tests.proof.reliability_process import CannotMount, asked, small_disk

ADDRESS = os.environ.get("ANTIGONE_DATABASE_URL") or None
sqlite_only = pytest.mark.skipif(ADDRESS is not None, reason="a proof of the embedded database")


def proof(module: str, *words: object, **more: Any) -> Any:
    return asked(module, *words, address=ADDRESS, **more)


def test_killed_writers_lose_nothing() -> None:
    found = proof("kills", "--kills", 24, "--seed", 1)
    assert found["faults"] == []
    assert found["kills"] == 24
    assert found["mid_write"] > 0
    assert found["acknowledged"] > 0


def test_a_writer_who_answers_too_early_is_caught() -> None:
    assert proof("kills", "--kills", 40, "--seed", 1, "--too-early")["faults"]


@sqlite_only
def test_power_cuts_lose_nothing_and_weaker_settings_are_caught() -> None:
    found = proof("power_cuts", "--cuts", 60, "--controls", 40)
    assert found["FULL"]["sound"] == found["FULL"]["cuts"] == 60
    assert found["NORMAL"]["lost"] > 0
    assert found["OFF"]["lost"] > 0
    assert found["OFF"]["damaged"] > 0


@sqlite_only
def test_a_failed_call_loses_nothing() -> None:
    found = proof("io_faults", "--every", 40, "--controls-every", 200)
    assert found["FULL"]["faults"] == []
    assert found["FULL"]["failed"] > 10
    assert len(found["OFF"]["faults"]) == found["OFF"]["failed"] > 0


@sqlite_only
def test_a_full_disk_loses_nothing() -> None:
    try:
        found = proof("disk_full", "--rounds", 2, disk=small_disk(24))
    except CannotMount as reason:
        tell = pytest.fail if os.environ.get("CI") else pytest.skip
        tell(f"NO SMALL DISK HERE: a full one was not tried ({reason})", pytrace=False)
    assert found["faults"] == []
    assert found["refused"] == 8
    assert all("full" in words for words in found["said"]), found["said"]


def test_no_update_is_lost_between_editors() -> None:
    found = proof("concurrency", "--every", 40, "--writers", 6, "--seconds", 2)
    for one in ("played", "crowd"):
        assert found[one]["acknowledged"] > 0
    assert found["played"]["lost"] == 0
    assert found["played"]["shown"] == found["crowd"]["faults"] == []
    assert found["played"]["refused"] > 0
    assert found["control"]["lost"] > 0  # the naive editor, by the same schedules


def test_a_tampered_row_is_found() -> None:
    found = proof("tampering", "--every", 220)
    assert found["missed"] == []
    assert found["empty"] == []
    assert found["found"] == found["tried"] > 5
    assert found["control"]["found"] == 0, "what is found needs no exception"
    assert found["control"]["tried"] >= len(found["left_out"])


def test_attacks_are_found_by_a_witness_or_shown_as_exposed() -> None:
    found = proof("attacks_library")
    assert all(one["as_promised"] for one in found["attacks"]), found["attacks"]
    alone = {one["name"]: one["alone"] for one in found["attacks"]}
    assert not alone["rewritten"]  # the exposure is real: nobody inside can tell
    for lies in found["lies"]:
        assert sum(lies["told"].values()) > 10
        assert lies["believed"] == []
