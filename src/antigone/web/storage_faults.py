# SPDX-License-Identifier: Apache-2.0
"""The page for a database that did not do its work: what happened, and what becomes of a form."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext_lazy as _

_CAUSES = (
    ("full", _("The disk of the machine on which Antigone runs is full.")),
    ("locked", _("Another program held the database for too long.")),
    ("busy", _("Another program held the database for too long.")),
    ("i/o error", _("The disk of the machine on which Antigone runs reported a fault.")),
    ("malformed", _("The file of the database is damaged. Stop working and call whoever runs it.")),
    ("readonly", _("The database may only be read.")),
    ("read-only", _("The database may only be read.")),
)
"""Words of a fault, and what they mean to a reader; the fault itself is never shown."""
_NO_ANSWER = _("The database did not answer.")
_NOT_TYPED = "csrfmiddlewaretoken"


def is_of_storage(fault: BaseException | None) -> bool:
    """Whether the surroundings of the database failed, and not a question to it."""
    surroundings = (OperationalError, InterfaceError, InternalError)
    return isinstance(fault, surroundings) or type(fault) is DatabaseError


def page(request: HttpRequest, fault: BaseException) -> HttpResponse:
    """503, made without the database, in the reader's language; a posted form is given back."""
    posted = request.method == "POST"
    with override(get_language_from_request(request)):
        shown = {
            "what": _what(fault),
            "posted": posted,
            "send_to": request.path,
            "look_at": _page_of_the_form(request),
            "typed": list(_typed(request)) if posted else [],
            "with_files": posted and bool(request.FILES),
            "csrf_token": get_token(request),
        }
        text = render_to_string("web/storage_fault.html", shown)
    return HttpResponse(text, status=503)


def _page_of_the_form(request: HttpRequest) -> str:
    """Where the form stood; some addresses answer to what is posted only."""
    before = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        before, {request.get_host()}, require_https=request.is_secure()
    )
    return before if ours else request.path


def _what(fault: BaseException) -> Promise:
    words = str(fault).lower()
    return next((said for sign, said in _CAUSES if sign in words), _NO_ANSWER)


def _typed(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What was typed into a form of a case: no form of a case asks for a password or a code."""
    match = request.resolver_match
    if match is None or "slug" not in match.kwargs:
        return
    for name, values in request.POST.lists():
        if name != _NOT_TYPED:
            yield from ((name, str(value)) for value in values)
