# SPDX-License-Identifier: Apache-2.0
"""The body from the front and from the back, with what was found on it at its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from antigone.web.drawings import svg
from antigone.web.drawings.figure import Label, Point, ball, beside, limb, outline
from antigone.web.drawings.regions import LEFT, MIDDLE, RIGHT, Place, places_of

_WIDTH, _HEIGHT = 520.0, 492.0
_TOP = 34.0
_MIDDLE = MappingProxyType({"front": 135.0, "back": 385.0})
_MARGIN = 108.0
"""From the middle of a figure to the numbers at its side."""
_SIGNS = 9.0


@dataclass(frozen=True, slots=True)
class Noted:
    """Something noted of a part of the body: a finding, a mark, or an item of the forms."""

    sign: str
    """``finding``, ``mark`` or ``item``: each has its own shape."""
    region: str
    side: str
    words: str
    address: str = ""
    """Where the record stands; blank where the reader has no page of it."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """What was noted, with its number on the drawing, and where the drawing shows it."""

    number: int
    noted: Noted
    places: tuple[Place, ...]

    @property
    def without_side(self) -> bool:
        """Whether it is drawn on both sides because none was recorded."""
        return any(one.region in _PAIRED and not one.side for one in self.places)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The drawing and its twin in words. What has no place on it stands in `unplaced`."""

    drawing: SafeString
    placed: tuple[Numbered, ...]
    unplaced: tuple[Numbered, ...]


_PARTS: Mapping[str, tuple[tuple[str, Point], ...]] = MappingProxyType(
    {  # paths of one half, right of the middle; those of the middle are drawn once
        "head": ((ball((0, 34), 21, 27), (0, 14)),),
        "neck": ((limb((0, 66), (0, 80), 10, 12), (0, 70)),),
        "chest": ((outline((0, 77), (24, 79), (46, 88), (42, 120), (35, 154), (0, 153), (-35, 154),
                           (-42, 120), (-46, 88), (-24, 79)), (0, 116)),),
        "abdomen": ((outline((0, 150), (35, 150), (31, 178), (36, 204), (0, 207), (-36, 204),
                             (-31, 178), (-35, 150)), (0, 176)),),
        "hip": ((outline((0, 200), (35, 199), (42, 224), (38, 242), (0, 246), (-38, 242),
                         (-42, 224), (-35, 199)), (0, 222)),),
        "shoulder": ((ball((43, 97), 12), (43, 97)),),
        "upper_arm": ((limb((47, 104), (56, 150), 10, 8.5), (52, 130)),),
        "elbow": ((ball((57, 157), 8.5), (57, 157)),),
        "forearm": ((limb((58, 164), (65, 210), 8, 6), (62, 190)),),
        "wrist": ((ball((66, 217), 6), (66, 217)),),
        "hand": ((limb((67, 225), (70, 246), 7.5, 5.5), (69, 238)),),
        "thigh": ((limb((20, 238), (21, 300), 17, 12.5), (21, 270)),),
        "knee": ((ball((21, 310), 12), (21, 310)),),
        "lower_leg": ((limb((21, 322), (20, 384), 11.5, 7.5), (21, 352)),),
        "ankle": ((ball((20, 392), 7.5), (20, 392)),),
        "foot": ((limb((21, 402), (27, 417), 7.5, 8), (25, 413)),),
    }
)  # fmt: skip
_PAIRED = frozenset(_PARTS) - {"head", "neck", "chest", "abdomen", "hip"} | {
    "scapula", "buttock", "arm", "leg",
}  # fmt: skip
_WITHIN: Mapping[str, tuple[tuple[str, ...], Point]] = MappingProxyType(
    {  # regions that are a part of a drawn one, or several: what is lit, and where it points
        "occiput": (("head",), (0, 36)), "forehead": (("head",), (0, 20)),
        "face": (("head",), (8, 36)), "mouth": (("head",), (0, 50)), "nape": (("neck",), (0, 68)),
        "scapula": (("chest",), (24, 106)), "upper_back": (("chest",), (0, 122)),
        "lower_back": (("abdomen",), (0, 182)), "groin": (("hip",), (0, 236)),
        "buttock": (("hip",), (20, 226)),
        "arm": (("upper_arm", "elbow", "forearm"), (56, 150)),
        "leg": (("thigh", "knee", "lower_leg"), (21, 296)),
    }
)  # fmt: skip
_ASIDE = 14.0
"""How far from the middle a side of an unpaired region is pointed at."""


def draw(noted: Iterable[Noted], *, name: str, title: str) -> Drawn:
    """The drawing. Numbers lead to the table beside it, which says the same in words."""
    numbered = [Numbered(number, one, _shown(one)) for number, one in enumerate(noted, 1)]
    placed = tuple(one for one in numbered if one.places)
    unplaced = tuple(one for one in numbered if not one.places)
    root = svg.drawing(
        _WIDTH, _HEIGHT, name=name, title=title, description=_described(placed, unplaced)
    )
    for view in _MIDDLE:
        _draw_figure(root, view, placed)
    return Drawn(svg.markup(root), placed, unplaced)


def _shown(one: Noted) -> tuple[Place, ...]:
    """The places that can be drawn: a hand has no middle."""
    found = places_of(one.region, one.side)
    return tuple(each for each in found if not (each.region in _PAIRED and each.side == MIDDLE))


def _described(placed: Sequence[Numbered], unplaced: Sequence[Numbered]) -> str:
    shown = ngettext(
        "%(count)s note is drawn; the list says the same in words.",
        "%(count)s notes are drawn; the list says the same in words.",
        len(placed),
    ) % {"count": len(placed)}
    if not unplaced:
        return shown
    without = ngettext(
        "%(count)s has no place on the drawing.",
        "%(count)s have no place on the drawing.",
        len(unplaced),
    ) % {"count": len(unplaced)}
    return f"{shown} {without}"


def _draw_figure(root: svg.Element, view: str, placed: Sequence[Numbered]) -> None:
    middle = _MIDDLE[view]
    figure = svg.add(root, "g", transform=f"translate({svg.short(middle)} {svg.short(_TOP)})")
    shapes = [(part, sign, path) for part, halves in _PARTS.items() for path, _at in halves
              for sign in ((1, -1) if part in _PAIRED else (1,))]  # fmt: skip
    for css in ("body-line", "body-ground"):
        for _part, sign, path in shapes:
            _add_path(figure, path, sign, css)
    here = [(one, place) for one in placed for place in _sided(one.places) if place.view == view]
    lit = {part for _one, place in here for part in _lit(place)}
    for part, sign, path in shapes:
        if (part, sign if part in _PAIRED else 0) in lit:
            _add_path(figure, path, sign, "body-lit")
    _draw_face(figure, view)
    _draw_sides(root, view)
    _draw_numbers(root, middle, [_label(one, place, middle) for one, place in here])


def _add_path(figure: svg.Element, path: str, sign: int, css: str) -> None:
    turned = {"transform": "scale(-1 1)"} if sign < 0 else {}
    svg.add(figure, "path", d=path, class_=css, **turned)


def _draw_face(figure: svg.Element, view: str) -> None:
    """Which way it looks: eyes and a navel in front, a line down the spine behind."""
    if view == "front":
        for x in (-8, 8):
            svg.add(figure, "circle", cx=x, cy=31, r=1.6, class_="body-sign")
        svg.add(figure, "path", d="M-6 46 Q0 49 6 46 M0 188 v3", class_="body-stroke")
    else:
        svg.add(figure, "path", d="M0 84 V206 M0 216 V242", class_="body-stroke")


def _draw_sides(root: svg.Element, view: str) -> None:
    middle = _MIDDLE[view]
    words = _("Front") if view == "front" else _("Back")
    svg.text(root, middle, 18, words, "figure-title", "middle")
    right = -1 if view == "front" else 1
    for side, sign in ((pgettext("side", "R"), right), (pgettext("side", "L"), -right)):
        svg.text(root, middle + sign * 62, 18, side, "figure-side", "middle")


def _sided(places: Iterable[Place]) -> list[Place]:
    """A paired region without a side is drawn on both."""
    found = []
    for one in places:
        unknown = one.region in _PAIRED and not one.side
        sides = (RIGHT, LEFT) if unknown else (one.side,)
        found += [Place(one.region, one.view, side) for side in sides]
    return found


def _sign(place: Place) -> int:
    """On which half of the drawing: a figure seen from the front has its right at the left."""
    if place.side not in (RIGHT, LEFT):
        return 0
    at_the_right = (place.side == RIGHT) == (place.view == "back")
    return 1 if at_the_right else -1


def _lit(place: Place) -> list[tuple[str, int]]:
    parts = _WITHIN[place.region][0] if place.region in _WITHIN else (place.region,)
    return [(part, _sign(place) if part in _PAIRED else 0) for part in parts]


def _label(one: Numbered, place: Place, middle: float) -> Label:
    within = _WITHIN.get(place.region)
    x, y = within[1] if within else _PARTS[place.region][0][1]
    sign = _sign(place)
    if place.region not in _PAIRED and sign:
        x = max(x, _ASIDE) if place.region != "neck" else 6
    return Label(
        str(one.number),
        (middle + (x * sign if sign else x), _TOP + y),
        one.noted.sign,
        dashed=one.without_side,
    )


def _draw_numbers(root: svg.Element, middle: float, labels: Sequence[Label]) -> None:
    by_side: dict[int, list[Label]] = {-1: [], 1: []}
    for label in labels:
        x = label.at[0] - middle
        fewer = -1 if len(by_side[-1]) <= len(by_side[1]) else 1
        by_side[fewer if abs(x) < 0.5 else (-1 if x < 0 else 1)].append(label)
    for side, many in by_side.items():
        heights = beside(many, apart=_SIGNS * 2 + 4, low=44, high=_HEIGHT - 20)
        for n, label in enumerate(many):
            _draw_number(root, label, (middle + side * _MARGIN, heights[n]), side)


def _draw_number(root: svg.Element, label: Label, at: Point, side: int) -> None:
    x, y = at
    css = "leader unsided" if label.dashed else "leader"
    svg.add(root, "line", x1=label.at[0], y1=label.at[1], x2=x - side * _SIGNS, y2=y, class_=css)
    svg.add(root, "circle", cx=label.at[0], cy=label.at[1], r=2.5, class_="leader-end")
    draw_sign(root, label.css, at, _SIGNS)
    svg.text(root, x, y + 4, label.words, "sign-number", "middle")


def draw_sign(root: svg.Element, sign: str, at: Point, size: float) -> None:
    """A finding is a circle, a mark a square, an item of the forms a diamond."""
    x, y = at
    if sign == "finding":
        svg.add(root, "circle", cx=x, cy=y, r=size, class_="sign finding")
    elif sign == "mark":
        svg.add(root, "rect", x=x - size, y=y - size, width=2 * size, height=2 * size,
                class_="sign mark")  # fmt: skip
    else:
        wide = size * 1.25
        corners = ((x, y - wide), (x + wide, y), (x, y + wide), (x - wide, y))
        points = " ".join(f"{svg.short(a)},{svg.short(b)}" for a, b in corners)
        svg.add(root, "polygon", points=points, class_="sign item")
