# SPDX-License-Identifier: Apache-2.0
"""The form of a new record of any table: checked, entered once, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from antigone.records import access
from antigone.records.actions import entries
from antigone.records.actions.entries import EntryRefused
from antigone.records.models import RECORD_OF, CaseRow, InvestigationCase
from antigone.records.queries import entries as queries
from antigone.terms.errors import AntigoneError
from antigone.terms.tables import TABLES
from antigone.web import columns, pages
from antigone.web.addresses import address_of, list_of, name_of
from antigone.web.fields import REASON, Field, cell_typed, field_for, offer_keys, targets
from antigone.web.pages import asked, case_or_404
from antigone.web.remarks import in_reader_language


@pages.page(reads="case", acts="entries.enter", keeps_typed=True)
def enter(request: HttpRequest, slug: str, table: str) -> HttpResponse:
    """The form of a new record; sent twice it enters one."""
    case = case_or_404(slug)
    names = _written_or_404(request, case, table)
    if request.method != "POST":
        return _form(request, case, table, {name: asked(request, name) for name in names})
    cells = {name: cell_typed(request, name) for name in names}
    number = _number(request)
    before = RECORD_OF[table].objects.filter(case=case, pk=number).first()
    if before is not None:
        return _entered_before(request, case, table, before, cells)
    try:
        reason = request.POST.get("reason", "")[:REASON]
        one = entries.enter(
            case=case, table=table, cells={name: cell for name, cell in cells.items() if cell},
            by=request.user, number=number, reason=reason,
        )  # fmt: skip
    except EntryRefused as refusal:
        faults = {name: in_reader_language(fault) for name, fault in refusal.faults.items()}
        return _form(request, case, table, cells, faults, number=number, status=422)
    except AntigoneError as refusal:
        errors = {"": in_reader_language(refusal)}
        return _form(request, case, table, cells, errors, number=number, status=422)
    return HttpResponseRedirect(address_of(case, one))


def _written_or_404(request: HttpRequest, case: InvestigationCase, table: str) -> list[str]:
    """The columns of a new record of a table that the reader's roles write, in their order."""
    if table not in RECORD_OF or not issubclass(RECORD_OF[table], CaseRow):
        raise Http404
    written = access.tables_written(request.user, case)[table]  # type: ignore[arg-type]
    if not set(TABLES[table].key) <= written:
        raise Http404
    return [name for name in TABLES[table].column_names if name in written]


def _number(request: HttpRequest) -> UUID:
    """The number that the form was given: the id of the record, so that it is entered once."""
    try:
        return UUID(request.POST.get("number", ""))
    except ValueError:
        return uuid4()


def _entered_before(
    request: HttpRequest, case: InvestigationCase, table: str, one: CaseRow, cells: dict[str, str]
) -> HttpResponse:
    """The record that this form entered already; other words than its own are not thrown away."""
    (known,) = queries.cells(table, [one])
    sealed = type(one).sealed
    typed = {name: cell for name, cell in cells.items() if cell and name not in sealed}
    if all(known.get(name) == cell for name, cell in typed.items()):
        return HttpResponseRedirect(address_of(case, one))
    errors = {
        "": _(
            "This form was saved before, as %(name)s, and then changed here. To enter another "
            "record with these words save again; to change the one saved, leave this form and "
            "correct it."
        )
        % {"name": name_of(one, known)}
    }
    return _form(request, case, table, cells, errors, number=uuid4(), status=409)


def _form(
    request: HttpRequest, case: InvestigationCase, table: str, cells: Mapping[str, str],
    errors: Mapping[str, str] | None = None, *, number: UUID | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    errors = dict(errors or {})
    fields = _fields(case, table, cells, errors)
    page = {
        "case": case,
        "section": "entry",
        "table": table,
        "kind": columns.kind_in_words(table),
        "many": columns.many_in_words(table),
        "back": list_of(case, table),
        "fields": fields,
        "number": number or uuid4(),
        "reason": request.POST.get("reason", ""),
        "refused": bool(errors),
        "general": errors.get("", ""),
        "wrong": [one for one in fields if one.error],
    }
    return render(request, "web/entries/enter.html", page, status=status)


def _fields(
    case: InvestigationCase, table: str, cells: Mapping[str, str], errors: Mapping[str, str]
) -> list[Field]:
    fields = [field_for(table, name, cell, errors.get(name, "")) for name, cell in cells.items()]
    for one in fields:
        if one.is_key:  # the key that is not typed is a code of the case
            one.required = False
            one.advice = _("Left blank, a code of the case becomes its key.")
    offer_keys(fields, table, queries.keys_to_choose(case, targets(table, fields)))
    return fields
