# SPDX-License-Identifier: Apache-2.0
"""Pages of the records of any table: the index of a case, a searched list, and one record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from antigone.records import access
from antigone.records.fields import references_of
from antigone.records.models import RECORD_OF, CaseRow, InvestigationCase
from antigone.records.queries import attachments, entries
from antigone.records.queries.entries import Around, Named, Referring
from antigone.terms.tables import TABLES
from antigone.web import columns, custody, pages
from antigone.web.addresses import PAGES, address_named, address_of, list_of, name_of
from antigone.web.pages import asked, case_or_404, or_404, paged

_SORTS = ("", "newest", "key", "-key")


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell of a record as a page shows it: in words, withheld, or as links to records."""

    label: str
    words: str
    withheld: bool = False
    links: tuple[tuple[str, str], ...] = ()
    """Words and address of each record that it names."""


@pages.page(reads="case")
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """Every table of the case that the reader sees, with how many records it has."""
    case = case_or_404(slug)
    counts = entries.counts(case)
    groups = {table.group: [] for table in TABLES.values()}  # type: ignore[var-annotated]
    for table, count in counts.items():
        groups[TABLES[table].group].append(
            {
                "name": columns.many_in_words(table),
                "address": list_of(case, table),
                "count": count,
                "new": _new(case, table) if may_enter(request, case, table) else "",
            }
        )
    page = {
        "case": case,
        "section": "records",
        "reads_forms": not getattr(request, "as_known", None)
        and access.may(request.user, "entries.enter_form", case),  # type: ignore[arg-type]
        "groups": [
            (columns.group_in_words(name), found) for name, found in groups.items() if found
        ],
    }
    return render(request, "web/records/index.html", page)


def may_enter(request: HttpRequest, case: InvestigationCase, table: str) -> bool:
    """Whether the reader's roles write the key columns of some record of a table."""
    if not issubclass(RECORD_OF[table], CaseRow) or getattr(request, "as_known", None):
        return False
    if not hasattr(request, "columns_written"):
        request.columns_written = {}  # type: ignore[attr-defined]
    known: dict[str, frozenset[str]] = request.columns_written  # type: ignore[attr-defined]
    if not known and access.may(request.user, "entries.enter", case):  # type: ignore[arg-type]
        known |= access.tables_written(request.user, case)  # type: ignore[arg-type]
    return table in known and set(TABLES[table].key) <= known[table]


ACT_OF: Mapping[str, str] = {
    "decision": "sitting", "recommendation": "sitting", "signature": "sitting",
    "notification": "notifications", "custody": "custody",
}  # fmt: skip
"""Tables whose records are made by an act of their own, and the page on which it begins."""
SIGNED = frozenset({"decision", "recommendation", "signature"})
"""Tables whose records somebody signed: they are replaced or withdrawn, not written over."""


def _new(case: InvestigationCase, table: str, **cells: str) -> str:
    """Where a record of a table is entered: the form of its act, where it has one."""
    if table in ACT_OF:
        return reverse(f"web:{ACT_OF[table]}", args=[case.slug])
    asked = f"?{urlencode(cells)}" if cells else ""
    return reverse("web:new-record", args=[case.slug, table]) + asked


@pages.page(reads="case")
def record_list(request: HttpRequest, slug: str, table: str) -> HttpResponse:
    """The records of one table, searched by their words and by the keys that they refer to."""
    case = case_or_404(slug)
    _table_or_404(table)
    text, sort = asked(request, "text"), asked(request, "sort")
    sort = sort if sort in _SORTS else ""
    found = entries.listed(
        case, table, text=text, by_key="key" in sort, newest_first=sort in ("newest", "-key")
    )
    shown = paged(request, found)
    names = listed_columns(table)
    page = {
        "case": case,
        "section": "records",
        "table": table,
        "title": columns.many_in_words(table),
        "text": text,
        "sort": sort,
        "sorts": columns.sorts(entries.has_key(table)),
        "headings": [columns.label(name, table) for name in names],
        "lines": _lines(case, table, names, list(shown["page"].object_list)),
        "new": _new(case, table) if may_enter(request, case, table) else "",
        **shown,
    }
    return render(request, "web/records/list.html", page)


def _table_or_404(table: str) -> None:
    if table not in RECORD_OF or not access.sees_rows(RECORD_OF[table]):
        raise Http404


def listed_columns(table: str) -> list[str]:
    """The columns that a list shows beside the name of each record."""
    if table in columns.LISTED:
        return list(columns.LISTED[table])
    kept = [one.name for one in entries.columns_kept(table)]
    hidden = {*columns.LONG, *RECORD_OF[table].sealed, *TABLES[table].key}
    hidden -= set() if entries.has_key(table) else set(references_of(table))
    return [name for name in kept if name not in hidden][:6]


def _lines(
    case: InvestigationCase, table: str, names: Sequence[str], records: Sequence[Any]
) -> list[dict[str, Any]]:
    lines = []
    for one, cells in zip(records, entries.cells(table, records), strict=True):
        withheld = entries.withheld_columns(one)
        joined = entries.joined(one, cells)
        lines.append(
            {
                "address": address_of(case, one),
                "name": name_of(one, cells),
                "facts": [
                    _fact(case, table, name, cells, joined.get(name, []), withheld)
                    for name in names
                ],
            }
        )
    return lines


def _fact(
    case: InvestigationCase, table: str, name: str, cells: Mapping[str, str],
    named: Sequence[Named], withheld: frozenset[str],
) -> Fact:  # fmt: skip
    return Fact(
        label=columns.label(name, table),
        words=columns.cell_in_words(table, name, cells.get(name, "")),
        withheld=name in withheld,
        links=tuple(
            (one.key, address_named(case, one.table, one.id, one.key)) for one in named
        ),
    )  # fmt: skip


@pages.page(reads="case")
def one_record(request: HttpRequest, slug: str, table: str, record: UUID) -> HttpResponse:
    """One record: its facts in the order of the format, and what refers to it."""
    case = case_or_404(slug)
    _table_or_404(table)
    one = or_404(entries.one_record(case, table, record))
    around = entries.around(one)
    name = name_of(one, around.cells)
    page = {
        "case": case,
        "section": "records",
        "table": table,
        "record": one,
        "kind": columns.kind_in_words(table),
        "many": columns.many_in_words(table),
        "list": list_of(case, table),
        "name": name,
        "code": getattr(one, "code", ""),
        "facts": _facts(case, table, one, around),
        "own_page": address_of(case, one) if table in PAGES else "",
        "referring": [_referring(case, each, name) for each in around.referring],
        "new": _offered(request, case, table, one),
        "attachments": list(attachments.attachments_of(case, table, one.pk)),
        "correctable": isinstance(one, CaseRow) and table not in SIGNED,
        "chain": custody.of_record(
            request,
            case,
            one,
            table,
            moved=any(each.table == "custody" for each in around.referring),
        ),  # fmt: skip
    }
    return render(request, "web/records/one.html", page)


def _facts(case: InvestigationCase, table: str, one: Any, around: Around) -> list[Fact]:
    withheld = entries.withheld_columns(one)
    return [
        _fact(case, table, name, around.cells, around.referred.get(name, ()), withheld)
        for name in around.cells
    ]


def _referring(case: InvestigationCase, found: Referring, key: str) -> dict[str, Any]:
    return {
        "label": columns.referring_in_words(found.table, found.column),
        "count": found.count,
        "links": [
            (each.key or columns.kind_in_words(each.table), address_named(
                case, each.table, each.id, each.key))
            for each in found.named
        ],
        "all": f"{list_of(case, found.table)}?{urlencode({'text': key})}",
    }  # fmt: skip


def _offered(
    request: HttpRequest, case: InvestigationCase, table: str, one: Any
) -> list[tuple[str, str]]:
    """What may be entered that refers to this record: words, and the form with it filled in."""
    offered: dict[str, str] = {}
    for other, column, _field in entries.referring_columns(table) if entries.has_key(table) else ():
        if other in offered or not may_enter(request, case, other):
            continue
        known = TABLES[other].column(column)
        by = {known.refers_by: table} if known and known.refers_by else {}
        offered[other] = _new(case, other, **{column: one.key}, **by)
    return [(columns.kind_in_words(other), address) for other, address in offered.items()]
