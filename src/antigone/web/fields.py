# SPDX-License-Identifier: Apache-2.0
"""Fields of the forms in which a record is written: new, corrected, or decided upon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest

from antigone.records.fields import field_of
from antigone.terms.tables import TABLES, Column, Kind
from antigone.web import columns

LONGEST = 20_000
"""Characters of a cell that a form takes."""
REASON = 2_000
"""Characters of a reason that a form takes."""


@dataclass(slots=True)
class Field:
    """One field of a form."""

    name: str
    label: str
    value: str
    advice: str
    required: bool
    choices: list[tuple[str, str]] = field(default_factory=list)
    keys: list[tuple[str, str]] = field(default_factory=list)
    """Keys that may be chosen, and what kind of record each names."""
    ticks: list[tuple[str, str, bool]] = field(default_factory=list)
    """Codes of which several may be ticked, their words, and whether each is."""
    long: bool = False
    fixed: bool = False
    is_key: bool = False
    error: str = ""

    @property
    def chosen(self) -> str:
        """The value without blanks around, as a list of choices holds it."""
        return self.value.strip()


def field_for(table: str, name: str, cell: str, error: str = "") -> Field:
    """The field of one column of a table, with `cell` in it."""
    column = TABLES[table].column(name)
    assert column is not None
    return Field(
        name=name,
        label=columns.label(name, table),
        value=cell,
        advice=columns.advice(table, column),
        required=column.required,
        choices=choices(table, column, cell),
        long=name in columns.LONG or "\n" in cell or len(cell) > 80,
        is_key=field_of(table, name) == "key",
        error=error,
    )


def choices(table: str, column: Column, cell: str) -> list[tuple[str, str]]:
    """The codes of a column, with what stands there now where it is none of them."""
    if column.kind is not Kind.CODE:
        return []
    found = columns.choices(table, column)
    known = {code for code, _label in found}
    return found if cell.strip() in known else [(cell.strip(), cell.strip()), *found]


def targets(table: str, fields: list[Field]) -> set[str]:
    """The tables whose records these fields may refer to."""
    known = [TABLES[table].column(one.name) for one in fields]
    return {target for one in known if one is not None for target in TABLES[table].targets(one)}


def offer_keys(fields: list[Field], table: str, keys: Mapping[str, list[str]]) -> None:
    """Give each field that refers to records the `keys` that it may name, by table."""
    for one in fields:
        column = TABLES[table].column(one.name)
        assert column is not None
        targets = TABLES[table].targets(column) if not one.choices else ()
        one.keys = [
            (key, columns.kind_in_words(target))
            for target in targets
            for key in keys.get(target, ())
        ]


def cell_typed(request: HttpRequest, name: str) -> str:
    """What was typed into the field of a column, with the line ends of this house."""
    return request.POST.get(f"c-{name}", "").replace("\r\n", "\n")[:LONGEST]
