# SPDX-License-Identifier: Apache-2.0
"""Small drawings of numbers: an interval of probability, and a bar with a sign."""

from __future__ import annotations

import math

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from antigone.web import figures
from antigone.web.drawings import svg

_WIDTH = 180.0
_HEIGHT = 22.0
_MARGIN = 6.0


def interval(low: float, point: float, high: float, *, name: str) -> SafeString:
    """A probability between its certified bounds, on a scale from 0 to 1."""
    root = svg.drawing(
        _WIDTH,
        _HEIGHT,
        name=name,
        title=_("Probability %(point)s") % {"point": figures.probability(point)},
        description=_("Certified to lie between %(low)s and %(high)s, on a scale from 0 to 1.")
        % {"low": figures.probability(low), "high": figures.probability(high)},
    )
    middle = _HEIGHT / 2

    def place(share: float) -> float:
        return _MARGIN + min(1.0, max(0.0, share)) * (_WIDTH - 2 * _MARGIN)

    svg.add(root, "line", x1=place(0), x2=place(1), y1=middle, y2=middle, class_="axis")
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        svg.add(
            root,
            "line",
            x1=place(tick),
            x2=place(tick),
            y1=middle - 3,
            y2=middle + 3,
            class_="axis",
        )
    svg.add(
        root,
        "rect",
        x=place(low),
        y=middle - 4,
        width=max(1.5, place(high) - place(low)),
        height=8,
        class_="interval",
    )
    svg.add(root, "circle", cx=place(point), cy=middle, r=3.5, class_="point")
    return svg.markup(root)


def signed_bar(value: float, *, reach: float, name: str) -> SafeString:
    """A log10 likelihood ratio: to the right it speaks for the pair, to the left against it.

    `reach` is the largest finite absolute value of the drawings shown together, so that they
    compare; an impossible pair (minus infinity) reaches the edge.
    """
    spoken = _("speaks for") if value > 0 else _("speaks against") if value < 0 else _("neutral")
    root = svg.drawing(
        _WIDTH,
        _HEIGHT,
        name=name,
        title=figures.signed(value),
        description=_("On a scale from -%(reach)s to +%(reach)s: %(spoken)s.")
        % {"reach": figures.number(reach, 1), "spoken": spoken},
    )
    middle = _WIDTH / 2
    share = min(1.0, abs(value) / reach) if reach > 0 else float(math.isinf(value))
    length = share * (middle - _MARGIN)
    svg.add(
        root,
        "rect",
        x=middle if value >= 0 else middle - length,
        y=5,
        width=max(length, 0.5),
        height=_HEIGHT - 10,
        class_="bar-for" if value >= 0 else "bar-against",
    )
    svg.add(root, "line", x1=middle, x2=middle, y1=1, y2=_HEIGHT - 1, class_="axis")
    return svg.markup(root)
