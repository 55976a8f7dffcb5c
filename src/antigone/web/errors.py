# SPDX-License-Identifier: Apache-2.0
"""Pages for what cannot be shown: unknown addresses, refusals, and faults of our own."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from antigone.terms.errors import AntigoneError
from antigone.web import resending, storage_faults
from antigone.web.remarks import in_reader_language


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing stands at this address."""
    page = {
        "heading": _("Nothing stands at this address."),
        "advice": _("Check the address, or begin again at the list of cases."),
    }
    return render(request, "web/error.html", page, status=404)


def forbidden(request: HttpRequest, reason: str = "", **_more: object) -> HttpResponse:
    """403: a form came without its token; what was typed into one of ours can be sent again."""
    if resending.is_kept(request) and request.headers.get("Origin"):
        return resending.send_again(request, signed_in=True)
    page = {
        "heading": _("This form could not be accepted."),
        "advice": _("Allow cookies for this address, load the page again and repeat the step."),
    }
    return render(request, "web/error.html", page, status=403)


def fault(request: HttpRequest) -> HttpResponse:
    """500: our own fault; nothing of the case is shown. 503 where it was the database's.

    Here every fault arrives, from whichever middleware or page: `sys.exc_info` says which it was.
    """
    what = sys.exc_info()[1]
    if what is not None and storage_faults.is_of_storage(what):
        return storage_faults.page(request, what)
    page = {
        "heading": _("The page could not be made: a fault of this software."),
        "advice": _(
            "Nothing was changed. The terminal in which Antigone runs says more; please "
            "report it together with what you did."
        ),
    }
    return render(request, "web/error.html", page, status=500)


class Refusals:
    """Middleware: a refusal that no page caught becomes its sentence, in the reader's language."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; refusals come in through `process_exception`."""
        return self.answer(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """The sentence of a refusal, with status 422; any other fault is left to Django."""
        if not isinstance(fault, AntigoneError):
            return None
        page = {"heading": _("This was refused."), "advice": in_reader_language(fault)}
        return render(request, "web/error.html", page, status=422)
