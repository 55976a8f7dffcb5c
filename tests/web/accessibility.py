# SPDX-License-Identifier: Apache-2.0
"""What axe-core finds wrong with a page, and a browser that reads pages without a server."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from antigone.site.settings import STATIC_ROOT

HOUSE = "http://antigone.invalid"
"""Where the pages seem to lie: no address that anything answers at."""
_ASKED = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN = """async tags => {
  const found = await axe.run(document, {
    runOnly: tags, resultTypes: ["violations"], elementRef: false,
  });
  return found.violations.map(one => [
    one.id, one.help, one.nodes.map(node => [node.target.join(" "), node.html.slice(0, 200)]),
  ]);
}"""


@cache
def axe() -> str:
    """The program of axe-core, as the development dependency brings it (MPL-2.0)."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def faults(page) -> list[str]:
    """Each fault that axe-core finds: its rule, what it asks, and where the first ones are."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(axe())
    found = page.evaluate(_RUN, list(_ASKED))
    return [f"{rule} ({asks}), {len(where)}: {where[:3]}" for rule, asks, where in found]


def shown(page, answer) -> None:
    """Show in the browser what a client of these tests was answered, with its styles and scripts.

    The answer is there before the browser asks: its calls come in a context of their own, in
    which the database would be another one.
    """

    def give(route) -> None:
        at = urlsplit(route.request.url).path
        if at.startswith("/static/"):
            route.fulfill(path=STATIC_ROOT / at.removeprefix("/static/"))
        else:
            route.fulfill(status=answer.status_code, body=answer.content, headers=headers)

    headers = dict(answer.headers.items())
    page.unroute("**/*")
    page.route("**/*", give)
    page.goto(f"{HOUSE}{answer.request['PATH_INFO']}")
