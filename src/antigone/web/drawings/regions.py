# SPDX-License-Identifier: Apache-2.0
"""Regions of the body as people write them, in English and Ukrainian, read into places on it.

`regions.csv` holds the words of each region; ``*`` stands for any ending. What fits no word is
placed nowhere, and the page says so.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

RIGHT, LEFT, MIDDLE = "right", "left", "middle"

_SIDES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "both": ("both", "bilateral", "both sides", "left and right", "right and left", "обидв*",
                 "обидва", "обоє", "двобічн*", "з обох боків"),
        RIGHT: ("right", "r", "dexter", "dextra", "прав*", "справа", "праворуч", "п"),
        LEFT: ("left", "l", "sinister", "sinistra", "лів*", "зліва", "ліворуч", "л"),
        MIDDLE: ("middle", "midline", "median", "central", "centre", "серед*", "посередині"),
    }
)  # fmt: skip
_BEHIND = ("posterior", "dorsal", "behind", "rear", "from behind", "задн*", "ззаду")
_ITEM_PARTS = (
    "head", "neck", "right arm", "left arm", "right hand", "left hand", "chest abdomen", "back",
    "right leg", "left leg", "right foot", "left foot",
)  # fmt: skip
ITEMS: Mapping[str, str] = MappingProxyType(
    {
        **{f"{item}.{n:02}": part for item in ("22", "31", "53")
           for n, part in enumerate(_ITEM_PARTS, 1)},
        "34.01": "head", "36": "head", "37": "forehead", "38": "eyebrows", "39": "eyes",
        "40": "nose", "41": "face", "42": "ears", "43": "mouth", "44": "lips", "45": "teeth",
        "46": "teeth", "47": "chin", "48": "neck", "49": "both hands", "50": "both feet",
        "52": "pubis", "54": "genitals", "60": "head", "61": "chest", "62": "abdomen",
        "84": "jaw",
    }
)  # fmt: skip
"""Items of the forms that are about one part of the body, and that part in words."""


@dataclass(frozen=True, slots=True)
class Place:
    """A region of the drawing: front or back, and the person's right, left or middle."""

    region: str
    view: str
    side: str
    """``right``, ``left`` or ``middle``; blank where no side was recorded."""


@dataclass(frozen=True, slots=True)
class _Word:
    pattern: re.Pattern[str]
    region: str
    view: str
    length: int


def places_of(region: str, side: str) -> tuple[Place, ...]:
    """Every place that these words name; none where no word is known.

    The side's own cell comes first, then words of a side within the region's. Words that name
    both sides give two places.
    """
    text = plain(region)
    sides = sides_of(plain(side)) or sides_of(text)
    behind = _has(text, _BEHIND)
    found = []
    for one_region, view in _regions(text):
        shown = "back" if behind and one_region not in _FRONT_ALONE else view
        found += [Place(one_region, shown, one) for one in sides or ("",)]
    return tuple(dict.fromkeys(found))


_FRONT_ALONE = frozenset({"forehead", "face", "mouth", "abdomen", "groin"})


def plain(words: str) -> str:
    return " ".join(re.sub(r"[^\w'’]+", " ", words.lower()).split())


def sides_of(text: str) -> tuple[str, ...]:
    if _has(text, _SIDES["both"]):
        return RIGHT, LEFT
    return tuple(side for side in (RIGHT, LEFT, MIDDLE) if _has(text, _SIDES[side]))


def _has(text: str, words: tuple[str, ...]) -> bool:
    return any(pattern(word).search(text) for word in words)


def _regions(text: str) -> list[tuple[str, str]]:
    """Regions named, the longest words first, so that *lower leg* is not read as *leg*."""
    found = []
    for word in _words():
        text, count = word.pattern.subn(" ", text)
        if count:
            found.append((word.region, word.view))
    return list(dict.fromkeys(found))


@cache
def _words() -> tuple[_Word, ...]:
    text = files(__package__).joinpath("regions.csv").read_text(encoding="utf-8")
    found = [
        _Word(pattern(word), row["region"], row["view"], len(word))
        for row in csv.DictReader(text.splitlines())
        for word in row["words"].split(";")
    ]
    return tuple(sorted(found, key=lambda one: -one.length))


@cache
def pattern(word: str) -> re.Pattern[str]:
    inner = re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
    return re.compile(rf"(?<![\w'’]){inner}(?![\w'’])")
