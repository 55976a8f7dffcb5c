# SPDX-License-Identifier: Apache-2.0
"""Counts of graves, remains, containers, individuals and identified persons, side by side."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from antigone.records.models import (
    Container,
    Decision,
    Grave,
    InvestigationCase,
    Person,
    PersonRelation,
    Remains,
    RemainsRelation,
)
from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark

INDIVIDUALS_RULE = gettext_noop(
    "A lower bound: bodies, those that decisions join counted as one. Parts, commingled remains "
    "and remains whose kind is not recorded add none (%(left_out)d), except one where there is no "
    "body at all."
)
IDENTIFIED_RULE = gettext_noop(
    "Persons named by decisions that no later decision replaces; reports that a decision joins "
    "are one person."
)


@dataclass(frozen=True, slots=True)
class FiveCounts:
    """The five counts that stand side by side, and by which rule the last two were made."""

    graves: int
    remains: int
    containers: int
    minimum_individuals: int
    minimum_individuals_rule: Remark
    identified: int
    identified_rule: Remark


def five_counts(case: InvestigationCase) -> FiveCounts:
    """The five counts of a case."""
    individuals, left_out = _minimum_individuals(case)
    return FiveCounts(
        graves=Grave.objects.filter(case=case).count(),
        remains=Remains.objects.filter(case=case).count(),
        containers=Container.objects.filter(case=case).count(),
        minimum_individuals=individuals,
        minimum_individuals_rule=Remark(
            "counts.minimum_individuals", INDIVIDUALS_RULE, {"left_out": left_out}
        ),
        identified=len(_identified(case)),
        identified_rule=Remark("counts.identified", IDENTIFIED_RULE, {}),
    )


def _minimum_individuals(case: InvestigationCase) -> tuple[int, int]:
    """Bodies not joined to one another, and how many sets of remains were left out."""
    kinds = dict(Remains.objects.filter(case=case).values_list("id", "kind"))
    relations = RemainsRelation.objects.filter(case=case).exclude(relation="different")
    groups = _groups(kinds, relations.values_list("remains_a_id", "remains_b_id"))
    bodies = {groups[one] for one, kind in kinds.items() if kind == "body"}
    left_out = sum(kind != "body" for kind in kinds.values())
    return max(len(bodies), 1 if kinds else 0), left_out


def _identified(case: InvestigationCase) -> set[Hashable]:
    """The persons of standing decisions, each once."""
    replacing = Decision.objects.filter(replaces=OuterRef("pk"))
    standing = Decision.objects.filter(case=case, outcome="identified")
    named = standing.exclude(Exists(replacing)).values_list("person_id", "person_key")
    persons = Person.objects.filter(case=case).values_list("id", flat=True)
    same = PersonRelation.objects.filter(case=case, relation="same")
    groups = _groups(persons, same.values_list("person_a_id", "person_b_id"))
    return {groups[joined] if joined else key for joined, key in named}


def _groups(
    members: Iterable[int], joined: Iterable[tuple[int | None, int | None]]
) -> Mapping[int, int]:
    """The first of each group of members that pairs join, for every member."""
    first = {one: one for one in members}

    def root(one: int) -> int:
        while first[one] != one:
            one = first[one]
        return one

    for a, b in joined:
        if a is not None and b is not None:
            first[root(b)] = root(a)
    return {one: root(one) for one in first}


def remains_by(case: InvestigationCase, field: str) -> dict[str, int]:
    """How many remains there are of each sex, kind or status; blank is not recorded."""
    if field not in ("sex", "kind", "status"):
        raise ValueError(field)
    counted = Remains.objects.filter(case=case).order_by().values(field).annotate(n=Count("id"))
    return {row[field]: row["n"] for row in counted}
