# SPDX-License-Identifier: Apache-2.0
"""Evidence: that a package of it left this installation, for whom, and what it discloses."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from antigone.records.actions import trail
from antigone.records.models import InvestigationCase, User


@transaction.atomic
def record_package(
    *, case: InvestigationCase, sections: Sequence[str], events: int, reason: str, by: User
) -> None:
    """Record that a package with these sections of `events` events was made, and why."""
    words = f"{reason} [{events} events; sections: {', '.join(sections)}]"
    trail.record(action="evidence.record_package", by=by, case=case, reason=words, about=case)
