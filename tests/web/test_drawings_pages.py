# SPDX-License-Identifier: Apache-2.0
"""Pages of drawings: every record stands on one or beside it, in words; nothing hidden shows."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from antigone.records.actions import accounts, cases
from tests.cases import policy_text
from tests.roles import grant
from tests.web.invented import TABLES

EXAMINED = {
    "finding": [
        {"finding": "N1", "remains": "R1", "mechanism": "projectile", "region": "chest",
         "side": "left", "timing": "perimortem", "certainty": "probable"},
        {"finding": "N2", "remains": "R1", "mechanism": "ligature", "region": "wrists",
         "side": "both"},
        {"finding": "N3", "remains": "R1", "mechanism": "blunt", "region": "liver"},
    ],
    "mark": [
        {"mark": "K1", "owner_kind": "remains", "owner": "R1", "kind": "tattoo",
         "region": "передпліччя", "side": "праве", "description": "an anchor, invented"},
        {"mark": "K2", "owner_kind": "person", "owner": "P1", "kind": "scar", "region": "hand",
         "description": "of an invented burn"},
    ],
    "dvi_item": [
        {"owner_kind": "remains", "owner": "R1", "item": "53.12", "recorded_on": "2022-10-01",
         "value": "scar; as if sewn"},
    ],
    "element": [
        {"remains": "R1", "element": "femur", "side": "left", "zone": "whole",
         "completeness": "complete"},
        {"remains": "R1", "element": "femur", "side": "right", "zone": "distal",
         "completeness": "30 %"},
        {"remains": "R1", "element": "mandible", "side": "middle", "zone": "whole",
         "completeness": "absent"},
        {"remains": "R1", "element": "unnamed fragment", "side": "unknown", "zone": "unknown",
         "completeness": "1"},
    ],
    "tooth": [
        {"owner_kind": "remains", "owner": "R1", "tooth": "16", "charted_on": "2022-10-01",
         "state": "crowned"},
        {"owner_kind": "remains", "owner": "R1", "tooth": "11", "charted_on": "2022-10-01",
         "state": "sound"},
        {"owner_kind": "remains", "owner": "R1", "tooth": "12", "charted_on": "2022-10-01",
         "state": "rotated"},
        {"owner_kind": "person", "owner": "P1", "tooth": "16", "charted_on": "2015",
         "original_code": "ua043:Pl"},
        {"owner_kind": "person", "owner": "P1", "tooth": "11", "charted_on": "2015",
         "state": "crowned"},
    ],
    "custody": [
        {"event": "V1", "at": "2022-09-16T11:00:00+03:00", "item_kind": "remains", "item": "R1",
         "action": "recovered", "place": "Invented wood"},
        {"event": "V2", "at": "2022-09-18T09:00:00+03:00", "item_kind": "remains", "item": "R1",
         "action": "stored", "place": "Invented morgue"},
    ],
    "examination": [
        {"examination": "A1", "remains": "R1", "kind": "imaging",
         "at": "2022-09-30T09:00:00+03:00"},
    ],
    "control_period": [
        {"control_period": "T1", "site": "S1", "from_date": "2022-04", "to_date": "2022-09-10",
         "who_controlled": "an invented army"},
    ],
    "lead": [
        {"lead": "L1", "site": "S1", "reported_on": "2022-09-11", "where": "by the pond",
         "searched_on": "", "result": "not_searched"},
    ],
}  # fmt: skip


@pytest.fixture
def examined(wood, django_user_model):
    """The invented case with examinations, and readers of it in three roles."""
    by = django_user_model.objects.get(username="amina")
    case = cases.import_case(
        tables={**TABLES, **EXAMINED}, policy_text=policy_text(), name="Examined Wood",
        slug="examined", by=by, invented=True,
    )  # fmt: skip
    for name, role in (("amina", "coordinator"), ("ben", "field_recorder"), ("chidi", "observer")):
        one = by if name == "amina" else accounts.open_account(username=name, by=None)
        grant(one, role, case)
    return case


@pytest.fixture
def page(examined, reader):
    """The words of a page of the examined case."""

    def words(path: str, language: str = "en", by: str = "amina", status: int = 200) -> str:
        answer = reader(language, by=by).get(f"/case/examined/{path}")
        assert answer.status_code == status, path
        return answer.content.decode()

    return words


def test_every_note_stands_on_the_body_or_beside_it(page):
    seen = page("drawn/remains/R1/")
    assert "projectile" in seen
    assert "an anchor, invented" in seen
    assert "as if sewn" in seen
    placed, unplaced = seen.split("Not placed on the drawing")[:2]
    assert "liver" in unplaced
    assert "liver" not in placed


def test_bones_are_told_in_four_words(page):
    seen = page("drawn/remains/R1/")
    cells = re.findall(r'data-label="Bone">(.*?)</th><td data-label="Inventory">(.*?)</td>', seen)
    assert dict(cells) == {
        "mandible": "looked for and absent", "femur right": "present in part",
        "femur left": "present",
    }  # fmt: skip
    assert "unnamed fragment" in seen.split("Not placed on the drawing")[-1]
    assert "Not recorded, which is not the same as absent" in seen


def test_teeth_are_compared_with_those_of_a_person_who_is_asked_for(page):
    alone = page("drawn/remains/R1/")
    assert "impossible development:" not in alone
    assert "rotated" in alone.split("Not read")[1]
    seen = page("drawn/remains/R1/?with=P1")
    assert "possible: 0" in seen
    assert "explainable: 1" in seen
    assert "impossible development: 1" in seen
    assert "ua043:Pl" in seen
    assert "identifies and excludes nobody" in seen
    assert "No person of this key" in page("drawn/remains/R1/?with=P99")


def test_the_timeline_tells_every_date_in_order(page):
    seen = page("drawn/remains/R1/").split("History")[-1]
    told = re.findall(r'data-label="What">(.*?)</th>', seen)
    assert told == ["Recovery", "Custody", "Custody", "Examinations", "Samples"]
    site = page("sites/S1/")
    assert "an invented army" in site
    assert "by the pond" in site
    assert 'class="lasting"' in site


def test_a_person_has_teeth_and_marks(page):
    seen = page("persons/P1/")
    assert "of an invented burn" in seen
    assert "side not recorded" in seen
    assert "ua043:Pl" in seen


def test_what_a_role_does_not_see_is_not_drawn(page):
    seen = page("drawn/remains/R1/", by="ben")
    for hidden in ("projectile", "an anchor", "femur", "crowned", "as if sewn"):
        assert hidden not in seen
    assert "withheld" in seen
    observed = page("drawn/remains/R1/?with=P1", by="chidi")
    assert "ua043" not in observed
    assert "Held against" not in observed


def test_pages_of_drawings_ask_few_questions(page, examined, reader):
    client = reader()
    client.get("/case/examined/drawn/remains/R1/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/case/examined/drawn/remains/R1/")
    one = len(queries)
    with CaptureQueriesContext(connection) as queries:
        client.get("/case/examined/drawn/remains/R2/")
    assert len(queries) <= one + 1 <= 40  # of decisions, what families were told


@pytest.mark.parametrize("language", ["en", "uk"])
def test_drawings_have_no_style_and_no_script(page, language):
    for path in ("drawn/remains/R1/?with=P1", "sites/S1/", "persons/P1/"):
        for drawing in re.findall(r"<svg.*?</svg>", page(path, language), re.DOTALL):
            assert "style=" not in drawing
            assert "<script" not in drawing
            assert "<title" in drawing or 'aria-hidden="true"' in drawing
