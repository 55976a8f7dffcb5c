# SPDX-License-Identifier: Apache-2.0
"""Decisions and proposals, put beside the remains that a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from antigone.records.models import InvestigationCase, Remains
from antigone.records.models.together import together
from antigone.records.queries import identifications, identity, remains


def attached(case: InvestigationCase, many: Iterable[Remains]) -> list[Remains]:
    """The same remains, with what was decided and what the latest run proposes."""
    found = list(many)
    attach(case, found, identifications.latest_run(case))
    return found


def attach(
    case: InvestigationCase, many: Sequence[Remains], run: Any, *more: QuerySet[Any]
) -> list[list[Any]]:
    """Give each of `many` its `decided` (all), `standing` (not replaced), `proposal` and `axes`.

    Gives the answers to `more`, which are asked in the same query.
    """
    asked = identity.questions(case, many, run)
    own = [remains.decided_about(many)]
    if run is not None:
        own.append(identifications.proposed(run, [one.pk for one in many]))
    found = together(*asked.values(), *own, *more)
    decided = remains.by_remains(found[len(asked)])
    proposals = identifications.as_proposals(run, found[len(asked) + 1]) if run else {}
    axes = identity.axes_of(case, many, dict(zip(asked, found, strict=False)))
    for one in many:
        one.axes = axes[one.pk]
        one.decided = decided.get(one.pk, [])
        one.standing = [decision for decision in one.decided if not decision.is_replaced]
        one.proposal = proposals.get(one.key)
    return found[len(asked) + len(own) :]
