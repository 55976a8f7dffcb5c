# SPDX-License-Identifier: Apache-2.0
"""Charts of teeth in FDI order: one, or two above each other with what their difference means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from antigone.science.osteology import teeth
from antigone.science.osteology.teeth import Chart, Comparison, Outcome, State, Tooth, Why
from antigone.web.drawings import svg

_CELL = 40.0
_BOX = 30.0
_LEFT = 92.0
_HALF_GAP = 12.0
_WIDTH = _LEFT + 16 * _CELL + _HALF_GAP + 16

LETTERS: Mapping[State, str] = MappingProxyType(
    {
        State.NO_INFORMATION: "/",
        State.UNERUPTED: "U",
        State.SOUND: "S",
        State.FILLED: "F",
        State.CROWNED: "C",
        State.MISSING: "X",
        State.REPLACED: "R",
        State.LOST_AFTER_DEATH: "J",
    }
)
STATES: Mapping[State, object] = MappingProxyType(
    {
        State.NO_INFORMATION: gettext_lazy("no information"),
        State.UNERUPTED: gettext_lazy("not erupted"),
        State.SOUND: gettext_lazy("sound"),
        State.FILLED: gettext_lazy("filled"),
        State.CROWNED: gettext_lazy("crowned"),
        State.MISSING: gettext_lazy("missing before death"),
        State.REPLACED: gettext_lazy("replaced by a bridge, denture or implant"),
        State.LOST_AFTER_DEATH: gettext_lazy("lost after death, its socket or root is there"),
    }
)
SIGNS: Mapping[Outcome, str] = MappingProxyType(
    {Outcome.POSSIBLE: "=", Outcome.EXPLAINABLE: "→", Outcome.IMPOSSIBLE: "≠"}
)
OUTCOMES: Mapping[Outcome, object] = MappingProxyType(
    {
        Outcome.POSSIBLE: gettext_lazy("possible"),
        Outcome.EXPLAINABLE: gettext_lazy("explainable"),
        Outcome.IMPOSSIBLE: gettext_lazy("impossible development"),
    }
)
REASONS: Mapping[Why, object] = MappingProxyType(
    {
        Why.NO_INFORMATION: gettext_lazy("one chart says nothing of it"),
        Why.SAME: gettext_lazy("the same on both charts"),
        Why.WAS_THERE: gettext_lazy("it was there at death"),
        Why.TREATED_SINCE: gettext_lazy("treated since the first chart"),
        Why.ERUPTED_SINCE: gettext_lazy("erupted since the first chart"),
        Why.LOST_SINCE: gettext_lazy("extracted or lost since the first chart"),
        Why.SHED_SINCE: gettext_lazy("a deciduous tooth, shed since the first chart"),
        Why.REPLACED_SINCE: gettext_lazy("replaced since the first chart"),
        Why.REPLACEMENT_GONE: gettext_lazy("what replaced it may be gone"),
        Why.MAY_BE_UNERUPTED: gettext_lazy(
            "called missing, it may have been unerupted: a radiograph tells"
        ),
        Why.MORE_SURFACES: gettext_lazy("filled on more surfaces than before"),
        Why.OTHER_SURFACES: gettext_lazy("filled on other surfaces: look at radiographs"),
        Why.DECIDUOUS_AFTER_PERMANENT: gettext_lazy(
            "a deciduous tooth where the first chart has a permanent one"
        ),
        Why.GREW_BACK: gettext_lazy("a tooth that was gone, or through the gum, cannot be so now"),
        Why.LESS_TREATED: gettext_lazy("treatment does not go back"),
    }
)
JAWS: Mapping[str, object] = MappingProxyType(
    {
        "both": gettext_lazy("in both jaws"),
        "upper": gettext_lazy("in the upper jaw"),
        "lower": gettext_lazy("in the lower jaw"),
    }
)

_PERMANENT_ROWS = (("1", "2"), ("4", "3"))
_DECIDUOUS_ROWS = (("5", "6"), ("8", "7"))


@dataclass(frozen=True, slots=True)
class _Band:
    """One row of the drawing: two quadrants, and whether their numbers stand above the boxes."""

    quadrants: tuple[str, str]
    teeth: int
    above: bool


def draw(
    postmortem: Chart | None, antemortem: Chart | None, *, name: str, title: str
) -> SafeString:
    """One chart, or where both are given the two with the sign of each comparison between.

    Deciduous teeth are drawn where either chart speaks of one.
    """
    given = [(_("after death"), postmortem), (_("in life"), antemortem)]
    charts = [(words, chart) for words, chart in given if chart is not None]
    compared = teeth.compare(antemortem, postmortem) if len(charts) == 2 else None  # type: ignore[arg-type]
    bands = _bands([chart for _words, chart in charts])
    tall = len(charts) * (_BOX + 8) + (20 if compared else 0) + 26
    root = svg.drawing(
        _WIDTH, len(bands) * tall + 40, name=name, title=title,
        description=_("Teeth by FDI numbers, seen from the front. The table says the same in "
                      "words."),
    )  # fmt: skip
    for words, x in ((pgettext("side", "R"), _LEFT), (pgettext("side", "L"), _WIDTH - 22)):
        svg.text(root, x, 18, words, "figure-side")
    for n, band in enumerate(bands):
        _draw_band(root, band, charts, compared, 28 + n * tall)
    middle = _LEFT + 8 * _CELL + _HALF_GAP / 2
    svg.add(root, "line", x1=middle, x2=middle, y1=12, y2=len(bands) * tall + 24, class_="axis")
    return svg.markup(root)


def _bands(charts: Sequence[Chart]) -> list[_Band]:
    shown = [_Band(row, 8, row[0] == "1") for row in _PERMANENT_ROWS]
    if any(teeth.is_deciduous(tooth) for chart in charts for tooth in chart):
        upper, lower = (_Band(row, 5, row[0] == "5") for row in _DECIDUOUS_ROWS)
        return [shown[0], upper, lower, shown[1]]
    return shown


def _draw_band(
    root: svg.Element,
    band: _Band,
    charts: Sequence[tuple[str, Chart]],
    compared: Comparison | None,
    top: float,
) -> None:
    signs = {one.tooth: one for one in compared.teeth} if compared else {}
    tall = _BOX + 8
    for n, (words, _chart) in enumerate(charts):
        y = top + 18 + n * (tall + (20 if compared else 0)) + _BOX / 2 + 4
        svg.text(root, 4, y, words, "grid-label")
    for place, tooth in _in_order(band):
        x = _LEFT + place * _CELL + (_HALF_GAP if place >= 8 else 0)
        svg.text(root, x + _BOX / 2, top + 12, tooth, "tooth-number", "middle")
        for n, (_words, chart) in enumerate(charts):
            at = top + 18 + n * (tall + (20 if compared else 0))
            _draw_tooth(root, tooth, chart.get(tooth, teeth.NOTHING), x, at)
        if tooth in signs:
            _draw_outcome(root, signs[tooth], x + _BOX / 2, top + 18 + tall + 9)


def _in_order(band: _Band) -> list[tuple[int, str]]:
    """Teeth from the person's right to the left: 18 to 11, then 21 to 28."""
    right, left = band.quadrants
    first = [(8 - n, f"{right}{n}") for n in range(band.teeth, 0, -1)]
    return first + [(7 + n, f"{left}{n}") for n in range(1, band.teeth + 1)]


def _draw_tooth(root: svg.Element, tooth: str, has: Tooth, x: float, y: float) -> None:
    group = svg.add(root, "g", class_=f"tooth {has.state.value.replace('_', '-')}")
    svg.add(group, "title").text = in_words(tooth, has)
    svg.add(group, "rect", x=x, y=y, width=_BOX, height=_BOX, rx=4)
    middle, half = x + _BOX / 2, _BOX / 2
    if has.state in (State.MISSING, State.REPLACED):
        for slope in (1, -1) if has.state is State.MISSING else (1,):
            svg.add(group, "line", x1=x + 3, x2=x + _BOX - 3, y1=y + half - slope * (half - 3),
                    y2=y + half + slope * (half - 3))  # fmt: skip
    if has.state is State.CROWNED:
        svg.add(group, "rect", x=x + 3.5, y=y + 3.5, width=_BOX - 7, height=_BOX - 7, rx=2,
                class_="inner")  # fmt: skip
    for surface in sorted(has.surfaces):
        _draw_surface(group, tooth, surface, x, y)
    svg.text(group, middle, y + half + 5, LETTERS[has.state], "tooth-letter", "middle")


def _draw_surface(group: svg.Element, tooth: str, surface: str, x: float, y: float) -> None:
    """A bar at the edge that the surface faces; occlusal and incisal are a dot in the corner."""
    mesial_at_right = tooth[0] in "1458"
    facial_above = tooth[0] in "1256"
    edge = {
        "M": "right" if mesial_at_right else "left",
        "D": "left" if mesial_at_right else "right",
        "F": "top" if facial_above else "bottom",
        "L": "bottom" if facial_above else "top",
    }.get(surface)
    wide, thick = _BOX - 10, 4.5
    boxes = {
        "left": (x, y + 5, thick, wide),
        "right": (x + _BOX - thick, y + 5, thick, wide),
        "top": (x + 5, y, wide, thick),
        "bottom": (x + 5, y + _BOX - thick, wide, thick),
    }
    if edge is None:
        svg.add(group, "circle", cx=x + 8, cy=y + 8.5, r=2.6, class_="surface")
        return
    left, top, width, height = boxes[edge]
    svg.add(group, "rect", x=left, y=top, width=width, height=height, class_="surface")


def _draw_outcome(root: svg.Element, one: teeth.Compared, x: float, y: float) -> None:
    css = f"tooth-outcome {one.outcome.value}" + ("" if one.informs else " silent")
    group = svg.add(root, "g", class_=css)
    svg.add(group, "title").text = f"{one.tooth}: {OUTCOMES[one.outcome]}, {REASONS[one.why]}"
    if one.outcome is Outcome.IMPOSSIBLE:
        svg.add(group, "rect", x=x - 11, y=y - 10, width=22, height=20, rx=3)
    elif one.outcome is Outcome.EXPLAINABLE:
        svg.add(group, "rect", x=x - 11, y=y - 10, width=22, height=20, rx=10)
    svg.text(group, x, y + 5, SIGNS[one.outcome] if one.informs else "·", "outcome-sign", "middle")


def in_words(tooth: str, has: Tooth) -> str:
    """A tooth and its state for a screen reader, with the surfaces filled."""
    surfaces = "".join(one for one in "MODFLI" if one in has.surfaces)
    found = f"{tooth}: {STATES[has.state]}"
    return f"{found} ({surfaces})" if surfaces else found
