# SPDX-License-Identifier: Apache-2.0
"""A family's tree as a drawing: squares, circles and diamonds, with words beside every sign."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from antigone.web.drawings import svg
from antigone.web.drawings.generations import Union, related
from antigone.web.drawings.pedigree_layout import Layout, layout

_STEP = 136.0
_ROW = 168.0
_HALF = 17.0
_MARGIN = 76.0
_TOP = 44.0
_ABOVE = 27.0
_BAR = 76.0
_LANE = 9.0
_LETTERS = 18

Point = tuple[float, float]


@dataclass(frozen=True)
class Member:
    """One member as drawn: a label, a sex, parents, and what is known about the person."""

    key: str
    label: str
    sex: str
    father: str | None
    mother: str | None
    typed: bool
    sought: bool
    address: str | None = None

    @property
    def sex_words(self) -> str:
        """The sex in the reader's language."""
        return sex_in_words(self.sex)

    @property
    def words(self) -> str:
        """What the signs say, in words."""
        marks = [_("sought")] if self.sought else []
        if self.typed:
            marks.append(_("sample given"))
        return ", ".join(marks)


def draw(members: Sequence[Member], *, name: str, title: str) -> SafeString:
    """The tree of `members`; a table beside it says the same in words."""
    parents = {one.key: (one.father, one.mother) for one in members}
    found = layout(parents)
    at = {
        key: (_MARGIN + place * _STEP, _TOP + found.row[key] * _ROW)
        for key, place in found.x.items()
    }
    width = max((x for x, _y in at.values()), default=0.0) + _MARGIN
    height = max((y for _x, y in at.values()), default=0.0) + _BAR
    root = svg.drawing(
        width,
        height,
        name=name,
        title=title,
        description=_("The table below says the same in words."),
    )
    _hatch(root, name)
    lines = svg.add(root, "g", class_="tree-lines")
    lanes = _lanes(found, at)
    for number, union in enumerate(found.unions):
        kin = len(union.partners) == 2 and related(parents, union.partners)
        _draw_union(lines, union, at, found, lane=lanes[number], kin=kin)
    for one in members:
        _draw_member(root, one, at[one.key], name)
    return svg.markup(root)


def _hatch(root: svg.Element, name: str) -> None:
    pattern = svg.add(
        svg.add(root, "defs"),
        "pattern",
        id=f"{name}-hatch",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    svg.add(pattern, "rect", width=6, height=6, class_="hatch-ground")
    svg.add(pattern, "line", x1=0, y1=0, x2=0, y2=6, class_="hatch-line")


def _lanes(found: Layout, at: dict[str, Point]) -> list[int]:
    """A height for each bar of siblings, so that bars of two families never run together."""
    taken: dict[int, list[list[tuple[float, float]]]] = {}
    lanes = []
    for union in found.unions:
        row = max(found.row[one] for one in union.partners)
        ends = [at[child][0] for child in union.children] + [_junction(union, at, found)[0]]
        low, high = min(ends) - 8, max(ends) + 8
        levels = taken.setdefault(row, [])
        lane = next(
            (n for n, spans in enumerate(levels) if all(high < a or low > b for a, b in spans)),
            len(levels),
        )
        if lane == len(levels):
            levels.append([])
        levels[lane].append((low, high))
        lanes.append(lane)
    return lanes


def _is_beside(union: Union, at: dict[str, Point]) -> bool:
    (x1, y1), (x2, y2) = (at[one] for one in union.partners)
    if y1 != y2:
        return False
    between = (min(x1, x2), max(x1, x2))
    return not any(y == y1 and between[0] < x < between[1] for x, y in at.values())


def _junction(union: Union, at: dict[str, Point], found: Layout) -> Point:
    """Where the line to the children leaves the partners."""
    if len(union.partners) == 1:
        x, y = at[union.partners[0]]
        return x, y + _HALF
    upper, lower = sorted(union.partners, key=lambda one: (found.row[one], at[one][0]))
    (x1, _y1), (x2, y2) = at[upper], at[lower]
    if _is_beside(union, at):
        return (x1 + x2) / 2, y2
    return x2 + (_STEP / 2 if x1 > x2 else -_STEP / 2), y2 - _ABOVE


def _draw_union(
    lines: svg.Element, union: Union, at: dict[str, Point], found: Layout, *, lane: int, kin: bool
) -> None:
    junction = _junction(union, at, found)
    if len(union.partners) == 2:
        _draw_partners(lines, union, at, found, kin=kin)
    bottom = max(at[one][1] for one in union.partners)
    bar = bottom + _BAR + lane * _LANE
    ends = [at[child][0] for child in union.children] + [junction[0]]
    _path(lines, [junction, (junction[0], bar)])
    _path(lines, [(min(ends), bar), (max(ends), bar)])
    for child in union.children:
        x, y = at[child]
        _path(lines, [(x, bar), (x, y - _HALF)])


def _draw_partners(
    lines: svg.Element, union: Union, at: dict[str, Point], found: Layout, *, kin: bool
) -> None:
    upper, lower = sorted(union.partners, key=lambda one: (found.row[one], at[one][0]))
    (x1, y1), (x2, y2) = at[upper], at[lower]
    if _is_beside(union, at):
        points = [(x1, y1), (x2, y2)]
    elif y1 == y2:
        points = [(x1, y1 - _HALF), (x1, y1 - _ABOVE), (x2, y2 - _ABOVE), (x2, y2 - _HALF)]
    else:
        beside = x1 + (_STEP / 2 if x2 >= x1 else -_STEP / 2)
        turn = _junction(union, at, found)[0]
        points = [
            (x1, y1),
            (beside, y1),
            (beside, y2 - _ABOVE),
            (turn, y2 - _ABOVE),
            (x2, y2 - _ABOVE),
            (x2, y2 - _HALF),
        ]
    _path(lines, points, "tree-line kin" if kin else "tree-line")
    if kin:
        _path(lines, points, "tree-gap")


def _path(parent: svg.Element, points: Sequence[Point], css: str = "tree-line") -> None:
    svg.add(
        parent,
        "polyline",
        class_=css,
        points=" ".join(f"{svg.short(x)},{svg.short(y)}" for x, y in points),
    )


def _draw_member(root: svg.Element, one: Member, at: Point, name: str) -> None:
    spoken = ", ".join(part for part in (one.label, sex_in_words(one.sex), one.words) if part)
    holder = (
        svg.link(root, one.address, spoken)
        if one.address
        else svg.add(root, "g", role="img", aria_label=spoken)
    )
    x, y = at
    css = "person sought" if one.sought else "person"
    fill = {"fill": f"url(#{name}-hatch)"} if one.typed else {"fill": "none"}
    svg.add(
        holder,
        "rect",
        x=x - _HALF - 2,
        y=y - _HALF - 2,
        width=2 * _HALF + 4,
        height=2 * _HALF + 4,
        class_="person-ground",
    )
    if one.sex == "female":
        svg.add(holder, "circle", cx=x, cy=y, r=_HALF, class_=css, **fill)
    elif one.sex == "male":
        svg.add(
            holder,
            "rect",
            x=x - _HALF,
            y=y - _HALF,
            width=2 * _HALF,
            height=2 * _HALF,
            class_=css,
            **fill,
        )
    else:
        tips = [(x, y - _HALF - 2), (x + _HALF + 2, y), (x, y + _HALF + 2), (x - _HALF - 2, y)]
        svg.add(
            holder,
            "polygon",
            class_=css,
            **fill,
            points=" ".join(f"{svg.short(a)},{svg.short(b)}" for a, b in tips),
        )
    lines = textwrap.wrap(one.label, _LETTERS, max_lines=2, placeholder="…")
    for number, line in enumerate(lines):
        svg.text(holder, x, y + _HALF + 15 + number * 14, line, "person-name", "middle")
    if one.words:
        svg.text(holder, x, y + _HALF + 15 + len(lines) * 14, one.words, "person-words", "middle")


def sex_in_words(sex: str) -> str:
    """A person's sex in the reader's language; empty where it is not recorded."""
    return {
        "female": _("woman"),
        "male": _("man"),
        "other": _("other sex"),
        "unknown": _("sex unknown"),
    }.get(sex, "")
