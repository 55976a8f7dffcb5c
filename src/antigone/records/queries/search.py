# SPDX-License-Identifier: Apache-2.0
"""Search over a whole case by any code or number: whole keys and indexed columns, in two queries.

The first asks the database which columns bear what was typed at all, and shows nothing of it to
anybody; the second reads these alone, within the sight. To ask every column of every table as
somebody sees it takes several times as long, most of it to write the question down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import or_
from uuid import UUID

from django.db import connection
from django.db.models import Case, CharField, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Replace

from antigone.records import access
from antigone.records.models import RECORD_OF, InvestigationCase
from antigone.records.queries.entries import has_key, tables_seen
from antigone.terms import codes

MOST = 200
"""So many records are found at once; more are a question to be asked more narrowly."""
SHORTEST_PART = 3
"""Characters of a part of a key, code or name that is searched for."""
NUMBERS = {
    "marker": ("number",),
    "journal": ("number",),
    "transcription": ("number",),
    "remains": ("code",),
    "examination_order": ("number",),
    "photograph": ("code_visible",),
}
"""Columns, beside the key, that are searched for the whole text; each has an index."""
PARTS = {"remains": ("key", "code"), "person": ("key",), "grave": ("key",)}
"""Keys and codes of which a part is enough."""
NAMES = {"person": ("name", "name_other"), "journal": ("name",)}
"""Names, searched by a part of them for whoever may see them."""
_LINE = re.compile(r"\s*(\d+)\s*[/.:,]\s*(\d+)\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that was found: its table, id and key, and what of it answers the question."""

    table: str
    id: UUID
    key: str
    said: str


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that is held against what was typed: as a whole, or also any part of it."""

    table: str
    name: str
    by_part: bool = False

    @property
    def asked_with(self) -> tuple[str, str]:
        """The columns of a table that are searched by a part are gone through together."""
        return self.table, "" if self.by_part else self.name


def found(case: InvestigationCase, text: str) -> list[Hit]:
    """The records that bear `text` as key, code or number, the tables in the order of the format.

    Letters that look alike in Cyrillic and Latin are one; a code may be typed without hyphens;
    a page and line of the journal as ``4/11``. At most `MOST` records.
    """
    said = spellings(case, text)
    if not said:
        return []
    tables = tables_seen()
    by_part = len(text.strip()) >= SHORTEST_PART
    columns = [one for table in tables for one in _columns(table, by_part=by_part)]
    borne = _borne(case, columns, said)
    branches = [
        _bearing(case, table, list(those), said)
        for table, those in groupby(borne, lambda one: one.table)
    ]
    if line := _LINE.fullmatch(text):
        of_a_journal = [one for one in ("journal", "transcription") if one in tables]
        where = Q(page=line[1], line=line[2])
        branches += [_rows(case, one, where, F("number")) for one in of_a_journal]
    if not branches:
        return []
    order = {table: n for n, table in enumerate(RECORD_OF)}
    rows = branches[0].union(*branches[1:])[: MOST + 1]
    hits = {(row[0], row[1]): Hit(*row[:3], "" if row[2] == row[3] else row[3]) for row in rows}
    return sorted(hits.values(), key=lambda one: (order[one.table], one.key))


def spellings(case: InvestigationCase, text: str) -> list[str]:
    """The ways in which what was typed may have been written."""
    typed = " ".join(text.split())
    if not typed:
        return []
    latin, cyrillic = codes.latin_letters(typed), codes.cyrillic_letters(typed)
    hyphens = codes.with_hyphens(latin, case.code_prefix)
    every = (typed, typed.upper(), typed.lower(), latin, latin.lower(), cyrillic,
             cyrillic.lower(), hyphens)  # fmt: skip
    return [one for one in dict.fromkeys(every) if one]


def _columns(table: str, *, by_part: bool) -> Iterator[_Column]:
    """The columns of a table that are searched, as far as whoever looks may name them."""
    model = RECORD_OF[table]
    if has_key(table):
        yield _Column(table, "key")
    for name in NUMBERS.get(table, ()):
        if access.nameable(model, name):
            yield _Column(table, name)
    if by_part:
        for name in (*PARTS.get(table, ()), *NAMES.get(table, ())):
            if access.nameable(model, name):
                yield _Column(table, name, by_part=True)


def _parts(column: _Column, said: Sequence[str]) -> list[str]:
    """What is looked for inside a column: of codes without their hyphens, of names as written."""
    parts = list(said)
    if column.name == "code":
        parts = [bare for one in said if (bare := one.replace("-", "").replace(" ", ""))]
    elif column.name in NAMES.get(column.table, ()):
        typed = said[0]
        parts = [typed, typed.upper(), typed.lower(), typed.title()]
    alike = _small_in_ascii if connection.vendor == "sqlite" else str
    return list({alike(one): one for one in parts}.values())


def _small_in_ascii(text: str) -> str:
    """`text` as SQLite's LIKE compares it, which tells no capital of ASCII from a small letter."""
    return "".join(one.lower() if one.isascii() else one for one in text)


def _borne(
    case: InvestigationCase, columns: Iterable[_Column], said: Sequence[str]
) -> list[_Column]:
    """Those of the columns in which any row of the case bears what was typed, whoever may see it.

    For `found` alone, which then reads them within the sight.
    """
    together: dict[tuple[str, str], list[_Column]] = {}
    for one in columns:
        together.setdefault(one.asked_with, []).append(one)
    if not together:
        return []
    of_case = InvestigationCase._meta.pk.get_db_prep_value(case.pk, connection)
    questions, words = [], []
    for (table, _), asked in together.items():
        conditions = [_condition(one, said) for one in asked]
        place = connection.ops.quote_name(RECORD_OF[table]._meta.db_table)
        either = " OR ".join(written for written, _ in conditions)
        questions.append(f"EXISTS (SELECT 1 FROM {place} WHERE case_id = %s AND ({either}))")  # noqa: S608
        words += [of_case, *(word for _, given in conditions for word in given)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(questions)}", words)
        answers = cursor.fetchone()
    pairs = zip(together.values(), answers, strict=True)
    return [one for asked, is_there in pairs if is_there for one in asked]


def _condition(column: _Column, said: Sequence[str]) -> tuple[str, list[str]]:
    """The SQL of a column that bears one of the spellings, and its parameters."""
    name = connection.ops.quote_name(column.name)
    if not column.by_part:
        return f"{name} IN ({', '.join(['%s'] * len(said))})", list(said)
    if column.name == "code":
        name = f"REPLACE({name}, '-', '')"
    parts = [f"%{connection.ops.prep_for_like_query(one)}%" for one in _parts(column, said)]
    return " OR ".join([rf"{name} LIKE %s ESCAPE '\'"] * len(parts)), parts


def _bearing(
    case: InvestigationCase, table: str, columns: Iterable[_Column], said: Sequence[str]
) -> QuerySet[object]:
    """The rows of a table that bear one of the spellings, as whoever looks sees them.

    What else than the key bears it is said first.
    """
    bare = {"bare": Replace("code", Value("-"), Value(""))} if table == "remains" else {}
    wheres = {
        one: _any_part("bare" if one.name == "code" else one.name, _parts(one, said))
        if one.by_part
        else Q(**{f"{one.name}__in": said})
        for one in sorted(columns, key=lambda one: one.name == "key")
    }
    anywhere = reduce(or_, wheres.values())
    said_by = Case(
        *(When(where, then=F(one.name)) for one, where in wheres.items()),
        output_field=TextField(),
    )
    return _rows(case, table, anywhere, said_by, **bare)


def _any_part(name: str, parts: Iterable[str]) -> Q:
    return reduce(or_, (Q(**{f"{name}__contains": one}) for one in parts), Q())


def _rows(
    case: InvestigationCase, table: str, where: Q, words: F | Case, **more: Replace
) -> QuerySet[object]:
    """Table, id, key and what is said of the rows that fit."""
    key = F("key") if has_key(table) else Value("", TextField())
    rows = RECORD_OF[table].objects.filter(case=case).alias(**more).filter(where).order_by()
    rows = rows.annotate(row_table=Value(table, CharField()), row_key=key, row_said=words)
    return rows.values_list("row_table", "pk", "row_key", "row_said")
