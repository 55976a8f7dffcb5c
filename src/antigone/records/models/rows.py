# SPDX-License-Identifier: Apache-2.0
"""What every row of a case has in common: its fields' forms and its constraints.

A reference is a record or, where the record is not here, the key that the source wrote:
never both (`docs/decisions/0001-records.md`). Ranges and codes come from `terms.tables`.
"""

from uuid import UUID

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.constraints import BaseConstraint
from django.db.models.functions import Coalesce

from antigone.records.fields import field_of, references_of
from antigone.records.models.cases import InvestigationCase
from antigone.records.models.recorded import Recorded
from antigone.terms.tables import TABLES, Column, Kind


class CaseRow(Recorded):
    """A row of a case, in the order of its source, with all that the source wrote."""

    case = models.ForeignKey(InvestigationCase, models.PROTECT, related_name="+")
    ordinal = models.PositiveIntegerField()
    extra = models.JSONField(default=dict, blank=True)
    """Cells of columns that the format does not know, word for word."""
    as_written = models.JSONField(default=dict, blank=True)
    """Cells that their field would write otherwise (``1.50``); None where the row had none."""

    class Meta:
        abstract = True
        ordering = ("ordinal",)


def key() -> models.TextField:
    """The source's own identifier: compared exactly, unique in its case."""
    return models.TextField()


def text() -> models.TextField:
    """Words of the source; blank is *not recorded*."""
    return models.TextField(blank=True, default="")


def coded() -> models.CharField:
    """One of the format's codes; blank is *not recorded*."""
    return models.CharField(max_length=40, blank=True, default="")


def number() -> models.FloatField:
    """A number; null is *not recorded*."""
    return models.FloatField(null=True, blank=True)


def integer() -> models.BigIntegerField:
    """A whole number; null is *not recorded*."""
    return models.BigIntegerField(null=True, blank=True)


def partial_date() -> tuple[models.TextField, models.DateField, models.DateField]:
    """The words of a date, and the first and last day that it may be."""
    earliest = models.DateField(null=True, blank=True)
    return text(), earliest, models.DateField(null=True, blank=True)


def reference(to: str, related_name: str = "+") -> tuple[models.ForeignKey, models.TextField]:
    """The record referred to, and the source's key where that record is not here."""
    joined = models.ForeignKey(to, models.PROTECT, null=True, blank=True, related_name=related_name)
    return joined, text()


def moment() -> tuple[models.TextField, models.DateTimeField]:
    """The words of a time with its offset, and the moment that it is."""
    return text(), models.DateTimeField(null=True, blank=True)


def joined(to: str, related_name: str = "+") -> models.ForeignKey:
    """One of the records that a reference to several tables may mean."""
    return models.ForeignKey(to, models.PROTECT, null=True, blank=True, related_name=related_name)


def constraints_of(table: str) -> tuple[BaseConstraint, ...]:
    """The named constraints that follow from the table's definition in `terms.tables`."""
    found: list[BaseConstraint] = [
        models.UniqueConstraint(fields=["case", "ordinal"], name=f"{table}_one_row_in_one_place")
    ]
    for column in TABLES[table].columns:
        name = field_of(table, column.name)
        if name == "key":
            found += _key_constraints(table)
        elif column.name in references_of(table):
            found += _reference_constraints(table, column)
        else:
            found += _value_constraints(table, name, column)
    return tuple(found)


def _key_constraints(table: str) -> list[BaseConstraint]:
    return [
        models.UniqueConstraint(fields=["case", "key"], name=f"{table}_key_unique_in_case"),
        models.CheckConstraint(condition=~Q(key=""), name=f"{table}_key_given"),
    ]


def _reference_constraints(table: str, column: Column) -> list[BaseConstraint]:
    name = field_of(table, column.name)
    fields = references_of(table)[column.name]
    written = ~Q(**{f"{name}_key": ""})
    joined = Q()
    for one in fields.values():
        joined |= Q(**{f"{one}__isnull": False})
    found: list[BaseConstraint] = [
        models.CheckConstraint(
            condition=~joined | ~written, name=f"{table}_{name}_is_record_or_key"
        )
    ]
    if column.required:
        given = models.CheckConstraint(condition=joined | written, name=f"{table}_{name}_given")
        found.append(given)
    return found + [
        models.CheckConstraint(
            condition=Q(**{f"{one}__isnull": True}) | Q(**{str(column.refers_by): target}),
            name=f"{table}_{one}_as_its_kind_says",
        )
        for target, one in fields.items()
        if column.refers_by
    ]


def _value_constraints(table: str, name: str, column: Column) -> list[BaseConstraint]:
    checks: list[tuple[Q, str]] = []
    if column.kind is Kind.CODE:
        codes = column.codes if column.required else (*column.codes, "")
        checks.append((Q(**{f"{name}__in": codes}), "known"))
    elif column.kind is Kind.DATE:
        checks.append((Q(**{f"{name}_latest__gte": F(f"{name}_earliest")}), "in_order"))
    elif column.required and column.kind is Kind.TEXT:
        checks.append((~Q(**{name: ""}), "given"))
    if column.low is not None:
        checks.append((Q(**{f"{name}__gte": column.low}), "not_below_its_range"))
    if column.high is not None:
        checks.append((Q(**{f"{name}__lte": column.high}), "not_above_its_range"))
    return [
        models.CheckConstraint(condition=condition, name=f"{table}_{name}_{what}")
        for condition, what in checks
    ]


NO_RECORD = UUID(int=0)
"""Stands for *no record* in a unique index, where NULL would differ from NULL."""


def record_or_none(reference: str) -> Coalesce:
    """The id of the record referred to, or one that no record has."""
    return Coalesce(reference, Value(NO_RECORD, output_field=models.UUIDField()))


def unique_references(
    name: str, *references: str, also: tuple[str, ...] = (), of: str = ""
) -> BaseConstraint:
    """One row for these references in a case, whether they are joined to records or not.

    `of` is the table, where a reference may mean records of several.
    """
    parts: list[Coalesce | F] = []
    for one in references:
        fields = references_of(of)[one].values() if of else (one,)
        parts += [*map(record_or_none, fields), F(f"{one}_key")]
    return models.UniqueConstraint("case", *parts, *also, name=name)


def not_itself(name: str, one: str, other: str) -> BaseConstraint:
    """Two references of a row that never name the same record."""
    same_key = Q(**{f"{one}_key": F(f"{other}_key")}) & ~Q(**{f"{one}_key": ""})
    condition = (
        Q(**{f"{one}__isnull": True}) | Q(**{f"{other}__isnull": True}) | ~Q(**{one: F(other)})
    )
    return models.CheckConstraint(condition=condition & ~same_key, name=name)


def in_order(name: str, low: str, high: str) -> BaseConstraint:
    """A range whose lower end is not above its upper end; either may be blank."""
    return models.CheckConstraint(condition=Q(**{f"{low}__lte": F(high)}), name=name)
