# SPDX-License-Identifier: Apache-2.0
"""Pages for those who speak with families: whom to tell what, the entry, and its receipt."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from antigone.records import access
from antigone.records.actions import notifications
from antigone.records.models import Decision, Family, Notification, Person
from antigone.records.queries import people, sittings
from antigone.terms.tables import TABLES, several
from antigone.web import columns, pages
from antigone.web.decisions import form_fields, form_page, number_of, refusals_of, typed
from antigone.web.pages import case_or_404, or_404, paged

TELL = ("of", "in_person", "told_to", "told_on", "declined", "wishes", "note")


@pages.page(reads="notifications")
def to_tell(request: HttpRequest, slug: str) -> HttpResponse:
    """Families within reach, those first that must be told something."""
    case = case_or_404(slug)
    page = {
        "case": case,
        "section": "notifications",
        "tells": access.may(request.user, "notifications.tell", case),  # type: ignore[arg-type]
        **paged(request, sittings.to_tell(case)),
    }
    return render(request, "web/notifications/list.html", page)


@pages.page(reads="notifications person_codes", acts="notifications.tell", keeps_typed=True)
def tell(request: HttpRequest, slug: str, person: UUID, family: UUID) -> HttpResponse:
    """The entry of what a family was told, beside what they may be told and what they declined."""
    case = case_or_404(slug)
    one = or_404(people.persons(case).filter(pk=person).first())
    home = or_404(Family.objects.filter(case=case, pk=family).first())
    cells, errors, number = typed(request, "notification", TELL), {}, number_of(request)
    cells["declined"] = ";".join(request.POST.getlist("c-declined"))
    if request.method == "POST":
        made, errors = refusals_of(
            lambda: notifications.tell(
                case=case, person=one, family=home, of=cells["of"], by=request.user,
                number=number, told_to=cells["told_to"], told_on=cells["told_on"],
                in_person=cells["in_person"], declined=several(cells["declined"]),
                wishes=cells["wishes"], note=cells["note"],
            )
        )  # fmt: skip
        if made is not None:
            return redirect("web:receipt", case.slug, made.pk)
    page = {
        "case": case, "section": "notifications", "person": one, "family": home,
        **_known(one, home), **form_page(_fields(cells, errors), errors, number),
    }  # fmt: skip
    return render(request, "web/notifications/tell.html", page, status=422 if errors else 200)


def _fields(cells: dict[str, str], errors: dict[str, str]) -> list[Any]:
    fields = form_fields("notification", TELL, cells, errors)
    codes = TABLES["notification"].column("of").codes  # type: ignore[union-attr]
    for one in fields:
        if one.name == "declined":
            one.long, one.advice = False, ""
            one.ticks = [
                (code, columns.code_in_words("notification", "of", code),
                 code in several(one.value))
                for code in codes if code in ("identity", "circumstances", "release")
            ]  # fmt: skip
    return fields


def _known(person: Person, family: Family) -> dict[str, Any]:
    """What stands of this person for this family: the decision and its summary, what was told."""
    found = [one for one in sittings.decisions(person.case) if one.person_id == person.pk]
    standing = [one for one in found if not one.is_replaced and one.outcome != "excluded"]
    told = Notification.objects.filter(person=person, family=family).order_by("-ordinal")
    return {"standing": standing, "told": list(told)}


@pages.page(reads="notifications")
def receipt(request: HttpRequest, slug: str, notification: UUID) -> HttpResponse:
    """What was recorded, to be read back or printed: no probability, no reasons."""
    case = case_or_404(slug)
    found = Notification.objects.filter(case=case, pk=notification)
    one = or_404(found.select_related("person", "family", "decision").first())
    summary = one.decision.family_summary if isinstance(one.decision, Decision) else ""
    if one.of != "circumstances":
        summary = ""
    page = {"case": case, "section": "notifications", "one": one, "summary": summary}
    return render(request, "web/notifications/receipt.html", page)
