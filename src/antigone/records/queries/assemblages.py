# SPDX-License-Identifier: Apache-2.0
"""Assemblages: remains that are linked, so that individuals are counted over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from antigone.records import access
from antigone.records.models import (
    Assemblage,
    Element,
    InvestigationCase,
    ProfileRun,
    Remains,
    RemainsRelation,
    Sample,
)
from antigone.records.queries.cases import profile_rows
from antigone.records.queries.entries import cells
from antigone.terms.tables import Tables


def assemblages(case: InvestigationCase) -> Any:
    """The name of each assemblage, and how many remains are linked in it."""
    found = Assemblage.objects.filter(case=case).exclude(assemblage="").order_by("assemblage")
    return found.values("assemblage").annotate(remains_linked=Count("pk"))


def of_remains(one: Remains) -> list[str]:
    """The assemblages in which these remains are linked."""
    found = Assemblage.objects.filter(remains=one).order_by("assemblage")
    return list(found.values_list("assemblage", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Linked:
    """The records of one assemblage, as far as they may be seen."""

    links: Sequence[Assemblage]
    remains: Sequence[Remains]
    elements: Sequence[Element]
    tables: Tables
    """The same as tables, with the samples and profiles of these remains where they are shown."""
    profiles_shown: bool


def linked(case: InvestigationCase, name: str) -> Linked | None:
    """The assemblage of that name; None where none of it is there for whoever looks."""
    links = list(Assemblage.objects.filter(case=case, assemblage=name).select_related("remains"))
    if not links:
        return None
    ids = [one.remains_id for one in links if one.remains_id]
    remains = list(Remains.objects.filter(pk__in=ids).order_by("ordinal"))
    elements = list(Element.objects.filter(remains__in=ids).order_by("ordinal"))
    either = Q(remains_a__in=ids) | Q(remains_b__in=ids)
    joined = list(RemainsRelation.objects.filter(either))
    tables = {
        "assemblage": cells("assemblage", links),
        "remains": cells("remains", remains),
        "element": cells("element", elements),
        "relation": cells("relation", joined),
    }
    shown = access.sees_whole("samples", "laboratory", "dna")
    if shown:
        samples = list(Sample.objects.filter(kind="post_mortem", remains__in=ids))
        runs = ProfileRun.objects.filter(sample__in=[one.pk for one in samples])
        tables |= {"sample": cells("sample", samples), "profile": profile_rows(runs)}
    return Linked(links, remains, elements, tables, shown)
