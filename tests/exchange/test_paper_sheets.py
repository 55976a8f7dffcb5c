# SPDX-License-Identifier: Apache-2.0
"""Sheets: PDF/A-3 that carries its rows; values are data; counts are those of the records."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, date, datetime

import pypdf
import pytest
import zxingcpp
from PIL import Image

from antigone.exchange.paper import of_cases
from antigone.exchange.paper.carried import FORMAT, NAME, Carried, NotAForm, inside, read_form
from antigone.exchange.paper.recording import FormDiffers, compare, take_in
from antigone.exchange.paper.recovery_sheets import CARRIED, recovery_sheet
from antigone.exchange.paper.sheets import Inside, Sheet, paragraph, pdf_of, pictures_of
from antigone.exchange.paper.words import Words, code_words, column_words
from antigone.records.actions import cases, corrections, entries
from antigone.records.errors import ChangedMeanwhile
from antigone.records.models import Event, ReadEvent, Recovery
from antigone.records.queries.meetings import meeting
from antigone.records.queries.papers import recovery_of, remains_named
from antigone.terms.tables import TABLES, Kind
from tests.cases import policy_text
from tests.records.invented import small_case
from tests.roles import account

AT = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
CODE = "INV-A-00012-O"
RECOVERY = {
    "recovery": "V1", "grave": "G1", "remains": "R1", "recovered_on": "2022-09-17",
    "ordnance_cleared": "yes", "body_position": "prone", "features_seen": "grey hair; сива борода",
    "note": '#panic("no") $x$ *b* \\ "quoted"\nline two',
}  # fmt: skip


@pytest.fixture
def wood(db):
    """A small invented case with one recovery."""
    return cases.import_case(
        tables=small_case(recovery=[RECOVERY]), policy_text=policy_text(), name="Invented Wood",
        slug="wood", by=account("amina"), invented=True,
    )  # fmt: skip


def text_of(pdf: bytes) -> str:
    return "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("name", of_cases.BLANKS)
def test_every_blank_paper_is_pdf_a_3_on_a4_in_both_languages(name):
    content = of_cases.blank(name, AT).content
    assert content == of_cases.blank(name, AT).content, "the same each time"
    assert b"<pdfaid:part>3</pdfaid:part>" in content
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in content
    names = set(re.findall(rb"/FontName\s*/([A-Za-z0-9+-]+)", content))
    assert all(re.match(rb"[A-Z]{6}\+(LibertinusSerif|DejaVuSansMono)", one) for one in names)
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    for page in pages:
        assert [round(float(one)) for one in page.mediabox[2:]] == [595, 842]
    words = "".join(page.extract_text() for page in pages)
    assert re.search("[А-ЯІЇЄ][а-яіїє’]{3,}", words)
    assert re.search("[A-Z][a-z]{3,}", words)
    assert len(pages) <= (8 if "mortem" in name else 1)


def test_the_sheet_carries_its_rows_as_its_source_and_values_are_data(wood):
    paper = of_cases.recovery_sheet(wood, "R1", AT)
    found = pypdf.PdfReader(io.BytesIO(paper.content))
    (file,) = found.trailer["/Root"]["/AF"]
    assert file.get_object()["/AFRelationship"] == "/Source"
    assert file.get_object()["/UF"] == NAME
    carried = read_form(paper.content)
    assert (carried.paper, carried.case, carried.made_at) == ("recovery", "wood", AT)
    (row,) = carried.tables["recovery"]
    assert {name: cell for name, cell in row.items() if cell} == RECOVERY
    words = text_of(paper.content)
    assert '#panic("no") $x$ *b*' in words
    assert paper.file_name == f"recovery-{remains_named(wood, 'R1').code}.pdf"


def test_what_is_inside_stands_on_the_sheet_or_joins_it(wood):
    carried = read_form(of_cases.recovery_sheet(wood, "R1", AT).content)
    for table, rows in carried.tables.items():
        assert set(rows[0]) <= set(CARRIED[table])


def test_the_square_of_a_sheet_is_its_code():
    sheet = recovery_sheet({}, code=CODE, case="", made_at=AT)
    (page,) = pictures_of(sheet, pixels_per_inch=110)
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))
    assert found.text == CODE


def test_every_code_of_a_recovery_has_its_box_and_its_words():
    for column in TABLES["recovery"].columns:
        words = column_words("recovery", column.name)
        assert column.name in ("recovery", "grave", "remains") or words.en != words.uk
        if column.kind is Kind.CODE:
            for code in column.codes:
                assert code_words("recovery", column.name, code).uk != code


def test_a_form_that_differs_is_refused_and_corrected_on_demand_only(wood):
    form = of_cases.recovery_sheet(wood, "R1", AT).content
    other = cases.import_case(
        tables=small_case(recovery=[{**RECOVERY, "body_position": "supine", "depth_cm": "90"}]),
        policy_text=policy_text(), name="Other", slug="other", by=account("amina"), invented=True,
    )  # fmt: skip
    with pytest.raises(FormDiffers, match="body_position"):
        take_in(case=other, carried=read_form(form), by=account("amina"), reason="a test")
    done = take_in(
        case=other, carried=read_form(form), by=account("amina"), reason="as seen", correct=True
    )
    assert (done.entered, done.corrected) == (0, 1)
    now = recovery_of(remains_named(other, "R1"))
    assert (now.body_position, now.depth_cm) == ("prone", 90), "a blank on paper takes nothing away"


def test_a_form_of_an_older_revision_corrects_nothing(wood):
    form = of_cases.recovery_sheet(wood, "R1", AT).content
    recovery = recovery_of(remains_named(wood, "R1"))
    corrections.correct(
        record=recovery, base=recovery.revision, changes={"body_position": "sitting"},
        reason="a test", by=account("amina"),
    )  # fmt: skip
    with pytest.raises(ChangedMeanwhile):
        take_in(case=wood, carried=read_form(form), by=account("amina"), reason="x", correct=True)
    assert recovery_of(remains_named(wood, "R1")).body_position == "sitting"


def test_a_form_that_cannot_be_taken_in_whole_is_not_taken_in_at_all(wood):
    rows = [{**RECOVERY, "recovery": "V8"}, {**RECOVERY, "recovery": "V9", "depth_cm": "deep"}]
    carried = Carried("recovery", "elsewhere", {"recovery": rows}, AT)
    with pytest.raises(entries.EntryRefused) as refusal:
        take_in(case=wood, carried=carried, by=account("amina"), reason="a test")
    assert "depth_cm" in refusal.value.faults
    assert not Recovery.objects.filter(key="V8").exists()
    assert {one.state for one in compare(wood, carried)} == {"new"}


def test_a_form_is_one_act(wood):
    before = Event.objects.count()
    rows = [{**RECOVERY, "recovery": f"V{n}"} for n in (5, 6, 7)]
    carried = Carried("recovery", "elsewhere", {"recovery": rows}, AT)
    take_in(case=wood, carried=carried, by=account("amina"), reason="a test")
    found = Event.objects.filter(sequence__gte=before)
    assert len(set(found.values_list("act", flat=True))) == 1
    assert {json.loads(one)["verb"] for one in found.values_list("body", flat=True)} == {
        "entries.enter_form"
    }


# Files that are no forms


def carrying(content: str, name: str = NAME) -> bytes:
    """A PDF that carries these words instead of rows."""
    words = Words("Invented", "Вигадано")
    return pdf_of(Sheet(words, [paragraph(words)], AT, inside=(Inside(name, content, "invented"),)))


def rows_of(**changed: object) -> str:
    sound = {
        "format": FORMAT, "paper": "recovery", "case": "wood", "origin": "",
        "made_at": AT.isoformat(), "tables": {"recovery": [RECOVERY]}, "revisions": {},
    }  # fmt: skip
    return json.dumps({**sound, **changed})


def test_the_sound_one_is_read():
    assert read_form(carrying(rows_of())).tables["recovery"] == (RECOVERY,)


@pytest.mark.parametrize(
    "content",
    [
        "", "no json", "[]", "[" * 100_000, "{}", rows_of(format="antigone paper 2"),
        rows_of(tables={"unheard_of": []}), rows_of(tables={"recovery": [{"note": 7}]}),
        rows_of(tables={"recovery": [["note"]]}), rows_of(tables=[]), rows_of(case=7),
        rows_of(made_at="yesterday"), rows_of(made_at="2026-03-14T00:00:00"),
        rows_of(revisions={"recovery": ["1"]}), rows_of(revisions={"recovery": [1, 2]}),
        rows_of(tables={"recovery": [RECOVERY] * 20_001}),
    ],
    ids=range(16),
)  # fmt: skip
def test_rows_that_are_not_ours_are_refused(content):
    with pytest.raises(NotAForm) as refusal:
        read_form(carrying(content))
    assert "grey hair" not in str(refusal.value)


def test_another_attachment_is_no_form():
    with pytest.raises(NotAForm):
        read_form(carrying(rows_of(), name="other.json"))


def test_a_file_cut_or_spoilt_anywhere_is_refused_or_read_as_it_was():
    whole = carrying(rows_of())
    for place in range(0, len(whole), len(whole) // 40):
        spoilt = whole[:place] + b"\x00\xff\x13" + whole[place + 3 :]
        for content in (whole[:place], spoilt):
            try:
                found = read_form(content)
            except NotAForm:
                continue
            assert found.tables["recovery"] == (RECOVERY,)


def test_the_attachment_is_not_unpacked_without_end():
    bomb = carrying(rows_of(case="0" * 6_000_000))
    assert len(bomb) < 200_000
    with pytest.raises(NotAForm):
        read_form(bomb)


def test_inside_is_written_as_it_is_read():
    carried = Carried("recovery", "wood", {"recovery": (RECOVERY,)}, AT, {"recovery": (3,)}, "id")
    (one,) = inside(carried)
    assert read_form(carrying(one.content)) == carried


# The daily meeting


def test_the_meeting_counts_what_was_done_by_the_end_of_the_day(db):
    tables = small_case(
        party=[{"party": "T"}, {"party": "M"}],
        examination=[
            {"examination": "E1", "remains": "R1", "kind": "imaging",
             "at": "2022-09-18T10:00:00+03:00"},
            {"examination": "E2", "remains": "R1", "kind": "autopsy",
             "at": "2022-09-19T10:00:00+03:00"},
        ],
        custody=[
            {"event": "C1", "at": "2022-09-17T10:00:00+03:00", "item_kind": "remains",
             "item": "R1", "action": "handed_over", "from_party": "T", "to_party": "M"},
            {"event": "C2", "at": "2022-09-17T12:00:00+03:00", "item_kind": "remains",
             "item": "R1", "action": "received", "to_party": "M"},
        ],
    )  # fmt: skip
    tables["remains"] = [
        {**row, "recovered_on": day}
        for row, day in zip(
            tables["remains"], ("2022-09-17", "2022-09-18", "2022-09-20"), strict=True
        )
    ]
    case = cases.import_case(
        tables=tables, policy_text=policy_text(), name="Wood", slug="wood", by=account("amina"),
        invented=True,
    )  # fmt: skip
    found = meeting(case, date(2022, 9, 18))
    stages = {one.name: (one.by_then, one.on_the_day) for one in found.stages}
    assert found.remains == 2, "the third is recovered later"
    assert stages["recovered"] == (2, 1)
    assert stages["received"] == (1, 0)
    assert stages["imaging"] == (1, 1)
    assert stages["autopsy"] == (0, 0)
    codes = {key: remains_named(case, key).code for key in ("R1", "R2")}
    assert found.awaiting["autopsy"] == (codes["R1"],)
    assert found.awaiting["received"] == (codes["R2"],)
    later = meeting(case, date(2022, 9, 19))
    assert later.awaiting["anthropology"] == (codes["R1"],)
    words = text_of(of_cases.meeting_sheet(case, AT, day=date(2022, 9, 18)).content)
    assert codes["R1"] in words
    assert "2022-09-18" in words
    list_of_transport = of_cases.transport_list(case, "M", AT, day=date(2022, 9, 17))
    assert "R1" in text_of(list_of_transport.content)
    assert "handed over" in text_of(of_cases.custody_list(case, "R1", AT).content)


def test_protected_words_on_a_form_are_named_as_read(wood):
    row = {"owner_kind": "person", "owner": "P1", "item": "12", "recorded_on": "2023",
           "contact": "Invented street 1"}  # fmt: skip
    item = entries.enter(case=wood, table="dvi_item", cells=row, by=account("amina"))
    paper = of_cases.ante_mortem_form(wood, "P1", AT)
    assert paper.read == (("dvi_item", item.pk, "family_contact"),)
    assert "P1" not in paper.file_name
    assert not ReadEvent.objects.exists(), "who writes it out records it"
