# SPDX-License-Identifier: Apache-2.0
"""Columns of the exchange format, and the fields of the records that keep them."""

from collections.abc import Mapping
from functools import cache

from antigone.terms.tables import TABLES, Kind

KEY_COLUMN = {"journal": "entry", "relative": "individual", "custody": "event"}
"""The column that names a row, where it is not called like its table."""
_RENAMED = {("fingerprint", "with"): "compared_with"}  # a word of Python


@cache
def field_of(table: str, column: str) -> str:
    """The field that keeps `column`: ``key`` for the one that names the row, else the same."""
    known = TABLES[table].column(column)
    alone = known is not None and TABLES[table].key == (column,)
    names_the_row = alone and column == KEY_COLUMN.get(table, table)
    return "key" if names_the_row else _RENAMED.get((table, column), column)


@cache
def references_of(table: str) -> Mapping[str, Mapping[str, str]]:
    """Each column that refers to one record: the tables that may be meant, and the field of each.

    Where a code beside it says which table (`owner_kind`), there is one field for each of them.
    """
    known = TABLES[table]
    return {
        column.name: {
            target: field_of(table, column.name) if column.refers_to else f"{column.name}_{target}"
            for target in known.targets(column)
        }
        for column in known.columns
        if column.kind is Kind.TEXT and known.targets(column)
    }
