# SPDX-License-Identifier: Apache-2.0
"""Codes that Antigone issues: case prefix, installation prefix, counter, check character."""

from __future__ import annotations

from antigone.terms.errors import AntigoneError, gettext_noop

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class NotACode(AntigoneError):
    """A code whose check character does not fit, or with letters no code has."""

    code = "terms.not-a-code"
    message = gettext_noop(
        "%(text)r is not a code of this system: its check character does not fit. "
        "Compare it with the label, letter by letter, and type it again."
    )


def check_character(body: str) -> str:
    """The ISO 7064 MOD 37,36 check character of `body` (ASCII capitals and digits).

    Source: ISO/IEC 7064:2003, hybrid system MOD 37,36.
    """
    product = 36
    for letter in body:
        total = (product + ALPHABET.index(letter)) % 36 or 36
        product = total * 2 % 37
    return ALPHABET[(37 - product) % 36]


def issue(prefix: str, installation: str, counter: int) -> str:
    """The code of the `counter`-th thing: ``PREFIX-INST-00001-C``."""
    body = f"{prefix}{installation}{counter:05d}"
    return f"{prefix}-{installation}-{counter:05d}-{check_character(body)}"


def read(text: str) -> str:
    """The code as issued, from text typed with or without hyphens; its check is verified.

    Raises
    ------
    NotACode
    """
    letters = text.strip().upper().replace("-", "").replace(" ", "")
    if len(letters) < 2 or any(letter not in ALPHABET for letter in letters):
        raise NotACode(text=text)
    if check_character(letters[:-1]) != letters[-1]:
        raise NotACode(text=text)
    return text.strip().upper()
