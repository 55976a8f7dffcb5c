# SPDX-License-Identifier: Apache-2.0
"""A sheet of paper: its title, its code, its blocks and what it carries, set as PDF/A-3."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import segno
import typst

from antigone.exchange.paper.words import Words

STANDARD = "a-3a"
"""PDF/A-3, level A: tagged, fonts embedded, other files inside, readable in decades."""
_SHIPPED = Path(__file__).parent.parent / "shipped"
_QUIET = 4

Block = Mapping[str, Any]
"""One part of a sheet, as the template takes it; `is` says which."""


@dataclass(frozen=True, slots=True)
class Inside:
    """A file that travels inside a PDF."""

    name: str
    content: str
    description: str
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document on A4. `code` stands large at the top, beside its square."""

    title: Words
    blocks: Sequence[Block]
    made_at: datetime
    lead: Words = Words("", "")
    code: str = ""
    case: str = ""
    """Short name of the case, in the foot of each page."""
    tint: str = ""
    """Colour of the band at the top: the yellow or pink by which a form is known."""
    inside: tuple[Inside, ...] = ()
    square: str = ""
    """What the square says, where that is not the code."""
    watermark: Words = Words("", "")
    """Words across each page, for what is not to be taken for a valid document."""


def pdf_of(sheet: Sheet) -> bytes:
    """The sheet as PDF: the same bytes for the same sheet."""
    values = _values(sheet)
    return set_in_type("paper.typ", values, sheet.made_at, format="pdf", pdf_standards=STANDARD)[0]


def pictures_of(sheet: Sheet, *, pixels_per_inch: int) -> list[bytes]:
    """Each page of the sheet as a PNG picture."""
    return set_in_type(
        "paper.typ", _values(sheet), sheet.made_at, format="png", ppi=float(pixels_per_inch)
    )


def _values(sheet: Sheet) -> Mapping[str, Any]:
    return {
        "title": sheet.title,
        "lead": sheet.lead,
        "code": sheet.code,
        "square": square_of(sheet.square or sheet.code) if sheet.square or sheet.code else "",
        "watermark": sheet.watermark,
        "case": sheet.case,
        "tint": sheet.tint,
        "blocks": list(sheet.blocks),
        "inside": [
            {
                "name": one.name,
                "content": one.content,
                "description": one.description,
                "media_type": one.media_type,
            }
            for one in sheet.inside
        ],
    }


def set_in_type(
    template: str, values: Mapping[str, Any], made_at: datetime, **form: Any
) -> list[bytes]:
    """The template with these values, by the fonts that typst carries within itself."""
    at = made_at.astimezone(UTC)
    clock = [at.year, at.month, at.day, at.hour, at.minute, at.second]
    found = typst.compile(
        (_SHIPPED / template).read_bytes(),
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=True),
        sys_inputs={"sheet": json.dumps({**values, "clock": clock}, ensure_ascii=False)},
        timestamp=int(at.timestamp()),
        **form,
    )
    return [bytes(one) for one in found] if isinstance(found, list) else [bytes(found or b"")]


def square_of(text: str) -> str:
    """A QR code of level H with its quiet zone, in SVG: still read where a third is soiled."""
    picture = io.BytesIO()
    made = segno.make_qr(text, error="h", boost_error=False)
    made.save(picture, kind="svg", border=_QUIET, xmldecl=False, omitsize=True, svgclass=None)
    return picture.getvalue().decode()


# Blocks


def heading(words: Words) -> Block:
    """A heading over what follows."""
    return {"is": "heading", "text": words}


def paragraph(words: Words) -> Block:
    """A paragraph, the two languages beside each other."""
    return {"is": "paragraph", "text": words}


def field(label: Words, value: str = "", *, span: int = 1, lines: int = 1) -> Mapping[str, Any]:
    """One field with its label; a blank one has `lines` to write on."""
    return {
        "label": label, "value": value, "span": span, "lines": lines, "options": [], "codes": [],
    }  # fmt: skip


def choice(
    label: Words, options: Iterable[tuple[Words, bool]], *, span: int = 1
) -> Mapping[str, Any]:
    """One field with boxes, of which some are crossed."""
    boxes = [{"words": words, "on": on} for words, on in options]
    return {**field(label, span=span), "options": boxes}


def fields(found: Iterable[Mapping[str, Any]], *, columns: int) -> Block:
    """Fields in a grid of so many columns."""
    return {"is": "fields", "columns": columns, "fields": list(found)}


def table(
    head: Sequence[Words], rows: Iterable[Sequence[str]], *, widths: Sequence[float],
    blank_rows: int = 0,
) -> Block:  # fmt: skip
    """A table; `widths` in mm, a negative one as a share of what is left."""
    return {
        "is": "table", "head": list(head), "widths": list(widths),
        "rows": [list(row) for row in rows], "blank_rows": blank_rows,
    }  # fmt: skip


def drawing(svg: str, alternative: Words, *, width_mm: float) -> Block:
    """A drawing, with the words that stand for it where it cannot be seen."""
    return {"is": "drawing", "svg": svg, "alternative": alternative, "width_mm": width_mm}


def signatures(who: Iterable[Words]) -> Block:
    """Lines to sign on, for each of these."""
    return {"is": "signatures", "who": list(who)}
