# SPDX-License-Identifier: Apache-2.0
"""What this software is, what it is not, and under which licences."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from antigone import __version__
from antigone.web import pages


@pages.page(for_anybody=True)
def about(request: HttpRequest) -> HttpResponse:
    """About Antigone."""
    return render(request, "web/about.html", {"section": "about", "version": __version__})
