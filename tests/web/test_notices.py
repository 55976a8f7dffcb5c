# SPDX-License-Identifier: Apache-2.0
"""Notices: counted in the header of every page, read once, by whoever was told."""

from __future__ import annotations

import pytest

from antigone.records.actions import openings
from antigone.records.models import Notice, User
from antigone.records.queries.openings import record_of_the_key
from tests.roles import somebody
from tests.web.test_pages import hold_markup, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(wood):
    """A notice to the coordinator and one to an auditor."""
    somebody("auditor", wood)
    openings.open_record(
        case=wood, kind="person", record=record_of_the_key(wood, "person", "P1"),
        role="coordinator", reason="A call.", by=somebody("morgue", wood),
    )  # fmt: skip
    return Notice.objects.get(to=User.objects.get(username="amina"))


def test_a_notice_is_counted_read_and_counted_no_more(reader, told, events):
    client = reader()
    assert "1 notice " in words(client.get("/case/wood/").content.decode())
    page = words(client.get("/notices/").content.decode())
    assert "A record was opened beyond a role. Person, Invented Wood" in page
    assert "A call." not in page, "who, what and why stand with the opening"
    assert "A call." in words(client.get("/case/wood/openings/").content.decode())
    assert client.post(f"/notices/{told.pk}/read/").status_code == 302
    assert "0 notices" in words(client.get("/case/wood/").content.decode())
    assert "read" in words(client.get("/notices/").content.decode())
    assert events()[-1] == "notices.mark_read"
    before = len(events())
    assert client.post(f"/notices/{told.pk}/read/").status_code == 302
    assert len(events()) == before, "read once"


def test_nobody_reads_what_others_were_told(reader, told, wood):
    auditor = reader(by="invented-auditor")
    assert auditor.post(f"/notices/{told.pk}/read/").status_code == 422
    assert Notice.objects.get(pk=told.pk).read_at is None
    own = Notice.objects.get(to=User.objects.get(username="invented-auditor"))
    page = auditor.get("/notices/").content.decode()
    assert str(own.pk) in page
    assert str(told.pk) not in page


def test_the_count_is_one_query_and_of_today(reader, told, wood, django_assert_max_num_queries):
    client = reader()
    assert "1 notice " in words(client.get("/as-known/event-5/case/wood/").content.decode())
    with django_assert_max_num_queries(25):
        client.get("/about/")


def test_the_page_is_whole_in_each_language(reader, told, language):
    hold_markup(reader(language).get("/notices/").content.decode(), "/case/", language)
