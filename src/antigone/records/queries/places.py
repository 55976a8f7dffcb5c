# SPDX-License-Identifier: Apache-2.0
"""Places: graves with what stands on them and lies in them, and what a number leads to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from antigone.records import access
from antigone.records.models import Grave, InvestigationCase, JournalEntry, Marker, Remains, Site


def sites(case: InvestigationCase) -> QuerySet[Site]:
    """The burial sites of a case."""
    return Site.objects.filter(case=case)


def graves(case: InvestigationCase) -> QuerySet[Grave]:
    """Every grave with its site, its markers and its remains."""
    found = Grave.objects.filter(case=case).select_related("site")
    return found.prefetch_related("markers", *_remains_in_graves())


@dataclass(frozen=True, slots=True)
class PlacedGrave:
    """A grave with its place on its site's grid, and what a plan shows of it."""

    key: str
    site: str
    x_m: float
    y_m: float
    numbers: tuple[str, ...]
    remains: int


def placed_graves(case: InvestigationCase) -> list[PlacedGrave]:
    """Every grave whose place is recorded, read without building a record for each."""
    rows = Grave.objects.filter(case=case, x_m__isnull=False, y_m__isnull=False)
    found = rows.values_list("id", "key", "site__name", "site__key", "site_key", "x_m", "y_m")
    painted = Marker.objects.filter(case=case).exclude(number="").exclude(grave=None)
    numbers: dict[UUID, list[str]] = {}
    for grave_id, number in painted.values_list("grave_id", "number"):
        numbers.setdefault(grave_id, []).append(number)
    held: Counter[UUID] = Counter()
    if access.nameable(Remains, "grave"):
        held.update(Remains.objects.filter(case=case).values_list("grave_id", flat=True))
    return [
        PlacedGrave(key, name or site or site_key or "", x, y, tuple(numbers.get(pk, ())), held[pk])
        for pk, key, name, site, site_key, x, y in found
    ]


def markers_without_grave(case: InvestigationCase) -> QuerySet[Marker]:
    """Markers that nobody has joined to a grave."""
    return Marker.objects.filter(case=case, grave=None)


def graves_led_to(markers: Iterable[UUID], entries: Iterable[UUID]) -> list[str]:
    """Keys of the graves to which these markers lead, and these lines of the journal."""
    joined = JournalEntry.objects.filter(pk__in=list(entries)).values("marker_id")
    over = Marker.objects.filter(Q(pk__in=list(markers)) | Q(pk__in=joined))
    found = over.select_related("grave").order_by("ordinal")
    return list(dict.fromkeys(one.grave.key for one in found if one.grave is not None))


def grave(case: InvestigationCase, key: str) -> Grave | None:
    """One grave with its markers, their journal lines, and its remains; None if unknown."""
    lines = Prefetch("markers", Marker.objects.prefetch_related("journal_entries"))
    found = Grave.objects.filter(case=case, key=key).select_related("site")
    return found.prefetch_related(lines, *_remains_in_graves()).first()


def _remains_in_graves() -> tuple[Prefetch, ...]:
    """The remains of each grave, for those who may know which grave they lay in."""
    return (Prefetch("remains"),) if access.nameable(Remains, "grave") else ()
