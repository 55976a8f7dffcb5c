# SPDX-License-Identifier: Apache-2.0
"""What a filled form carries inside itself: rows of the case folder, written once and read back."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from antigone.exchange.paper.sheets import Inside
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import TABLES, Row

NAME = "antigone-rows.json"
"""The attachment's name in every form of ours."""
FORMAT = "antigone paper 1"
LARGEST_FORM = 20_000_000
_LARGEST_ROWS = 5_000_000
_MOST_ROWS = 20_000


class NotAForm(AntigoneError):
    """A file that is no form of ours, or whose rows cannot be read."""

    code = "exchange.not-a-form"
    message = gettext_noop(
        "This file carries no rows that can be read: %(why)s. Give the PDF as it was made, not a "
        "scan or a print of it; what is written by hand is entered on the page of the record."
    )


@dataclass(frozen=True, slots=True)
class Carried:
    """The rows of a form, by table, and of which records' revisions they were."""

    paper: str
    """Which form: ``recovery``, ``post_mortem``, ``ante_mortem``."""
    case: str
    tables: Mapping[str, Sequence[Row]]
    made_at: datetime
    revisions: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """For each row the revision that it was of, where the form was made from records."""
    origin: str = ""
    """Random id of the case in the installation that made it."""


def inside(carried: Carried) -> tuple[Inside, ...]:
    """The attachment that carries these rows."""
    body = {
        "format": FORMAT,
        "paper": carried.paper,
        "case": carried.case,
        "origin": carried.origin,
        "made_at": carried.made_at.astimezone(UTC).isoformat(),
        "tables": {name: [dict(row) for row in rows] for name, rows in carried.tables.items()},
        "revisions": {name: list(numbers) for name, numbers in carried.revisions.items()},
    }
    text = json.dumps(body, ensure_ascii=False, indent=1)
    return (Inside(NAME, text, "Rows of this form, as Antigone reads them back"),)


def read_form(pdf: bytes) -> Carried:
    """The rows that a form carries.

    Raises
    ------
    NotAForm
    """
    if len(pdf) > LARGEST_FORM:
        raise NotAForm(why="it is larger than any form")
    return read_rows(_attached(pdf))


def _attached(pdf: bytes) -> bytes:
    from pypdf import PdfReader  # only where a form is read
    from pypdf.errors import PyPdfError

    try:
        found = PdfReader(io.BytesIO(pdf)).attachments.get(NAME, [])
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError,
            RecursionError) as fault:  # fmt: skip
        raise NotAForm(why="it is no whole PDF") from fault
    if len(found) != 1:
        raise NotAForm(why=f"it has no attachment {NAME}, or several")
    if len(found[0]) > _LARGEST_ROWS:
        raise NotAForm(why="its rows are too large")
    return bytes(found[0])


def read_rows(content: bytes) -> Carried:
    """The rows of an attachment as `inside` writes them.

    Raises
    ------
    NotAForm
    """
    try:
        body = json.loads(content.decode("utf-8"))
        made_at = datetime.fromisoformat(body["made_at"])
        tables = _tables(body["tables"])
        revisions = {str(name): _numbers(found) for name, found in body["revisions"].items()}
        said = (body["format"], body["paper"], body["case"], body["origin"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise NotAForm(why="its rows are not written as ours are") from fault
    if said[0] != FORMAT or not all(isinstance(one, str) for one in said):
        raise NotAForm(why="its rows are of another version")
    if {name: len(rows) for name, rows in tables.items()} != {
        name: len(numbers) for name, numbers in revisions.items()
    } and revisions:
        raise NotAForm(why="its rows and their revisions are not as many")
    if made_at.tzinfo is None:
        raise NotAForm(why="its hour has no offset")
    return Carried(said[1], said[2], tables, made_at, revisions, said[3])


def _tables(found: Any) -> dict[str, tuple[dict[str, str], ...]]:
    tables = {}
    for name, rows in found.items():
        if name not in TABLES:
            raise ValueError(name)
        tables[name] = tuple(_row(one) for one in rows)
    if sum(len(rows) for rows in tables.values()) > _MOST_ROWS:
        raise ValueError("rows")
    return tables


def _row(found: Any) -> dict[str, str]:
    if not all(isinstance(one, str) for pair in found.items() for one in pair):
        raise TypeError(found)
    return dict(found)


def _numbers(found: Any) -> tuple[int, ...]:
    if not all(isinstance(one, int) for one in found):
        raise TypeError(found)
    return tuple(found)
