# SPDX-License-Identifier: Apache-2.0
"""A site's graves on a plan drawn to scale, with grid, scale bar, grid north and a legend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from antigone.web import figures
from antigone.web.drawings import svg

_WIDTH = 1100.0
_EDGE = 46.0
_FOOT = 64.0
_LARGEST = 26.0
_SMALLEST = 9.0
_SQUARES = 20


@dataclass(frozen=True)
class PlannedGrave:
    """A grave with its place in metres on the site grid, and what is said of it in words."""

    key: str
    x_m: float
    y_m: float
    numbers: tuple[str, ...]
    """Numbers as painted on its markers."""
    remains: int
    contradictions: int
    address: str

    @property
    def words(self) -> str:
        """What a screen reader says, and what shows under the pointer."""
        numbers = ", ".join(self.numbers)
        parts = [
            _("Grave %(grave)s") % {"grave": self.key},
            _("marker number %(numbers)s") % {"numbers": numbers} if numbers else _("no marker"),
            ngettext("%(count)s set of remains", "%(count)s sets of remains", self.remains)
            % {"count": self.remains},
        ]
        if self.contradictions:
            parts.append(
                ngettext("%(count)s contradiction", "%(count)s contradictions", self.contradictions)
                % {"count": self.contradictions}
            )
        return ", ".join(parts)


@dataclass(frozen=True)
class PlannedSquare:
    """A square of the site grid, by its corner with the least coordinates, and what is in it."""

    x_m: float
    y_m: float
    graves: int
    remains: int
    address: str

    @property
    def words(self) -> str:
        """What a screen reader says, and what shows under the pointer."""
        place = _("From x %(x)s m, y %(y)s m") % {
            "x": figures.number(self.x_m, 0 if self.x_m % 1 == 0 else 1),
            "y": figures.number(self.y_m, 0 if self.y_m % 1 == 0 else 1),
        }
        parts = [
            place,
            ngettext("%(count)s grave", "%(count)s graves", self.graves) % {"count": self.graves},
            ngettext("%(count)s set of remains", "%(count)s sets of remains", self.remains)
            % {"count": self.remains},
        ]
        return ", ".join(parts)


@dataclass(frozen=True)
class Scale:
    """From metres to drawing units. The grid's y axis points up."""

    left_m: float
    top_m: float
    width_m: float
    height_m: float
    per_metre: float

    def place(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Where a point of the site grid lies on the drawing."""
        return (
            _EDGE + (x_m - self.left_m) * self.per_metre,
            _EDGE + (self.top_m - y_m) * self.per_metre,
        )


def scale_of(graves: Sequence[PlannedGrave]) -> Scale:
    """A scale that shows every grave on one drawing, with a margin around them."""
    return _scale([one.x_m for one in graves], [one.y_m for one in graves])


def _scale(xs: Sequence[float], ys: Sequence[float]) -> Scale:
    step = grid_step(max(max(xs) - min(xs), max(ys) - min(ys), 1.0))
    margin = step / 4
    left, right = min(xs) - margin, max(xs) + margin
    bottom, top = min(ys) - margin, max(ys) + margin
    per_metre = min((_WIDTH - 2 * _EDGE) / (right - left), 900 / (top - bottom))
    return Scale(left, top, right - left, top - bottom, per_metre)


def grid_step(extent_m: float) -> float:
    """A round distance (1, 2 or 5 times a power of ten) that divides `extent_m` into 4 to 10."""
    rough = extent_m / 6
    power = 10.0 ** math.floor(math.log10(rough))
    return next(nice * power for nice in (1, 2, 5, 10) if nice * power >= rough)


def side_of_squares(extent_m: float) -> float:
    """The side of squares that divide `extent_m` into about twenty, a round distance."""
    return grid_step(max(extent_m, 1.0) * 6 / _SQUARES)


def draw_squares(
    squares: Sequence[PlannedSquare], side_m: float, *, name: str, title: str
) -> SafeString:
    """The plan of a site with too many graves to draw: squares that count them, each a link."""
    xs = [x for one in squares for x in (one.x_m, one.x_m + side_m)]
    ys = [y for one in squares for y in (one.y_m, one.y_m + side_m)]
    scale = _scale(xs, ys)
    root, height, step = _sheet(scale, name, title)
    most = max(one.graves for one in squares)
    for one in squares:
        _draw_square(root, one, scale, side_m * scale.per_metre, most)
    _draw_scale_bar(root, scale, step, height)
    return svg.markup(root)


def draw(graves: Sequence[PlannedGrave], *, name: str, title: str) -> SafeString:
    """The plan. Each grave is a link; the table below the plan says the same in words."""
    scale = scale_of(graves)
    root, height, step = _sheet(scale, name, title)
    size = symbol_size(graves, scale)
    for one in graves:
        _draw_grave(root, one, scale.place(one.x_m, one.y_m), size)
    _draw_scale_bar(root, scale, step, height)
    return svg.markup(root)


def _sheet(scale: Scale, name: str, title: str) -> tuple[svg.Element, float, float]:
    """The empty plan with its grid and its arrow; its height, and the distance of grid lines."""
    step = grid_step(max(scale.width_m, scale.height_m) * 0.75)
    width = scale.width_m * scale.per_metre + 2 * _EDGE
    height = scale.height_m * scale.per_metre + 2 * _EDGE + _FOOT
    root = svg.drawing(
        max(width, 420.0),
        height,
        name=name,
        title=title,
        description=_(
            "Drawn to scale; grid lines every %(step)s m. The table says the same in words."
        )
        % {"step": figures.number(step, 0 if step >= 1 else 1)},
    )
    _draw_grid(root, scale, step)
    _draw_north(root, width)
    return root, height, step


def symbol_size(graves: Sequence[PlannedGrave], scale: Scale) -> float:
    """Side of a grave's symbol: as large as the nearest neighbours allow, within limits."""
    places = sorted(scale.place(one.x_m, one.y_m) for one in graves)
    nearest = _LARGEST
    for number, (x, y) in enumerate(places):
        for other_x, other_y in places[number + 1 :]:
            if other_x - x >= nearest:
                break
            apart = max(other_x - x, abs(other_y - y))
            if apart > 0:
                nearest = min(nearest, apart)
    return max(_SMALLEST, min(_LARGEST, nearest * 0.86))


def _draw_grid(root: svg.Element, scale: Scale, step: float) -> None:
    grid = svg.add(root, "g", class_="grid", aria_hidden="true")
    left, top = scale.place(scale.left_m, scale.top_m)
    right, bottom = scale.place(scale.left_m + scale.width_m, scale.top_m - scale.height_m)
    decimals = 0 if step >= 1 else 1
    for metres in round_places(scale.left_m, scale.left_m + scale.width_m, step):
        x, _y = scale.place(metres, scale.top_m)
        svg.add(grid, "line", x1=x, x2=x, y1=top, y2=bottom)
        svg.text(grid, x, bottom + 15, figures.number(metres, decimals), "grid-label", "middle")
    for metres in round_places(scale.top_m - scale.height_m, scale.top_m, step):
        _x, y = scale.place(scale.left_m, metres)
        svg.add(grid, "line", x1=left, x2=right, y1=y, y2=y)
        svg.text(grid, left - 6, y + 4, figures.number(metres, decimals), "grid-label", "end")


def round_places(low: float, high: float, step: float) -> list[float]:
    """The whole multiples of `step` from `low` to `high`."""
    first = math.ceil(low / step)
    return [number * step for number in range(first, math.floor(high / step) + 1)]


def _draw_square(
    root: svg.Element, one: PlannedSquare, scale: Scale, size: float, most: int
) -> None:
    """A square, the more graves are in it the heavier its line, with their number."""
    x, y = scale.place(one.x_m, one.y_m)
    square = svg.link(root, one.address, one.words)
    css = "grave several" if one.graves > most / 2 else "grave"
    svg.add(square, "rect", x=x + 1, y=y - size + 1, width=size - 2, height=size - 2, class_=css)
    label = svg.add(
        square, "text", x=x + size / 2, y=y - size / 2 + size * 0.12, class_="grave-count",
        text_anchor="middle", font_size=min(16.0, size * 0.42),
    )  # fmt: skip
    label.text = str(one.graves)


def _draw_grave(root: svg.Element, one: PlannedGrave, at: tuple[float, float], size: float) -> None:
    x, y = at
    half = size / 2
    grave = svg.link(root, one.address, one.words)
    css = "grave" + (" several" if one.remains > 1 else " empty" if one.remains == 0 else "")
    svg.add(grave, "rect", x=x - half, y=y - half, width=size, height=size, rx=size / 8, class_=css)
    label = svg.add(
        grave,
        "text",
        x=x,
        y=y + size * 0.22,
        class_="grave-count",
        text_anchor="middle",
        font_size=size * (0.62 if one.remains < 10 else 0.5),
    )
    label.text = str(one.remains)
    if one.contradictions:
        corner = size * 0.34
        svg.add(
            grave,
            "polygon",
            class_="corner",
            points=_points(
                (x + half, y - half), (x + half - corner, y - half), (x + half, y - half + corner)
            ),
        )


def _points(*places: tuple[float, float]) -> str:
    return " ".join(f"{svg.short(x)},{svg.short(y)}" for x, y in places)


def _draw_scale_bar(root: svg.Element, scale: Scale, step: float, height: float) -> None:
    bar = svg.add(root, "g", class_="scale-bar")
    y = height - 34
    half = step * scale.per_metre / 2
    svg.add(bar, "rect", x=_EDGE, y=y, width=half, height=7, class_="bar-dark")
    svg.add(bar, "rect", x=_EDGE + half, y=y, width=half, height=7, class_="bar-light")
    for part, metres in ((0, 0.0), (half, step / 2), (2 * half, step)):
        svg.text(
            bar,
            _EDGE + part,
            y + 21,
            f"{figures.number(metres, 0 if metres % 1 == 0 else 2)}",
            "grid-label",
            "middle",
        )
    svg.text(bar, _EDGE + 2 * half + 14, y + 8, _("metres"), "grid-label")


def _draw_north(root: svg.Element, width: float) -> None:
    arrow = svg.add(root, "g", class_="north")
    x = width - _EDGE / 2 + 4
    svg.add(arrow, "polygon", points=_points((x, 12), (x + 8, 40), (x, 33), (x - 8, 40)))
    svg.text(arrow, x, 54, _("grid N"), "grid-label", "middle")
