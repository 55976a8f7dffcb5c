# SPDX-License-Identifier: Apache-2.0
"""From a word in Ukrainian, Russian or Latin letters to folded spellings that can be compared.

A folded spelling is lower-case ASCII with one letter for each class of letters that the
languages and their romanisations confuse: ``i`` for и, і, ї, ы, й, y, j; ``h`` for г, ґ, х, g,
h, kh; ``e`` for е, є, э; ``q`` for ж, ``c`` for ч, ``x`` for ш. Soft and hard signs, apostrophes,
doubled letters and an ``i`` before a vowel are dropped (``Юлія``, ``Юлия``, ``Yuliia``: ``iula``;
at the start of a word only before ``e``, for Яна is not Анна).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

_CYRILLIC = dict(
    zip(
        "абвгґдеєжзиіїйклмнопрстуўфхчшыэ",
        "abvhhdeeqziiiiklmnoprstuvfhcxie",
        strict=True,
    )
) | {
    "ц": "ts", "щ": "xc", "ъ": "", "ь": "", "ю": "iu", "я": "ia",
    "ђ": "d", "ј": "i", "љ": "l", "њ": "n", "ћ": "c", "џ": "dq",
}  # fmt: skip

_LATIN = dict(zip("abcdefghijklmnopqrstuvwxyz", "abkdefhhiiklmnopkrstuvvkiz", strict=True)) | {
    "x": "ks", "kh": "h", "gh": "h", "ph": "f", "th": "t", "ck": "k", "ts": "ts", "tz": "ts",
    "č": "c", "ć": "c", "š": "x", "ž": "q", "ż": "q", "ś": "s", "ź": "z", "ş": "x", "ș": "x",
    "ț": "ts", "ţ": "ts", "ł": "l", "đ": "d", "ø": "o", "æ": "e", "ä": "e", "ß": "s", "õ": "i",
    "ə": "a", "ı": "i", "ğ": "h", "ė": "e",
}  # fmt: skip

ROMANISATIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "english": {"shch": "xc", "sh": "x", "zh": "q", "tch": "c", "ch": "c", "ce": "se",
                    "ci": "si", "oo": "u", "ee": "i"},
        "polish": {"szcz": "xc", "sz": "x", "cz": "c", "rz": "q", "ch": "h", "c": "ts", "ó": "u",
                   "ć": "ts"},
        "german": {"schtsch": "xc", "tsch": "c", "sch": "x", "ch": "h", "z": "ts", "ie": "i"},
        "french": {"chtch": "xc", "tch": "c", "ch": "x", "j": "q", "ou": "u", "gu": "h",
                   "qu": "k", "dj": "dq"},
        "dutch": {"sjtsj": "xc", "tsj": "c", "sj": "x", "zj": "q", "oe": "u", "ch": "h",
                  "tj": "c"},
        "central": {"šč": "xc", "ch": "h", "c": "ts", "cs": "c", "zs": "q", "dž": "dq"},
        "hungarian": {"cs": "c", "zs": "q", "sz": "s", "s": "x", "gy": "d", "ny": "n",
                      "c": "ts"},
    }
)  # fmt: skip
"""What groups of Latin letters stand for, by habit of romanisation; single letters see `_LATIN`.

Ukrainian: Cabinet of Ministers resolution 55 (2010). Russian: passports by ICAO Doc 9303 part 3.
The others are the press and library habits of each language, from general knowledge.
"""

_VOWELS = "aeiou"
_APOSTROPHES = "'’ʼ`ʹ´\"«»“”„"
_TO_NOTHING = str.maketrans("", "", _APOSTROPHES)


@lru_cache(maxsize=65536)
def folded_spellings(word: str, romanisation: str | None = None) -> tuple[str, ...]:
    """All folded spellings of one word: more than one where its letters can be read in two ways.

    Parameters
    ----------
    word : str
        One word, any case. Letters of other scripts are kept as they are.
    romanisation : str or None
        A key of `ROMANISATIONS` when the habit of the source is known; None: every habit.

    Returns
    -------
    tuple of str
        At least one, without repeats, the likeliest first; ``("",)`` for a word without letters.
    """
    text = unicodedata.normalize("NFC", word).casefold().translate(_TO_NOTHING)
    if any("а" <= letter <= "ӿ" for letter in text):
        readings = [text.replace("ё", "е"), re.sub("[йь]о|ё", "о", text)]
        raw = ["".join(_CYRILLIC.get(letter, letter) for letter in one) for one in readings]
    else:
        habits = [romanisation] if romanisation else list(ROMANISATIONS)
        raw = [_latin(text, ROMANISATIONS[habit]) for habit in habits]
    return tuple(dict.fromkeys(_tidied(one) for one in raw))


def _latin(text: str, groups: Mapping[str, str]) -> str:
    found, at = [], 0
    while at < len(text):
        for length in (7, 5, 4, 3, 2, 1):
            group = text[at : at + length]
            value = groups.get(group, _LATIN.get(group))
            if value is not None and len(group) == length:
                break
        else:
            value = _plain(group)
        found.append(value)
        at += length
    return "".join(found)


def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    return _LATIN.get(base, base if base.isalnum() else "")


def _tidied(raw: str) -> str:
    letters = "".join(letter for letter in raw if letter.isalnum())
    letters = re.sub(r"(?<=.)i+(?=[aeou])|^i+(?=e)", "", letters)
    return re.sub(r"(.)\1+", r"\1", letters)


def stem(spelling: str) -> str:
    """A folded spelling without its ending: final vowels and the genitive of adjectives.

    ``shevcenko`` and ``shevcenka``, ``savitski``, ``savitska`` and ``savitskoho`` become one.
    At least two letters stay.
    """
    short = re.sub(r"(?<=sk)o(?:h|m|i)[ou]?$", "", spelling)
    short = short.rstrip(_VOWELS)
    return short if len(short) >= 2 else spelling


def consonants(spelling: str) -> str:
    """A folded spelling without its vowels; the whole spelling if nothing would stay."""
    return "".join(letter for letter in spelling if letter not in _VOWELS) or spelling
