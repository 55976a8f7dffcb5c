# SPDX-License-Identifier: Apache-2.0
"""Remains: searched, one with all that belongs to it, and what was decided about them."""

import re
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet

from antigone.records import access
from antigone.records.models import (
    Decision,
    InvestigationCase,
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
    """One set of remains with its grave, samples, objects and findings; None if unknown."""
    samples = Sample.objects.order_by("ordinal")
    if access.sees(Section.LABORATORY):
        samples = samples.annotate(
            run_count=Count("runs", distinct=True), called_count=Max("runs__called_markers")
        )
    found = Remains.objects.filter(case=case, key=key).select_related("grave")
    return found.prefetch_related(
        Prefetch("samples", samples), "effects", "findings", "deaths"
    ).first()


def markers_over(one: Remains) -> list[Marker]:
    """The markers on the grave of these remains, with their journal lines."""
    if one.grave is None:
        return []
    return list(Marker.objects.filter(grave=one.grave).prefetch_related("journal_entries"))


def decisions_about(many: Iterable[Remains]) -> dict[UUID, list[Decision]]:
    """Every decision about each of these remains, by their id, replaced ones marked."""
    replacing = Decision.objects.filter(replaces=OuterRef("pk"))
    found = Decision.objects.filter(remains__in=[one.pk for one in many])
    grouped: dict[UUID, list[Decision]] = {}
    for decision in found.select_related("person").annotate(is_replaced=Exists(replacing)):
        grouped.setdefault(decision.remains_id, []).append(decision)
    return grouped


def relations_of(one: Remains) -> list[RemainsRelation]:
    """Decisions whether these remains and others are one individual."""
    found = RemainsRelation.objects.filter(Q(remains_a=one) | Q(remains_b=one))
    return list(found.select_related("remains_a", "remains_b"))
