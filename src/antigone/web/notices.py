# SPDX-License-Identifier: Apache-2.0
"""The page of notices: what the reader was told, and the button that says that it was read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from antigone.records.actions import notices
from antigone.records.models import Notice
from antigone.records.queries import cases
from antigone.records.queries import notices as queries
from antigone.web.pages import page, paged


@page()
def notice_list(request: HttpRequest) -> HttpResponse:
    """All that this account was told, what is unread first."""
    found = paged(request, queries.notices_to(request.user))
    seen = {one.pk: one for one in cases.cases()}
    lines = [_line(one, seen.get(one.case_id)) for one in found["page"].object_list]
    shown = {
        "section": "notices",
        "lines": lines,
        "some_invented": any(line["of"] and line["of"].invented for line in lines),
        **found,
    }
    return render(request, "web/notices/notices.html", shown)


def _line(one: Notice, case: Any) -> dict[str, Any]:
    facts, address = one.facts, ""
    if one.code == "withdrawal.made" and case is not None:
        address = f"{reverse('web:records', args=[case.slug, 'decision'])}?{_asking(facts)}"
    return {"one": one, "of": case, "kind": facts.get("kind", ""), "withdrawal": address}


def _asking(facts: Any) -> str:
    return urlencode({"text": facts.get("decision", "")})


@page(posts=True)
@require_POST
def mark_read(request: HttpRequest, notice: UUID) -> HttpResponse:
    """Say that one notice was read."""
    notices.mark_read(notice=notice, account=request.user, by=request.user)
    return redirect("web:notices")
