# SPDX-License-Identifier: Apache-2.0
"""A filled form read back on its page: shown first, each fault beside its field, entered once."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.test import Client

from antigone.exchange.paper.carried import Carried, inside
from antigone.exchange.paper.sheets import Sheet, pdf_of
from antigone.exchange.paper.words import Words
from antigone.records import access
from antigone.records.actions import cases, corrections
from antigone.records.kinds import rows_of
from antigone.records.models import Event, Recovery, Remains
from tests.cases import policy_text
from tests.roles import account, somebody
from tests.web.conftest import with_second_factor
from tests.web.invented import TABLES

pytestmark = pytest.mark.django_db
AT = "/case/wood/paper/read/"
NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
RECOVERY = {"recovery": "V9", "grave": "G1", "remains": "R1", "recovered_on": "2022-09-17",
            "ordnance_cleared": "yes", "note": "Invented: <b>sunny</b>"}  # fmt: skip
REASON = "The sheet filled in by an invented team."


@pytest.fixture
def case(db):
    with access.at_the_terminal(None):
        return cases.import_case(
            tables=TABLES, policy_text=policy_text(), name="Invented Wood", slug="wood",
            by=account("invented-operator"), invented=True,
        )  # fmt: skip


@pytest.fixture
def morgue(case):
    user = with_second_factor(somebody("morgue", case))

    def signed_in(language="en"):
        client = Client(headers={"accept-language": language})
        client.force_login(user)
        return client

    return signed_in


def form_of(origin="", revisions=None, **tables) -> BytesIO:
    carried = Carried("recovery", "wood", tables, NOW, revisions or {}, origin)
    sheet = Sheet(Words("A", "А"), (), NOW, inside=inside(carried))
    return BytesIO(pdf_of(sheet))


def words(answer) -> str:
    return html.unescape(answer.content.decode())


def shown(client, **form):
    return client.post(AT, {"file": form_of(**form)})


def held(answer) -> str:
    return re.search(r'name="held" value="([^"]+)"', answer.content.decode())[1]


def test_it_is_shown_first_and_nothing_is_recorded(case, morgue):
    before = Event.objects.count()
    answer = shown(morgue(), recovery=[RECOVERY])
    assert answer.status_code == 200
    said = words(answer)
    assert "would be entered" in said
    assert "V9" in said
    assert "&lt;b&gt;sunny" in answer.content.decode()
    assert not rows_of(Recovery).filter(case=case).exists()
    assert Event.objects.count() == before


def test_confirmed_it_is_entered_once(case, morgue):
    client = morgue()
    confirm = {"held": held(shown(client, recovery=[RECOVERY])), "confirm": "1", "reason": REASON}
    answer = client.post(AT, confirm)
    assert "Records entered: 1. Corrected: 0." in words(answer)
    assert rows_of(Recovery).get(case=case).note == RECOVERY["note"]
    before = Event.objects.count()
    answer = client.post(AT, confirm)
    assert "Records entered: 0. Corrected: 0. There already, word for word: 1." in words(answer)
    assert (rows_of(Recovery).filter(case=case).count(), Event.objects.count()) == (1, before)


def test_every_fault_stands_beside_its_field_and_no_button_enters_it(case, morgue):
    bad = {**RECOVERY, "ordnance_cleared": "perhaps", "recovered_on": "the day before"}
    worse = {**RECOVERY, "recovery": "V10", "grave": "nowhere", "depth_cm": "deep"}
    answer = shown(morgue(), recovery=[bad, worse])
    said = words(answer)
    assert said.count('class="error"') >= 3
    assert "confirm" not in said
    client = morgue()
    before = Event.objects.count()
    good = shown(client, recovery=[RECOVERY])
    assert good.status_code == 200
    assert Event.objects.count() == before
    assert not rows_of(Recovery).filter(case=case).exists()


def test_faults_are_said_in_the_readers_language(case, morgue):
    said = words(shown(morgue("uk"), recovery=[{**RECOVERY, "depth_cm": "deep"}]))
    assert "буде внесено" in said
    assert "Nothing" not in said


def test_a_difference_is_shown_and_corrected_only_when_ticked(case, morgue):
    client = morgue()
    row = {"remains": "R1", "recovered_on": "2022-09-18"}
    answer = shown(client, remains=[row])
    said = words(answer)
    assert "differs from what is recorded" in said
    assert ">2022-09-16<" in said
    confirm = {"held": held(answer), "confirm": "1", "reason": REASON}
    answer = client.post(AT, confirm)
    assert answer.status_code == 422
    assert "Nothing was recorded" in words(answer)
    assert REASON in words(answer)
    assert "Corrected: 1." in words(client.post(AT, {**confirm, "correct": "on"}))
    assert rows_of(Remains).get(case=case, key="R1").recovered_on == "2022-09-18"


def test_a_form_of_an_older_revision_is_not_taken(case, morgue):
    with access.at_the_terminal(None):
        corrections.correct(
            record=rows_of(Remains).get(case=case, key="R1"), base=1, changes={"note": "Invented."},
            reason="a test", by=account("invented-operator"),
        )  # fmt: skip
    row = {"remains": "R1", "recovered_on": "2022-09-18"}
    answer = shown(morgue(), remains=[row], origin=str(case.pk), revisions={"remains": [1]})
    assert "was changed since this form was made" in words(answer)
    assert "confirm" not in words(answer)


def test_a_reason_is_needed_and_nothing_typed_is_lost(case, morgue):
    client = morgue()
    answer = client.post(AT, {"held": held(shown(client, recovery=[RECOVERY])), "confirm": "1"})
    assert answer.status_code == 422
    assert "Say why" in words(answer)
    assert held(answer)


@pytest.mark.parametrize("content", [b"", b"no pdf", b"%PDF-1.7\nnothing"])
def test_what_is_no_form_is_refused_beside_the_field(case, morgue, content):
    answer = morgue().post(AT, {"file": BytesIO(content)})
    assert answer.status_code == 422
    assert "carries no rows that can be read" in words(answer)


def test_rows_changed_on_their_way_are_not_taken(case, morgue):
    client = morgue()
    token = held(shown(client, recovery=[RECOVERY]))
    answer = client.post(AT, {"held": token[:-2] + "xx", "confirm": "1", "reason": REASON})
    assert answer.status_code == 422
    assert not rows_of(Recovery).filter(case=case).exists()


def test_a_lost_session_gives_the_rows_back(case, morgue):
    token = held(shown(morgue(), recovery=[RECOVERY]))
    answer = Client().post(AT, {"held": token, "confirm": "1", "reason": REASON})
    assert answer.status_code == 403
    assert token in words(answer)


def test_a_role_enters_only_what_it_writes_and_sees_no_more(case):
    client = Client()
    client.force_login(with_second_factor(somebody("family_liaison", case)))
    answer = shown(client, remains=[{"remains": "R1", "recovered_on": "2022-09-18"}])
    said = words(answer)
    assert "2022-09-16" not in said
    assert "confirm" not in said
    observer = Client()
    observer.force_login(with_second_factor(somebody("observer", case)))
    assert observer.get(AT).status_code == 404
    assert shown(observer, recovery=[RECOVERY]).status_code == 404
