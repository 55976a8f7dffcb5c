# SPDX-License-Identifier: Apache-2.0
"""One timeline: what happened when, a lane for each kind; dates known in part are bars.

A date is drawn from the first to the last day that it may be. What has no date stands below.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from antigone.web.drawings import svg

_WIDTH = 920.0
_LEFT, _RIGHT = 150.0, 18.0
_LANE = 34.0
_TOP = 16.0
_LEAST = 7.0
"""Narrowest bar."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something dated: its lane, its words, and between which days it was."""

    lane: str
    """What the lane is called, in the reader's words."""
    said: str
    """The date as it was written; blank where none was."""
    words: str
    earliest: date | None = None
    latest: date | None = None
    lasting: bool = False
    """Whether it went on from the first to the last day, rather than once in between."""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The drawing (none where nothing is dated), and all of it in order, as a table says it."""

    drawing: SafeString | None
    dated: tuple[tuple[int, Happening], ...]
    undated: tuple[Happening, ...]


def draw(happenings: Iterable[Happening], *, name: str, title: str) -> Drawn:
    """The drawing; lanes stand in the order in which they are first given."""
    every = list(happenings)
    lanes = list(dict.fromkeys(one.lane for one in every if _first(one)))
    dated = sorted((one for one in every if _first(one)), key=_when)
    numbered = tuple(enumerate(dated, 1))
    undated = tuple(one for one in every if not _first(one))
    if not dated:
        return Drawn(None, (), undated)
    first, last = _span(dated)
    root = svg.drawing(
        _WIDTH, _TOP + len(lanes) * _LANE + 44, name=name, title=title,
        description=_("A lane for each kind; the numbers are those of the table, which says the "
                      "same in words."),
    )  # fmt: skip
    bottom = _TOP + len(lanes) * _LANE
    _draw_years(root, first, last, bottom)
    for row, lane in enumerate(lanes):
        _draw_lane(root, lane, _TOP + row * _LANE,
                   [one for one in numbered if one[1].lane == lane], first, last)  # fmt: skip
    return Drawn(svg.markup(root), numbered, undated)


def _first(one: Happening) -> date | None:
    return one.earliest or one.latest


def _when(one: Happening) -> tuple[date, date]:
    first = _first(one)
    assert first is not None
    return first, one.latest or first


def _span(dated: Sequence[Happening]) -> tuple[date, date]:
    first = min(_when(one)[0] for one in dated)
    last = max(_when(one)[1] for one in dated)
    room = max(timedelta(days=2), (last - first) / 30)
    return max(date.min + room, first) - room, min(date.max - room, last) + room


def _x(day: date, first: date, last: date) -> float:
    return _LEFT + (day - first).days / (last - first).days * (_WIDTH - _LEFT - _RIGHT)


def _draw_years(root: svg.Element, first: date, last: date, bottom: float) -> None:
    grid = svg.add(root, "g", class_="grid", aria_hidden="true")
    for day, words in ticks(first, last):
        x = _x(day, first, last)
        svg.add(grid, "line", x1=x, x2=x, y1=_TOP - 6, y2=bottom + 4)
        svg.text(grid, x, bottom + 20, words, "grid-label", "middle")


def ticks(first: date, last: date) -> list[tuple[date, str]]:
    """Beginnings of years, months or days between two days: at most fourteen, with their words."""
    days = (last - first).days
    if days > 3 * 366:
        step = next(n for n in (1, 2, 5, 10, 20, 50, 100, 500, 2000) if days / 365 / n <= 14)
        years = range(first.year + 1, last.year + 1)
        return [(date(year, 1, 1), str(year)) for year in years if year % step == 0]
    if days > 60:
        step = 1 if days <= 400 else 3
        found = [
            date(year, month, 1)
            for year in range(first.year, last.year + 1)
            for month in range(1, 13, step)
        ]
        return [(day, f"{day:%Y-%m}") for day in found if first <= day <= last]
    step = max(1, days // 8)
    found = [first + timedelta(days=n) for n in range(step, days, step)]
    return [(day, day.isoformat()) for day in found]


def _draw_lane(
    root: svg.Element,
    lane: str,
    top: float,
    here: Sequence[tuple[int, Happening]],
    first: date,
    last: date,
) -> None:
    svg.add(root, "line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=top + _LANE, y2=top + _LANE,
            class_="lane-line")  # fmt: skip
    svg.text(root, 4, top + 21, lane, "lane-name")
    free = 0.0
    for number, one in here:
        start, end = (_x(day, first, last) for day in _when(one))
        wide = max(end - start, _LEAST)
        _draw_one(root, number, one, max(start - (_LEAST - (end - start)) / 2, 0)
                  if end - start < _LEAST else start, wide, top)  # fmt: skip
        label = start + wide / 2 if wide > 26 else start
        if label - 9 >= free:  # where numbers would stand upon each other the table has them all
            svg.text(root, label, top + 13, str(number), "lane-number", "middle")
            free = label + 9


def _draw_one(
    root: svg.Element, number: int, one: Happening, x: float, wide: float, top: float
) -> None:
    words = f"{number}. {one.lane}: {one.said}. {one.words}"
    group = svg.link(root, one.address, words) if one.address else svg.add(root, "g")
    if not one.address:
        svg.add(group, "title").text = words
    exact = one.earliest == one.latest
    css = "lasting" if one.lasting else "moment" if exact else "within"
    height = 11 if one.lasting or exact else 8
    svg.add(group, "rect", x=x, y=top + 17, width=wide, height=height, rx=2, class_=css)
