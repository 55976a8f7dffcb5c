# SPDX-License-Identifier: Apache-2.0
"""Finds every message that a reader may see: in Python by its marks, in templates by their tags.

``python -m tests.web.message_extraction`` brings the catalogues up to date: new messages are added
without a translation, and those that no page says any more are taken out.
"""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parents[2] / "src" / "antigone"
LOCALES = SOURCE / "web" / "locale"
FLOORS = ("terms", "science", "records", "analysis", "web")
FILES = (
    "exchange/day_sheets.py",
    "exchange/paper/carried.py",
    "exchange/paper/labels.py",
    "exchange/paper/of_cases.py",
    "exchange/paper/recording.py",
    "ledger/errors.py",
)
"""Files of other floors that speak to readers in their language."""
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_QUOTED = r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'"
_TRANS = re.compile(r"{%\s*trans(?:late)?\s+(?:" + _QUOTED + r")")
_BLOCK = re.compile(
    r"{%\s*blocktrans(?:late)?\b[^%]*%}(.*?)(?:{%\s*plural\s*%}(.*?))?{%\s*endblocktrans(?:late)?\s*%}",
    re.DOTALL,
)

Message = tuple[str | None, str | tuple[str, str]]
"""A context, and a message or its singular and plural."""


def messages() -> dict[Message, list[str]]:
    """Every message, and the files that say it."""
    found: dict[Message, list[str]] = {}
    for path in _paths():
        extracted = {".py": _in_python, ".html": _in_template}.get(path.suffix, _nothing)(path)
        for message in extracted:
            files = found.setdefault(message, [])
            if (name := path.relative_to(SOURCE).as_posix()) not in files:
                files.append(name)
    return found


def _paths() -> list[Path]:
    floors = [path for floor in FLOORS for path in sorted((SOURCE / floor).rglob("*"))]
    return floors + [SOURCE / name for name in FILES]


def _nothing(_path: Path) -> list[Message]:
    return []


def _in_python(path: Path) -> list[Message]:
    return [
        (context, message)
        for _line, message, _comments, context in extract_from_file("python", path, KEYWORDS)
        if message
    ]


def _in_template(path: Path) -> list[Message]:
    text = path.read_text(encoding="utf-8")
    found: list[Message] = [(None, one[1] or one[2]) for one in _TRANS.finditer(text)]
    for singular, plural in _BLOCK.findall(text):
        one, many = _with_facts(singular), _with_facts(plural)
        found.append((None, (one, many) if many else one))
    return found


def _with_facts(text: str) -> str:
    return re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", text.replace("%", "%%"))


def catalogue(language: str) -> Catalog:
    """The committed catalogue of `language`."""
    with (LOCALES / language / "LC_MESSAGES" / "django.po").open("rb") as stream:
        return read_po(stream, locale=language)


def update(language: str) -> None:
    """Bring the catalogue of `language` up to date; translations are kept."""
    old = catalogue(language)
    new = Catalog(
        locale=language, project="Antigone", charset="utf-8", fuzzy=False,
        header_comment=old.header_comment, copyright_holder="The Antigone authors",
    )  # fmt: skip
    new._num_plurals, new._plural_expr = old.num_plurals, old.plural_expr
    for (context, message), files in sorted(messages().items(), key=lambda one: one[1]):
        known = old.get(message if isinstance(message, str) else message[0], context)
        string = known.string if known else ""
        new.add(message, string, locations=[(file, None) for file in files], context=context)
    path = LOCALES / language / "LC_MESSAGES" / "django.po"
    with path.open("wb") as stream:
        write_po(stream, new, width=98, include_lineno=False, omit_header=False)


if __name__ == "__main__":
    for folder in sorted(LOCALES.iterdir()):
        update(folder.name)
