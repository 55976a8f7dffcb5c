# SPDX-License-Identifier: Apache-2.0
"""The work in the background in a real browser: it changes by itself, and under one's hands."""

from __future__ import annotations

import os

import pytest

from antigone.analysis.jobs import ask_to_weigh
from antigone.records.actions import leases
from antigone.records.errors import AttemptsUsedUp
from antigone.records.models import User
from tests.web.test_browser import browser, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["browser", "look"]
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def asked(wood):
    return ask_to_weigh(wood, seconds=30.0, by=User.objects.get(username="amina"))


def test_the_state_changes_by_itself_and_the_button_stays_in_hand(look, asked):
    page = look("jobs/")
    page.locator(f"#cancel-{asked.pk}").focus()
    lease = leases.take(holder="a worker", kinds=["weigh"])
    leases.beat(lease, stage="joint", share=0.5)
    page.wait_for_selector("progress", timeout=60_000)
    assert page.evaluate("document.activeElement.id") == f"cancel-{asked.pk}"
    assert "running" in page.locator("[data-said]").text_content()
    page.keyboard.press("Enter")
    page.get_by_text("It stops at its next step.").wait_for()
    leases.cancelled(lease)
    page.wait_for_selector(f"#retry-{asked.pk}", timeout=60_000)
    assert page.locator("#jobs").get_attribute("data-reload-every") == "0"


def test_without_a_script_everything_is_asked_and_answered(look, asked):
    page = look("jobs/", java_script_enabled=False)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Begin again").wait_for()
    page.get_by_role("button", name="Weigh the case").click()
    page.get_by_role("button", name="Cancel").wait_for()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("uk", "dark")])
def test_the_page_fits_its_width(look, asked, width, language, scheme):
    leases.fail(leases.take(holder="a worker", kinds=["weigh"]), AttemptsUsedUp(attempts=3))
    ask_to_weigh(asked.case, seconds=1.0, by=asked.asked_by)
    lease = leases.take(holder="a worker", kinds=["weigh"])
    leases.beat(lease, stage="dna", share=0.25)
    for path in ("jobs/", ""):
        page = look(path, width=width, color_scheme=scheme, locale=language)
        beyond = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert beyond <= 0, path
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{path.strip('/') or 'case'}-{language}-{width}.png")
