# SPDX-License-Identifier: Apache-2.0
"""How a cell of the exchange format stands in a record's fields, and how it is written again."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from antigone.records.fields import field_of, references_of
from antigone.terms.dates import parse_partial_date
from antigone.terms.tables import TABLES, Column, Kind

LARGEST_INTEGER = 2**63 - 1


def number_text(value: float | None) -> str:
    """A number as the exchange format writes it: shortest, and without ``.0``."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


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
    if column.kind is Kind.TIME:
        moment = datetime.fromisoformat(word.upper()) if word else None
        return {name: word, f"{name}_utc": moment}, word
    if _is_word(name, column):
        return {name: word}, word
    return {name: cell}, cell


def word_field(table: str, column: Column) -> str | None:
    """The one field that keeps the cell of `column` without the blanks around it, if one does.

    A reference stands under its key, until it is joined to the record.
    """
    name = field_of(table, column.name)
    if column.name in references_of(table):
        return f"{name}_key"
    return name if _is_word(name, column) else None


_MEASURED = (Kind.NUMBER, Kind.INTEGER, Kind.DATE, Kind.TIME)


def _is_word(name: str, column: Column) -> bool:
    """Whether the blanks around a cell mean nothing: one that names the row, or a code."""
    named = name == "key" or column.is_key or column.kind is Kind.CODE
    return named and column.kind not in _MEASURED


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


def _key_referred_to(
    table: str, column: Column, values: Mapping[str, Any], keys: Mapping[str, Mapping[Any, str]]
) -> str:
    for target, one in references_of(table)[column.name].items():
        joined = values.get(f"{one}_id")
        if joined is not None:
            return keys[target][joined]
    return str(values.get(f"{field_of(table, column.name)}_key", ""))


def referred_to(tables: Iterable[str]) -> set[str]:
    """The tables that rows of these may refer to."""
    return {
        target for table in tables for fields in references_of(table).values() for target in fields
    }


def joined_fields(table: str, column: str, target: str, record: Any, key: str) -> dict[str, Any]:
    """The fields of a reference, joined to a `record` of table `target`; else the key as written.

    `record` is the id of the record referred to, or None.
    """
    fields = references_of(table)[column]
    found = {f"{one}_id": None for one in fields.values()}
    if record is not None:
        found[f"{fields[target]}_id"] = record
    return {**found, f"{field_of(table, column)}_key": "" if record is not None else key}


def target_of(table: str, column: str, cells: Mapping[str, Any]) -> str:
    """The table that a reference of a row means: the only one, or the one that its code says."""
    known = TABLES[table].column(column)
    assert known is not None
    return known.refers_to or str(cells.get(known.refers_by or "", "") or "").strip()


def cell_of(
    table: str, column: Column, values: Mapping[str, Any], keys: Mapping[str, Mapping[int, str]]
) -> str:
    """The cell of `column` in a record's `values`; `keys` names the records referred to."""
    name = field_of(table, column.name)
    if column.name in references_of(table):
        return _key_referred_to(table, column, values, keys)
    if column.kind is Kind.NUMBER:
        return number_text(values[name])
    value = values[name]
    return "" if value is None else str(value)
