# SPDX-License-Identifier: Apache-2.0
"""What every page of a case shares: its policy, the case or a 404, a row or a 404, and paging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from antigone.records import access
from antigone.records.errors import NoSuchCase
from antigone.records.models import InvestigationCase
from antigone.records.queries import cases
from antigone.records.sections import Section

PER_PAGE = 50
_LONGEST, _LONGEST_SAID = 200, 500
POLICY = "policy"
"""The attribute of a view that says who may have its page."""

_Found = TypeVar("_Found")
_View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may have a page: what they must see something of, and one of the acts that it offers."""

    reads: tuple[Section, ...] = ()
    acts: tuple[str, ...] = ()
    for_anybody: bool = False
    keeps_typed: bool = False
    """Whether what was typed into its form is given back when the session was lost meanwhile."""


def page(
    *, reads: str = "", acts: str = "", for_anybody: bool = False, posts: bool = False,
    keeps_typed: bool = False,
) -> Callable[[_View], _View]:  # fmt: skip
    """Say who may have a view's page (`antigone.web.access` asks); without it nobody may.

    `reads` names sections and `acts` actions, parted by spaces: all of the sections, any of the
    actions. A page with acts, or one that says that it `posts`, answers to POST as well.
    """
    policy = Policy(
        tuple(Section(one) for one in reads.split()), tuple(acts.split()), for_anybody, keeps_typed
    )
    methods = ["GET", "HEAD", *(["POST"] if acts or posts else [])]

    def decorate(view: _View) -> _View:
        answering = require_http_methods(methods)(view)
        setattr(answering, POLICY, policy)
        if for_anybody:
            return login_not_required(answering)
        return answering

    return decorate


def case_or_404(slug: str) -> InvestigationCase:
    """The case of that short name."""
    try:
        return access.case_looked_at(slug) or cases.case_by_slug(slug)
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


def said(request: HttpRequest, name: str) -> str:
    """What the reader typed into a field of a form that acts, likewise."""
    return request.POST.get(name, "").replace("\x00", "").strip()[:_LONGEST_SAID]


def paged(request: HttpRequest, found: QuerySet[Any] | Sequence[Any]) -> dict[str, Any]:
    """One page of `found` for the template, and what the links to other pages must repeat."""
    page: Page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    kept = {name: value for name, value in request.GET.items() if value and name != "page"}
    return {"page": page, "kept": f"{urlencode(kept)}&" if kept else ""}
