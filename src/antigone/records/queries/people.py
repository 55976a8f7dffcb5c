# SPDX-License-Identifier: Apache-2.0
"""People: who is sought, and their families' trees."""

import re
from collections.abc import Collection, Iterable

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from antigone.records import access
from antigone.records.models import (
    Decision,
    Family,
    InvestigationCase,
    Person,
    PersonRelation,
    Relative,
    Sample,
)
from antigone.records.models.together import attach


def persons(case: InvestigationCase, text: str = "") -> QuerySet[Person]:
    """Persons sought whose key or name contains `text`, whatever its letters' case.

    Whoever may not read all names that are there searches by key alone.
    """
    found = Person.objects.filter(case=case)
    return found.filter(_named_like(text)) if text else found


def with_families(found: Iterable[Person]) -> list[Person]:
    """These persons, each with the members of families that it is, and their families."""
    every = list(found)
    members = Relative.objects.select_related("family").order_by("ordinal")
    attach(every, relatives=members.only("key", "person", "family__key"))
    return every


def _named_like(text: str, before: str = "") -> Q:
    """Persons of that key or name; `before` is the path that leads to them."""
    pattern = re.escape(text)  # an expression: SQLite's LIKE knows the case of ASCII letters only
    found = Q(**{f"{before}key__iregex": pattern})
    for name in ("name", "name_other"):
        if access.nameable(Person, name):
            found |= Q(**{f"{before}{name}__iregex": pattern})
    return found


def person(case: InvestigationCase, key: str) -> Person | None:
    """One person with the families that know the person; None if unknown."""
    found = with_families(persons(case).filter(key=key))
    return found[0] if found else None


def families(case: InvestigationCase, text: str = "") -> QuerySet[Family]:
    """Families, with how many members are drawn, sought, and gave a sample."""
    found = Family.objects.filter(case=case)
    if text:
        sought = Relative.objects.filter(_named_like(text, "person__"), family=OuterRef("pk"))
        # apart: joined here it would also narrow what is counted below
        found = found.filter(Q(key__iregex=re.escape(text)) | Exists(sought))
    sampled = Sample.objects.filter(kind="reference", individual__family=OuterRef("pk"))
    counted = sampled.order_by().values("individual__family")
    counted = counted.annotate(n=Count("individual", distinct=True)).values("n")
    members = Relative.objects.filter(family=OuterRef("pk")).order_by().values("family")
    sought = members.annotate(n=Count("person", distinct=True)).values("n")
    return found.annotate(  # each counted by itself, for the families of one page alone
        member_count=Coalesce(Subquery(members.annotate(n=Count("pk")).values("n")), 0),
        sought_count=Coalesce(Subquery(sought), 0),
        sampled_count=Coalesce(Subquery(counted), 0),
    ).order_by("ordinal")


def family(case: InvestigationCase, key: str) -> Family | None:
    """One family with its members in table order; None if unknown."""
    found = Family.objects.filter(case=case, key=key)
    return found.prefetch_related(Prefetch("relatives", _members())).first()


def _members() -> QuerySet[Relative]:
    found = Relative.objects.select_related("family", "person", "father", "mother")
    return found.prefetch_related("samples").order_by("ordinal")


def decisions_about(one: Person) -> QuerySet[Decision]:
    """Every decision about this person, replaced ones too, in order."""
    found = Decision.objects.filter(person=one).select_related("remains")
    return found.annotate(is_replaced=Exists(_replacing()))


def relations_of(one: Person) -> QuerySet[PersonRelation]:
    """Decisions whether this person and another are one."""
    found = PersonRelation.objects.filter(Q(person_a=one) | Q(person_b=one))
    return found.select_related("person_a", "person_b")


def _replacing() -> QuerySet[Decision]:
    return Decision.objects.filter(replaces=OuterRef("pk"))


def names(case: InvestigationCase, keys: Collection[str]) -> dict[str, str]:
    """Name as given of each of these persons, where it may be seen; others are left out."""
    found = Person.objects.filter(case=case, key__in=keys).only("key", "name")
    return {one.key: one.name for one in found if one.name}
