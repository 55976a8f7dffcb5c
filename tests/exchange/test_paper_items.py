# SPDX-License-Identifier: Apache-2.0
"""Items 00 to 95: every one is there, is recorded, stands on its form, and comes back from it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from antigone.exchange.paper import dvi_forms
from antigone.exchange.paper.carried import read_form
from antigone.exchange.paper.drawings import TEETH
from antigone.exchange.paper.of_cases import ante_mortem_form, post_mortem_form
from antigone.exchange.paper.recording import compare, take_in
from antigone.records.actions import cases, entries
from antigone.records.actions.entries import EntryRefused, NewRow
from antigone.records.models import DviItem
from antigone.terms.dvi_items import Keeping, dvi_items
from antigone.terms.tables import several
from tests.cases import policy_text
from tests.records.invented import small_case
from tests.roles import account

AT = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
DAY = "2022-09-18"
POST_MORTEM = {
    "B": "20 21 21.01 21.02 22 23",
    "C1": "24 25",
    "C2": "26 27 28 29",
    "C3": "30",
    "D1": "31 31A 32 33 34 35 36",
    "D2": "37 38 39 40 41 42 43 44 45 46",
    "D3": "47 48 49 50 51 52 53 54 55",
    "E1": "60 61 62 63 64 65",
    "E2": "71 72 73 74 75",
    "E4": "93 94 95",
    "F1": "83 84 85",
    "F2": "86 87 88 89 90 91",
    "G": "92",
}
ANTE_MORTEM = {
    "A1": "00 01 02 03 04 05 06 07 08 09 10 11 12 12A 13",
    "A2": "14 15 16 17 18 19",
    "C1": "24 25",
    "C2": "26 27 28 29",
    "C3": "30",
    "D1": "31A 32 33 34 35 36",
    "D2": "37 38 39 40 41 42 43 44 45 46",
    "D3": "47 48 49 50 51 52 53 54 55",
    "E1": "56 57 58 59",
    "E2": "66 67 68 69 70",
    "E4": "93 94 95",
    "F1": "76 77 78 79 80 81 82",
    "F2": "86 87 88 89 90 91",
    "G": "92",
}
"""The items of each sheet of the classic forms, as they are inventoried."""
PARTS = {
    "22": 12, "31": 12, "53": 12, "24": 32 + 5, "25": 4, "28": 9, "30": 12, "29": 5, "19": 9,
    "73": 14, "94": 24, "B0": 15, "A0": 6,
}  # fmt: skip
"""How many parts the items with parts have."""


@pytest.fixture
def wood(db):
    """A small invented case."""
    return cases.import_case(
        tables=small_case(), policy_text=policy_text(), name="Invented Wood", slug="wood",
        by=account("amina"), invented=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("owner", "sheets"), [("remains", POST_MORTEM), ("person", ANTE_MORTEM)], ids=["pm", "am"]
)
def test_every_item_of_every_sheet_is_there(owner, sheets):
    for sheet, numbers in sheets.items():
        for number in numbers.split():
            assert dvi_items()[number].sheet(owner) == sheet, number


def test_no_number_from_00_to_95_is_missing():
    assert {f"{n:02d}" for n in range(96)} <= set(dvi_items())
    for number, parts in PARTS.items():
        found = [one for one in dvi_items() if one.startswith(f"{number}.")]
        assert len(found) == parts, number


def test_every_label_is_in_both_languages():
    for one in dvi_items().values():
        assert one.en
        assert any("а" <= letter <= "я" or letter in "іїєґ" for letter in one.uk.lower()), one
        for option in one.options:
            assert option.en
            assert option.uk


def _cells(owner: str, key: str) -> list[dict[str, str]]:
    """Something in every item of one form, and each flag in turn."""
    found = []
    for n, one in enumerate(dvi_items().values()):
        if not one.sheet(owner) or one.keeping is Keeping.PROFILE:
            continue
        row = {"owner_kind": owner, "owner": key, "item": one.number, "recorded_on": DAY}
        words = f"вигадка {n}; a=b, «c»\nline two"
        if one.options:
            words = f"{one.options[n % len(one.options)].code}; words {n}"
        row["contact" if one.keeping is Keeping.CONTACT else "value"] = words
        if n % 3:
            row[("attachment", "further")[n % 3 - 1]] = "yes"
        elif n % 2:
            row["no_data"] = "no"
        found.append(row | {"examiner": "Вигадко"})
    return found


@pytest.mark.parametrize(
    ("owner", "key", "made", "paper"),
    [
        ("remains", "R1", post_mortem_form, "post_mortem"),
        ("person", "P1", ante_mortem_form, "ante_mortem"),
    ],
    ids=["pm", "am"],
)
def test_every_item_is_entered_printed_and_read_back_equal(wood, owner, key, made, paper):
    entered = _cells(owner, key)
    rows = [NewRow("dvi_item", row) for row in entered]
    entries.enter_form(case=wood, rows=rows, by=account("amina"), reason="a test")
    form = made(wood, key, AT)
    carried = read_form(form.content)
    assert carried.paper == paper
    back = [
        {name: cell for name, cell in row.items() if cell} for row in carried.tables["dvi_item"]
    ]
    assert sorted(back, key=lambda row: row["item"]) == sorted(entered, key=lambda row: row["item"])
    assert {one.state for one in compare(wood, carried)} == {"same"}
    shown = dvi_forms.dvi_form(paper, carried.tables, code="", case="wood", made_at=AT)
    _everything_is_shown(shown, entered)


def _everything_is_shown(sheet, entered):
    """Each value stands on the page: as a crossed box, or as words; each flag as a cross."""
    items = {}
    for block in sheet.blocks:
        for one in block.get("items", ()):
            items[one["number"]] = one
        for column in block.get("columns", ()) if block["is"] == "items" else ():
            items |= {one["number"]: one for one in column}
    for row in entered:
        shown, said = items[row["item"]], row.get("value", "") or row.get("contact", "")
        crossed = {option["words"].en for option in shown["options"] if option["on"]}
        known = {one.code: one.en for one in dvi_items()[row["item"]].options}
        assert crossed == {known[one] for one in several(said) if one in known}
        for words in several(said) if known else [said]:
            assert words in known or words in shown["value"]
        assert shown["flags"] == [
            row.get(name) == "yes" for name in ("no_data", "attachment", "further")
        ]


def test_a_form_from_elsewhere_becomes_new_records(wood):
    elsewhere = cases.import_case(
        tables={"person": [{"person": "EXT-7", "name": "Вигадана Особа", "sex": "female"}]},
        policy_text=policy_text(), name="Elsewhere", slug="elsewhere", by=account("amina"),
        invented=True,
    )  # fmt: skip
    rows = [NewRow("dvi_item", row) for row in _cells("person", "EXT-7")[:40]]
    entries.enter_form(case=elsewhere, rows=rows, by=account("amina"), reason="a test")
    tooth = {"owner_kind": "person", "owner": "EXT-7", "tooth": "16", "charted_on": "2020",
             "state": "filled", "surfaces": "MO", "original_code": "MO comp"}  # fmt: skip
    entries.enter(case=elsewhere, table="tooth", cells=tooth, by=account("amina"))
    form = ante_mortem_form(elsewhere, "EXT-7", AT)
    carried = read_form(form.content)
    done = take_in(case=wood, carried=carried, by=account("amina"), reason="from elsewhere")
    assert (done.entered, done.corrected, done.same) == (42, 0, 0)
    again = take_in(case=wood, carried=carried, by=account("amina"), reason="from elsewhere")
    assert (again.entered, again.corrected, again.same) == (0, 0, 42)
    here = ante_mortem_form(wood, "EXT-7", AT)
    assert read_form(here.content).tables == carried.tables


def test_teeth_marks_and_bones_stand_on_the_form_and_come_back(wood):
    rows = [
        ("tooth", {"owner_kind": "remains", "owner": "R1", "tooth": tooth, "charted_on": DAY,
                   "state": state, "surfaces": surfaces, "original_code": f"X{tooth}"})
        for tooth, state, surfaces in (("16", "filled", "MOD"), ("55", "sound", ""),
                                       ("36", "missing_antemortem", ""))
    ]  # fmt: skip
    rows.append(
        ("mark", {"mark": "M1", "owner_kind": "remains", "owner": "R1", "kind": "tattoo",
                  "region": "arm", "side": "left", "description": "якір"})
    )  # fmt: skip
    rows.append(
        ("element", {"remains": "R1", "element": "femur", "side": "left", "zone": "shaft",
                     "completeness": "75 %"})
    )  # fmt: skip
    new = [NewRow(table, cells) for table, cells in rows]
    entries.enter_form(case=wood, rows=new, by=account("amina"), reason="a test")
    carried = read_form(post_mortem_form(wood, "R1", AT).content)
    back = [
        (table, {name: cell for name, cell in row.items() if cell})
        for table in ("tooth", "mark", "element")
        for row in carried.tables[table]
    ]
    filled = [(table, {name: cell for name, cell in row.items() if cell}) for table, row in rows]
    assert back == filled
    form = dvi_forms.dvi_form("post_mortem", carried.tables, code="", case="", made_at=AT)
    body, chart = (one["svg"] for one in form.blocks if one["is"] == "drawing")
    assert chart.count("#404040") == 3, "mesial, occlusal and distal of tooth 16"
    assert all(f">{tooth}</text>" in chart for tooth in TEETH)
    assert len(TEETH) == 52
    assert ">1</text>" in body


def test_an_item_of_the_other_form_is_printed_at_the_end():
    row = {"owner_kind": "remains", "owner": "R1", "item": "57", "value": "invented tablets"}
    form = dvi_forms.dvi_form("post_mortem", {"dvi_item": [row]}, code="", case="", made_at=AT)
    assert "invented tablets" in repr(form.blocks[-2:])


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"item": "96", "value": "words"}, "item", "unknown-dvi-item"),
        ({"item": "12", "value": "words"}, "value", "dvi-contact-in-value"),
        ({"item": "36", "contact": "words"}, "contact", "dvi-value-in-contact"),
        ({"item": "94.TH01", "value": "6"}, "value", "dvi-alleles-in-value"),
    ],
)
def test_what_cannot_stand_is_refused_with_what_to_do(wood, cells, column, code):
    row = {"owner_kind": "person", "owner": "P1", "recorded_on": DAY, **cells}
    with pytest.raises(EntryRefused) as refusal:
        entries.enter(case=wood, table="dvi_item", cells=row, by=account("amina"))
    assert refusal.value.faults[column].code == code
    assert not DviItem.objects.exists()
