# SPDX-License-Identifier: Apache-2.0
"""Counts of graves, remains, containers, individuals and identified persons, side by side."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef

from antigone.records import access
from antigone.records.models import (
    RECORD_OF,
    CaseRow,
    Container,
    Decision,
    Grave,
    InvestigationCase,
    Person,
    PersonRelation,
    Remains,
    RemainsRelation,
)
from antigone.records.sections import Section
from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark
from antigone.terms.small_numbers import Published, published
from antigone.terms.tables import TABLES, Kind

INDIVIDUALS_RULE = gettext_noop(
    "A lower bound: bodies, those that decisions join counted as one. Parts, commingled remains "
    "and remains whose kind is not recorded add none (%(left_out)d), except one where there is no "
    "body at all."
)
INDIVIDUALS_RULE_ALONE = gettext_noop(
    "A lower bound: bodies, those that decisions join counted as one. Parts, commingled remains "
    "and remains whose kind is not recorded add none, except one where there is no body at all."
)
IDENTIFIED_RULE = gettext_noop(
    "Persons named by decisions that no later decision replaces; reports that a decision joins "
    "are one person."
)


@dataclass(frozen=True, slots=True)
class FiveCounts:
    """The five counts that stand side by side, and by which rule the last two were made.

    None is a count of which whoever looks may not see everything that is counted, or which is
    too small for them to be told (`small_numbers_withheld`).
    """

    graves: int | None
    remains: int | None
    containers: int | None
    minimum_individuals: int | None
    minimum_individuals_rule: Remark
    identified: int | None
    identified_rule: Remark


def small_numbers_withheld() -> bool:
    """Whether small numbers are withheld from whoever looks, with what they would follow from."""
    return not access.sees_small_numbers()


def five_counts(case: InvestigationCase) -> FiveCounts:
    """The five counts of a case, or of the site of whoever looks."""
    individuals, rule = _individuals(case)
    decided = access.sees_whole(Section.DECISIONS, Section.PERSON_CODES)
    return FiveCounts(
        graves=_count(Grave, case, Section.PLACES),
        remains=_count(Remains, case, Section.REMAINS_CODES),
        containers=_count(Container, case, Section.REMAINS_CODES),
        minimum_individuals=individuals,
        minimum_individuals_rule=rule,
        identified=_told(len(_identified(case))) if decided else None,
        identified_rule=Remark("counts.identified", IDENTIFIED_RULE, {}),
    )


def _individuals(case: InvestigationCase) -> tuple[int | None, Remark]:
    """The lower bound and its rule; bodies and others add up to the sets of remains."""
    code = "counts.minimum_individuals"
    if access.sees_whole(Section.REMAINS_CODES, Section.REMAINS):
        individuals, bodies, others = _minimum_individuals(case)
        shown = _parts({"bodies": bodies, "others": others})
        if None not in shown.cells.values():
            return _told(individuals), Remark(code, INDIVIDUALS_RULE, {"left_out": others})
    return None, Remark(code, INDIVIDUALS_RULE_ALONE, {})


def _parts(counts: Mapping[str, int]) -> Published[str]:
    """Counts of the parts of one whole, as whoever looks may be told them."""
    if access.sees_small_numbers():
        return Published(counts, sum(counts.values()))
    if settings.SMALL_NUMBERS_BELOW is None:  # nobody has said what is small
        return Published(dict.fromkeys(counts), None)
    return published(counts, threshold=settings.SMALL_NUMBERS_BELOW)


def _told(count: int) -> int | None:
    """A count that is part of no other, as whoever looks may be told it."""
    return _parts({"": count}).cells[""]


def _count(record: type[CaseRow], case: InvestigationCase, section: Section) -> int | None:
    if not access.sees_whole(section):
        return None
    return _told(record.objects.filter(case=case).count())


def _minimum_individuals(case: InvestigationCase) -> tuple[int, int, int]:
    """Bodies not joined to one another; all bodies, and sets of remains that are none."""
    kinds = dict(Remains.objects.filter(case=case).values_list("id", "kind"))
    relations = RemainsRelation.objects.filter(case=case).exclude(relation="different")
    groups = _groups(kinds, relations.values_list("remains_a_id", "remains_b_id"))
    bodies = {groups[one] for one, kind in kinds.items() if kind == "body"}
    others = sum(kind != "body" for kind in kinds.values())
    return max(len(bodies), 1 if kinds else 0), len(kinds) - others, others


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
    members: Iterable[UUID], joined: Iterable[tuple[UUID | None, UUID | None]]
) -> Mapping[UUID, UUID]:
    """The first of each group of members that pairs join, for every member."""
    first = {one: one for one in members}

    def root(one: UUID) -> UUID:
        while first[one] != one:
            one = first[one]
        return one

    for a, b in joined:
        if a is not None and b is not None:
            first[root(b)] = root(a)
    return {one: root(one) for one in first}


def remains_by(case: InvestigationCase, field: str) -> Published[str]:
    """How many remains there are of each sex, kind or status; blank is not recorded."""
    if field not in ("sex", "kind", "status"):
        raise ValueError(field)
    counted = Remains.objects.filter(case=case).order_by().values(field).annotate(n=Count("id"))
    return _parts({row[field]: row["n"] for row in counted})


ABSENT = frozenset({"none"})
UNDETERMINED = frozenset({"undetermined", "unknown", "indeterminable", "inconclusive"})


@dataclass(frozen=True, slots=True)
class Answers:
    """What a coded column says, with the three kinds of nothing apart."""

    not_recorded: int
    absent: int
    """Looked for and not there."""
    undetermined: int
    """Looked for, and could not be told."""
    found: Mapping[str, int]


def answers(case: InvestigationCase, table: str, column: str) -> Answers:
    """How often each code of a column was recorded; blank, none and undetermined stand apart."""
    known = TABLES[table].column(column)
    if known is None or known.kind is not Kind.CODE:
        raise ValueError(column)
    rows = RECORD_OF[table].objects.filter(case=case).order_by()
    counted = {row[column]: row["n"] for row in rows.values(column).annotate(n=Count("id"))}
    apart = ABSENT | UNDETERMINED | {""}
    return Answers(
        not_recorded=counted.get("", 0),
        absent=sum(counted.get(code, 0) for code in ABSENT),
        undetermined=sum(counted.get(code, 0) for code in UNDETERMINED),
        found={code: n for code, n in counted.items() if code not in apart},
    )
