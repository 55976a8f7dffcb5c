# SPDX-License-Identifier: Apache-2.0
"""The printed sheet: the same bytes each time, and a square code that a reader gives back whole."""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import zxingcpp
from PIL import Image

from antigone.exchange.day_sheets import _typed, day_sheet, day_sheet_picture
from antigone.ledger.errors import NoteFault
from antigone.ledger.notes import SigningKey, origin_of, read_checkpoint, sign_checkpoint
from antigone.records.queries.day_sheets import DayCount, DayFacts

LOG = "0b8a3c0e-7d0b-4f0e-9a52-0d6f0f3f1a11"
KEY = SigningKey(origin_of(LOG), bytes(range(32)))
ROOT = bytes(range(100, 132))
FACTS = DayFacts(
    installation="A",
    device="5f0c9f1e-3c57-4ff9-8a35-6f9a41a4f7f2",
    origin=origin_of(LOG),
    log="changes",
    size=13_398,
    root=ROOT.hex(),
    key=KEY.verifier.text,
    note=sign_checkpoint(origin_of(LOG), 13_398, ROOT, KEY),
    made_at=datetime(2026, 3, 14, 16, 5, 9, tzinfo=UTC),
    counts=(
        DayCount("cases.import_case", "operator", 13_000),
        DayCount("corrections.correct", "anthropologist", 397),
        DayCount("an.unheard_of", "unheard_of", 1),
    ),
)


@pytest.fixture(params=["en", "uk"])
def language(request):
    """Each language in turn."""
    return request.param


def test_the_code_on_the_page_gives_back_the_note_and_the_note_verifies(language):
    """Read from a picture of the whole page, as a camera would see it."""
    page = Image.open(io.BytesIO(day_sheet_picture(FACTS, language, pixels_per_inch=150)))
    (found,) = zxingcpp.read_barcodes(page)
    assert found.ec_level == "H"
    assert found.text == FACTS.note
    said = read_checkpoint(found.text, [KEY.verifier])
    assert (said.size, said.root.hex(), said.origin) == (FACTS.size, FACTS.root, FACTS.origin)
    with pytest.raises(NoteFault):
        read_checkpoint(found.text.replace("13398", "13399"), [KEY.verifier])
    corners = found.position
    width_mm = (corners.top_right.x - corners.top_left.x) / 150 * 25.4
    assert width_mm >= 30
    assert len(FACTS.note.encode()) < 300


def test_the_same_facts_give_the_same_bytes(language):
    assert day_sheet(FACTS, language) == day_sheet(FACTS, language)
    later = replace(FACTS, made_at=FACTS.made_at + timedelta(seconds=1))
    assert day_sheet(later, language) != day_sheet(FACTS, language)


def test_it_is_tagged_pdf_a_3_with_its_fonts_inside(language):
    pdf = day_sheet(FACTS, language)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    names = set(re.findall(rb"/FontName\s*/([A-Za-z0-9+-]+)", pdf))
    assert names
    assert all(re.match(rb"[A-Z]{6}\+(LibertinusSerif|DejaVuSansMono)", name) for name in names)


def test_values_are_data_and_never_markup(language):
    hostile = replace(
        FACTS, installation='#panic("no") $x$ *b* \\', counts=(DayCount("a.b", "#eval", 1),)
    )
    assert day_sheet(hostile, language).startswith(b"%PDF")


def test_the_sheet_fits_one_page_and_prints_what_is_to_be_typed(language):
    day = replace(FACTS, counts=tuple(DayCount("a.b", f"role_{n}", n) for n in range(4)))
    assert pages_of(day_sheet(day, language)) == 1
    typed = _typed(FACTS).split()
    assert typed[:3] == ["python3", "verify_evidence.py", "PACKAGE"]
    root = typed[typed.index("--sheet-root") + 1 :]
    assert "".join(root) == FACTS.root
    assert typed[typed.index("--sheet-size") + 1] == "13398"
    assert typed[typed.index("--sheet-log") + 1] == FACTS.origin
    assert day_sheet(replace(FACTS, key="another"), language) != day_sheet(FACTS, language)


def pages_of(pdf: bytes) -> int:
    """How many pages the trees of pages count, in the plain objects and the packed ones."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    texts = [pdf] + [zlib.decompress(one) for one in packed if one[:1] == b"\x78"]
    return max(int(n) for text in texts for n in re.findall(rb"/Count (\d+)", text))


def test_languages_differ():
    assert day_sheet_picture(FACTS, "en", pixels_per_inch=40) != day_sheet_picture(
        FACTS, "uk", pixels_per_inch=40
    )
