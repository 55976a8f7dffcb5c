# SPDX-License-Identifier: Apache-2.0
"""Corrections, histories and the ledger in a real browser: width, keyboard, print, no script."""

from __future__ import annotations

import os

import pytest

from antigone.records.actions import checkpoints, corrections
from antigone.records.models import Event, Remains, User
from tests.roles import grant
from tests.web.test_browser import browser, look, session_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["browser", "look"]
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def remains(wood):
    """Remains R1, corrected twice, in a ledger with a witnessed and an unwitnessed checkpoint."""
    by = User.objects.get(username="amina")
    for role in ("morgue", "anthropologist", "family_liaison"):
        grant(by, role, wood)
    grant(by, "administrator")
    one = Remains.objects.get(case=wood, key="R1")
    made = checkpoints.make_checkpoint(by=by)
    checkpoints.record_witnessing(
        checkpoint=made, manner="signed_sheet", witness="An invented notary", by=by
    )
    for base, sex, why in ((1, "female", "Measured again."), (2, "undetermined", "A second look.")):
        corrections.correct(
            record=one, base=base, changes={"sex": sex, "note": f"Pelvis, {why.lower()}"},
            reason=why, by=by,
        )  # fmt: skip
    checkpoints.make_checkpoint(by=by)
    return one


def paths(remains) -> dict[str, str]:
    """Every page of this floor, by a short name."""
    last = Event.objects.latest("sequence").sequence
    return {
        "correct": f"correct/remains/{remains.pk}/",
        "history": f"history/remains/{remains.pk}/",
        "remains": "remains/R1/",
        "ledger": "ledger/",
        "event": f"ledger/{last - 2}/",
        "checkpoints": "../../checkpoints/",
        "then": f"../../as-known/event-{last - 5}/case/wood/remains/R1/",
    }


def shown(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("uk", "dark")])
def test_the_pages_fit_their_width(look, remains, width, language, scheme):
    page = look("", width=width, color_scheme=scheme, locale=language)
    start = page.url
    for name, path in paths(remains).items():
        assert page.goto(start + path).status == 200, path
        shown(page, f"{name}-{width}-{language}")
        beyond = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert beyond <= 0, (name, width)


def overtaken(page, remains) -> None:
    """Send the form that `page` shows, after somebody else was faster."""
    corrections.correct(
        record=remains, base=3, changes={"sex": "male", "recovered_by": "B. (invented)"},
        reason="From the field notes.", by=User.objects.get(username="amina"),
    )  # fmt: skip
    page.select_option("#c-sex", "female")
    page.fill("#c-age_min", "28")
    page.fill("#reason", "Measured again, twice.")
    page.get_by_role("button", name="Save the correction").click()
    page.wait_for_selector("table.decide")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_second_editor_decides_without_a_script(browser, remains, reader, live_server, width):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=False
    )
    context.add_cookies([session_of(reader(), live_server.url)])
    page = context.new_page()
    page.goto(f"{live_server.url}/case/wood/correct/remains/{remains.pk}/")
    overtaken(page, remains)
    shown(page, f"decide-{width}-en")
    page.get_by_role("button", name="Save what I chose").click()
    page.get_by_text("Choose one of the two.").wait_for()
    shown(page, f"undecided-{width}-en")
    page.check("input[name=take-sex][value=mine]")
    page.get_by_role("button", name="Save what I chose").click()
    page.wait_for_url("**/remains/R1/")
    context.close()
    now = Remains.objects.get(pk=remains.pk)
    assert (now.sex, now.age_min, now.recovered_by, now.revision) == (
        "female", 28.0, "B. (invented)", 5,
    )  # fmt: skip


def test_a_refusal_is_read_out_and_the_field_is_marked(browser, remains, reader, live_server):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([session_of(reader(), live_server.url)])
    page = context.new_page()
    page.goto(f"{live_server.url}/case/wood/correct/remains/{remains.pk}/")
    page.fill("#c-age_min", "about thirty")
    page.fill("#reason", "Measured again.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("[role=alert]").wait_for()
    field = page.locator("#c-age_min")
    assert field.get_attribute("aria-invalid") == "true"
    described = page.locator(f"#{field.get_attribute('aria-describedby')}")
    assert "It is not a number." in described.inner_text()
    shown(page, "refused-1280-en")
    context.close()


def test_the_form_is_filled_in_and_saved_by_keyboard_alone(look, remains):
    page = look(f"correct/remains/{remains.pk}/")
    page.locator("#c-sex").focus()
    page.keyboard.press("f")
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "reason":
            break
    page.keyboard.type("By keyboard.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/remains/R1/")
    assert Remains.objects.get(pk=remains.pk).sex == "female"


def test_a_day_is_asked_for_and_left_again(look, remains):
    page = look("remains/R1/")
    in_kyiv = "new Intl.DateTimeFormat('en-CA', {timeZone: 'Europe/Kyiv'}).format(new Date())"
    today = page.evaluate(in_kyiv)  # the day is that of the case
    page.fill("#as-known", today)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/as-known/{today}/case/wood/remains/R1/")
    page.get_by_role("link", name="Graves").first.click()
    page.wait_for_url(f"**/as-known/{today}/case/wood/graves/")
    assert page.locator(".band.then").is_visible()
    page.get_by_role("link", name="Back to today").click()
    page.wait_for_url("**/case/wood/graves/")
    assert "as-known" not in page.url


def test_paper_keeps_the_history_and_drops_the_controls(look, remains):
    page = look(f"history/remains/{remains.pk}/")
    page.emulate_media(media="print")
    shown(page, "history-print")
    assert page.locator(".timeline").is_visible()
    assert not page.get_by_role("link", name="Correct").is_visible()
    page = look("remains/R1/")
    page.emulate_media(media="print")
    assert not page.locator(".record-links").first.is_visible()
    assert not page.locator(".then-form").is_visible()
