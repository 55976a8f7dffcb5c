# SPDX-License-Identifier: Apache-2.0
"""What the text of one cell must be: codes, numbers, partial dates, times, alleles."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from antigone.terms.alleles import NotAnAllele, canonical_allele
from antigone.terms.dates import NotAPartialDate, parse_partial_date
from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark
from antigone.terms.tables import Column, Kind, several

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that no text has; tab and line ends are text."""
ALLELE_COLUMNS = {"profile": ("allele1", "allele2"), "frequency": ("allele",)}

_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "blank-key": gettext_noop("Fill this in: every record needs it."),
        "blank-cell": gettext_noop("Fill this in: the record needs it."),
        "blanks-around": gettext_noop("Delete the blanks before and after: keys are exact."),
        "control-character": gettext_noop(
            "It holds a control character, which no text has. Delete it."
        ),
        "not-a-code": gettext_noop("It is none of: %(codes)s. Choose one of these."),
        "not-a-number": gettext_noop(
            "It is not a number. Write digits with a decimal point, without unit: 12.5."
        ),
        "not-a-whole-number": gettext_noop("It is not a whole number. Write digits only: 12."),
        "below-its-range": gettext_noop("It is below %(low)s. Check the number and its unit."),
        "above-its-range": gettext_noop("It is above %(high)s. Check the number and its unit."),
        "not-a-date": gettext_noop(
            "It is not a date. Write 2022-04-03, 2022-04, 2022, 1956~ (about), 1956? (uncertain), "
            "2022-03/2022-05 (between) or ../2022-09-10 (until)."
        ),
        "not-a-time": gettext_noop(
            "It is not a time with its offset. Write 2022-09-20T14:05:00+03:00."
        ),
        "not-an-allele": gettext_noop(
            "It is not an allele. Write the repeat number, such as 14 or 9.3."
        ),
    }
)
"""What is wrong with a cell, by its code, and what to do."""


def unfit(cell: str, column: Column, table: str) -> Remark | None:
    """What is wrong with `cell` in `column` of `table`; None if nothing is."""
    text = cell.strip()
    if not text:
        if not column.required:
            return None
        return _remark("blank-key" if column.is_key else "blank-cell", column=column.name)
    if text != cell and (column.is_key or column.refers_to or column.refers_by):
        return _remark("blanks-around")
    if column.name in ALLELE_COLUMNS.get(table, ()):
        return None if canonical(text) is not None else _remark("not-an-allele")
    return _unfit_text(text, column)


def unkeepable(cell: str) -> Remark | None:
    """What is wrong with the letters of `cell`, whatever its column; None if nothing is."""
    return _remark("control-character") if CONTROL.search(cell) else None


def _unfit_text(text: str, column: Column) -> Remark | None:
    if column.kind is Kind.CODE:
        return _unfit_codes((text,), column)
    if column.kind is Kind.CODES:
        return _unfit_codes(several(text), column)
    if column.kind in (Kind.NUMBER, Kind.INTEGER):
        return _unfit_number(text, column)
    if column.kind is Kind.DATE and not is_partial_date(text):
        return _remark("not-a-date")
    if column.kind is Kind.TIME and not is_time(text):
        return _remark("not-a-time")
    return None


def _unfit_codes(words: tuple[str, ...], column: Column) -> Remark | None:
    wrong = next((word for word in words if word not in column.codes), None)
    if wrong is None:
        return None
    return _remark("not-a-code", codes=", ".join(column.codes), found=wrong)


def _unfit_number(text: str, column: Column) -> Remark | None:
    if column.kind is Kind.INTEGER and not _WHOLE.fullmatch(text):
        return _remark("not-a-whole-number")
    value = number(text)
    if value is None:
        return _remark("not-a-number")
    if column.low is not None and value < column.low:
        return _remark("below-its-range", low=f"{column.low:g}")
    if column.high is not None and value > column.high:
        return _remark("above-its-range", high=f"{column.high:g}")
    return None


def _remark(code: str, **facts: str) -> Remark:
    return Remark(code, SENTENCES[code], facts)


def number(text: str) -> float | None:
    """The finite number that `text` writes with ASCII digits; None if it writes none."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def is_partial_date(text: str) -> bool:
    """Whether `text` is a date of the case folder, in ASCII digits."""
    try:
        parse_partial_date(text)
    except NotAPartialDate:
        return False
    return text.isascii()


def is_time(text: str) -> bool:
    """Whether `text` is an RFC 3339 time with its offset that exists."""
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4_096)  # a national case has 80,000 cells of some hundred alleles
def canonical(allele: str) -> str | None:
    """The canonical allele that a cell writes; None where it writes none."""
    if not allele.isascii():
        return None
    try:
        return canonical_allele(allele, "")
    except NotAnAllele:
        return None
