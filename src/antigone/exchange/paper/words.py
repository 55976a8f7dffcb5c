# SPDX-License-Identifier: Apache-2.0
"""What stands on paper, in English and Ukrainian side by side.

Both languages always stand on one sheet, so that whoever signs has before them what the other
signers had, and no copy in one language can part from that in the other.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

_FILE = "paper-words.toml"


class Words(NamedTuple):
    """The same words in English and in Ukrainian."""

    en: str
    uk: str


@cache
def _every() -> Mapping[str, Mapping[str, Any]]:
    text = files("antigone.exchange").joinpath("shipped", _FILE).read_text("utf-8")
    return tomllib.loads(text)


def column_words(table: str, column: str) -> Words:
    """What a column is called on paper; one that nobody has named keeps its own name."""
    named = _every()["columns"]
    found = named.get(f"{table}.{column}") or named.get(column)
    return Words(*found) if found else Words(column, column)


def code_words(table: str, column: str, code: str) -> Words:
    """What a code means on paper; one that nobody has named stands as it is."""
    codes = _every()["codes"]
    of = codes.get(f"{table}.{column}") or codes.get(column) or {}
    return Words(*of[code]) if code in of else Words(code, code)


def in_both(words: Words) -> str:
    """Both languages on one line; once, where they are written alike."""
    return words.en if words.en == words.uk else f"{words.en} · {words.uk}"
