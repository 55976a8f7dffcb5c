# SPDX-License-Identifier: Apache-2.0
"""Invented names, in Ukrainian, Russian and Latin spelling, as journals and reports write them.

The spelling rules stand here on their own, apart from those by which names are compared
(`science.linkage`): a simulated case must not prove the comparer by its own rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Script = str
"""``uk``, ``ru`` or ``latin``."""


@dataclass(frozen=True, slots=True)
class NameStock:
    """What names are put together from; read from the package's ``invented-names.toml``.

    Attributes
    ----------
    roots, middles : tuple of str
    endings : tuple of (male, female) endings
    male : tuple of (uk, ru, son's uk, daughter's uk, son's ru, daughter's ru)
    female : tuple of (uk, ru)
    """

    roots: tuple[str, ...]
    middles: tuple[str, ...]
    endings: tuple[tuple[str, str], ...]
    male: tuple[tuple[str, str, str, str, str, str], ...]
    female: tuple[tuple[str, str], ...]

    @property
    def n_surnames(self) -> int:
        """How many different surnames there are."""
        return len(self.roots) * len(self.middles) * len(self.endings)

    def surname(self, number: int, sex: str) -> str:
        """The Ukrainian surname `number` (0 to `n_surnames` - 1) in its male or female form."""
        number, ending = divmod(number, len(self.endings))
        root, middle = divmod(number, len(self.middles))
        return self.roots[root] + self.middles[middle] + self.endings[ending][sex == "female"]


@dataclass(frozen=True, slots=True)
class FullName:
    """A person's name by its parts' numbers in the stock; spelt by `spell`."""

    surname: int
    given: int
    father: int
    """Number of the father's given name, from which the patronymic is made."""
    sex: str


def draw_given(stock: NameStock, sex: str, rng: np.random.Generator) -> int:
    """A given name's number, the first names of the list being the commoner ones."""
    count = len(stock.male if sex == "male" else stock.female)
    weights = 1.0 / (4.0 + np.arange(count))
    return int(rng.choice(count, p=weights / weights.sum()))


def parts(stock: NameStock, name: FullName, script: Script) -> tuple[str, str, str]:
    """Surname, given name and patronymic in one script; Latin from the Ukrainian forms."""
    russian = script == "ru"
    surname = stock.surname(name.surname, name.sex)
    given = (stock.male if name.sex == "male" else stock.female)[name.given][russian]
    patronymic = stock.male[name.father][2 + 2 * russian + (name.sex == "female")]
    if russian:
        return to_russian(surname), given, patronymic
    if script == "latin":
        return to_latin(surname), to_latin(given), to_latin(patronymic)
    return surname, given, patronymic


def spell(stock: NameStock, name: FullName, script: Script, style: str) -> str:
    """The name as written: style ``full``, ``initials``, ``surname`` or ``short``.

    ``short`` leaves the patronymic out.
    """
    surname, given, patronymic = parts(stock, name, script)
    if style == "initials":
        return f"{surname} {given[0]}.{patronymic[0]}."
    if style == "surname":
        return surname
    return f"{surname} {given}" if style == "short" else f"{surname} {given} {patronymic}"


def misspelt(text: str, rng: np.random.Generator) -> str:
    """`text` with one letter of its first word dropped, doubled or exchanged with the next."""
    word, _, rest = text.partition(" ")
    place = int(rng.integers(1, max(len(word) - 1, 2)))
    manner = int(rng.integers(3))
    if manner == 2 and word[place : place + 1] == word[place + 1 : place + 2]:
        manner = 0
    letter, after = word[place : place + 1], word[place + 1 :]
    new = ("", letter * 2, after[:1] + letter)[manner]
    word = word[:place] + new + (after[1:] if manner == 2 else after)
    return f"{word} {rest}".strip()


_RUSSIAN_ENDINGS: Sequence[tuple[str, str]] = (("ський", "ский"), ("ська", "ская"), ("ий", "ый"))
_RUSSIAN = str.maketrans({"і": "и", "ї": "и", "є": "е", "ґ": "г", "І": "И", "Ї": "И", "Є": "Е"})


def to_russian(surname: str) -> str:
    """A Ukrainian surname as Russian documents write it (letter by letter, endings adapted)."""
    for ending, other in _RUSSIAN_ENDINGS:
        if surname.endswith(ending):
            surname = surname[: -len(ending)] + other
            break
    return surname.translate(_RUSSIAN)


_LATIN = {
    letter: latin
    for letter, latin in zip(
        "абвгґдежзиіклмнопрстуфхцчшщь’",
        "a b v h g d e zh z y i k l m n o p r s t u f kh ts ch sh shch".split() + ["", ""],
        strict=True,
    )
}
_LATIN_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_LATIN_LATER = {"є": "ie", "ї": "i", "й": "i", "ю": "iu", "я": "ia"}


def to_latin(word: str) -> str:
    """A Ukrainian word in Latin letters (Cabinet of Ministers resolution 55 of 2010)."""
    out = []
    for place, letter in enumerate(word.lower()):
        table = _LATIN | (_LATIN_LATER if place else _LATIN_FIRST)
        out.append(
            "gh"
            if letter == "г" and word.lower()[place - 1] == "з" and place
            else table.get(letter, letter)
        )
    return "".join(out).capitalize()
