# SPDX-License-Identifier: Apache-2.0
"""Codes that Antigone issues: case prefix, installation prefix, counter, check character."""

from __future__ import annotations

from antigone.terms.errors import AntigoneError, gettext_noop

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_CYRILLIC, _LATIN = "АВСЕНІКМОРТХУ", "ABCEHIKMOPTXY"
"""Capitals that look alike on a label, in the same order."""
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)


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


def latin_letters(text: str) -> str:
    """`text` in capitals, each Cyrillic letter that looks like a Latin one as that one."""
    return text.upper().translate(_TO_LATIN)


def cyrillic_letters(text: str) -> str:
    """`text` in capitals, each Latin letter that looks like a Cyrillic one as that one."""
    return text.upper().translate(_TO_CYRILLIC)


def with_hyphens(text: str, prefix: str) -> str:
    """A code of `prefix` typed without hyphens, as it was issued; blank where it is none.

    The counter is taken to have five digits, which it has up to 99,999.
    """
    letters = latin_letters(text).replace("-", "").replace(" ", "")
    rest = letters.removeprefix(prefix)
    fits = letters != rest and len(rest) > 6 and rest[-6:-1].isascii() and rest[-6:-1].isdecimal()
    return f"{prefix}-{rest[:-6]}-{rest[-6:-1]}-{rest[-1]}" if fits else ""
