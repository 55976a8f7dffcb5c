# SPDX-License-Identifier: Apache-2.0
"""Given names that are one name in several languages, with diminutives and patronymics.

The table `given_names.csv` stands beside this file: common pairs of names in Ukraine, Russia and
Belarus and their usual western forms, from general knowledge, compiled for Antigone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extract

from antigone.science.linkage.names.letters import folded_spellings, stem

_IRREGULAR_STEMS = {"lv": "Лев", "iakovl": "Яків", "iak": "Яків"}
_PATRONYMIC = re.compile(r"(.{2,}?)(?:[oaei]v|v)?(?:ic[aui]?|n[aui]|noi|niu)")
_LONG_ENDING = re.compile(r".{2,}(?:[oaei]vic[aui]?|[oaei]vn[aui]|[oaei]vnoi|icn[aui]|inicn[aui])")
_TYPING_ERROR_LENGTH = 6
_INFLECTED_LENGTH = 5


@dataclass(frozen=True, slots=True)
class GivenNames:
    """The look-ups of the table: folded spelling, or father's stem, to keys of names."""

    by_spelling: Mapping[str, frozenset[str]]
    by_father: Mapping[str, frozenset[str]]
    by_stem: Mapping[str, frozenset[str]]
    sex: Mapping[str, str]
    first_letters: Mapping[str, frozenset[str]]


@cache
def given_names() -> GivenNames:
    """The table of given names, read once."""
    by_spelling: dict[str, set[str]] = {}
    by_father: dict[str, set[str]] = {}
    sex: dict[str, str] = {}
    letters: dict[str, set[str]] = {}
    text = files(__package__).joinpath("given_names.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        key = f"{row['name']} ({row['sex'][0]})"
        sex[key] = row["sex"]
        formal = [word for word in row["spellings"].split(";") if word]
        for word in formal + [word for word in row["diminutives"].split(";") if word]:
            for spelling in folded_spellings(word):
                by_spelling.setdefault(spelling, set()).add(key)
                letters.setdefault(key, set()).add(spelling[:1])
        if row["sex"] == "male":
            for word in formal:
                for spelling in folded_spellings(word):
                    by_father.setdefault(stem(spelling), set()).add(key)
    for irregular, name in _IRREGULAR_STEMS.items():
        by_father.setdefault(irregular, set()).add(f"{name} (m)")
    by_stem: dict[str, set[str]] = {}
    for spelling, keys in by_spelling.items():
        by_stem.setdefault(stem(spelling), set()).update(keys)
    return GivenNames(
        _frozen(by_spelling), _frozen(by_father), _frozen(by_stem), sex, _frozen(letters)
    )


def _frozen(sets: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(values) for key, values in sets.items()}


@lru_cache(maxsize=65536)
def names_written(spellings: tuple[str, ...]) -> frozenset[str]:
    """Keys of the given names that one of these folded spellings writes exactly."""
    table = given_names().by_spelling
    return frozenset[str]().union(*(table.get(one, frozenset()) for one in spellings))


@lru_cache(maxsize=65536)
def names_of(spellings: tuple[str, ...]) -> frozenset[str]:
    """Keys of the given names that a word known to be a given name writes; empty if none does.

    A word that the table does not write may be inflected (``Петра``), or differ by one letter of
    six or more (a typing error, a rare romanisation), if all names so near are one name.
    """
    table = given_names()
    inflected = {
        table.by_stem.get(stem(one), frozenset())
        for one in spellings
        if one[-1:] in ("a", "i", "u") and len(one) >= _INFLECTED_LENGTH
    } - {frozenset()}
    return (
        names_written(spellings)
        or (next(iter(inflected)) if len(inflected) == 1 else frozenset())
        or _nearly(spellings, table.by_spelling)
    )


@lru_cache(maxsize=65536)
def fathers_of(spellings: tuple[str, ...]) -> frozenset[str]:
    """Keys of the father's names behind a patronymic's folded spellings; empty if unknown."""
    table = given_names().by_father
    stems = tuple(dict.fromkeys(father_stem(one) for one in spellings))
    exact = frozenset[str]().union(*(table.get(one, frozenset()) for one in stems))
    return exact or _nearly(stems, table)


def _nearly(spellings: tuple[str, ...], table: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found = {
        table[known]
        for one in spellings
        if len(one) >= _TYPING_ERROR_LENGTH
        for known, _, _ in extract(
            one, table.keys(), scorer=Levenshtein.distance, score_cutoff=1, limit=None
        )
    }
    return next(iter(found)) if len(found) == 1 else frozenset()


def looks_like_patronymic(spellings: tuple[str, ...]) -> bool:
    """Whether a folded spelling ends as patronymics do (``-ovic``, ``-ivna``, or Illich's kind).

    Surnames such as Milanović end so too: the place in the name decides, see `parse`.
    """
    table = given_names().by_father
    return any(
        _LONG_ENDING.fullmatch(one) is not None
        or (one.endswith("ic") and stem(one[:-2]) in table and stem(one[:-2]) != one[:-2] + "ic")
        for one in spellings
    )


def father_stem(spelling: str) -> str:
    """The father's name inside a folded patronymic, without its ending (``petr``)."""
    match = _PATRONYMIC.fullmatch(spelling)
    inner = match[1] if match else spelling
    inner = re.sub(r"i?nic$|ic$", "", inner)
    return stem(inner)


def patronymic_sex(spellings: tuple[str, ...]) -> str:
    """The sex that a patronymic's ending states."""
    return "female" if re.search(r"n(?:[aui]|oi)$", spellings[0]) else "male"
