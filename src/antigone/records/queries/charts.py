# SPDX-License-Identifier: Apache-2.0
"""What drawings show of remains or of a person: notes of the body, the inventory, teeth."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from antigone.records.models import (
    DviItem,
    Element,
    Finding,
    InvestigationCase,
    Mark,
    Person,
    Remains,
    Tooth,
)
from antigone.records.models.together import together
from antigone.records.sections import PROTECTED, section_of


@dataclass(frozen=True, slots=True)
class Noted:
    """What is recorded of a body at places on it."""

    findings: tuple[Finding, ...]
    marks: tuple[Mark, ...]
    items: tuple[DviItem, ...]


@dataclass(frozen=True, slots=True)
class Charted:
    """Everything about remains or a person that is drawn."""

    noted: Noted
    inventory: tuple[Element, ...]
    """The skeletal inventory, in the order of its source."""
    teeth: tuple[Tooth, ...]
    """Every row of every chart of teeth, the oldest chart first, undated ones before all."""


def charted(one: Remains | Person, items: Collection[str]) -> Charted:
    """What is noted on the body, these items of the forms with it, the inventory and the teeth.

    An item without words is none: it was left blank, or marked as without data.
    """
    of_remains = isinstance(one, Remains)
    owner = {f"owner_{'remains' if of_remains else 'person'}": one}
    written = DviItem.objects.filter(item__in=items, **owner).defer(*_SEALED).exclude(value="")
    findings, inventory, marks, noted, rows = together(
        Finding.objects.filter(remains=one) if of_remains else Finding.objects.none(),
        Element.objects.filter(remains=one) if of_remains else Element.objects.none(),
        Mark.objects.filter(**owner),
        written,
        _teeth(one),
    )
    body = Noted(tuple(findings), tuple(marks), tuple(noted))
    return Charted(body, tuple(inventory), _oldest_first(rows))


_SEALED = tuple(
    one.attname
    for one in DviItem._meta.concrete_fields
    if section_of("dvi_item", one.name) in PROTECTED
)


def teeth_of(one: Remains | Person) -> tuple[Tooth, ...]:
    """Every row of every chart of teeth, the oldest chart first, undated ones before all."""
    return _oldest_first(_teeth(one))


def _teeth(one: Remains | Person) -> QuerySet[Tooth]:
    owner = {f"owner_{'remains' if isinstance(one, Remains) else 'person'}": one}
    return Tooth.objects.filter(**owner).order_by("ordinal")


def _oldest_first(rows: Iterable[Tooth]) -> tuple[Tooth, ...]:
    return tuple(sorted(rows, key=lambda row: row.charted_on_latest or date.min))


def person_charted(case: InvestigationCase, key: str) -> Person | None:
    """A person of that key whose teeth may be held against those of remains; None if unknown."""
    return Person.objects.filter(case=case, key=key).first()
