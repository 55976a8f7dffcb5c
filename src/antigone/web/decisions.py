# SPDX-License-Identifier: Apache-2.0
"""Pages of the sitting: recommend, sign, decide, withdraw; every refusal beside its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from antigone.records import access
from antigone.records.actions import decisions, recommendations
from antigone.records.actions.new_rows import EntryRefused
from antigone.records.models import Decision, InvestigationCase, OpenedHypothesis, Recommendation
from antigone.records.queries import sittings, withdrawals
from antigone.terms.errors import AntigoneError
from antigone.terms.tables import TABLES, Kind, several
from antigone.web import columns, pages
from antigone.web.fields import Field, cell_typed, field_for
from antigone.web.pages import case_or_404, or_404, paged
from antigone.web.remarks import in_reader_language

RECOMMEND = ("outcome", "basis", "reasons", "author_discipline", "journal_seen", "sitting_on")
SIGN = ("discipline", "note")
DECIDE = ("basis", "reasons", "family_summary", "journal_seen", "decided_on", "replaces")
WITHDRAW = ("withdrawn_because", "reasons")
_LONG = ("reasons", "family_summary", "note")


def form_fields(
    table: str, names: tuple[str, ...], cells: Mapping[str, str], errors: Mapping[str, str]
) -> list[Field]:
    """The fields of a form about one table; several codes are ticked, one after the other."""
    found = [field_for(table, name, cells.get(name, ""), errors.get(name, "")) for name in names]
    for one in found:
        column = TABLES[table].column(one.name)
        assert column is not None
        one.long = one.name in _LONG
        if column.kind is Kind.CODES:
            one.ticks = [
                (code, columns.code_in_words(table, one.name, code), code in several(one.value))
                for code in column.codes
            ]
    return found


def typed(request: HttpRequest, table: str, names: tuple[str, ...]) -> dict[str, str]:
    """What was typed into the fields of a form; ticked codes are joined."""
    found = {name: cell_typed(request, name).strip() for name in names}
    for name in names:
        column = TABLES[table].column(name)
        if column is not None and column.kind is Kind.CODES:
            found[name] = ";".join(request.POST.getlist(f"c-{name}"))
    return found


def number_of(request: HttpRequest) -> UUID:
    """The number that the form was given, so that what is sent twice is recorded once."""
    try:
        return UUID(request.POST.get("number", ""))
    except ValueError:
        return uuid4()


def refusals_of(act: Callable[[], Any]) -> tuple[Any, dict[str, str]]:
    """What `act` recorded, or what was refused, by column, in the reader's language."""
    try:
        return act(), {}
    except EntryRefused as refusal:
        return None, {name: in_reader_language(one) for name, one in refusal.faults.items()}
    except AntigoneError as refusal:
        return None, {"": in_reader_language(refusal)}


def form_page(fields: list[Field], errors: Mapping[str, str], number: UUID) -> dict[str, Any]:
    """What the parts of a form need: its fields, and what was refused."""
    shown = {one.name for one in fields}
    general = [words for name, words in errors.items() if name not in shown]
    return {
        "fields": fields, "number": number, "refused": bool(errors),
        "general": " ".join(general), "wrong": [one for one in fields if one.error],
    }  # fmt: skip


@pages.page(reads="recommendations")
def sitting(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for whom: pairs, signatures, decisions; and what was decided."""
    case = case_or_404(slug)
    waiting = sittings.waiting(case)
    signs = access.may(request.user, "recommendations.sign", case)  # type: ignore[arg-type]
    for one in waiting:
        one.disciplines = sorted(sittings.disciplines(one))
        one.mine = signs and sittings.may_sign(one, request.user)  # type: ignore[arg-type]
    recommends = access.may(request.user, "recommendations.recommend", case)  # type: ignore[arg-type]
    page = {
        "case": case, "section": "sitting",
        "mine": [one for one in waiting if one.mine],
        "others": [one for one in waiting if not one.mine],
        "pairs": sittings.without_recommendation(case) if recommends else [],
        "recommends": recommends,
        **paged(request, sittings.decisions(case)),
    }  # fmt: skip
    return render(request, "web/decisions/sitting.html", page)


@pages.page(reads="recommendations hypotheses", acts="recommendations.recommend", keeps_typed=True)
def recommend(request: HttpRequest, slug: str, hypothesis: UUID) -> HttpResponse:
    """The form of a recommendation about an open pair, with how each rule stands for it."""
    case = case_or_404(slug)
    found = OpenedHypothesis.objects.filter(case=case, pk=hypothesis, closed_at__isnull=True)
    pair = or_404(found.select_related("remains", "person").first())
    cells, errors, number = typed(request, "recommendation", RECOMMEND), {}, number_of(request)
    if request.method == "POST":
        made, errors = refusals_of(
            lambda: recommendations.recommend(
                case=case, remains=pair.remains, person=pair.person, by=request.user,
                outcome=cells["outcome"], basis=several(cells["basis"]), number=number,
                discipline=cells["author_discipline"], reasons=cells["reasons"],
                journal_seen=cells["journal_seen"], sitting_on=cells["sitting_on"],
            )
        )  # fmt: skip
        if made is not None:
            return redirect("web:recommendation", case.slug, made.pk)
    fields = form_fields("recommendation", RECOMMEND, cells, errors)
    page = {
        "case": case, "section": "sitting", "pair": pair,
        "rules": sittings.rules_for(case, pair.remains, pair.person),
        **form_page(fields, errors, number),
    }  # fmt: skip
    return render(request, "web/decisions/recommend.html", page, status=422 if errors else 200)


def _recommendation(case: InvestigationCase, number: UUID) -> Recommendation:
    return or_404(sittings.recommendations(case).filter(pk=number).first())


@pages.page(reads="recommendations")
def recommendation(request: HttpRequest, slug: str, recommendation: UUID) -> HttpResponse:
    """One recommendation with its signatures, and the forms to sign it or to decide on it."""
    case = case_or_404(slug)
    return _shown(request, case, _recommendation(case, recommendation))


def _shown(
    request: HttpRequest, case: InvestigationCase, one: Recommendation, act: str = "",
    cells: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """The page of a recommendation; of the form that was refused, what was typed."""
    errors, decided = errors or {}, Decision.objects.filter(recommendation=one).first()
    page = {
        "case": case, "section": "sitting", "one": one, "decided": decided,
        "disciplines": sorted(sittings.disciplines(one)),
        "rules": sittings.rules_for(case, one.remains, one.person)
        if one.outcome == "identify" and one.remains and one.person and decided is None
        else [],
    }  # fmt: skip
    if decided is None:
        page |= _forms(request, case, one, act, cells or {}, errors)
    return render(request, "web/decisions/recommendation.html", page, status=422 if errors else 200)


def _forms(
    request: HttpRequest, case: InvestigationCase, one: Recommendation, act: str,
    cells: Mapping[str, str], errors: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """The forms that the reader may use, each with what was typed into it."""
    number = number_of(request)
    found: dict[str, Any] = {}
    user: Any = request.user
    if access.may(user, "recommendations.sign", case) and sittings.may_sign(one, user):
        mine = act == "sign"
        fields = form_fields("signature", SIGN, cells if mine else {}, errors if mine else {})
        found["sign"] = form_page(fields, errors if mine else {}, number)
    if access.may(user, "decisions.decide", case) and one.outcome in ("identify", "exclude"):
        mine = act == "decide"
        recommended = {"basis": one.basis, "journal_seen": one.journal_seen}
        given = cells if mine else recommended
        fields = form_fields("decision", DECIDE, given, errors if mine else {})
        found["decide"] = form_page(fields, errors if mine else {}, number)
    return found


@pages.page(reads="recommendations", acts="recommendations.sign", keeps_typed=True)
def sign(request: HttpRequest, slug: str, recommendation: UUID) -> HttpResponse:
    """Sign a recommendation, as the account that is signed in."""
    case = case_or_404(slug)
    one = _recommendation(case, recommendation)
    if request.method != "POST":
        return _shown(request, case, one)
    cells = typed(request, "signature", SIGN)
    made, errors = refusals_of(
        lambda: recommendations.sign(
            recommendation=one, discipline=cells["discipline"], note=cells["note"],
            by=request.user, number=number_of(request),
        )
    )  # fmt: skip
    if made is not None:
        return redirect("web:recommendation", case.slug, one.pk)
    return _shown(request, case, one, "sign", cells, errors)


@pages.page(reads="recommendations", acts="decisions.decide", keeps_typed=True)
def decide(request: HttpRequest, slug: str, recommendation: UUID) -> HttpResponse:
    """Decide on a recommendation."""
    case = case_or_404(slug)
    one = _recommendation(case, recommendation)
    if request.method != "POST":
        return _shown(request, case, one)
    cells = typed(request, "decision", DECIDE)
    replaces = Decision.objects.filter(case=case, key=cells["replaces"]).first()
    if cells["replaces"] and replaces is None:
        errors = {"replaces": columns.advice("decision", TABLES["decision"].column("replaces"))}
        return _shown(request, case, one, "decide", cells, errors)
    made, errors = refusals_of(
        lambda: decisions.decide(
            recommendation=one, basis=several(cells["basis"]), reasons=cells["reasons"],
            by=request.user, number=number_of(request), decided_on=cells["decided_on"],
            journal_seen=cells["journal_seen"], family_summary=cells["family_summary"],
            replaces=replaces,
        )
    )  # fmt: skip
    if made is not None:
        return redirect("web:decision", case.slug, made.pk)
    return _shown(request, case, one, "decide", cells, errors)


def _decision(case: InvestigationCase, number: UUID) -> Decision:
    return or_404(sittings.decisions(case).filter(pk=number).first())


@pages.page(reads="decisions")
def one_decision(request: HttpRequest, slug: str, decision: UUID) -> HttpResponse:
    """One decision: on what it rests, what came before and after it, and what it concerned."""
    case = case_or_404(slug)
    one = _decision(case, decision)
    withdrawal = withdrawals.of_decision(one)
    may = access.may(request.user, "decisions.withdraw", case)  # type: ignore[arg-type]
    papers = {
        "certificate": one.remains and one.person and access.sees("names", "remains_codes"),
        "receipt": one.remains and access.sees("remains"),
    }
    page = {
        "case": case, "section": "sitting", "one": one,
        "replacing": list(Decision.objects.filter(replaces=one)),
        "unmet": sittings.unmet(one), "withdrawal": withdrawal,
        "papers": papers if any(papers.values()) else None,
        "affected": withdrawals.listed(withdrawal) if withdrawal else [],
        "may_withdraw": may and one.outcome == "identified" and not one.is_replaced,
    }  # fmt: skip
    return render(request, "web/decisions/decision.html", page)


@pages.page(reads="decisions", acts="decisions.withdraw", keeps_typed=True)
def withdraw(request: HttpRequest, slug: str, decision: UUID) -> HttpResponse:
    """Withdraw an identification; what follows from it stands before the button."""
    case = case_or_404(slug)
    one = _decision(case, decision)
    cells, errors, number = typed(request, "decision", WITHDRAW), {}, number_of(request)
    if request.method == "POST":
        made, errors = refusals_of(
            lambda: decisions.withdraw(
                decision=one, because=cells["withdrawn_because"], reasons=cells["reasons"],
                by=request.user, number=number,
            )
        )  # fmt: skip
        if made is not None:
            return redirect("web:decision", case.slug, made.pk)
    page = {
        "case": case, "section": "sitting", "one": one,
        "affected": withdrawals.affected_by(one),
        **form_page(form_fields("decision", WITHDRAW, cells, errors), errors, number),
    }  # fmt: skip
    return render(request, "web/decisions/withdraw.html", page, status=422 if errors else 200)
