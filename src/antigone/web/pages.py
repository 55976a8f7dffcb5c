# SPDX-License-Identifier: Apache-2.0
"""What every page of a case shares: the case or a 404, a row or a 404, and paging."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from antigone.records.errors import NoSuchCase
from antigone.records.models import InvestigationCase
from antigone.records.queries import cases

PER_PAGE = 50
_LONGEST = 200

_Found = TypeVar("_Found")


def case_or_404(slug: str) -> InvestigationCase:
    """The case of that short name."""
    try:
        return cases.case_by_slug(slug)
    except NoSuchCase as refusal:
        raise Http404 from refusal


def or_404(found: _Found | None) -> _Found:
    """`found`, or a 404 where nothing was."""
    if found is None:
        raise Http404
    return found


def asked(request: HttpRequest, name: str) -> str:
    """What the reader typed into a field, without the characters that no database keeps."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:_LONGEST]


def paged(request: HttpRequest, found: QuerySet[Any] | Sequence[Any]) -> dict[str, Any]:
    """One page of `found` for the template, and what the links to other pages must repeat."""
    page: Page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    kept = {name: value for name, value in request.GET.items() if value and name != "page"}
    return {"page": page, "kept": f"{urlencode(kept)}&" if kept else ""}
