# SPDX-License-Identifier: Apache-2.0
"""Places: graves with what stands on them and lies in them, and what a number leads to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    F,
    Func,
    IntegerField,
    Max,
    Min,
    Q,
    QuerySet,
)

from antigone.records import access
from antigone.records.models import Grave, InvestigationCase, JournalEntry, Marker, Remains, Site
from antigone.records.models.together import attach, together


def sites(case: InvestigationCase) -> QuerySet[Site]:
    """The burial sites of a case."""
    return Site.objects.filter(case=case)


@dataclass(frozen=True, slots=True)
class View:
    """A square of a site's grid: what of it is looked at, where there are too many graves."""

    site: str
    """The key of the site; blank for graves of none."""
    x_m: float
    y_m: float
    """The corner with the least coordinates."""
    side_m: float


def graves(case: InvestigationCase, view: View | None = None) -> QuerySet[Grave]:
    """Every grave with its site, or those in a square; `with_contents` adds what belongs to it."""
    return _in_view(Grave.objects.filter(case=case), view).select_related("site")


def _in_view(found: QuerySet[Grave], view: View | None) -> QuerySet[Grave]:
    if view is None:
        return found
    x, y, side = view.x_m, view.y_m, view.side_m
    found = found.filter(x_m__gte=x, x_m__lt=x + side, y_m__gte=y, y_m__lt=y + side)
    keyed = Q(site__key=view.site) | Q(site__isnull=True, site_key=view.site)
    return found.filter(keyed)


def with_contents(found: Iterable[Grave], *, counted: bool = False) -> list[Grave]:
    """These graves, each with its markers and its remains, in one query.

    Where they are only `counted`, no more is read of them than numbers and burials stated.
    """
    every = list(found)
    markers, remains = Marker.objects.order_by("ordinal"), Remains.objects.order_by("ordinal")
    if counted:
        markers = markers.only("ordinal", "grave", "number", "stated_burials")
        remains = remains.only("ordinal", "grave")
    related = {"markers": markers}
    if access.nameable(Remains, "grave"):
        related["remains"] = remains
    attach(every, **related)
    return every


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the list of graves."""

    sites: Sequence[Site]
    loose_markers: Sequence[Marker]
    """Markers that nobody has joined to a grave; the first `MOST_LOOSE`, and one more if any."""
    extents: Sequence[Extent]


@dataclass(frozen=True, slots=True)
class Extent:
    """How many graves of a site have a place, and from where to where they lie, in metres."""

    site: str
    """Its key; blank for graves of no site."""
    name: str
    graves: int
    left: float
    right: float
    bottom: float
    top: float


MOST_LOOSE = 100
"""So many markers without a grave are listed beside the graves."""


def around_graves(case: InvestigationCase, view: View | None = None) -> Around:
    """The sites, the markers without a grave, and how far the graves reach; in one query."""
    placed = _in_view(Grave.objects.filter(case=case), view)
    placed = placed.filter(x_m__isnull=False, y_m__isnull=False).order_by()
    extents = placed.values_list("site__key", "site__name", "site_key").annotate(
        n=Count("pk"), left=Min("x_m"), right=Max("x_m"), bottom=Min("y_m"), top=Max("y_m")
    )
    loose = Marker.objects.filter(case=case, grave=None)[: MOST_LOOSE + 1]
    here, markers, found = together(sites(case), loose, extents)
    order = {one.key: n for n, one in enumerate(here)}
    rows = [Extent(key or written, name or key or written, *rest)
            for key, name, written, *rest in found]  # fmt: skip
    rows.sort(key=lambda one: (order.get(one.site, len(order)), one.site))
    return Around(here, markers, rows)


@dataclass(frozen=True, slots=True)
class Square:
    """A square of a site's grid: how many graves have their place in it, and how many remains."""

    site: str
    column: int
    row: int
    graves: int
    remains: int


def squares(case: InvestigationCase, side_m: float, view: View | None = None) -> list[Square]:
    """The graves counted by squares of this side, whose corners are multiples of it."""
    placed = _in_view(Grave.objects.filter(case=case), view)
    placed = placed.filter(x_m__isnull=False, y_m__isnull=False).order_by()
    where = _column_and_row(side_m, "")
    names = ("site__key", "site_key", "column", "row", "n")
    asked = [placed.values("site__key", "site_key", **where).annotate(n=Count("pk"))]
    if access.nameable(Remains, "grave"):
        inside = Remains.objects.filter(case=case, grave__in=placed.values("pk")).order_by()
        where = _column_and_row(side_m, "grave__")
        held = inside.values(
            **where, site__key=F("grave__site__key"), site_key=F("grave__site_key")
        )
        asked.append(held.annotate(n=Count("pk")))
    graves, *remains = together(*(one.values_list(*names) for one in asked))
    held_in = {_square(one): one[-1] for many in remains for one in many}
    return [Square(*_square(one), one[-1], held_in.get(_square(one), 0)) for one in graves]


class _Whole(Func):
    """The whole part of a number that is not negative; SQLite has no FLOOR of its own."""

    function = "FLOOR"
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """As a cast, which cuts off what stands behind the point."""
        return self.as_sql(
            compiler, connection, template="CAST(%(expressions)s AS INTEGER)", **more
        )


def _column_and_row(side_m: float, before: str) -> dict[str, Func]:
    """The square of a grave, counted from far outside, so that no number is negative."""
    return {
        "column": _Whole(F(f"{before}x_m") / side_m + _FAR),
        "row": _Whole(F(f"{before}y_m") / side_m + _FAR),
    }


_FAR = float(2**40)


def _square(one: Sequence[Any]) -> tuple[str, int, int]:
    key, written, column, row, _count = one
    return key or written, int(column) - int(_FAR), int(row) - int(_FAR)


@dataclass(frozen=True, slots=True)
class PlacedGrave:
    """A grave with its place on its site's grid, and what a plan shows of it."""

    key: str
    site: str
    x_m: float
    y_m: float
    numbers: tuple[str, ...]
    remains: int


def placed_graves(case: InvestigationCase, view: View | None = None) -> list[PlacedGrave]:
    """Every grave whose place is recorded, read without building a record for each."""
    rows = _in_view(Grave.objects.filter(case=case), view)
    rows = rows.filter(x_m__isnull=False, y_m__isnull=False)
    here = rows.order_by().values("pk")
    painted = Marker.objects.filter(case=case, grave__in=here).exclude(number="")
    asked = [
        rows.values_list("id", "key", "site__name", "site__key", "site_key", "x_m", "y_m"),
        painted.values_list("grave_id", "number"),
    ]
    if access.nameable(Remains, "grave"):
        inside = Remains.objects.filter(case=case, grave__in=here)
        asked.append(inside.values_list("grave_id", flat=True))
    found, markers, *remains = together(*asked)
    numbers: dict[UUID, list[str]] = {}
    for grave_id, number in markers:
        numbers.setdefault(grave_id, []).append(number)
    held: Counter[UUID] = Counter(one for many in remains for one in many)
    return [
        PlacedGrave(key, name or site or site_key or "", x, y, tuple(numbers.get(pk, ())), held[pk])
        for pk, key, name, site, site_key, x, y in found
    ]


def graves_led_to(markers: Iterable[UUID], entries: Iterable[UUID]) -> list[str]:
    """Keys of the graves to which these markers lead, and these lines of the journal."""
    joined = JournalEntry.objects.filter(pk__in=list(entries)).values("marker_id")
    over = Marker.objects.filter(Q(pk__in=list(markers)) | Q(pk__in=joined))
    found = over.select_related("grave").order_by("ordinal")
    return list(dict.fromkeys(one.grave.key for one in found if one.grave is not None))


def grave(case: InvestigationCase, key: str) -> Grave | None:
    """One grave with its markers, their journal lines, and its remains; None if unknown."""
    found = with_contents(graves(case).filter(key=key))
    if not found:
        return None
    attach(list(found[0].markers.all()), journal_entries=JournalEntry.objects.order_by("ordinal"))
    return found[0]
