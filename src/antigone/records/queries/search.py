# SPDX-License-Identifier: Apache-2.0
"""Search over a whole case by any code or number: whole keys and indexed columns, in one query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import CharField, F, Q, QuerySet, TextField, Value
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
PARTS = {"remains": "key", "person": "key", "grave": "key"}
"""Keys of which a part is enough."""
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


def found(case: InvestigationCase, text: str) -> list[Hit]:
    """The records that bear `text` as key, code or number, the tables in the order of the format.

    Letters that look alike in Cyrillic and Latin are one; a code may be typed without hyphens;
    a page and line of the journal as ``4/11``. At most `MOST` records.
    """
    said = spellings(case, text)
    branches = [one for table in tables_seen() for one in _branches(case, table, text, said)]
    if not said or not branches:
        return []
    rows = branches[0].union(*branches[1:])[: MOST + 1]
    order = {table: n for n, table in enumerate(RECORD_OF)}
    hits: dict[tuple[str, UUID], Hit] = {}
    for table, pk, key, words in rows:
        known = hits.get((table, pk))
        if known is None or not known.said:
            hits[table, pk] = Hit(table, pk, key, "" if words == key else words)
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


def _branches(
    case: InvestigationCase, table: str, text: str, said: Sequence[str]
) -> Iterator[QuerySet[object]]:
    model = RECORD_OF[table]
    if has_key(table):
        yield _rows(case, table, Q(key__in=said), "key")
    for name in NUMBERS.get(table, ()):
        if access.nameable(model, name):
            yield _rows(case, table, Q(**{f"{name}__in": said}), name)
    line = _LINE.fullmatch(text)
    if line and table in ("journal", "transcription"):
        yield _rows(case, table, Q(page=line[1], line=line[2]), "number")
    if len(text.strip()) >= SHORTEST_PART:
        yield from _parts(case, table, said)


def _parts(case: InvestigationCase, table: str, said: Sequence[str]) -> Iterator[QuerySet[object]]:
    model = RECORD_OF[table]
    if table in PARTS:
        yield _rows(case, table, _any_part("key", said), "key")
    if table == "remains":
        bare = dict.fromkeys(one.replace("-", "").replace(" ", "") for one in said)
        where = _any_part("bare", [one for one in bare if one])
        yield _rows(case, table, where, "code", bare=Replace("code", Value("-"), Value("")))
    for name in NAMES.get(table, ()):
        if access.nameable(model, name):
            yield _rows(case, table, _any_part(name, [*said, *(one.title() for one in said)]), name)


def _any_part(name: str, parts: Iterable[str]) -> Q:
    found = Q()
    for one in dict.fromkeys(parts):
        found |= Q(**{f"{name}__contains": one})
    return found


def _rows(
    case: InvestigationCase, table: str, where: Q, name: str, **more: Replace
) -> QuerySet[object]:
    """Table, id, key and what is said of the rows that fit."""
    key = F("key") if has_key(table) else Value("", TextField())
    rows = RECORD_OF[table].objects.filter(case=case).alias(**more).filter(where).order_by()
    rows = rows.annotate(
        row_table=Value(table, CharField()), row_key=key, row_said=F(name)
    )  # fmt: skip
    return rows.values_list("row_table", "pk", "row_key", "row_said")
