# SPDX-License-Identifier: Apache-2.0
"""The plan: drawn to scale, round grid lines, symbols that leave each other room."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.web.drawings import plan

NS = "{http://www.w3.org/2000/svg}"


def grave(key, x, y, **more):
    facts = {"numbers": (), "remains": 1, "contradictions": 0, "address": f"/g/{key}"} | more
    return plan.PlannedGrave(key=key, x_m=x, y_m=y, **facts)


def places(drawn):
    root = ElementTree.fromstring(drawn)
    found = {}
    for link in root.iter("a"):
        square = next(one for one in link.iter("rect") if "grave" in one.get("class"))
        middle = tuple(
            float(square.get(a)) + float(square.get(b)) / 2
            for a, b in (("x", "width"), ("y", "height"))
        )
        found[link.get("href")] = middle
    return root, found


coordinates = st.tuples(st.floats(-200, 200), st.floats(-200, 200))


@given(st.lists(coordinates, min_size=2, max_size=12, unique=True))
@settings(max_examples=60, deadline=None)
def test_distances_on_the_plan_are_to_scale(points):
    graves = [grave(f"G{n}", x, y) for n, (x, y) in enumerate(points)]
    scale = plan.scale_of(graves)
    root, found = places(plan.draw(graves, name="p", title="Plan"))
    for one in graves[1:]:
        dx = found[one.address][0] - found["/g/G0"][0]
        dy = found[one.address][1] - found["/g/G0"][1]
        assert dx == pytest.approx((one.x_m - graves[0].x_m) * scale.per_metre, abs=0.05)
        assert dy == pytest.approx((graves[0].y_m - one.y_m) * scale.per_metre, abs=0.05)
    width, height = (float(part) for part in root.get("viewBox").split()[2:])
    assert all(0 < x < width and 0 < y < height for x, y in found.values())


def test_the_scale_bar_has_the_length_it_states():
    graves = [grave("A", 0, 0), grave("B", 60, 20)]
    scale = plan.scale_of(graves)
    root, _found = places(plan.draw(graves, name="p", title="Plan"))
    bar = next(one for one in root.iter("g") if one.get("class") == "scale-bar")
    length = sum(float(one.get("width")) for one in bar.iter("rect"))
    stated = [one.text for one in bar.iter("text")]
    assert stated == ["0", "5", "10", "metres"]
    assert length == pytest.approx(10 * scale.per_metre, abs=0.02)


@pytest.mark.parametrize(
    ("extent", "step"), [(1, 0.2), (5, 1), (6, 1), (7, 2), (60, 10), (61, 20), (250, 50)]
)
def test_grid_steps_are_round(extent, step):
    assert plan.grid_step(extent) == pytest.approx(step)


def test_symbols_do_not_cover_their_neighbours():
    graves = [grave(f"G{n}", (n % 20) * 2.0, (n // 20) * 3.0) for n in range(200)]
    scale = plan.scale_of(graves)
    assert plan.symbol_size(graves, scale) < 2.0 * scale.per_metre


def test_words_stand_beside_every_sign():
    drawn = plan.draw(
        [
            grave("G1", 0, 0, numbers=("319",), remains=0),
            grave("G2", 4, 0, remains=17, contradictions=2),
        ],
        name="p",
        title="Plan",
    )
    assert "Grave G1, marker number 319, 0 sets of remains" in drawn
    assert "Grave G2, no marker, 17 sets of remains, 2 contradictions" in drawn
    assert re.search(r'class="grave empty"', drawn)
    assert re.search(r'class="grave several"', drawn)
    assert "style=" not in drawn


def test_one_grave_alone_has_a_plan():
    assert "Grave G1" in plan.draw([grave("G1", 3, 4)], name="p", title="Plan")
