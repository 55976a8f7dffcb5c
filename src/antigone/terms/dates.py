# SPDX-License-Identifier: Apache-2.0
"""Partial dates: EDTF level 1 as the case folder uses it, with its words and its bounds."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from antigone.terms.errors import AntigoneError, gettext_noop


class NotAPartialDate(AntigoneError):
    """Text that is not one of the date forms of the case folder."""

    code = "terms.not-a-partial-date"
    message = gettext_noop(
        "%(text)r is not a date. Write 2022-04-03, 2022-04, 2022, 1956~ (about), "
        "1956? (uncertain), "
        "2022-03/2022-05 (between) or ../2022-09-10 (until)."
    )


_POINT = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([~?%]?)")
_DECADE = re.compile(r"(\d{3})X([~?%]?)")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as known: the words of the source, and the days between which it lies.

    `earliest` or `latest` is None where the source leaves that end open (``../2022-09-10``).
    `approximate` is set by ``~``, ``?`` or ``%``: the bounds are then those of the words, and
    a model must widen them by a stated tolerance.
    """

    text: str
    earliest: date | None
    latest: date | None
    approximate: bool = False

    @property
    def year(self) -> int | None:
        """The year, when both bounds lie in one; else None."""
        if self.earliest and self.latest and self.earliest.year == self.latest.year:
            return self.earliest.year
        return None

    def surely_after(self, other: PartialDate) -> bool:
        """Whether every day this may be lies after every day that `other` may be."""
        return (
            self.earliest is not None
            and other.latest is not None
            and self.earliest > other.latest
            and not (self.approximate or other.approximate)
        )

    def __str__(self) -> str:
        return self.text


def parse_partial_date(text: str) -> PartialDate:
    """Read an EDTF level 1 date: a day, month, year, decade, about, uncertain, or an interval.

    Raises
    ------
    NotAPartialDate
        When the text has another form, or names a day that does not exist.
    """
    words = text.strip()
    if words.count("/") == 1:
        left, right = words.split("/")
        low = _end(left, words)
        high = _end(right, words)
        if low is None and high is None:
            raise NotAPartialDate(text=text)
        earliest = low.earliest if low else None
        latest = high.latest if high else None
        if earliest and latest and earliest > latest:
            raise NotAPartialDate(text=text)
        approximate = any(side.approximate for side in (low, high) if side)
        return PartialDate(words, earliest, latest, approximate)
    return _point(words, words)


def _end(side: str, whole: str) -> PartialDate | None:
    return None if side in ("", "..") else _point(side, whole)


def _point(text: str, whole: str) -> PartialDate:
    decade = _DECADE.fullmatch(text)
    if decade:
        first = int(decade[1]) * 10
        return PartialDate(
            whole, date(max(first, 1), 1, 1), date(first + 9, 12, 31), bool(decade[2])
        )
    match = _POINT.fullmatch(text)
    if match is None:
        raise NotAPartialDate(text=whole)
    year, month, day, mark = match.groups()
    try:
        earliest = date(int(year), int(month or 1), int(day or 1))
        last_month = int(month or 12)
        last_day = int(day) if day else calendar.monthrange(int(year), last_month)[1]
        latest = date(int(year), last_month, last_day)
    except ValueError:
        raise NotAPartialDate(text=whole) from None
    return PartialDate(whole, earliest, latest, bool(mark))
