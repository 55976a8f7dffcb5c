# SPDX-License-Identifier: Apache-2.0
"""The history of one record: every revision, who made it and why, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from antigone.records.kinds import kinds
from antigone.records.models import CaseRow, InvestigationCase
from antigone.records.queries import history as queries
from antigone.records.queries.history import CellChange, Stage
from antigone.web import columns, pages
from antigone.web.addresses import address_of, name_of
from antigone.web.pages import case_or_404, or_404

_FRAME = frozenset({"ordinal", "case_id", "extra", "as_written"})


@pages.page(reads="case")
def history(request: HttpRequest, slug: str, table: str, record: UUID) -> HttpResponse:
    """A timeline of one record, the newest revision first."""
    case = case_or_404(slug)
    one = _record_or_404(case, table, record)
    is_row = isinstance(one, CaseRow)
    page = {
        "case": case,
        "section": "history",
        "table": table,
        "record": one,
        "kind": columns.kind_in_words(table),
        "name": name_of(one) if is_row else "",
        "back": address_of(case, one) if is_row else "",
        "stages": [_in_words(table, stage, one) for stage in queries.of_record(table, record)],
        "correctable": is_row,
    }
    return render(request, "web/history/history.html", page)


def _record_or_404(case: InvestigationCase, kind: str, record: UUID) -> Any:
    model = kinds().get(kind)
    if model is None:
        raise Http404
    found = model.objects.filter(pk=record)
    if any(one.name == "case" for one in model._meta.fields):
        found = found.filter(case=case)
    elif model is not InvestigationCase or record != case.pk:
        raise Http404  # no record of this case
    return or_404(found.first())


def _in_words(table: str, stage: Stage, one: Any) -> dict[str, Any]:
    return {
        "stage": stage,
        "is_first": stage.number == 1,
        "changes": _changes(table, stage.changes, getattr(one, "withheld", frozenset())),
    }


def _changes(
    table: str, changes: Sequence[CellChange], withheld: frozenset[str]
) -> list[dict[str, Any]]:
    """The changes that whoever looks may read, in words."""
    return [
        {
            "label": columns.label(one.column, table),
            "before": columns.cell_in_words(table, one.column, one.before),
            "after": columns.cell_in_words(table, one.column, one.after),
            "sealed": one.sealed,
        }
        for one in changes
        if one.column not in _FRAME and not {one.column, f"{one.column}_id"} & withheld
    ]
