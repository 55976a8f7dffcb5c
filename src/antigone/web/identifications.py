# SPDX-License-Identifier: Apache-2.0
"""The page of an identification run: all that is needed to repeat and to judge it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from antigone.records.queries import identifications
from antigone.web import figures, pages, remarks, wording
from antigone.web.pages import case_or_404, or_404

_APART = ("policy", "digests", "notes")
"""Facts that have a place of their own on the page."""


@pages.page(reads="proposals")
def run(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """How one run was made."""
    case = case_or_404(slug)
    found = or_404(identifications.one_run(case, number))
    latest = identifications.latest_run(case)
    page = {
        "case": case,
        "section": "run",
        "run": found,
        "is_latest": latest is not None and latest.pk == found.pk,
        "facts": _in_words(found.facts),
        "notes": [_note(one) for one in found.facts.get("notes", [])],
        "digests": sorted(found.facts.get("digests", {}).items()),
        "policy_text": found.facts.get("policy", ""),
        **identifications.tally(found),
    }
    return render(request, "web/identifications/run.html", page)


def _in_words(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each fact that is not shown apart: its label and its value."""
    return [
        (wording.worded(name, "fact"), _printed(value))
        for name, value in facts.items()
        if name not in _APART
    ]


def _printed(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_printed(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_printed(part) for part in value)
    if value is None:
        return "—"
    if isinstance(value, float):
        return figures.significant(value, 4)
    if isinstance(value, bool):
        return wording.worded("yes" if value else "no", "yes_no")
    return str(value)


def _note(one: Any) -> str:
    """A note of the run: a remark kept with its template, or plain words."""
    if isinstance(one, Mapping) and "template" in one:
        return remarks.filled_in_reader_language(one["template"], one.get("facts", {}))
    return str(one)
