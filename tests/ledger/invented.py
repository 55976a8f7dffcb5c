# SPDX-License-Identifier: Apache-2.0
"""Invented events for the tests of the ledger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from antigone.ledger.events import Event, commitment


def uuid(number: int) -> str:
    return str(UUID(int=0xA17160 << 96 | number, version=4))


def some_event(**changed: Any) -> Event:
    facts: dict[str, Any] = {
        "log": uuid(1),
        "sequence": 5,
        "previous": "ab" * 32,
        "at": "2026-03-01T09:30:00.000001Z",
        "monotonic": "81234567890",
        "boot": uuid(2),
        "device": uuid(3),
        "actor": uuid(4),
        "role": "morgue",
        "software": "antigone 0.1.0",
        "act": uuid(5),
        "verb": "remains.reassociate",
        "case": uuid(6),
        "kind": "remains",
        "record": uuid(7),
        "revision": 2,
        "base": 1,
        "commitments": {
            "open": commitment(bytes(32), {"code": "R-0001"}),
            "reason": commitment(bytes(32), "joined at the femur"),
        },
    }
    return Event(**{**facts, **changed})
