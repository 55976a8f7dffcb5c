# SPDX-License-Identifier: Apache-2.0
"""Pages for what cannot be shown: unknown addresses, refusals, and faults of our own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing stands at this address."""
    page = {
        "heading": _("Nothing stands at this address."),
        "advice": _("Check the address, or begin again at the list of cases."),
    }
    return render(request, "web/error.html", page, status=404)


def forbidden(request: HttpRequest, reason: str = "", **_more: object) -> HttpResponse:
    """403: a form came without its token."""
    page = {
        "heading": _("This form could not be accepted."),
        "advice": _("Allow cookies for this address, load the page again and repeat the step."),
    }
    return render(request, "web/error.html", page, status=403)


def fault(request: HttpRequest) -> HttpResponse:
    """500: our own fault; nothing of the case is shown."""
    page = {
        "heading": _("The page could not be made: a fault of this software."),
        "advice": _(
            "Nothing was changed. The terminal in which Antigone runs says more; please "
            "report it together with what you did."
        ),
    }
    return render(request, "web/error.html", page, status=500)
