# SPDX-License-Identifier: Apache-2.0
"""How a cell of the exchange format stands in a record's fields, and how it is written again."""

import math
from collections.abc import Mapping
from typing import Any

from antigone.records.models.rows import field_of
from antigone.terms.dates import parse_partial_date
from antigone.terms.tables import Column, Kind

LARGEST_INTEGER = 2**63 - 1


def number_text(value: float | None) -> str:
    """A number as the exchange format writes it: shortest, and without ``.0``."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def is_reference(column: Column) -> bool:
    """Whether the column's field is a reference to one record of a stated table."""
    return column.refers_to is not None and column.kind is Kind.TEXT


def fields_of(table: str, column: Column, cell: str) -> tuple[dict[str, Any], str]:
    """The fields that keep `cell`, and the text that they will give back.

    Raises
    ------
    ValueError, NotAPartialDate
        When the text is not of the column's kind.
    """
    name = field_of(table, column.name)
    word = cell.strip()
    if column.kind is Kind.NUMBER:
        number = _finite(word)
        return {name: number}, number_text(number)
    if column.kind is Kind.INTEGER:
        whole = _whole(word)
        return {name: whole}, "" if whole is None else str(whole)
    if column.kind is Kind.DATE:
        return _date_fields(name, word), word
    if name == "key" or column.is_key or column.kind is Kind.CODE:
        return {name: word}, word
    return {name: cell}, cell


def _finite(word: str) -> float | None:
    if not word:
        return None
    number = float(word)
    if not math.isfinite(number):
        raise ValueError(word)
    return number


def _whole(word: str) -> int | None:
    if not word:
        return None
    whole = int(word)
    if abs(whole) > LARGEST_INTEGER:
        raise ValueError(word)
    return whole


def _date_fields(name: str, word: str) -> dict[str, Any]:
    if not word:
        return {name: "", f"{name}_earliest": None, f"{name}_latest": None}
    known = parse_partial_date(word)
    return {name: word, f"{name}_earliest": known.earliest, f"{name}_latest": known.latest}


def cell_of(
    table: str, column: Column, values: Mapping[str, Any], keys: Mapping[str, Mapping[int, str]]
) -> str:
    """The cell of `column` in a record's `values`; `keys` names the records referred to."""
    name = field_of(table, column.name)
    if is_reference(column) and f"{name}_id" in values:
        joined = values[f"{name}_id"]
        if joined is None:
            return str(values[f"{name}_key"])
        return keys[column.refers_to or ""][joined]
    if column.kind is Kind.NUMBER:
        return number_text(values[name])
    value = values[name]
    return "" if value is None else str(value)
