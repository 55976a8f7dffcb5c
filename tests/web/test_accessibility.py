# SPDX-License-Identifier: Apache-2.0
"""axe-core finds nothing wrong with any page, in either language, light or dark, wide or narrow."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import resolve

from antigone.records.rights import ROLES
from tests.web import access_matrix as matrix
from tests.web.accessibility import faults, shown
from tests.web.further_addresses import further_addresses
from tests.web.test_browser import browser  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
FIRST = ("coordinator", "administrator")
"""Who is asked first: the role with most pages, and the one without a case."""
LOOKS = [("en", "light", 1280), ("uk", "dark", 390)]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield matrix.world()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _without_second_factors(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def every_address(world) -> list[str]:
    """Every address of the house in the first case, and of its accounts and states of work.

    What is asked of lists changes their rows, not their form: one question of each is enough.
    Sheets of paper are no pages of a browser.
    """
    every = [at for at in matrix.addresses(world, "own") if "/paper/" not in at]
    asked = [at for at in every if "?" not in at or at.endswith("?sex=female")]
    return [*asked, *further_addresses(world, "own")]


def is_page(answer) -> bool:
    """Whether it is a page, and no file."""
    return answer.headers.get("Content-Type", "").startswith("text/html")


def pages_of(world, role: str, addresses: list[str]) -> Iterator[str]:
    """Those of the addresses at which a role reads a page."""
    client = matrix.signed_in(world, role)
    for at in addresses:
        answer = client.get(at)
        if answer.status_code == 200 and is_page(answer):
            yield at


def by_kind(world) -> dict[str, list[str]]:
    """Every address without a question, by the name that the house gives to its kind."""
    found: dict[str, list[str]] = {}
    for at in every_address(world):
        if "?" not in at:
            found.setdefault(resolve(at).view_name, []).append(at)
    return found


def kinds_of_pages(world) -> dict[str, list[str]]:
    """For each role, one page of each kind that nobody before it reads."""
    waiting = by_kind(world)
    found: dict[str, list[str]] = {}
    for role in (*FIRST, *(one for one in ROLES if one not in FIRST)):
        client = matrix.signed_in(world, role)
        for name, addresses in list(waiting.items()):
            for at in addresses:
                answer = client.get(at)
                if answer.status_code in (403, 404):
                    continue
                del waiting[name]  # read here; or no page, for nobody: it acts, or gives a file
                if answer.status_code == 200 and is_page(answer):
                    found.setdefault(role, []).append(at)
                break
    return found


def looked_at(browser, world, role, look, addresses):  # noqa: F811
    """What axe-core says of each address, for a role in one look."""
    language, scheme, width = look
    client = matrix.signed_in(world, role)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    said: dict[str, list[str]] = {}
    try:
        page = context.new_page()
        for at in addresses:
            shown(page, client.get(at))
            assert page.get_attribute("html", "lang") == language, at
            if found := faults(page):
                said[at] = found
    finally:
        context.close()
    return said


@pytest.mark.proof
def test_one_page_of_each_kind(browser, world):  # noqa: F811
    """Every second one in the one look, the others in the other; the proof asks each in both."""
    kinds = kinds_of_pages(world)
    assert sum(map(len, kinds.values())) > 55, kinds
    for role, pages in kinds.items():
        for n, look in enumerate(LOOKS):
            assert looked_at(browser, world, role, look, pages[n :: len(LOOKS)]) == {}, (role, look)


@pytest.mark.proof
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_every_kind_of_page_in_each_look(browser, world, look):  # noqa: F811
    for role, pages in kinds_of_pages(world).items():
        assert looked_at(browser, world, role, look, pages) == {}, role


@pytest.mark.proof
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
@pytest.mark.parametrize("role", FIRST)
def test_every_page(browser, world, role, look):  # noqa: F811
    assert looked_at(browser, world, role, look, pages_of(world, role, every_address(world))) == {}


def test_what_is_wrong_is_found(browser, world):  # noqa: F811
    """The positive control: a picture without words and a field without a label are faults."""
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<html lang=en><title>A</title><main><h1>A</h1><img src=a><input></main>")
    found = " ".join(faults(page))
    context.close()
    assert re.search(r"image-alt.*label", found), found
