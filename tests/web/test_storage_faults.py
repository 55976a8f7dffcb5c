# SPDX-License-Identifier: Apache-2.0
"""A disk that is full, a locked file, a COMMIT that is not answered: a kind page, nothing lost."""

from __future__ import annotations

import html

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection
from django.urls import reverse

from antigone.records.actions import corrections
from antigone.records.models import Remains, User
from antigone.records.queries import counts
from antigone.web import corrections as pages
from tests.roles import grant
from tests.web.test_pages import words

SAYS = {
    "database or disk is full": ("is full", "заповнено"),
    "disk I/O error": ("reported a fault", "повідомив про збій"),
    "database is locked": ("held the database for too long", "надто довго"),
    "SSL connection has been closed unexpectedly": ("did not answer", "не відповіла"),
}
SEEN_AS = "<b>a typed reason</b> & more"


@pytest.fixture
def form(wood, reader, language):
    """A posted correction, its address, and the reader who sends it."""
    amina = User.objects.get(username="amina")
    grant(amina, "pathologist", wood)
    one = Remains.objects.filter(case=wood).first()
    address = reverse("web:correct", args=["wood", "remains", one.pk])
    typed = {"base": "1", "c-sex": "female", "reason": SEEN_AS}
    client = reader(language)
    client.raise_request_exception = False
    return client, address, typed


@pytest.mark.parametrize("words_of_the_fault", SAYS)
def test_a_posted_form_is_given_back(
    form, language, words_of_the_fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address, typed = form

    def fail(**_given: object) -> None:
        raise OperationalError(words_of_the_fault)

    monkeypatch.setattr(pages.corrections, "correct", fail)
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert SAYS[words_of_the_fault][language == "uk"] in words(page)
    assert words_of_the_fault not in page
    assert f'lang="{language}"' in page
    before = ("before you repeat it", "перш ніж повторювати")[language == "uk"]
    assert before in words(page)
    for name, value in typed.items():
        assert f'name="{name}"' in page
        assert html.escape(value) in page
    assert f'action="{address}"' in page


def test_a_commit_that_failed_after_it_was_kept(form, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page claims neither: whoever looks, as it advises, finds the change."""
    client, address, typed = form
    real = corrections.correct

    def kept_but_unanswered(**given: object) -> None:
        real(**given)
        raise OperationalError("disk I/O error")  # as COMMIT reports it

    with monkeypatch.context() as patched:
        patched.setattr(pages.corrections, "correct", kept_but_unanswered)
        answer = client.post(address, typed)
    assert answer.status_code == 503
    assert Remains.objects.get(pk=address.rstrip("/").rsplit("/", 1)[-1]).sex == "female"


def test_sending_it_again_is_accepted(wood, reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's own form carries its token."""
    import re

    grant(User.objects.get(username="amina"), "pathologist", wood)
    client = reader(enforce_csrf_checks=True)
    client.raise_request_exception = False
    one = Remains.objects.filter(case=wood).first()
    address = reverse("web:correct", args=["wood", "remains", one.pk])
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', client.get(address).content.decode())
    typed = {"base": "1", "c-sex": "female", "reason": "r", "csrfmiddlewaretoken": token[1]}
    with monkeypatch.context() as patched:
        patched.setattr(pages.corrections, "correct", lambda **_: 1 / 0)
        assert client.post(address, typed).status_code == 500
        patched.setattr(pages.corrections, "correct", _full)
        page = client.post(address, typed).content.decode()
    again = dict(re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n([^<]*)<', page))
    again["csrfmiddlewaretoken"] = re.search(r'middlewaretoken" value="(\w+)"', page)[1]
    assert client.post(address, again).status_code == 302
    assert Remains.objects.get(pk=one.pk).sex == "female"


def _full(**_given: object) -> None:
    raise OperationalError("database or disk is full")


def test_a_database_that_answers_nothing_at_all(reader) -> None:
    """Also the session cannot be read: the page is made without asking anything."""
    client = reader("uk")
    client.raise_request_exception = False

    def refuse(*_given: object) -> None:
        raise DatabaseError("database disk image is malformed")

    with connection.execute_wrapper(refuse):
        answer = client.get("/case/wood/")
    assert answer.status_code == 503
    assert "пошкоджено" in answer.content.decode()
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"]


def test_a_password_is_never_given_back(db, client) -> None:
    client.raise_request_exception = False

    def refuse(*_given: object) -> None:
        raise OperationalError("disk I/O error")

    with connection.execute_wrapper(refuse):
        answer = client.post(reverse("account_login"), {"login": "amina", "password": "a-secret"})
    assert answer.status_code == 503
    assert "a-secret" not in answer.content.decode()
    assert "passwords and codes never are" in words(answer.content.decode())


def test_a_question_of_ours_that_was_wrong_is_still_our_fault(
    wood, reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(_case: object) -> None:
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(counts, "five_counts", wrong)
    client = reader()
    client.raise_request_exception = False
    answer = client.get("/case/wood/")
    assert answer.status_code == 500
