# SPDX-License-Identifier: Apache-2.0
"""What verifying the ledger found: figures, and every fault as a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from antigone.terms.results import Remark

SHOWN = 200
"""Faults that are listed one by one; the rest are counted."""
Progress = Callable[[str, float], None]


@dataclass
class Verification:
    """What verifying the ledger found: figures, and every fault as a sentence."""

    events: int = 0
    reads: int = 0
    revisions: int = 0
    records: int = 0
    checkpoints: int = 0
    witnessed: int = 0
    erased_sections: int = 0
    roots: dict[str, str] = field(default_factory=dict)
    exposed: int = 0
    fault_count: int = 0
    faults: list[Remark] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether no fault was found."""
        return not self.fault_count

    def fault(self, code: str, template: str, **facts: Any) -> None:
        """Note a fault; beyond `SHOWN` they are only counted."""
        self.fault_count += 1
        if len(self.faults) < SHOWN:
            self.faults.append(Remark(f"ledger.{code}", template, facts))
