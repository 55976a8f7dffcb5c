# SPDX-License-Identifier: Apache-2.0
"""What drawings of a human figure share: rounded limbs, mirrored halves, numbers at the margin."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from antigone.web.drawings import svg

Point = tuple[float, float]


def limb(start: Point, end: Point, thick_start: float, thick_end: float) -> str:
    """The path around two circles of these radii: a limb that tapers, round at both ends."""
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1)
    across_x, across_y = -(y2 - y1) / length, (x2 - x1) / length
    points = [
        (x1 + across_x * thick_start, y1 + across_y * thick_start),
        (x1 - across_x * thick_start, y1 - across_y * thick_start),
        (x2 - across_x * thick_end, y2 - across_y * thick_end),
        (x2 + across_x * thick_end, y2 + across_y * thick_end),
    ]
    a, b, c, d = (f"{svg.short(x)} {svg.short(y)}" for x, y in points)
    first, last = svg.short(thick_start), svg.short(thick_end)
    return f"M{a} A{first} {first} 0 0 1 {b} L{c} A{last} {last} 0 0 1 {d} Z"


def ball(middle: Point, radius_x: float, radius_y: float | None = None) -> str:
    """The path of a circle, or of an ellipse."""
    rx, ry, wide = map(svg.short, (radius_x, radius_y or radius_x, 2 * radius_x))
    start = f"M{svg.short(middle[0] - radius_x)} {svg.short(middle[1])}"
    return f"{start} a{rx} {ry} 0 1 0 {wide} 0 a{rx} {ry} 0 1 0 -{wide} 0 Z"


def outline(*points: Point) -> str:
    """A closed path through points, its corners rounded by the middles of its edges."""
    middles = [
        ((x + nx) / 2, (y + ny) / 2)
        for (x, y), (nx, ny) in zip(points, (*points[1:], points[0]), strict=True)
    ]
    parts = [f"M{svg.short(middles[-1][0])} {svg.short(middles[-1][1])}"]
    for (x, y), (mx, my) in zip(points, middles, strict=True):
        parts.append(f"Q{svg.short(x)} {svg.short(y)} {svg.short(mx)} {svg.short(my)}")
    return " ".join(parts) + " Z"


@dataclass(frozen=True, slots=True)
class Label:
    """A number at the margin, and the point on the figure that it is about."""

    words: str
    at: Point
    css: str
    dashed: bool = False


def beside(
    labels: Sequence[Label], *, apart: float, low: float, high: float
) -> Mapping[int, float]:
    """Heights for labels of one margin, in their order of height, at least `apart`.

    Within `low` and `high` as far as there is room; many labels run on below.
    """
    order = sorted(range(len(labels)), key=lambda n: labels[n].at[1])
    heights: list[float] = []
    for n in order:
        wished = max(low, min(high, labels[n].at[1]))
        heights.append(max(wished, heights[-1] + apart) if heights else wished)
    over = max(0.0, (heights[-1] if heights else 0.0) - high)
    ceiling = math.inf
    for place in range(len(heights) - 1, -1, -1):
        heights[place] = max(min(heights[place] - over, ceiling), low + place * apart)
        over = 0.0
        ceiling = heights[place] - apart
    return {n: heights[place] for place, n in enumerate(order)}
