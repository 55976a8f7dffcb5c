# SPDX-License-Identifier: Apache-2.0
"""Labels for body, bag and grave: the code, large and as a square. Nothing else, nothing personal.

A square holds the code and nothing more, so that a phone of anybody reads no more than the eye.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from antigone.exchange.paper.sheets import STANDARD, set_in_type, square_of
from antigone.exchange.paper.words import Words
from antigone.terms import codes
from antigone.terms.errors import AntigoneError, gettext_noop

KINDS: Mapping[str, Words] = MappingProxyType(
    {
        "body": Words("Body", "Тіло"),
        "bag": Words("Bag", "Мішок"),
        "grave": Words("Grave", "Могила"),
        "sample": Words("Sample", "Зразок"),
        "object": Words("Object", "Річ"),
    }
)
"""What a label is put on."""
_SHORT = re.compile(r"[A-Z0-9][A-Z0-9./-]{0,19}", re.ASCII)


class NotForALabel(AntigoneError):
    """Text that no label may carry: it is no code, and might name somebody."""

    code = "exchange.not-for-a-label"
    message = gettext_noop(
        "%(what)s is not written as a code, so it cannot stand on a label. A label carries capital "
        "letters, digits, - . and /, with at least one digit and at most 20 characters. Use the "
        "code that was issued."
    )


class NoSuchStock(AntigoneError):
    """Label paper that is not known."""

    code = "exchange.no-such-stock"
    message = gettext_noop("Label paper %(stock)s is not known. Use one of: %(known)s.")


class NotOnTheSheet(AntigoneError):
    """A place to begin at that the label sheet does not have."""

    code = "exchange.not-on-the-sheet"
    message = gettext_noop(
        "A sheet of %(stock)s has %(places)d places; %(begin)d is none of them. Count from 1, at "
        "the top left, row by row."
    )


@dataclass(frozen=True, slots=True)
class Stock:
    """Label paper: the page, and how its labels lie on it. All in mm."""

    page_mm: tuple[float, float]
    label_mm: tuple[float, float]
    columns: int = 1
    rows: int = 1
    left_mm: float = 0.0
    top_mm: float = 0.0
    gap_mm: tuple[float, float] = (0.0, 0.0)

    @property
    def places(self) -> int:
        """Labels on one page."""
        return self.columns * self.rows


_A4 = (210.0, 297.0)
STOCKS: Mapping[str, Stock] = MappingProxyType(
    {
        "a4-2x4": Stock(_A4, (99.1, 67.7), 2, 4, 4.65, 13.1, (2.5, 0.0)),
        "a4-2x7": Stock(_A4, (99.1, 38.1), 2, 7, 4.65, 15.15, (2.5, 0.0)),
        "a4-3x8": Stock(_A4, (70.0, 37.0), 3, 8, 0.0, 0.5),
        "100x60": Stock((100.0, 60.0), (100.0, 60.0)),
        "62x29": Stock((62.0, 29.0), (62.0, 29.0)),
    }
)
"""Label paper that is sold everywhere: sheets of A4, and single labels from a roll."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label: what it is put on, and the code."""

    kind: str
    code: str


def checked(label: Label) -> Label:
    """The label, if its code can be no name: of ours with its check character, or short.

    Raises
    ------
    NotForALabel, antigone.terms.codes.NotACode
    """
    if label.code.count("-") == 3:
        codes.read(label.code)
    if not _SHORT.fullmatch(label.code) or not any(one.isdigit() for one in label.code):
        raise NotForALabel(what=KINDS[label.kind].en)
    return label


def label_sheets(
    labels: Iterable[Label], *, stock: str, made_at: datetime, copies: int = 1, begin: int = 1
) -> bytes:
    """The labels as PDF on this stock, each so many times; the first page from place `begin` on."""
    values = _values(labels, stock, copies, begin)
    return set_in_type("paper-labels.typ", values, made_at, format="pdf", pdf_standards=STANDARD)[0]


def label_pictures(
    labels: Iterable[Label], *, stock: str, made_at: datetime, copies: int = 1, begin: int = 1,
    pixels_per_inch: int,
) -> list[bytes]:  # fmt: skip
    """The same pages as PNG pictures."""
    values = _values(labels, stock, copies, begin)
    return set_in_type(
        "paper-labels.typ", values, made_at, format="png", ppi=float(pixels_per_inch)
    )


def _values(labels: Iterable[Label], stock: str, copies: int, begin: int) -> Mapping[str, Any]:
    if stock not in STOCKS:
        raise NoSuchStock(stock=stock, known=", ".join(STOCKS))
    of = STOCKS[stock]
    if not 1 <= begin <= of.places:
        raise NotOnTheSheet(stock=stock, places=of.places, begin=begin)
    every: Sequence[Label] = [checked(one) for one in labels for _ in range(copies)]
    squares = {one.code: square_of(one.code) for one in every}
    width, height = of.label_mm
    return {
        "page": of.page_mm, "label": [width, height], "columns": of.columns, "rows": of.rows,
        "left": of.left_mm, "top": of.top_mm, "gap": of.gap_mm, "begin": begin - 1,
        "labels": [
            {"words": KINDS[one.kind], "code": one.code, "square": squares[one.code]}
            for one in every
        ],
    }  # fmt: skip
