# SPDX-License-Identifier: Apache-2.0
"""The skeleton and its inventory: present, in part, looked for and absent, not recorded.

`bones.csv` holds the words of each bone; ``*`` stands for any ending. Not recorded is not absent,
and what names no bone of the drawing stands beside it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from antigone.web.drawings import svg
from antigone.web.drawings.figure import Point, ball, limb, outline
from antigone.web.drawings.regions import LEFT, RIGHT, pattern, plain, sides_of

_WIDTH, _HEIGHT = 300.0, 480.0
_MIDDLE, _TOP = 150.0, 30.0


class Presence(StrEnum):
    """What the inventory says of one bone."""

    PRESENT = "present"
    PARTIAL = "partial"
    ABSENT = "absent"
    UNCLEAR = "unclear"
    NOT_RECORDED = "not_recorded"


WORDS: Mapping[Presence, object] = MappingProxyType(
    {
        Presence.PRESENT: gettext_lazy("present"),
        Presence.PARTIAL: gettext_lazy("present in part"),
        Presence.ABSENT: gettext_lazy("looked for and absent"),
        Presence.UNCLEAR: gettext_lazy("recorded, but how much is not clear"),
        Presence.NOT_RECORDED: gettext_lazy("not recorded"),
    }
)
NAMES: Mapping[str, object] = MappingProxyType(
    {
        "cranium": gettext_lazy("cranium"),
        "mandible": gettext_lazy("mandible"),
        "maxilla": gettext_lazy("maxilla"),
        "hyoid": gettext_lazy("hyoid bone"),
        "clavicle": gettext_lazy("clavicle"),
        "scapula": gettext_lazy("shoulder blade"),
        "sternum": gettext_lazy("breastbone"),
        "ribs": gettext_lazy("ribs"),
        "cervical": gettext_lazy("cervical vertebrae"),
        "thoracic": gettext_lazy("thoracic vertebrae"),
        "lumbar": gettext_lazy("lumbar vertebrae"),
        "sacrum": gettext_lazy("sacrum"),
        "coccyx": gettext_lazy("coccyx"),
        "humerus": gettext_lazy("humerus"),
        "radius": gettext_lazy("radius"),
        "ulna": gettext_lazy("ulna"),
        "hand": gettext_lazy("bones of the hand"),
        "hip_bone": gettext_lazy("hip bone"),
        "femur": gettext_lazy("femur"),
        "patella": gettext_lazy("kneecap"),
        "tibia": gettext_lazy("tibia"),
        "fibula": gettext_lazy("fibula"),
        "foot": gettext_lazy("bones of the foot"),
    }
)


@dataclass(frozen=True, slots=True)
class Element:
    """One row of the inventory, as it was written."""

    element: str
    side: str
    zone: str
    completeness: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Bone:
    """A bone of the drawing, with the rows about it and what they say together."""

    bone: str
    side: str
    """``right``, ``left`` or blank."""
    presence: Presence
    rows: tuple[Element, ...]

    @property
    def in_words(self) -> str:
        """The bone with its side."""
        sides = {RIGHT: _("right"), LEFT: _("left"), "": ""}
        return f"{NAMES[self.bone]} {sides[self.side]}".strip()


@dataclass(frozen=True, slots=True)
class Drawn:
    """The drawing, its twin in words, and the rows that have no place on it."""

    drawing: SafeString
    bones: tuple[Bone, ...]
    """Every bone of the drawing, recorded or not."""
    unplaced: tuple[Element, ...]

    @property
    def recorded(self) -> tuple[Bone, ...]:
        """The bones that the inventory speaks of."""
        return tuple(one for one in self.bones if one.presence is not Presence.NOT_RECORDED)

    @property
    def not_recorded(self) -> tuple[Bone, ...]:
        """The bones of which it says nothing."""
        return tuple(one for one in self.bones if one.presence is Presence.NOT_RECORDED)


_ABSENT = ("absent", "missing", "none", "not present", "відсутн*", "немає", "нема")
_WHOLE = ("complete", "present", "whole", "intact", "full", "наявн*", "повн*", "ціл*", "є")
_PARTLY = ("partial", "partly", "part", "incomplete", "fragment", "fragments", "fragmented",
           "broken", "частков*", "неповн*", "фрагмент*", "уламк*", "уламок")  # fmt: skip
_SHARE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%|/\s*(\d+))")


def presence_of(row: Element) -> Presence:
    """What one row says: its completeness in words, per cent or as a fraction."""
    said = plain(row.completeness)
    share = _share(row.completeness)
    if share is not None:
        if share <= 0:
            return Presence.ABSENT
        return Presence.PRESENT if share >= 1 and not _zone(row) else Presence.PARTIAL
    for words, presence in ((_ABSENT, Presence.ABSENT), (_PARTLY, Presence.PARTIAL)):
        if any(pattern(word).search(said) for word in words):
            return presence
    if not said or any(pattern(word).search(said) for word in _WHOLE):
        return Presence.PARTIAL if _zone(row) else Presence.PRESENT
    return Presence.UNCLEAR


def _zone(row: Element) -> str:
    """The zone that a row is about; blank where it is about the whole bone."""
    zone = plain(row.zone)
    return "" if any(pattern(word).search(zone) for word in _ENTIRE) else zone


_ENTIRE = ("whole", "all", "entire", "complete", "any", "none", "n a", "ціл*", "вся", "весь", "усе")


def _share(completeness: str) -> float | None:
    found = _SHARE.search(completeness)
    if found is None:
        return None
    of = 100.0 if found[2] == "%" else float(found[3])
    return float(found[1].replace(",", ".")) / of if of else None


def together(rows: Sequence[Element]) -> Presence:
    """What the rows about one bone say together: a zone that is absent leaves the rest there."""
    found = {presence_of(row) for row in rows}
    if not found:
        return Presence.NOT_RECORDED
    if found == {Presence.ABSENT} and all(_zone(row) for row in rows):
        return Presence.PARTIAL
    if len(found) == 1:
        return found.pop()
    return Presence.UNCLEAR if found == {Presence.UNCLEAR, Presence.ABSENT} else Presence.PARTIAL


def bones_of(row: Element) -> list[tuple[str, str]]:
    """The bones and sides that a row names; none where its words are not known."""
    text = plain(row.element)
    sides = sides_of(plain(row.side)) or sides_of(text)
    found: list[tuple[str, str]] = []
    for words, bone, sided in _bones():
        text, count = words.subn(" ", text)
        if count and not sided:
            found.append((bone, ""))
        elif count:
            found += [(bone, side) for side in sides if side in (RIGHT, LEFT)]
    return list(dict.fromkeys(found))


@cache
def _bones() -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    text = files(__package__).joinpath("bones.csv").read_text(encoding="utf-8")
    found = [
        (len(word), pattern(word), row["bone"], row["sided"] == "yes")
        for row in csv.DictReader(text.splitlines())
        for word in row["words"].split(";")
    ]
    return tuple(one[1:] for one in sorted(found, key=lambda one: -one[0]))


_HAND = [limb((73, 226), (73 + n * 2.4 - 3.6, 246 - abs(n - 1.5) * 2), 1.6, 1.3) for n in range(4)]
_FOOT = [limb((22, 410), (24 + n * 3.0, 424 - n * 1.2), 1.7, 1.5) for n in range(4)]
_PATHS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {  # the viewer's right half; bones of the middle are drawn once
        "cranium": (
            outline((0, 2), (22, 6), (25, 28), (17, 42), (0, 44), (-17, 42), (-25, 28), (-22, 6)),
        ),
        "maxilla": (outline((-10, 41), (10, 41), (9, 51), (-9, 51)),),
        "mandible": (
            outline((-17, 46), (-12, 53), (12, 53), (17, 46), (13, 64), (0, 67), (-13, 64)),
        ),
        "hyoid": (limb((-4, 70), (4, 70), 1.6, 1.6),),
        "clavicle": (limb((5, 87), (40, 82), 2.4, 2.4),),
        "scapula": (outline((28, 88), (49, 88), (44, 104), (33, 124), (28, 104)),),
        "sternum": (outline((-6, 88), (6, 88), (4, 132), (0, 138), (-4, 132)),),
        "ribs": tuple(
            f"M4 {92 + n * 6.4:.4g} C{18 + n} {84 + n * 6.4:.4g} {25 + n} {94 + n * 6.4:.4g} "
            f"{22 + n * 0.9:.4g} {106 + n * 6.2:.4g} l-2 1 "
            f"C{23 + n * 0.9:.4g} {97 + n * 6.4:.4g} {17 + n} {88 + n * 6.4:.4g} "
            f"4 {95 + n * 6.4:.4g} Z"
            for n in range(8)
        ),
        "cervical": tuple(ball((0, 71 + n * 3.6), 4.2, 1.6) for n in range(5)),
        "thoracic": tuple(ball((0, 139 + n * 5.2), 5.0, 2.2) for n in range(4)),
        "lumbar": tuple(ball((0, 161 + n * 7.2), 6.6, 3.1) for n in range(5)),
        "sacrum": (outline((-12, 195), (12, 195), (7, 216), (0, 222), (-7, 216)),),
        "coccyx": (outline((-3, 222), (3, 222), (0, 234)),),
        "humerus": (limb((49, 96), (57, 152), 4.6, 4.0),),
        "radius": (limb((61, 160), (72, 214), 2.6, 3.2),),
        "ulna": (limb((56, 158), (66, 214), 3.2, 2.2),),
        "hand": (ball((71, 221), 5.4, 4), *_HAND),
        "hip_bone": (outline((9, 196), (36, 190), (40, 212), (28, 222), (22, 238), (6, 238),
                             (12, 222)),),
        "femur": (limb((29, 226), (22, 306), 5.6, 6.4),),
        "patella": (ball((21, 316), 5),),
        "tibia": (limb((19, 326), (19, 396), 5.6, 4.2),),
        "fibula": (limb((28, 328), (26, 396), 2.0, 2.2),),
        "foot": (ball((21, 405), 6.4, 5), *_FOOT),
    }
)  # fmt: skip
_SIDED = frozenset(bone for _words, bone, sided in _bones() if sided)


def draw(rows: Iterable[Element], *, name: str, title: str) -> Drawn:
    """The drawing from the front: the person's right is at the left of it."""
    by_bone: dict[tuple[str, str], list[Element]] = {}
    unplaced = []
    for row in rows:
        places = bones_of(row)
        for place in places:
            by_bone.setdefault(place, []).append(row)
        if not places:
            unplaced.append(row)
    bones = tuple(_bone(bone, side, by_bone) for bone in NAMES for side in _sides(bone))
    root = svg.drawing(
        _WIDTH, _HEIGHT, name=name, title=title,
        description=_("Seen from the front. The list says the same in words."),
    )  # fmt: skip
    figure = svg.add(root, "g", transform=f"translate({svg.short(_MIDDLE)} {svg.short(_TOP)})")
    for one in bones:
        _draw_bone(figure, one)
    for words, x in ((pgettext("side", "R"), 70.0), (pgettext("side", "L"), 230.0)):
        svg.text(root, x, 22, words, "figure-side", "middle")
    return Drawn(svg.markup(root), bones, tuple(unplaced))


def _sides(bone: str) -> tuple[str, ...]:
    return (RIGHT, LEFT) if bone in _SIDED else ("",)


def _bone(bone: str, side: str, rows: Mapping[tuple[str, str], Sequence[Element]]) -> Bone:
    here = tuple(rows.get((bone, side), ()))
    found = together(here)
    if bone in _SEVERAL and here and not any(_SEVERAL[bone].search(plain(one.element))
                                             for one in here):  # fmt: skip
        found = Presence.PARTIAL  # one rib says nothing of the others
    return Bone(bone, side, found, here)


_SEVERAL: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        bone: re.compile(words)
        for bone, words in {
            "ribs": r"\b(ribs|costae|ребра|ребер)\b",
            **dict.fromkeys(
                ("cervical", "thoracic", "lumbar"), r"\b(vertebrae|spine|хребці|відділ)\b"
            ),
            "hand": r"\b(hand|hand bones|кисть|кості кисті|кістки кисті)$",
            "foot": r"\b(foot|foot bones|стопа|кості стопи|кістки стопи)$",
        }.items()
    }
)
"""Bones that are several, and the words that mean all of them."""


_CROSS: Mapping[str, Point] = MappingProxyType(
    {
        "cranium": (0, 22), "mandible": (0, 59), "maxilla": (0, 46), "hyoid": (0, 70),
        "clavicle": (24, 84), "scapula": (38, 102), "sternum": (0, 108), "ribs": (24, 120),
        "cervical": (0, 78), "thoracic": (0, 147), "lumbar": (0, 176), "sacrum": (0, 206),
        "coccyx": (0, 227), "humerus": (53, 124), "radius": (67, 188), "ulna": (61, 186),
        "hand": (72, 232), "hip_bone": (26, 208), "femur": (25, 266), "patella": (21, 316),
        "tibia": (19, 360), "fibula": (27, 362), "foot": (24, 412),
    }
)  # fmt: skip


def _draw_bone(figure: svg.Element, one: Bone) -> None:
    """Filled, striped, dashed with a cross, dotted with a mark, or a thin line: not by colour."""
    sign = -1 if one.side == RIGHT else 1
    turned = {"transform": "scale(-1 1)"} if sign < 0 else {}
    group = svg.add(figure, "g", class_=f"bone {one.presence.value}", **turned)
    svg.add(group, "title").text = f"{one.in_words}: {WORDS[one.presence]}"
    for path in _PATHS[one.bone]:
        svg.add(group, "path", d=path)
    x, y = _CROSS[one.bone]
    if one.presence is Presence.ABSENT:
        for slope in (1, -1):
            svg.add(group, "line", x1=x - 4, x2=x + 4, y1=y - 4 * slope, y2=y + 4 * slope,
                    class_="bone-cross")  # fmt: skip
    elif one.presence is Presence.PARTIAL:
        svg.add(group, "line", x1=x - 5, x2=x + 5, y1=y, y2=y, class_="bone-dash")
    elif one.presence is Presence.UNCLEAR:
        svg.text(figure, x * sign, y + 4, "?", "bone-mark", "middle")
