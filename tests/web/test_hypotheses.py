# SPDX-License-Identifier: Apache-2.0
"""Hypotheses on pages: opened and closed by the coordinator, read by both sides."""

from __future__ import annotations

import pytest

from antigone.records.models import OpenedHypothesis
from tests.roles import somebody
from tests.web.test_pages import hold_markup, words

pytestmark = pytest.mark.django_db
PAGE = "/case/wood/hypotheses/"
PAIR = {"remains": "R1", "person": "P1", "reason": "Compare the teeth."}


@pytest.fixture
def client(reader):
    return reader()


def other(reader, wood, role):
    return reader(by=somebody(role, wood).username)


def test_the_coordinator_opens_a_pair_and_closes_it(client, wood, events):
    assert client.post(f"{PAGE}open/", PAIR).status_code == 302
    one = OpenedHypothesis.objects.get()
    page = words(client.get(PAGE).content.decode())
    assert "remains R1 – person P1 open" in page
    assert "Opened by amina" in page
    assert "Compare the teeth." in page
    for path in ("remains/R1/", "persons/P1/"):
        assert "Opened by amina" in words(client.get(f"/case/wood/{path}").content.decode())
    assert client.post(f"{PAGE}{one.pk}/close/", {"reason": " "}).status_code == 422
    assert client.post(f"{PAGE}{one.pk}/close/", {"reason": "They differ."}).status_code == 302
    assert "Closed because: They differ." in words(client.get(PAGE).content.decode())
    assert client.post(f"{PAGE}{one.pk}/close/", {"reason": "Again."}).status_code == 422
    assert events()[-2:] == ["hypotheses.open_hypothesis", "hypotheses.close_hypothesis"]


@pytest.mark.parametrize(
    "wrong", [{"reason": " "}, {"remains": "R99"}, {"person": "P99"}, {"remains": ""}]
)
def test_a_pair_that_lacks_something_is_refused_and_kept_in_the_form(client, wood, wrong):
    answer = client.post(f"{PAGE}open/", PAIR | wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not OpenedHypothesis.objects.exists()


def test_the_same_pair_twice_is_refused(client, wood):
    client.post(f"{PAGE}open/", PAIR)
    answer = client.post(f"{PAGE}open/", PAIR)
    assert answer.status_code == 422
    assert "is open already" in words(answer.content.decode())


def test_examiners_see_open_pairs_with_both_sides_and_no_other(client, reader, wood):
    examiner = other(reader, wood, "odontologist")
    assert "No hypothesis was opened yet." in words(examiner.get(PAGE).content.decode())
    assert examiner.get("/case/wood/persons/P1/").status_code == 404
    client.post(f"{PAGE}open/", PAIR)
    page = examiner.get(PAGE).content.decode()
    assert "/case/wood/persons/P1/" in page
    assert "Opened by amina" in words(page)
    assert examiner.get("/case/wood/persons/P1/").status_code == 200
    assert examiner.get("/case/wood/persons/P2/").status_code == 404
    assert "Open this hypothesis" not in page
    assert examiner.post(f"{PAGE}open/", PAIR).status_code == 404


def test_others_find_no_such_page(reader, wood):
    for role in ("morgue", "field_recorder", "observer", "geneticist"):
        assert other(reader, wood, role).get(PAGE).status_code == 404, role


def test_the_pages_are_whole_in_each_language(client, reader, wood, language):
    client.post(f"{PAGE}open/", PAIR)
    hold_markup(
        reader(language).get(f"{PAGE}?remains=R1&person=P2").content.decode(), PAGE, language
    )
