# SPDX-License-Identifier: Apache-2.0
"""A kept case with a run, and readers of the pages in both languages."""

from __future__ import annotations

import json
import os

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.test import Client

from antigone.records.actions import accounts, analyses, cases
from antigone.records.models import Event, User
from antigone.records.queries import accounts as queries
from tests.cases import policy_text
from tests.roles import grant
from tests.web.invented import RUN, TABLES, grown
from tests.web.message_extraction import LOCALES


def pytest_configure() -> None:
    """Build the catalogues that are older than their text, as `make messages` does."""
    for text in LOCALES.glob("*/LC_MESSAGES/django.po"):
        built = text.with_suffix(".mo")
        if not built.exists() or built.stat().st_mtime < text.stat().st_mtime:
            draft = built.with_suffix(f".{os.getpid()}")
            with text.open("rb") as source, draft.open("wb") as stream:
                write_mo(stream, read_po(source, locale=text.parts[-3]))
            draft.replace(built)  # another worker of the tests may read it already


@pytest.fixture
def wood(db):
    """The invented case, kept with a run."""
    by = accounts.open_account(username="amina", by=None)
    case = cases.import_case(
        tables=TABLES, policy_text=policy_text(), name="Invented Wood", slug="wood", by=by,
        invented=True,
    )  # fmt: skip
    analyses.store_run(case=case, found=RUN, by=by)
    grant(by, "coordinator", case)
    return case


@pytest.fixture
def large(wood):
    """The same with forty more of everything that pages list."""
    by = User.objects.get(username="amina")
    tables, run = grown(40)
    case = cases.import_case(
        tables=tables, policy_text=policy_text(), name="Larger Wood", slug="large", by=by,
        invented=True,
    )  # fmt: skip
    analyses.store_run(case=case, found=run, by=by)
    grant(by, "coordinator", case)
    return case


@pytest.fixture(params=["en", "uk"])
def language(request):
    """Each language in turn."""
    return request.param


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret of every second factor in these tests."""


def with_second_factor(account: User) -> User:
    """The account, complete as this house asks."""
    if not queries.has_second_factor(account):
        accounts.set_second_factor(account=account, secret=SECRET, step=0, by=account)
    return account


@pytest.fixture
def reader(wood):
    """Whoever reads, signed in: ``reader()``, ``reader("uk")``, ``reader(by="amina")``."""

    def signed_in(language: str = "en", by: str = "amina", **options) -> Client:
        client = Client(headers={"accept-language": language}, **options)
        client.force_login(with_second_factor(User.objects.get(username=by)))
        return client

    return signed_in


@pytest.fixture
def read(reader):
    """Read a page of the case: its words, after its status was held against 200."""

    def page(path: str = "", language: str = "en", status: int = 200) -> str:
        client = reader(language)
        answer = client.get(path if path.startswith("/") else f"/case/wood/{path}")
        assert answer.status_code == status, path
        return answer.content.decode()

    return page


@pytest.fixture
def events(db):
    """The verbs of every event so far, oldest first."""
    return lambda: [json.loads(one)["verb"] for one in Event.objects.values_list("body", flat=True)]
