# SPDX-License-Identifier: Apache-2.0
"""People: who is sought, and their families' trees."""

import re
from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from antigone.records.models import (
    Decision,
    Family,
    InvestigationCase,
    Person,
    PersonRelation,
    Relative,
)


def persons(case: InvestigationCase, text: str = "") -> QuerySet[Person]:
    """Persons sought whose key or name contains `text`, whatever its letters' case."""
    found = Person.objects.filter(case=case)
    if text:  # a regular expression, because SQLite's LIKE knows the case of ASCII letters only
        pattern = re.escape(text)
        found = found.filter(
            Q(key__iregex=pattern) | Q(name__iregex=pattern) | Q(name_other__iregex=pattern)
        )
    return found.prefetch_related(Prefetch("relatives", _members()))


def person(case: InvestigationCase, key: str) -> Person | None:
    """One person with the families that know the person; None if unknown."""
    return persons(case).filter(key=key).first()


def families(case: InvestigationCase, text: str = "") -> QuerySet[Family]:
    """Families, with how many members are drawn, sought, and gave a sample."""
    found = Family.objects.filter(case=case)
    if text:
        pattern = re.escape(text)
        sought = Relative.objects.filter(
            Q(person__key__iregex=pattern)
            | Q(person__name__iregex=pattern)
            | Q(person__name_other__iregex=pattern),
            family=OuterRef("pk"),
        )  # apart: joined here it would also narrow what is counted below
        found = found.filter(Q(key__iregex=pattern) | Exists(sought))
    return found.annotate(
        member_count=Count("relatives", distinct=True),
        sought_count=Count("relatives__person", distinct=True),
        sampled_count=Count(
            "relatives", filter=Q(relatives__samples__kind="reference"), distinct=True
        ),
    ).order_by("ordinal")


def family(case: InvestigationCase, key: str) -> Family | None:
    """One family with its members in table order; None if unknown."""
    found = Family.objects.filter(case=case, key=key)
    return found.prefetch_related(Prefetch("relatives", _members())).first()


def _members() -> QuerySet[Relative]:
    found = Relative.objects.select_related("family", "person", "father", "mother")
    return found.prefetch_related("samples").order_by("ordinal")


def decisions_about(one: Person) -> list[Decision]:
    """Every decision about this person, replaced ones too, in order."""
    found = Decision.objects.filter(person=one).select_related("remains")
    return list(found.annotate(is_replaced=Exists(_replacing())))


def relations_of(one: Person) -> list[PersonRelation]:
    """Decisions whether this person and another are one."""
    found = PersonRelation.objects.filter(Q(person_a=one) | Q(person_b=one))
    return list(found.select_related("person_a", "person_b"))


def _replacing() -> QuerySet[Decision]:
    return Decision.objects.filter(replaces=OuterRef("pk"))


def names(case: InvestigationCase, keys: Collection[str]) -> dict[str, str]:
    """Name as given of each of these persons; whoever has none is left out."""
    found = Person.objects.filter(case=case, key__in=keys).exclude(name="")
    return dict(found.values_list("key", "name"))
