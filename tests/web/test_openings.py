# SPDX-License-Identifier: Apache-2.0
"""Break-glass on pages: one record, an hour, two told; sealed matter by order and a second key."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from antigone.records.models import Notice, Opening
from tests.roles import somebody
from tests.web.test_pages import hold_markup, words

pytestmark = pytest.mark.django_db
FORM, LIST = "/case/wood/openings/open/", "/case/wood/openings/"
ASKED = {"kind": "person", "key": "P1", "role": "coordinator", "reason": "A call at night."}


@pytest.fixture
def morgue(reader, wood):
    somebody("commission", wood)
    return reader(by=somebody("morgue", wood).username)


def page_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_one_record_is_seen_for_an_hour_and_two_are_told(morgue, reader, wood, monkeypatch):
    assert morgue.get("/case/wood/persons/P1/").status_code == 404
    assert morgue.post(FORM, ASKED).status_code == 302
    form = page_of(morgue, FORM)
    assert "60 minutes left" in words(form)
    assert "/case/wood/persons/P1/" in form
    assert "Invented" in words(page_of(morgue, "/case/wood/persons/P1/"))
    assert morgue.get("/case/wood/persons/P2/").status_code == 404
    told = Notice.objects.filter(code="opening.made").values_list("to__username", flat=True)
    assert sorted(told) == ["amina", "invented-commission"]
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert reader(by="invented-morgue").get("/case/wood/persons/P1/").status_code in (302, 404)


def test_the_answer_does_not_say_whether_there_is_such_a_record(morgue, wood):
    answers = []
    for key in ("P1", "P99"):
        answer = morgue.post(FORM, ASKED | {"key": key})
        answers.append((answer.status_code, answer.headers["Location"], answer.content))
    assert answers[0] == answers[1]
    assert Opening.objects.count() == 2
    assert Notice.objects.count() == 4, "asking for what is not there is told all the same"
    assert morgue.get("/case/wood/persons/P99/").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"reason": " "}, {"kind": "user"}, {"role": "administrator"}, {"key": ""}]
)
def test_what_is_missing_or_no_choice_is_refused(morgue, wrong):
    assert morgue.post(FORM, ASKED | wrong).status_code == 422
    assert not Opening.objects.exists()


@pytest.mark.parametrize(
    ("kind", "key"),
    [("remains", "R1"), ("person", "P1"), ("family", "F1"), ("grave", "G1"), ("sample", "S1"),
     ("relative", "A1"), ("profile", "S1")],
)  # fmt: skip
def test_pages_answer_with_any_record_open_as_any_role(reader, wood, kind, key):
    client = reader(by=somebody("analyst", wood).username)
    for role in ("coordinator", "geneticist", "family_liaison"):
        opened = client.post(FORM, ASKED | {"kind": kind, "key": key, "role": role})
        assert opened.status_code == 302
    pages = set(re.findall(r'href="(/case/wood/[^"#?]*)"', page_of(client, FORM)))
    for path in sorted(pages | {"/case/wood/persons/", "/case/wood/families/", LIST}):
        assert client.get(path).status_code in (200, 404), path


def test_sealed_matter_waits_for_a_second_person(reader, wood):
    auditor = reader(by=somebody("auditor", wood).username)
    asked = ASKED | {"order_reference": "Order 7 of an invented court"}
    assert auditor.post(FORM, asked).status_code == 302
    one = Opening.objects.get()
    assert "waits for a second person" in words(page_of(auditor, FORM))
    assert auditor.post(f"{LIST}{one.pk}/approve/").status_code == 404
    coordinator = reader()
    page = page_of(coordinator, LIST)
    assert "Order 7 of an invented court" in words(page)
    assert "Approve" in page
    assert coordinator.post(f"{LIST}{one.pk}/approve/").status_code == 302
    assert "approved by amina" in words(page_of(coordinator, LIST))
    assert coordinator.post(f"{LIST}{one.pk}/approve/").status_code == 422
    assert "60 minutes left" in words(page_of(auditor, FORM))


def test_only_an_auditor_gives_an_order(morgue):
    assert "order_reference" not in page_of(morgue, FORM)
    morgue.post(FORM, ASKED | {"order_reference": "Order 7"})
    assert not Opening.objects.get().sealed_too


def test_a_record_of_which_something_is_withheld_leads_to_the_form(reader, wood):
    link = "/case/wood/openings/open/?kind=person&amp;key=P1"
    observer = reader(by=somebody("observer", wood).username)
    assert link in page_of(observer, "/case/wood/persons/P1/")
    assert 'value="P1"' in page_of(observer, link.replace("&amp;", "&"))
    assert link not in page_of(reader(), "/case/wood/persons/P1/"), "the coordinator sees all of it"


def test_an_administrator_approves_and_reads_no_case(reader, wood):
    auditor = reader(by=somebody("auditor", wood).username)
    auditor.post(FORM, ASKED | {"order_reference": "Order 7"})
    administrator = reader(by=somebody("administrator").username)
    page = page_of(administrator, LIST)
    assert "Approve" in page
    assert "P1" not in words(page), "only kind and id"
    assert administrator.post(f"{LIST}{Opening.objects.get().pk}/approve/").status_code == 302
    assert administrator.get("/case/wood/").status_code == 404


def test_who_may_not_read_openings_reads_their_own(morgue, wood):
    assert morgue.get(LIST).status_code == 404
    assert LIST + '"' not in page_of(morgue, FORM)


@pytest.mark.parametrize("role", ["coordinator", "auditor", "administrator", "observer", "morgue"])
def test_every_link_of_the_header_answers(reader, wood, role):
    case = None if role == "administrator" else wood
    client = reader(by=somebody(role, case).username)
    for start in ("/", "/case/wood/openings/" if role == "administrator" else "/case/wood/"):
        page = page_of(client, start)
        frame = page.split("<main", 1)[0] + page.split("</main>", 1)[1]
        for link in sorted(set(re.findall(r'href="(/(?!static)[^"#]*)"', frame))):
            assert client.get(link).status_code == 200, (start, link)


def test_the_pages_are_whole_in_each_language(reader, wood, language):
    client = reader(language)
    client.post(FORM, ASKED)
    for path in (FORM, LIST):
        hold_markup(page_of(client, path), path, language)
