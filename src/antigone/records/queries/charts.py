# SPDX-License-Identifier: Apache-2.0
"""What drawings show of remains or of a person: notes of the body, the inventory, teeth."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

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
from antigone.records.sections import PROTECTED, section_of


@dataclass(frozen=True, slots=True)
class Noted:
    """What is recorded of a body at places on it."""

    findings: tuple[Finding, ...]
    marks: tuple[Mark, ...]
    items: tuple[DviItem, ...]


def noted_on(one: Remains | Person, items: Collection[str]) -> Noted:
    """Findings, marks and these items of the forms about remains or a person.

    An item without words is none: it was left blank, or marked as without data.
    """
    owner = {f"owner_{'remains' if isinstance(one, Remains) else 'person'}": one}
    findings = Finding.objects.filter(remains=one) if isinstance(one, Remains) else ()
    written = DviItem.objects.filter(item__in=items, **owner).defer(*_SEALED).exclude(value="")
    return Noted(tuple(findings), tuple(Mark.objects.filter(**owner)), tuple(written))


_SEALED = tuple(
    one.attname
    for one in DviItem._meta.concrete_fields
    if section_of("dvi_item", one.name) in PROTECTED
)


def inventory_of(one: Remains) -> list[Element]:
    """The skeletal inventory, in the order of its source."""
    return list(Element.objects.filter(remains=one))


def teeth_of(one: Remains | Person) -> list[Tooth]:
    """Every row of every chart of teeth, the oldest chart first, undated ones before all."""
    owner = {f"owner_{'remains' if isinstance(one, Remains) else 'person'}": one}
    rows = Tooth.objects.filter(**owner).order_by("ordinal")
    return sorted(rows, key=lambda row: row.charted_on_latest or date.min)


def person_charted(case: InvestigationCase, key: str) -> Person | None:
    """A person of that key whose teeth may be held against those of remains; None if unknown."""
    return Person.objects.filter(case=case, key=key).first()
