# SPDX-License-Identifier: Apache-2.0
"""Certificates of identification: what they state, carry and leave out, and their marks."""

from __future__ import annotations

import io
import json
import uuid
from datetime import UTC, datetime

import pypdf
import pytest
import zxingcpp
from PIL import Image

from antigone.exchange.paper import of_cases
from antigone.exchange.paper.certificates import FORMAT, NAME, Certified, LedgerPlace, certificate
from antigone.exchange.paper.of_cases import NothingOfThatKey
from antigone.exchange.paper.sheets import pdf_of, pictures_of
from antigone.ledger.tree import leaf_hash
from antigone.records import access
from antigone.records.actions import cases
from antigone.records.models import Event
from tests.cases import policy_text
from tests.roles import account
from tests.web.invented import TABLES

AT = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
PLACE = LedgerPlace(str(uuid.UUID(int=7)), 1843, "ab" * 32)
WHOLE = {
    "decision": "D7", "remains": "R1", "person": "P1", "name": "Вигаданко Остап", "born": "1985~",
    "decided_on": "2026-03-12", "basis": ("dna",), "signed": ("genetics", "legal_authority"),
    "place": PLACE, "invented": False, "complete": True, "stands": True,
}  # fmt: skip


def made(**more):
    return certificate(
        Certified(**{**WHOLE, **more}), code="INV-A-00012-O", case="wood", made_at=AT
    )


def text_of(pdf: bytes) -> str:
    return "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize(
    ("more", "mark"),
    [
        ({}, ""),
        ({"invented": True}, "INVENTED CASE"),
        ({"complete": False}, "NOT SIGNED"),
        ({"stands": False}, "NO LONGER STANDS"),
        ({"stands": False, "invented": True, "complete": False}, "INVENTED CASE"),
    ],
)
def test_what_is_no_valid_certificate_says_so_across_the_page(more, mark):
    found = text_of(pdf_of(made(**more)))
    marks = {"INVENTED CASE", "NOT SIGNED", "NO LONGER STANDS"}
    assert {one for one in marks if one in found} == ({mark} if mark else set())


def test_it_states_the_decision_in_both_languages_and_carries_its_data():
    content = pdf_of(made())
    assert b"<pdfaid:part>3</pdfaid:part>" in content
    said = text_of(content)
    for words in ("Certificate of identification", "Посвідчення про встановлення особи",
                  "Вигаданко Остап", "INV-A-00012-O", "ДНК", "1843"):  # fmt: skip
        assert words in said
    (inside,) = pypdf.PdfReader(io.BytesIO(content)).attachments[NAME]
    data = json.loads(inside)
    assert (data["format"], data["decision"], data["name"]) == (FORMAT, "D7", "Вигаданко Остап")
    assert data["event"] == {"log": PLACE.log, "sequence": 1843, "leaf": PLACE.leaf}


def test_the_square_is_the_event_and_names_nobody():
    (picture,) = pictures_of(made(), pixels_per_inch=150)
    (square,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert square.text == f"{FORMAT}\n{PLACE.log}\n1843\n{PLACE.leaf}"


@pytest.fixture
def wood(db):
    reasons = {"reasons": "Invented: the stepfather"}
    return cases.import_case(
        tables={**TABLES, "decision": [{**TABLES["decision"][0], **reasons}]},
        policy_text=policy_text(), name="Invented Wood", slug="wood", by=account("amina"),
        invented=True,
    )  # fmt: skip


def test_of_a_case_it_names_the_event_that_made_the_decision_and_no_reason(wood):
    paper = of_cases.certificate(wood, "D1", AT)
    event = Event.objects.get(kind="decision")
    (inside,) = pypdf.PdfReader(io.BytesIO(paper.content)).attachments[NAME]
    data = json.loads(inside)
    assert data["event"]["sequence"] == event.sequence
    assert data["event"]["leaf"] == leaf_hash(event.body.encode()).hex()
    assert (data["complete"], data["stands"], data["invented"]) == (False, True, True)
    assert "stepfather" not in text_of(paper.content) + inside.decode()
    assert "Прикладенко" not in paper.file_name


def test_of_what_named_nobody_there_is_none(wood):
    with pytest.raises(NothingOfThatKey):
        of_cases.certificate(wood, "D9", AT)


def test_within_a_sight_without_names_there_is_none(wood):
    from tests.roles import somebody

    observer = somebody("observer", wood)
    with access.looking_as(observer, wood, datetime.now(UTC)), pytest.raises(NothingOfThatKey):
        of_cases.certificate(wood, "D1", AT)
