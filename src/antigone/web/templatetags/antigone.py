# SPDX-License-Identifier: Apache-2.0
"""Filters: codes in words, numbers as printed, remarks in the reader's language."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from antigone.terms.results import Remark
from antigone.web import figures, wording

register = template.Library()

register.filter("worded", wording.worded)
register.filter("probability", figures.probability)
register.filter("signed", figures.signed)
register.filter("expected", figures.expected)
register.filter("factor_in_words", figures.factor_in_words)


@register.filter
def in_reader_language(remark: Remark) -> str:
    """A remark of science, translated by its template, with its facts filled in."""
    return gettext(remark.template) % remark.facts


@register.filter
def plain(value: float) -> str:
    """A number without decimals that say nothing."""
    return figures.number(value, 0 if value == int(value) else 1)
