# SPDX-License-Identifier: Apache-2.0
"""Drawings: words of regions and bones read into places, numbers at the margin, dates as bars."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antigone.web.drawings import body, skeleton, timeline
from antigone.web.drawings.figure import Label, beside
from antigone.web.drawings.regions import ITEMS, Place, places_of
from antigone.web.drawings.skeleton import Element, Presence


@pytest.mark.parametrize(
    ("region", "side", "found"),
    [
        ("lower leg", "left", [("lower_leg", "front", "left")]),
        ("left leg", "", [("leg", "front", "left")]),
        ("back of the head", "", [("occiput", "back", "")]),
        ("back", "", [("upper_back", "back", "")]),
        ("posterior thigh", "right", [("thigh", "back", "right")]),
        ("both wrists", "", [("wrist", "front", "right"), ("wrist", "front", "left")]),
        ("hand", "", [("hand", "front", "")]),
        ("Праве передпліччя", "", [("forearm", "front", "right")]),
        ("стегно", "ліве", [("thigh", "front", "left")]),
        ("потилиця", "", [("occiput", "back", "")]),
        ("neck and chest", "", [("chest", "front", ""), ("neck", "front", "")]),
        ("liver", "left", []),
        ("", "left", []),
    ],
)
def test_words_of_a_region_are_read_into_places(region, side, found):
    assert set(places_of(region, side)) == {Place(*one) for one in found}


def test_every_item_about_a_part_of_the_body_has_a_place():
    assert all(places_of(words, "") for words in ITEMS.values())


@given(st.text(max_size=40), st.text(max_size=12))
def test_nothing_that_was_noted_is_left_out(region, side):
    drawn = body.draw([body.Noted("mark", region, side, "a note")], name="b", title="Body")
    assert len(drawn.placed) + len(drawn.unplaced) == 1


def test_a_side_that_was_not_recorded_is_drawn_on_both_and_said():
    drawn = body.draw([body.Noted("mark", "hand", "", "a ring")], name="b", title="Body")
    assert drawn.placed[0].without_side
    assert drawn.drawing.count("leader unsided") == 2


def test_a_hand_has_no_middle():
    assert body.draw([body.Noted("mark", "hand", "midline", "x")], name="b", title="B").unplaced


def test_the_right_of_a_body_seen_from_the_front_is_at_the_left():
    front = body._sign(Place("hand", "front", "right"))
    assert (front, body._sign(Place("hand", "back", "right"))) == (-1, 1)


@given(st.lists(st.floats(0, 500), max_size=12))
def test_numbers_at_a_margin_do_not_cover_each_other(heights):
    labels = [Label(str(n), (0, y), "mark") for n, y in enumerate(heights)]
    found = sorted(beside(labels, apart=22, low=40, high=470).values())
    assert all(b - a >= 22 - 1e-6 for a, b in zip(found, found[1:], strict=False))


@pytest.mark.parametrize(
    ("zone", "completeness", "found"),
    [
        ("whole", "complete", Presence.PRESENT), ("whole", "100 %", Presence.PRESENT),
        ("whole", "", Presence.PRESENT), ("distal", "", Presence.PARTIAL),
        ("whole", "75 %", Presence.PARTIAL), ("whole", "1/2", Presence.PARTIAL),
        ("whole", "incomplete", Presence.PARTIAL), ("whole", "absent", Presence.ABSENT),
        ("whole", "not present", Presence.ABSENT), ("whole", "0 %", Presence.ABSENT),
        ("whole", "відсутня", Presence.ABSENT), ("whole", "повна", Presence.PRESENT),
        ("whole", "see the note", Presence.UNCLEAR),
    ],
)  # fmt: skip
def test_completeness_is_read_in_words_and_shares(zone, completeness, found):
    assert skeleton.presence_of(Element("femur", "left", zone, completeness)) is found


def test_a_zone_that_is_absent_leaves_the_rest_of_the_bone():
    rows = [Element("femur", "left", "distal", "absent")]
    assert skeleton.together(rows) is Presence.PARTIAL
    assert skeleton.together([]) is Presence.NOT_RECORDED


def test_one_rib_says_nothing_of_the_others_and_a_bone_without_a_side_is_not_guessed():
    drawn = skeleton.draw(
        [Element("rib 5", "left", "whole", "complete"), Element("femur", "", "whole", "complete")],
        name="s", title="S",
    )  # fmt: skip
    told = {(one.bone, one.side): one.presence for one in drawn.recorded}
    assert told == {("ribs", "left"): Presence.PARTIAL}
    assert [one.element for one in drawn.unplaced] == ["femur"]


dates = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@given(st.lists(st.tuples(dates, dates), min_size=1, max_size=9))
def test_a_timeline_holds_every_date_between_its_edges(spans):
    every = [
        timeline.Happening(f"lane {n % 3}", "", f"{n}", min(one), max(one))
        for n, one in enumerate(spans)
    ]
    drawn = timeline.draw(every, name="t", title="T")
    assert len(drawn.dated) == len(every)
    first, last = timeline._span([one for _number, one in drawn.dated])
    assert all(first < one.earliest <= one.latest < last for one in every)
    assert len(timeline.ticks(first, last)) <= 15


def test_what_has_no_date_stands_beside_the_timeline():
    drawn = timeline.draw([timeline.Happening("A", "", "x")], name="t", title="T")
    assert (drawn.drawing, len(drawn.undated)) == (None, 1)
