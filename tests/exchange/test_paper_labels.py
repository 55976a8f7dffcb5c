# SPDX-License-Identifier: Apache-2.0
"""Labels: every square gives back its code, every label lies in its place, nothing else stands."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image

from antigone.exchange.paper.labels import (
    STOCKS,
    Label,
    NoSuchStock,
    NotForALabel,
    NotOnTheSheet,
    label_pictures,
    label_sheets,
)
from antigone.terms.codes import NotACode, issue

AT = datetime(2026, 3, 14, tzinfo=UTC)
INCH = 25.4
LABELS = [Label(kind, issue("INV", "A", n)) for n, kind in enumerate(("body", "bag", "grave"), 12)]


def read(pictures: list[bytes]) -> list[list[zxingcpp.Barcode]]:
    """The squares of each page, as a camera finds them."""
    return [zxingcpp.read_barcodes(Image.open(io.BytesIO(one))) for one in pictures]


@pytest.mark.parametrize("stock", STOCKS)
def test_every_square_gives_back_its_code_and_nothing_more(stock):
    pages = read(label_pictures(LABELS, stock=stock, made_at=AT, copies=2, pixels_per_inch=150))
    found = [square for page in pages for square in page]
    assert sorted(one.text for one in found) == sorted(one.code for one in LABELS * 2)
    assert {one.ec_level for one in found} == {"H"}
    assert label_sheets(LABELS, stock=stock, made_at=AT).startswith(b"%PDF-1.7")


@pytest.mark.parametrize("stock", STOCKS)
def test_a_label_lies_inside_its_place(stock):
    of = STOCKS[stock]
    (page,) = read(
        label_pictures(LABELS[:1], stock=stock, made_at=AT, begin=of.places, pixels_per_inch=150)
    )
    (square,) = page
    across = of.left_mm + (of.columns - 1) * (of.label_mm[0] + of.gap_mm[0])
    down = of.top_mm + (of.rows - 1) * (of.label_mm[1] + of.gap_mm[1])
    at = [one / 150 * INCH for one in (square.position.top_left.x, square.position.top_left.y)]
    end = [
        one / 150 * INCH for one in (square.position.bottom_right.x, square.position.bottom_right.y)
    ]
    assert across < at[0] < end[0] < across + of.label_mm[0]
    assert down < at[1] < end[1] < down + of.label_mm[1]
    assert across + of.label_mm[0] <= of.page_mm[0] + 0.01
    assert down + of.label_mm[1] <= of.page_mm[1] + 0.01
    assert end[0] - at[0] >= 14, "large enough for a worn telephone"


def test_a_square_is_read_where_a_tenth_of_it_is_soiled():
    (picture,) = label_pictures(LABELS[:1], stock="100x60", made_at=AT, pixels_per_inch=200)
    page = Image.open(io.BytesIO(picture)).convert("L")
    ((square,),) = read([picture])
    middle_x = (square.position.top_left.x + square.position.bottom_right.x) // 2
    middle_y = (square.position.top_left.y + square.position.bottom_right.y) // 2
    side = (square.position.bottom_right.x - square.position.top_left.x) // 6
    page.paste(120, (middle_x - side, middle_y - side, middle_x + side, middle_y + side))
    (again,) = zxingcpp.read_barcodes(page)
    assert again.text == LABELS[0].code


def test_a_full_sheet_goes_on_on_the_next_page():
    pages = read(
        label_pictures(LABELS, stock="a4-2x4", made_at=AT, copies=3, begin=8, pixels_per_inch=100)
    )
    assert [len(page) for page in pages] == [1, 8]


@pytest.mark.parametrize(
    "text", ["Вигадко", "Nemo Inventius", "NEMO", "", "INV A 1", "A" * 20 + "1"]
)
def test_what_might_name_somebody_is_on_no_label(text):
    with pytest.raises(NotForALabel) as refusal:
        label_sheets([Label("grave", text)], stock="100x60", made_at=AT)
    assert not text or text not in str(refusal.value)


def test_a_code_whose_check_character_is_wrong_is_on_no_label():
    good = LABELS[0].code
    wrong = good[:-1] + ("A" if good[-1] != "A" else "B")
    with pytest.raises(NotACode):
        label_sheets([Label("body", wrong)], stock="100x60", made_at=AT)


def test_a_stock_that_is_not_known_names_those_that_are():
    with pytest.raises(NoSuchStock, match="a4-2x7"):
        label_sheets(LABELS, stock="a5", made_at=AT)
    for begin in (0, 9):
        with pytest.raises(NotOnTheSheet):
            label_sheets(LABELS, stock="a4-2x4", made_at=AT, begin=begin)
