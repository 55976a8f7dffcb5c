# SPDX-License-Identifier: Apache-2.0
"""What was typed into a form whose session ended meanwhile: kept in the page, to be sent again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from antigone.web.pages import POLICY, Policy


def is_kept(request: HttpRequest) -> bool:
    """Whether a request brings words of a form that are given back; only from our own pages."""
    if request.method != "POST" or request.resolver_match is None:
        return False
    policy: Policy | None = getattr(request.resolver_match.func, POLICY, None)
    if policy is None or not policy.keeps_typed:
        return False
    origin = request.headers.get("Origin")
    return origin in (None, f"{request.scheme}://{request.get_host()}")


def send_again(request: HttpRequest, *, signed_in: bool) -> HttpResponse:
    """A page that holds what was typed, unseen, and a button that sends it; status 403."""
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    page = {"typed": typed, "address": request.get_full_path(), "signed_in": signed_in}
    return render(request, "web/entries/send_again.html", page, status=403)
