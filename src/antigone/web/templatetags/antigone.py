# SPDX-License-Identifier: Apache-2.0
"""Filters: codes in words, numbers as printed, remarks in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext

from antigone.records.queries.identifications import DECIDED
from antigone.terms.results import ProposalRow
from antigone.web import figures, remarks, wording
from antigone.web.drawings import skeleton

register = template.Library()

register.filter("in_reader_language", remarks.in_reader_language)
register.filter("counted", wording.counted)
register.filter("worded", wording.worded)
register.filter("probability", figures.probability)
register.filter("signed", figures.signed)
register.filter("expected", figures.expected)
register.filter("factor_in_words", figures.factor_in_words)


@register.filter
def presence(found: skeleton.Presence) -> str:
    """What the inventory says of a bone, in words."""
    return str(skeleton.WORDS[found])


@register.filter
def shown_tier(row: ProposalRow | Mapping[str, Any]) -> str:
    """The tier as pages show it: what was decided before is no proposal, whatever its tier."""
    if isinstance(row, Mapping):
        tier, reason = row["tier"], row.get("reason")
    else:
        tier, reason = row.tier, row.reason
    return DECIDED if reason == DECIDED else tier


@register.filter
def plain(value: float) -> str:
    """A number without decimals that say nothing."""
    return figures.number(value, 0 if value == int(value) else 1)


@register.filter
def named(key: str | None, names: dict[str, str]) -> str:
    """The name that belongs to a key, or the key where there is none; blank for none."""
    return names.get(key, key) if key else ""


@register.filter
def grouped(value: int) -> str:
    """A whole number in groups of three, as the reader's language writes them."""
    return number_format(value, force_grouping=True)


@register.filter
def withholds(record: Any, column: str) -> bool:
    """Whether whoever looks may not see a column of a record."""
    return column in getattr(record, "withheld", ())


@register.simple_tag
def withheld() -> str:
    """What stands in place of anything that whoever looks may not see."""
    return format_html('<span class="quiet">{}</span>', gettext("withheld from your role"))


@register.simple_tag
def cell(record: Any, column: str, kind: str = "") -> str:
    """A column of a record, a code in words of its `kind`; *withheld* where it may not be seen."""
    if withholds(record, column):
        return withheld()
    value = getattr(record, column)
    text = "" if value is None else str(value)
    return wording.worded(text, kind) if kind else text
