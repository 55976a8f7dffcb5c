# SPDX-License-Identifier: Apache-2.0
"""Photographs, filed by the code that is visible in them, and those that show another's code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from antigone.records.models import InvestigationCase, Photograph, Remains

_ITEMS = ("item_remains", "item_grave", "item_site", "item_container", "item_effect",
          "item_exhibit")  # fmt: skip


def photographs(case: InvestigationCase, text: str = "") -> QuerySet[Photograph]:
    """Photographs by the code visible in them, those without one last; `text` is part of it."""
    found = Photograph.objects.filter(case=case).select_related(*_ITEMS)
    if text:
        found = found.filter(code_visible__icontains=text)
    return found.order_by("code_visible", "ordinal")


def of_another(photograph: Photograph) -> bool:
    """Whether the code visible in it is neither the key nor the code of what it is filed under."""
    visible = letters(photograph.code_visible)
    item = item_of(photograph)
    if not visible or item is None:
        return False
    return visible not in {letters(item.key), letters(getattr(item, "code", ""))}


def item_of(photograph: Photograph) -> Any:
    """The record that a photograph is filed under; None where it is not here, or not seen."""
    for name in _ITEMS:
        item = getattr(photograph, name)
        if item is not None:
            return item
    return None


def remains_coded(case: InvestigationCase, codes: Iterable[str]) -> dict[str, Remains]:
    """The remains whose code or key is one of these, by it: whose code it is."""
    wanted = {one.strip() for one in codes} - {""}
    found = Remains.objects.filter(Q(key__in=wanted) | Q(code__in=wanted), case=case)
    return {written: one for one in found for written in (one.key, one.code) if written in wanted}


def letters(code: str) -> str:
    """A code without the signs that people put between its letters, in capitals."""
    return "".join(character for character in code if character.isalnum()).upper()
