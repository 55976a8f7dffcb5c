# SPDX-License-Identifier: Apache-2.0
"""People: who is sought, and their families' trees."""

import re

from django.db.models import Count, Prefetch, Q, QuerySet

from antigone.records.models import Family, InvestigationCase, Person, Relative


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
        found = found.filter(
            Q(key__iregex=pattern)
            | Q(relatives__person__key__iregex=pattern)
            | Q(relatives__person__name__iregex=pattern)
        )
    return found.annotate(
        member_count=Count("relatives", distinct=True),
        sought_count=Count("relatives__person", distinct=True),
        sampled_count=Count(
            "relatives", filter=Q(relatives__samples__kind="reference"), distinct=True
        ),
    )


def family(case: InvestigationCase, key: str) -> Family | None:
    """One family with its members in table order; None if unknown."""
    found = Family.objects.filter(case=case, key=key)
    return found.prefetch_related(Prefetch("relatives", _members())).first()


def _members() -> QuerySet[Relative]:
    found = Relative.objects.select_related("family", "person", "father", "mother")
    return found.prefetch_related("samples").order_by("ordinal")
