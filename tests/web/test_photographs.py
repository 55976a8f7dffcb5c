# SPDX-License-Identifier: Apache-2.0
"""Photographs by the code visible in them; who was shown which picture, and how often."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from antigone.records import access
from antigone.records.actions import accounts, attachments, cases, trail
from antigone.records.kinds import rows_of
from antigone.records.models import ReadEvent, Remains, User
from antigone.records.queries import exposure
from antigone.records.sections import Section
from tests.cases import policy_text
from tests.roles import grant
from tests.web.invented import TABLES

PHOTOGRAPHS = {
    "photograph": [
        {"photograph": "F1", "item_kind": "remains", "item": "R1", "code_visible": "R1",
         "shows": "body"},
        {"photograph": "F2", "item_kind": "remains", "item": "R1", "code_visible": "R2",
         "shows": "head"},
        {"photograph": "F3", "item_kind": "remains", "item": "R1"},
    ],
}  # fmt: skip


@pytest.fixture
def pictured(wood):
    """A case with photographs, a coordinator and a morgue technician."""
    by = User.objects.get(username="amina")
    case = cases.import_case(
        tables={**TABLES, **PHOTOGRAPHS}, policy_text=policy_text(), name="Pictured Wood",
        slug="pictured", by=by, invented=True,
    )  # fmt: skip
    grant(by, "coordinator", case)
    grant(accounts.open_account(username="ben", by=None), "morgue", case)
    return case


@pytest.fixture
def show(pictured):
    """Show a picture to somebody: what the page that sends it does."""
    about = rows_of(Remains).filter(case=pictured, key="R1").first()
    one = attachments.attach(
        case=pictured, kind="remains", record=about.pk, section=Section.REMAINS,
        source=BytesIO(b"an invented picture"), file_name="F1.jpg", media_type="image/jpeg",
        doubt="", by=User.objects.get(username="amina"),
    )  # fmt: skip

    def shown(name: str, times: int = 1) -> None:
        user = User.objects.get(username=name)
        for _ in range(times):
            with access.looking_as(user, pictured, timezone.now()) as sight:
                exposure.note_shown(one)
            trail.record_reads(by=user, case=pictured, read=list(sight.read), role=sight.role)

    return shown


def test_photographs_are_filed_by_the_code_that_is_visible(pictured, reader):
    seen = reader().get("/case/pictured/photographs/").content.decode()
    _none, first, second = seen.split("<h2>")[1:4]
    assert "No code is visible" in _none
    assert "F3" in _none
    assert "F1" in first
    assert "another" not in first
    assert "F2" in second
    assert "the visible code is another" in second
    assert "/remains/R2/" in second
    assert "<img" not in seen


def test_each_showing_stands_in_the_log_of_reads(pictured, show):
    before = ReadEvent.objects.count()
    show("ben", 2)
    assert ReadEvent.objects.count() == before + 2
    ben = User.objects.get(username="ben")
    since = timezone.now() - timedelta(hours=1)
    assert len(exposure.shown_to(ben, pictured, since)) == 2
    assert exposure.shown_to(ben, pictured, timezone.now() + timedelta(hours=1)) == []


def test_who_plans_the_work_sees_everybody_and_others_themselves(pictured, show, reader):
    show("ben", 3)
    show("amina")
    own = reader(by="ben").get("/case/pictured/pictures-shown/").content.decode()
    assert "You were shown pictures 3 times." in own
    assert "Everybody in this case" not in own
    everybody = reader().get("/case/pictured/pictures-shown/").content.decode()
    assert "You were shown a picture 1 time." in everybody
    assert ">ben</th>" in everybody
    assert "has stated no number" in everybody


def test_rotation_is_asked_for_from_a_number_that_was_stated(pictured, show, reader, settings):
    show("ben", 3)
    settings.ANTIGONE_PICTURES_A_WEEK, settings.ANTIGONE_HELP = 3, "An invented helpline"
    own = reader(by="ben").get("/case/pictured/pictures-shown/").content.decode()
    assert "It is time to do other work" in own
    assert "An invented helpline" in own
    settings.ANTIGONE_PICTURES_A_WEEK = 4
    own = reader(by="ben").get("/case/pictured/pictures-shown/").content.decode()
    assert "It is time" not in own
