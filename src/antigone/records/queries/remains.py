# SPDX-License-Identifier: Apache-2.0
"""Remains: searched, one with all that belongs to it, and what was decided about them."""

import re
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from antigone.records import access
from antigone.records.models import (
    Death,
    Decision,
    Effect,
    Finding,
    InvestigationCase,
    JournalEntry,
    Marker,
    Remains,
    RemainsRelation,
    Sample,
)
from antigone.records.sections import Section


def remains(
    case: InvestigationCase,
    *,
    text: str = "",
    sex: str = "",
    keys: Collection[str] | None = None,
) -> QuerySet[Remains]:
    """Remains whose key or code contains `text`, or out of a grave of that key or number.

    `keys` keeps only these remains (None: all).
    """
    found = Remains.objects.filter(case=case).select_related("grave")
    if sex and access.nameable(Remains, "sex"):
        found = found.filter(sex=sex)
    if keys is not None:
        found = found.filter(key__in=keys)
    return found.filter(_like(text)) if text else found


def _like(text: str) -> Q:
    found = Q(key__iregex=re.escape(text)) | Q(code__icontains=text)
    if access.nameable(Remains, "grave"):
        painted = Marker.objects.filter(grave=OuterRef("grave"), number__iexact=text)
        found |= Q(grave__key__iexact=text) | Exists(painted)
    return found


def one_remains(case: InvestigationCase, key: str) -> Remains | None:
    """One set of remains with its grave; None if unknown."""
    return Remains.objects.filter(case=case, key=key).select_related("grave").first()


def belongings(one: Remains) -> dict[str, QuerySet[Any]]:
    """What is asked to show all that belongs to these remains, to be asked in one query.

    Samples, objects, findings, deaths, the markers on their grave with their journal lines, and
    decisions whether these remains and others are one individual.
    """
    samples = Sample.objects.filter(remains=one).order_by("ordinal")
    if access.sees(Section.LABORATORY):
        samples = samples.annotate(
            run_count=Count("runs", distinct=True), called_count=Max("runs__called_markers")
        )
    markers = Marker.objects.filter(grave=one.grave) if one.grave else Marker.objects.none()
    lines = JournalEntry.objects.filter(marker__in=markers.order_by().values("pk"))
    joined = RemainsRelation.objects.filter(Q(remains_a=one) | Q(remains_b=one))
    return {
        "samples": samples,
        "effects": Effect.objects.filter(remains=one),
        "findings": Finding.objects.filter(remains=one),
        "deaths": Death.objects.filter(remains=one),
        "markers": markers,
        "lines": lines,
        "relations": joined.select_related("remains_a", "remains_b"),
    }


def decided_about(many: Iterable[Remains]) -> QuerySet[Decision]:
    """Every decision about these remains, replaced ones marked."""
    replacing = Decision.objects.filter(replaces=OuterRef("pk"))
    found = Decision.objects.filter(remains__in=[one.pk for one in many])
    return found.select_related("person").annotate(is_replaced=Exists(replacing))


def by_remains(found: Iterable[Decision]) -> dict[UUID, list[Decision]]:
    """Decisions by the id of their remains."""
    grouped: dict[UUID, list[Decision]] = {}
    for decision in found:
        grouped.setdefault(decision.remains_id, []).append(decision)
    return grouped
