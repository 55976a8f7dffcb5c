# SPDX-License-Identifier: Apache-2.0
"""Samples: how many are still wanted from each body and part."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from antigone.records.models import InvestigationCase, Remains

ASKED_FOR = 2
"""Samples, separately taken, that are asked for from every body and part, whoever it is thought
to be (rule 6)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Remains from which fewer samples were taken than are asked for."""

    remains: UUID
    key: str
    kind: str
    taken: int

    @property
    def wanted(self) -> int:
        """How many more are asked for."""
        return ASKED_FOR - self.taken


def samples_wanted(
    case: InvestigationCase, remains: Collection[UUID] | None = None
) -> list[Wanted]:
    """The remains of a case, or these of them, from which a sample is still asked for."""
    taken = Count("samples", filter=Q(samples__kind="post_mortem"), distinct=True)
    found = Remains.objects.filter(case=case)
    if remains is not None:
        found = found.filter(pk__in=remains)
    rows = found.annotate(taken=taken).filter(taken__lt=ASKED_FOR)
    return [Wanted(*one) for one in rows.values_list("pk", "key", "kind", "taken")]
