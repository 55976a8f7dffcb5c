# SPDX-License-Identifier: Apache-2.0
"""Drawings on forms, as SVG: the dental chart by FDI numbers, and a body from front and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from antigone.terms.tables import Row

UPPER = [*range(18, 10, -1), *range(21, 29)]
LOWER = [*range(48, 40, -1), *range(31, 39)]
UPPER_DECIDUOUS = [*range(55, 50, -1), *range(61, 66)]
LOWER_DECIDUOUS = [*range(85, 80, -1), *range(71, 76)]
TEETH = frozenset(str(one) for one in (*UPPER, *LOWER, *UPPER_DECIDUOUS, *LOWER_DECIDUOUS))
"""Every tooth by its FDI number; the subject's right stands at the left, as the examiner looks."""

_STEP, _SIDE = 44, 30
_INK, _RULE = "#1a1a1a", "#5a5a5a"
_FONT = 'font-family="DejaVu Sans Mono"'


def dental_chart(teeth: Iterable[Row]) -> str:
    """The chart of all 52 teeth; surfaces recorded are filled, states stand below in words."""
    known = {row.get("tooth", "").strip(): row for row in teeth}
    rows = ((UPPER, 0, 0), (UPPER_DECIDUOUS, 3, 1), (LOWER_DECIDUOUS, 3, 2), (LOWER, 0, 3))
    parts = [
        _tooth(number, 10 + (place + shift) * _STEP, 6 + line * 82, known.get(str(number)))
        for numbers, shift, line in rows
        for place, number in enumerate(numbers)
    ]
    middle = 10 + 8 * _STEP - (_STEP - _SIDE) / 2
    parts.append(_line(middle, 0, middle, 330))
    parts.append(_line(4, 162, 16 * _STEP, 162))
    return _svg(16 * _STEP + 8, 332, parts)


def _tooth(number: int, x: float, y: float, row: Row | None) -> str:
    upper = number // 10 in (1, 2, 5, 6)
    right = number // 10 in (1, 4, 5, 8)
    sides = {
        "F" if upper else "L": (0, 0, 1, 0), "L" if upper else "F": (1, 1, 0, 1),
        "D" if right else "M": (0, 1, 0, 0), "M" if right else "D": (1, 0, 1, 1),
    }  # fmt: skip
    surfaces = _surfaces(row)
    drawn = [_surface(x, y + 14, corners, letter in surfaces) for letter, corners in sides.items()]
    inner = _SIDE * 0.3
    drawn.append(_box(x + inner, y + 14 + inner, _SIDE - 2 * inner, filled="O" in surfaces))
    state = row.get("state", "").strip() if row else ""
    if state in ("missing", "extracted", "missing_antemortem", "missing_postmortem"):
        drawn.append(_line(x, y + 14, x + _SIDE, y + 14 + _SIDE, 2))
        drawn.append(_line(x + _SIDE, y + 14, x, y + 14 + _SIDE, 2))
    if state == "crowned":
        centre = f'cx="{x + _SIDE / 2}" cy="{y + 14 + _SIDE / 2}" r="{_SIDE / 2 + 2}"'
        drawn.append(f'<circle {centre} fill="none" stroke="{_INK}" stroke-width="2"/>')
    code = (row.get("original_code", "") or state) if row else ""
    drawn.append(_word(x + _SIDE / 2, y + 10, str(number), 11, bold=True))
    drawn.append(_word(x + _SIDE / 2, y + 56, code[:7], 8.5))
    return "".join(drawn)


def _surfaces(row: Row | None) -> frozenset[str]:
    """The surfaces recorded, incisal as occlusal, buccal as facial, palatal as lingual."""
    alike = {"I": "O", "B": "F", "V": "F", "P": "L"}
    written = (row.get("surfaces", "") if row else "").upper()
    return frozenset(alike.get(letter, letter) for letter in written if letter.isalpha())


def _surface(x: float, y: float, corners: tuple[int, int, int, int], filled: bool) -> str:
    """One of the four outer surfaces: from one corner to the next, and inwards."""
    inner = _SIDE * 0.3
    ax, ay, bx, by = corners
    points = [
        (x + ax * _SIDE, y + ay * _SIDE),
        (x + bx * _SIDE, y + by * _SIDE),
        (x + (inner if bx == 0 else _SIDE - inner), y + (inner if by == 0 else _SIDE - inner)),
        (x + (inner if ax == 0 else _SIDE - inner), y + (inner if ay == 0 else _SIDE - inner)),
    ]
    path = " ".join(f"{one:.1f},{other:.1f}" for one, other in points)
    fill = "#404040" if filled else "none"
    return f'<polygon points="{path}" fill="{fill}" stroke="{_RULE}" stroke-width="0.9"/>'


REGIONS: Mapping[str, tuple[float, float]] = {
    "head": (100, 30), "neck": (100, 62), "chest": (100, 110), "abdomen": (100, 160),
    "back": (300, 120), "right arm": (52, 130), "left arm": (148, 130), "right hand": (36, 205),
    "left hand": (164, 205), "right leg": (82, 280), "left leg": (118, 280),
    "right foot": (76, 372), "left foot": (124, 372),
}  # fmt: skip
"""Where on the drawing a region lies; the body looks at the reader, its right at the left."""


def body_diagram(numbered: Mapping[int, str]) -> str:
    """A body from the front and from behind; numbers stand in regions that are known."""
    parts = [_body(100), _body(300), _word(100, 398, "front · спереду", 10)]
    parts += [_word(300, 398, "back · ззаду", 10)]
    parts += [_word(28, 22, "R · П", 10), _word(172, 22, "L · Л", 10)]
    parts += [_word(228, 22, "L · Л", 10), _word(372, 22, "R · П", 10)]
    shifts: dict[str, int] = {}
    for number, region in numbered.items():
        if region in REGIONS:
            x, y = REGIONS[region]
            down = shifts[region] = shifts.get(region, -1) + 1
            parts.append(_number(x, y + 15 * down, number))
    return _svg(400, 402, parts)


def _body(middle: float) -> str:
    """An outline of one closed line: half of it, and its mirror."""
    half = [
        (0, 10), (14, 13), (19, 27), (16, 44), (9, 52), (10, 63), (30, 70), (42, 78), (46, 98),
        (50, 135), (58, 172), (63, 196), (68, 212), (62, 220), (54, 208), (48, 186), (38, 150),
        (33, 118), (30, 150), (34, 185), (36, 220), (32, 270), (29, 300), (27, 340), (26, 366),
        (36, 380), (12, 380), (10, 360), (9, 310), (7, 265), (3, 212), (0, 208),
    ]  # fmt: skip
    points = [(middle + x, y) for x, y in half] + [(middle - x, y) for x, y in half[::-1]]
    path = " ".join(f"{x:.0f},{y}" for x, y in points)
    return (
        f'<polygon points="{path}" fill="none" stroke="{_RULE}" stroke-width="1.1" '
        'stroke-linejoin="round"/>'
    )


def _number(x: float, y: float, number: int) -> str:
    ring = f'<circle cx="{x}" cy="{y}" r="7" fill="#ffffff" stroke="{_INK}" stroke-width="1"/>'
    return ring + _word(x, y + 3.4, str(number), 9, bold=True)


def _box(x: float, y: float, side: float, *, filled: bool) -> str:
    fill = "#404040" if filled else "none"
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" height="{side:.1f}" fill="{fill}" '
        f'stroke="{_RULE}" stroke-width="0.9"/>'
    )


def _line(x: float, y: float, to_x: float, to_y: float, width: float = 0.8) -> str:
    return (
        f'<line x1="{x}" y1="{y}" x2="{to_x}" y2="{to_y}" stroke="{_INK}" stroke-width="{width}"/>'
    )


def _word(x: float, y: float, word: str, size: float, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x}" y="{y}" {_FONT} font-size="{size}"{weight} text-anchor="middle" '
        f'fill="{_INK}">{escape(word)}</text>'
    )


def _svg(width: float, height: float, parts: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f"{''.join(parts)}</svg>"
    )
