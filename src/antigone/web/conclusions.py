# SPDX-License-Identifier: Apache-2.0
"""Decisions and proposals, put beside the remains that a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from antigone.records.models import InvestigationCase, Remains
from antigone.records.queries import identifications, identity, remains


def attached(case: InvestigationCase, many: Iterable[Remains]) -> list[Remains]:
    """The same remains, with what was decided and what the latest run proposes."""
    found = list(many)
    attach(case, found, identifications.latest_run(case))
    return found


def attach(case: InvestigationCase, many: Sequence[Remains], run: Any) -> None:
    """Give each of `many` its `decided` (all), `standing` (not replaced), `proposal` and `axes`."""
    decided = remains.decisions_about(many)
    proposals = identifications.proposals(run, [one.key for one in many]) if run else {}
    standing = {
        key: [one for one in found if not one.is_replaced] for key, found in decided.items()
    }
    axes = identity.axes_of(case, many, run, standing)
    for one in many:
        one.axes = axes[one.pk]
        one.decided = decided.get(one.pk, [])
        one.standing = [decision for decision in one.decided if not decision.is_replaced]
        one.proposal = proposals.get(one.key)
