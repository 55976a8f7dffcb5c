# SPDX-License-Identifier: Apache-2.0
"""Bytes to text: encodings recognised and named, invisible characters found."""

from __future__ import annotations

import codecs
import re
import unicodedata

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.remarks import Remarks
from antigone.terms.cells import CONTROL as CONTROL

BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_LOOK_ALIKES = str.maketrans("АВСЕНІЈКМОРЅТХУаеіјорсухѕԛԝ", "ABCEHIJKMOPSTXYaeijopcyxsqw")
"""Cyrillic letters and the Latin letters that they look like."""


def folded(text: str) -> str:
    """`text` with Cyrillic letters that look Latin made Latin."""
    return text.translate(_LOOK_ALIKES)


def decoded(content: bytes, name: str, remarks: Remarks) -> str | None:
    """The text of a UTF-8 file, with or without byte order mark; None after a fault."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        # the codec counts from after the byte order mark
        mark = 3 if content.startswith(codecs.BOM_UTF8) else 0
        _not_utf8(content, mark + fault.start, name, remarks)
        return None
    if text.count("\0") > len(text) // 4:  # every second byte of Latin text in UTF-16
        _not_utf8(content, content.index(b"\0"), name, remarks)
        return None
    return text


def _not_utf8(content: bytes, offset: int, name: str, remarks: Remarks) -> None:
    line = content.count(b"\n", 0, offset) + 1
    guess = guessed_encoding(content)
    words = f"It looks like {guess}." if guess else ""
    remarks.add(kinds.NOT_UTF8, name, offset=offset, line=line, guess=words)


def guessed_encoding(content: bytes) -> str | None:
    """The encoding that bytes which are not UTF-8 look like, in words; None if none is likely."""
    sample = content[:65_536]
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    if sample.count(b"\0") > len(sample) // 4:
        return "UTF-16"
    if sample.startswith(b"PK"):
        return "a zip archive or workbook, not a CSV"
    high = [byte for byte in sample if byte >= 0x80]
    if not high:
        return None
    if _share_of_cyrillic_letters(bytes(high), "cp1251") > 0.9:
        return "Windows-1251 (Cyrillic)"
    if _share_of_cyrillic_letters(bytes(high), "cp866") > 0.9:
        return "CP866 (Cyrillic, DOS)"
    return None


def _share_of_cyrillic_letters(high: bytes, encoding: str) -> float:
    text = high.decode(encoding, errors="replace")
    common = sum(letter in "абвгґдеєёжзиіїйклмнопрстуфхцчшщъыьэюя" for letter in text)
    capital = sum(letter in "АБВГҐДЕЄЁЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ№" for letter in text)
    return (common + capital) / len(text) if common >= capital else 0.0


def character_name(letter: str) -> str:
    """The name of an invisible character, such as ``U+0000`` or ``U+202E RIGHT-TO-LEFT ...``."""
    return f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".strip()
