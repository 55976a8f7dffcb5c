# SPDX-License-Identifier: Apache-2.0
"""The day sheet: a checkpoint on paper, with its signed note in a square code, to sign in ink."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
import typst
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from antigone.records.acts import act_in_words, role_in_words
from antigone.records.queries.day_sheets import DayFacts

_SHIPPED = Path(__file__).parent / "shipped"
_TEMPLATE = _SHIPPED / "day-sheet.typ"
_VERIFIER, _SPECIFICATION = "verify_evidence.py", "ledger-spec.md"
_GROUP, _GROUPS_A_LINE = 4, 8
STANDARD = "a-3a"
"""PDF/A-3, level A: tagged, fonts embedded, readable in decades."""


def day_sheet(facts: DayFacts, language: str) -> bytes:
    """The sheet as PDF/A-3a, in ``en`` or ``uk``: the same bytes for the same facts.

    The fonts are those that typst carries within itself; those of the machine are not looked at.
    """
    return _compiled(facts, language, format="pdf", pdf_standards=STANDARD)


def day_sheet_picture(facts: DayFacts, language: str, *, pixels_per_inch: int) -> bytes:
    """The same sheet as a PNG picture of its first page."""
    return _compiled(facts, language, format="png", ppi=float(pixels_per_inch))


def _compiled(facts: DayFacts, language: str, **form: Any) -> bytes:
    with translation.override(language):
        sheet = json.dumps(_sheet(facts, language), ensure_ascii=False)
    found = typst.compile(
        _TEMPLATE.read_bytes(),
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=True),
        sys_inputs={"sheet": sheet},
        timestamp=int(facts.made_at.timestamp()),
        **form,
    )
    return bytes(found[0] if isinstance(found, list) else found)


def _sheet(facts: DayFacts, language: str) -> Mapping[str, Any]:
    """Every word and value of the sheet, as the template takes it."""
    at = facts.made_at
    return {
        "language": language,
        "title": _("Day sheet of the ledger"),
        "lead": _("A checkpoint: what the ledger of this installation held at the stated size."),
        "page": at.strftime("%Y-%m-%d"),
        "clock": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "facts": _facts(facts),
        "root": _grouped(facts.root),
        "typed": _typed(facts),
        "key": facts.key,
        "released": [
            [name, hashlib.sha256((_SHIPPED / name).read_bytes()).hexdigest()]
            for name in (_VERIFIER, _SPECIFICATION)
        ],
        "square": square_code(facts.note),
        "counts": [
            [act_in_words(one.verb), role_in_words(one.role), _grouped_number(one.events)]
            for one in facts.counts
        ],
        "promised": _promised(),
        "unpromised": _unpromised(),
        "words": _words(),
    }


def _facts(facts: DayFacts) -> list[tuple[str, str]]:
    logs = {"changes": _("changes of records"), "reads": _("reads of protected sections")}
    at = f"{date_format(facts.made_at, 'j E Y, H:i:s')} UTC"
    return [
        (_("Installation and machine"), f"{facts.installation} · {facts.device}"),
        (_("Log"), f"{logs[facts.log]} · {facts.origin}"),
        (_("Size"), _("%(count)s events") % {"count": _grouped_number(facts.size)}),
        (_("Clock of the machine (a claim)"), at),
    ]


def _grouped_number(count: int) -> str:
    return number_format(count, force_grouping=True)


def _grouped(root: str) -> list[list[str]]:
    groups = [root[n : n + _GROUP] for n in range(0, len(root), _GROUP)]
    return [groups[n : n + _GROUPS_A_LINE] for n in range(0, len(groups), _GROUPS_A_LINE)]


def _typed(facts: DayFacts) -> str:
    """The line that holds an evidence package against this sheet, as it is typed."""
    root = " ".join(group for line in _grouped(facts.root) for group in line)
    sheet = f"--sheet-log {facts.origin} --sheet-size {facts.size} --sheet-root {root}"
    return f"python3 {_VERIFIER} PACKAGE {sheet}"


def square_code(note: str) -> str:
    """The signed note, word for word, as a QR code of level H with its quiet zone, in SVG."""
    picture = io.BytesIO()
    made = segno.make_qr(note.encode(), error="h", boost_error=False)
    made.save(picture, kind="svg", border=4, xmldecl=False, omitsize=True, svgclass=None)
    return picture.getvalue().decode()


def _promised() -> list[str]:
    return [
        _(
            "Nothing that the ledger held at this size can be changed unseen while somebody "
            "outside keeps this sheet: whoever has it can compare, without a network and with a "
            "program that need not come from us."
        )
    ]


def _unpromised() -> list[str]:
    return [
        _("that what was first recorded was true;"),
        _("that events after this checkpoint are the original ones, until the next is witnessed;"),
        _("the exact second of an act;"),
        _("that the person at the keyboard was the owner of the account."),
    ]


def _words() -> Mapping[str, Any]:
    return {
        "root": _("Root of the tree, 64 hexadecimal digits"),
        "square": _(
            "The signed note itself. Read it with any telephone, save its text as a file, and give "
            "it to the checking program with --checkpoint FILE: from this paper, never from the "
            "package."
        ),
        "typed": _(
            "To hold an evidence package against this sheet, type on one line (Windows: py in "
            "place of python3):"
        ),
        "key": _("Key of the log: the package must name the same, or give it with --log-key"),
        "released": _(
            "SHA-256 of the checking program and of the specification of this release: compare "
            "the copies that you use"
        ),
        "day": _("Events of this day (UTC), up to the checkpoint"),
        "nothing": _("None."),
        "columns": [_("What was done"), _("In which role"), _("Events")],
        "promise": _("What this sheet promises"),
        "unpromised": _("It does not promise:"),
        "signed": _("Signed in ink"),
        "signing": _(
            "Two people compare size and root with the screen, sign, and keep one copy each, of "
            "which at least one leaves the house."
        ),
        "ink": [_("Name and function"), _("Place, date and hour"), _("Signature")],
    }
