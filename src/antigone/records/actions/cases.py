# SPDX-License-Identifier: Apache-2.0
"""Cases: take one in, whole or not at all."""

import re
from collections.abc import Iterator, Sequence

from django.db import connection

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.actions.codes import codes_of_remains, free_prefix, note_codes_brought
from antigone.records.actions.rows import (
    Joined,
    columns_of,
    keep_word_for_word,
    refuse_unkeepable,
    store_table,
)
from antigone.records.errors import NotASlug, SlugTaken, UnknownTable
from antigone.records.models import (
    RECORD_OF,
    CodeCounter,
    InvestigationCase,
    SourceTable,
    User,
    field_of,
)
from antigone.terms.policy import read_policy
from antigone.terms.tables import TABLES, Row, Tables


@access.guarded("cases.import_case")
def import_case(
    *, tables: Tables, policy_text: str, name: str, slug: str, by: User, invented: bool
) -> InvestigationCase:
    """Take in a whole case from `tables` that `exchange.case_folder.check_tables` has passed.

    `policy_text` is kept word for word; blank is a case that cannot be weighed yet.
    """
    unknown = next((table for table in tables if table not in TABLES), None)
    if unknown is not None:
        raise UnknownTable(table=unknown)
    for table, rows in tables.items():
        refuse_unkeepable(table, rows)
    case = _open_case(name=name, slug=slug, policy_text=policy_text, invented=invented)
    _note_headers(case, tables)
    note_codes_brought(case, _keys_of(tables))
    joined: Joined = {}
    for table in _in_order_of_reference(tables):
        if table in RECORD_OF:
            codes = _codes(case, tables[table]) if table == "remains" else ()
            store_table(case, table, tables[table], joined, codes)
        else:
            keep_word_for_word(case, table, tables[table], joined)
    trail.record(action="cases.import_case", by=by, case=case)
    count_rows = getattr(connection, "count_rows", None)
    if count_rows is not None:  # the embedded database; a server does so by itself
        count_rows()
    return case


def _open_case(*, name: str, slug: str, policy_text: str, invented: bool) -> InvestigationCase:
    if not re.fullmatch(r"(?=.*[a-z0-9])[a-z0-9_-]{1,60}", slug):
        raise NotASlug(slug=slug)
    if InvestigationCase.objects.filter(slug=slug).exists():
        raise SlugTaken(slug=slug)
    case = InvestigationCase.objects.create(
        slug=slug,
        name=name.strip() or slug,
        policy_text=policy_text,
        invented=invented,
        time_zone=read_policy(policy_text).time_zone if policy_text.strip() else "",
        code_prefix=free_prefix(slug),
    )
    CodeCounter.objects.create(case=case)
    return case


def _codes(case: InvestigationCase, rows: Sequence[Row]) -> list[str]:
    return codes_of_remains(case, [row.get("remains", "") for row in rows])


def _keys_of(tables: Tables) -> Iterator[str]:
    """The key of every row whose table names its rows: it may be a code that was issued here."""
    for table, rows in tables.items():
        for name in TABLES[table].key:
            if field_of(table, name) == "key":
                yield from (row.get(name, "") for row in rows)


def _note_headers(case: InvestigationCase, tables: Tables) -> None:
    SourceTable.objects.bulk_create(
        SourceTable(case=case, ordinal=n, table=table, columns=columns_of(rows))
        for n, (table, rows) in enumerate(tables.items())
    )


def _in_order_of_reference(tables: Tables) -> list[str]:
    """The tables given, each after those that it refers to."""
    first = [table for table in RECORD_OF if table in tables]
    return first + [table for table in tables if table not in RECORD_OF]
