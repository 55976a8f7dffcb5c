# SPDX-License-Identifier: Apache-2.0
"""How numbers are printed: a probability never above its cap, and in the reader's decimals."""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

PROBABILITY_CAP = Decimal("0.9995")
"""Printed probabilities stop here: beyond it, unmodelled errors decide, not the model."""
_SMALLEST = Decimal("0.0001")


def probability(value: float) -> str:
    """Four decimals, cut and not rounded; above the cap ``>0.9995``, below 0.0001 ``<0.0001``."""
    exact = Decimal(repr(float(value)))
    if exact > PROBABILITY_CAP:
        return f">{number(PROBABILITY_CAP, 4)}"
    if 0 < exact < _SMALLEST:
        return f"<{number(_SMALLEST, 4)}"
    return number(exact.quantize(_SMALLEST, ROUND_DOWN), 4)


def number(value: float | Decimal, decimals: int) -> str:
    """A number rounded to that many decimals, in the reader's language."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    return number_format(round(exact, decimals), decimals)  # which would cut, not round


def signed(value: float) -> str:
    """A log10 likelihood ratio with its sign and one decimal."""
    if value == -math.inf:
        return "−∞"
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{number(abs(value), 1)}"


def expected(value: float) -> str:
    """An expected number of matches: two figures that count."""
    return significant(value, 2)


def significant(value: float, figures: int) -> str:
    """A number with that many figures that count: plain where short, else a power of ten."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "∞" if value > 0 else "−∞"
    mantissa, exponent = (f"{value:.{figures - 1}e}").split("e")
    if not -5 < int(exponent) < 7:
        return f"{_bare(Decimal(mantissa))} × 10{_raised(int(exponent))}"
    return _bare(Decimal(mantissa).scaleb(int(exponent)))


def _bare(exact: Decimal) -> str:
    """All the figures that count, without zeros at the end of the decimals."""
    shortest = exact.normalize()
    return number(shortest, max(0, -int(shortest.as_tuple().exponent)))


def factor_in_words(log10_lr: float) -> str:
    """How strongly a factor speaks, in a sentence part."""
    if log10_lr == -math.inf:
        return _("impossible under the model")
    if abs(log10_lr) < 0.05:
        return _("speaks neither for nor against")
    if log10_lr > 6:
        return _("speaks for: more than a million times likelier if they are one person")
    if log10_lr < -6:
        return _("speaks against: more than a million times likelier if they are not one person")
    facts = {"times": number(10 ** abs(log10_lr), 1 if abs(log10_lr) < 1 else 0)}
    if log10_lr > 0:
        return _("speaks for: %(times)s times likelier if they are one person") % facts
    return _("speaks against: %(times)s times likelier if they are not one person") % facts


def _raised(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
