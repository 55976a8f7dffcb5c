# SPDX-License-Identifier: Apache-2.0
"""In a real browser: no console errors, no sideways scrolling, everything by keyboard, print."""

from __future__ import annotations

import os
import shutil

import pytest
from django.conf import settings

from antigone.records.queries.identifications import latest_run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATHS = (
    "", "graves/", "graves/G2/", "search/?text=319", "remains/", "remains/R1/", "persons/",
    "persons/P1/", "families/", "families/F1/", "contradictions/", "claims/", "claims/C2/", "run",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have chromium")
        pytest.skip("NO CHROMIUM: pages are not looked at in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps a loop in this thread
        opened = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


def session_of(client, address: str) -> dict[str, str]:
    """The cookie with which `client` is signed in, for a browser at `address`."""
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": address}


@pytest.fixture
def look(browser, wood, reader, live_server):
    """Open a page of the case; what the console says is an error."""
    said: list[str] = []
    contexts = []

    def at(path: str, *, width: int = 1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        context.add_cookies([session_of(reader(), live_server.url)])
        page = context.new_page()
        page.on("console", lambda one: said.append(f"{path}: {one.text}"))
        page.on("pageerror", lambda one: said.append(f"{path}: {one}"))
        path = f"runs/{latest_run(wood).number}/" if path == "run" else path
        answer = page.goto(f"{live_server.url}/case/wood/{path}")
        assert answer.status == 200, path
        return page

    yield at
    for context in contexts:
        context.close()
    assert said == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("uk", "dark")])
def test_pages_fit_their_width_without_complaint(look, wood, width, language, scheme):
    page = look("", width=width, color_scheme=scheme, locale=language)
    start = page.url
    for path in PATHS:
        path = f"runs/{latest_run(wood).number}/" if path == "run" else path
        page.goto(start + path)
        beyond = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert beyond <= 0, (path, width)


def test_the_style_sheet_is_applied_and_words_have_contrast(look):
    for scheme in ("light", "dark"):
        page = look("", color_scheme=scheme)
        for selector in ("body", ".quiet", ".band", ".tag.tier-identification", "main a", ".rule"):
            assert page.evaluate(CONTRAST, selector) >= 4.5, (scheme, selector)


CONTRAST = """selector => {
  const light = colour => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(Number).map(value => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const element = document.querySelector(selector);
  let ground = element;
  while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)"
         && ground.parentElement) ground = ground.parentElement;
  const root = getComputedStyle(document.documentElement).backgroundColor;
  let back = getComputedStyle(ground).backgroundColor;
  if (back === "rgba(0, 0, 0, 0)") back = root;
  const pair = [light(getComputedStyle(element).color), light(back)].sort((a, b) => b - a);
  return (pair[0] + 0.05) / (pair[1] + 0.05);
}"""


def test_the_keyboard_reaches_the_main_controls(look):
    page = look("remains/")
    reached = []
    for _step in range(60):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
        )
    assert reached[0] == "Skip to the content"
    for wanted in ("Українська", "Graves", "All records", "text", "sex", "Search", "R1"):
        assert wanted in reached, wanted
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_graves_on_the_plan_are_reached_and_opened_by_keyboard(look):
    page = look("graves/")
    page.locator("svg a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/graves/G1/")


def test_a_filter_sends_its_form_and_works_without_a_script(look):
    page = look("remains/")
    page.select_option("#sex", "female")
    page.wait_for_url("**sex=female**")
    assert page.locator("tbody tr").count() == 1
    plain = look("remains/", java_script_enabled=False)
    plain.select_option("#sex", "female")
    plain.click("form.find button")
    plain.wait_for_url("**sex=female**")
    assert plain.locator("tbody tr").count() == 1


def test_the_language_is_switched_and_kept(look):
    page = look("persons/?text=остап", locale="en")
    page.click(".language button[name=language]")
    page.wait_for_selector("html[lang=uk]")
    assert "persons/?text=" in page.url
    assert page.locator("h1").inner_text() == "Розшукувані особи"


def test_paper_keeps_the_mark_and_drops_the_controls(look):
    page = look("remains/")
    page.emulate_media(media="print")
    assert page.locator(".band").is_visible()
    assert not page.locator("form.find").is_visible()
    assert not page.locator(".case-nav").is_visible()
