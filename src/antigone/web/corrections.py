# SPDX-License-Identifier: Apache-2.0
"""Correcting one record, and deciding between one's own words and those written meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from antigone.records import access
from antigone.records.actions import corrections
from antigone.records.actions.corrections import CorrectionRefused, NothingToCorrect
from antigone.records.errors import ChangedMeanwhile
from antigone.records.models import RECORD_OF, CaseRow, InvestigationCase, field_of
from antigone.records.queries import entries, history
from antigone.records.queries.history import Difference, Meanwhile
from antigone.terms.errors import AntigoneError
from antigone.terms.tables import TABLES, Kind
from antigone.web import columns, pages
from antigone.web.addresses import address_of, name_of
from antigone.web.fields import REASON, Field, cell_typed, field_for, offer_keys, targets
from antigone.web.pages import case_or_404, or_404
from antigone.web.remarks import in_reader_language


@dataclass(slots=True)
class Line:
    """One line of the second editor's page."""

    difference: Difference
    field: Field
    seen: str
    now: str
    take: str
    error: str = ""

    @property
    def is_theirs_alone(self) -> bool:
        """Whether only the other editor changed the cell."""
        return self.difference.wanted is None


@pages.page(acts="corrections.correct", keeps_typed=True)
def correct(request: HttpRequest, slug: str, table: str, record: UUID) -> HttpResponse:
    """The form of one record; a correction that somebody was faster with goes to `_decide`."""
    case = case_or_404(slug)
    one = _record_or_404(case, table, record)
    cells = _shown(one, history.cells_now(one))
    if request.method != "POST":
        return _form(request, case, one, cells, {})
    base = _whole(request.POST.get("base"))
    seen = cells if base == one.revision else _as_seen(one, base)
    typed = _typed(request, table, seen)
    if "decide" in request.POST:
        return _decided(request, case, one, base, typed, seen)
    return _correct(request, case, one, base, typed, seen)


def _record_or_404(case: InvestigationCase, table: str, record: UUID) -> CaseRow:
    model = RECORD_OF.get(table)
    if model is None or not issubclass(model, CaseRow):
        raise Http404
    found: CaseRow = or_404(model.objects.filter(case=case, pk=record).first())
    return found


def _shown(one: CaseRow, cells: Mapping[str, str]) -> dict[str, str]:
    """The cells that whoever looks may see."""
    hidden = entries.withheld_columns(one)
    return {name: cell for name, cell in cells.items() if name not in hidden}


def _as_seen(one: CaseRow, base: int) -> dict[str, str]:
    if not 1 <= base <= one.revision:
        raise Http404
    found = history.meanwhile(one, base, {})
    cells = history.cells_now(one) | {each.column: each.seen for each in found.differences}
    return _shown(one, cells)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _typed(request: HttpRequest, table: str, seen: Mapping[str, str]) -> dict[str, str]:
    """The cells that were typed otherwise than they were seen."""
    found = {}
    for name, cell in seen.items():
        if f"c-{name}" not in request.POST or field_of(table, name) == "key":
            continue
        text = cell_typed(request, name)
        column = TABLES[table].column(name)
        coded = column is not None and column.kind is Kind.CODE
        if text not in (cell.replace("\r\n", "\n"), cell.strip() if coded else cell):
            found[name] = text
    return found


def _correct(
    request: HttpRequest,
    case: InvestigationCase,
    one: CaseRow,
    base: int,
    typed: dict[str, str],
    seen: dict[str, str],
) -> HttpResponse:
    reason = request.POST.get("reason", "")[:REASON]
    try:
        corrections.correct(record=one, base=base, changes=typed, reason=reason, by=request.user)
    except ChangedMeanwhile:
        fresh = _record_or_404(case, history.kind_of(type(one)), one.pk)
        return _decide(request, case, fresh, base, typed, status=409)
    except CorrectionRefused as refusal:
        faults = {name: in_reader_language(one) for name, one in refusal.faults.items()}
        general = faults.pop("", "")
        return _form(request, case, one, seen | typed, faults, general, status=422)
    except AntigoneError as refusal:
        words = in_reader_language(refusal)
        return _form(request, case, one, seen | typed, {}, words, status=422)
    return HttpResponseRedirect(address_of(case, one))


def _form(
    request: HttpRequest,
    case: InvestigationCase,
    one: CaseRow,
    cells: Mapping[str, str],
    errors: Mapping[str, str],
    general: str = "",
    status: int = 200,
) -> HttpResponse:
    page = {
        **_about(case, one),
        "fields": _fields(request, one, cells, errors),
        "base": _whole(request.POST.get("base")) or one.revision,
        "reason": request.POST.get("reason", ""),
        "refused": bool(errors or general),
        "general": general,
    }
    return render(request, "web/corrections/correct.html", page, status=status)


def _fields(
    request: HttpRequest, one: CaseRow, cells: Mapping[str, str], errors: Mapping[str, str]
) -> list[Field]:
    """Every field that is seen; those that are not for this reader to write stand fixed."""
    table = history.kind_of(type(one))
    found = [field_for(table, name, cell, errors.get(name, "")) for name, cell in cells.items()]
    written = access.columns_written(request.user, one)
    for each in found:
        each.fixed = each.is_key or each.name not in written
        if each.fixed and not each.is_key:
            each.value = columns.cell_in_words(table, each.name, each.value)
    open_ = [each for each in found if not each.fixed]
    offer_keys(open_, table, entries.keys_to_choose(one.case, targets(table, open_)))
    return found


def _about(case: InvestigationCase, one: CaseRow) -> dict[str, Any]:
    table = history.kind_of(type(one))
    return {
        "case": case,
        "section": "correct",
        "table": table,
        "record": one,
        "kind": columns.kind_in_words(table),
        "name": name_of(one),
        "back": address_of(case, one),
    }


# The second editor


def _decide(
    request: HttpRequest,
    case: InvestigationCase,
    one: CaseRow,
    base: int,
    typed: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    *,
    status: int,
) -> HttpResponse:
    """Three columns: what was seen, what is there now, what was written; each line is decided."""
    errors = errors or {}
    found = history.meanwhile(one, base, typed)
    page = {
        **_about(case, one),
        "meanwhile": found,
        "lines": _lines({} if status == 409 else request.POST, one, found, errors),
        "base": one.revision,
        "first_base": base,
        "reason": request.POST.get("reason", ""),
        "general": errors.get("", ""),
        "refused": bool(errors),
    }
    return render(request, "web/corrections/decide.html", page, status=status)


def _lines(
    chosen: Mapping[str, str], one: CaseRow, found: Meanwhile, errors: Mapping[str, str]
) -> list[Line]:
    """One line for each cell; what was `chosen` before holds only while nobody wrote again."""
    table = history.kind_of(type(one))
    shown = _shown(one, {each.column: "" for each in found.differences})
    lines = []
    for each in found.differences:
        if each.column not in shown:
            continue
        mine = each.seen if each.wanted is None else each.wanted
        default = "" if each.is_conflict else "now" if each.wanted in (None, each.now) else "mine"
        lines.append(
            Line(
                difference=each,
                field=field_for(table, each.column, mine),
                seen=columns.cell_in_words(table, each.column, each.seen),
                now=columns.cell_in_words(table, each.column, each.now),
                take=chosen.get(f"take-{each.column}", default),
                error=errors.get(each.column, ""),
            )
        )
    return lines


def _decided(
    request: HttpRequest,
    case: InvestigationCase,
    one: CaseRow,
    base: int,
    typed: dict[str, str],
    seen: dict[str, str],
) -> HttpResponse:
    """Save what was chosen, on the revision that was decided upon."""
    first = _whole(request.POST.get("first_base"))
    mine = _as_typed(request, history.kind_of(type(one)), seen)
    open_ = [name for name in mine if request.POST.get(f"take-{name}") not in ("now", "mine")]
    if open_:
        words = _("Choose one of the two.")
        errors = dict.fromkeys(open_, words)
        return _decide(request, case, one, first or base, mine, errors, status=422)
    taken = {name: cell for name, cell in mine.items() if request.POST[f"take-{name}"] == "mine"}
    taken = {name: cell for name, cell in taken.items() if name in typed}
    reason = request.POST.get("reason", "")[:REASON]
    try:
        corrections.correct(record=one, base=base, changes=taken, reason=reason, by=request.user)
    except ChangedMeanwhile:
        fresh = _record_or_404(case, history.kind_of(type(one)), one.pk)
        return _decide(request, case, fresh, base, mine, status=409)
    except NothingToCorrect:
        return HttpResponseRedirect(address_of(case, one))  # all of theirs was taken
    except CorrectionRefused as refusal:
        errors = {name: in_reader_language(fault) for name, fault in refusal.faults.items()}
        return _decide(request, case, one, first or base, mine, errors, status=422)
    except AntigoneError as refusal:
        errors = {"": in_reader_language(refusal)}
        return _decide(request, case, one, first or base, mine, errors, status=422)
    return HttpResponseRedirect(address_of(case, one))


def _as_typed(request: HttpRequest, table: str, seen: Mapping[str, str]) -> dict[str, str]:
    """Every cell of the second editor's page as it was typed."""
    return {
        name: cell_typed(request, name)
        for name in seen
        if f"c-{name}" in request.POST and field_of(table, name) != "key"
    }
