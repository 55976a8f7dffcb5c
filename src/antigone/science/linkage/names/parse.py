# SPDX-License-Identifier: Apache-2.0
"""A person's name as written, read into given name, patronymic and surname."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from antigone.science.linkage.names.given_names import (
    fathers_of,
    given_names,
    looks_like_patronymic,
    names_of,
    names_written,
    patronymic_sex,
)
from antigone.science.linkage.names.letters import ROMANISATIONS, folded_spellings, stem
from antigone.terms.errors import AntigoneError, gettext_noop

NOT_NAMES = frozenset(
    """невідомий невідома невідоме невідомо неизвестный неизвестная неизвестно невстановлений
    невстановлена неустановленный неустановленная безіменний безымянный unknown unidentified
    unnamed чоловік жінка дитина хлопчик дівчинка мужчина женщина ребёнок ребенок man woman child
    male female body тіло тело""".split()
)
"""Words of a journal that say that no name was known."""

_AFTER_NAMES = frozenset("оглы огли оглу кызы кизи oglu ogly oglı kyzy qızı jr sr".split())


class UnknownRomanisation(AntigoneError):
    """A habit of romanisation that has no table."""

    code = "science.unknown-romanisation"
    message = gettext_noop(
        "%(romanisation)r is not a romanisation that is known. Use one of %(known)s, or none: "
        "then every habit is tried."
    )


@dataclass(frozen=True, slots=True)
class NamePart:
    """One part of a name: the word as written and the folded spellings that it is compared by.

    `names` holds keys of the table of given names (for a patronymic: of the father's), `letters`
    what the part may begin with in another language; an initial has these and nothing else.
    """

    word: str
    spellings: tuple[str, ...]
    names: frozenset[str]
    letters: frozenset[str]
    is_initial: bool


@dataclass(frozen=True, slots=True)
class NameReading:
    """One way to read a name; a part that is not written is None."""

    given: NamePart | None
    patronymic: NamePart | None
    surname: NamePart | None


@dataclass(frozen=True, slots=True)
class ParsedName:
    """A name as written, its readings (the likeliest first) and the sex that its forms state."""

    text: str
    readings: tuple[NameReading, ...]
    sex: str | None

    @property
    def is_empty(self) -> bool:
        """Whether no part of a name is written."""
        return not self.readings


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    spellings: tuple[str, ...]
    is_initial: bool

    @property
    def names(self) -> frozenset[str]:
        return frozenset() if self.is_initial else names_written(self.spellings)

    @property
    def like_patronymic(self) -> bool:
        return not self.is_initial and looks_like_patronymic(self.spellings)


@lru_cache(maxsize=65536)
def parse_name(text: str, romanisation: str | None = None) -> ParsedName:
    """Read a name in Ukrainian, Russian or Latin letters, in any usual order.

    A comma puts the surname first. A patronymic is known by its ending and its place, a given
    name by the table. Where the order stays open (``Тарас Богдан``), every order is a reading and
    the comparison takes the best. Names after an opening bracket are left out.

    Parameters
    ----------
    text : str
        As written, e.g. ``Шевченко М. І.``, ``Шевченко, Николай``, ``Mykola Shevchenko``.
    romanisation : str or None
        The habit of Latin letters where the source states it (`letters.ROMANISATIONS`).

    Returns
    -------
    ParsedName
        Without readings when no name is written, also for words such as "unknown man".

    Raises
    ------
    UnknownRomanisation
    """
    if romanisation is not None and romanisation not in ROMANISATIONS:
        raise UnknownRomanisation(romanisation=romanisation, known=", ".join(ROMANISATIONS))
    plain = re.sub(r"[(\[].*", "", text)
    before, comma, after = plain.partition(",")
    surname, rest = _words(before, romanisation), _words(after, romanisation)
    if comma and surname and rest:
        readings = _after_comma(surname, rest)
    else:
        readings = _any_order(surname + rest)
    return ParsedName(text, readings, _stated_sex(readings))


def _words(text: str, romanisation: str | None) -> list[_Word]:
    apart = re.sub(r"\.(?=\S)", ". ", text)
    found = []
    for token in re.split(r"[\s;/]+", apart):
        bare = token.strip(".,:-–—*")
        if not bare or bare.casefold() in NOT_NAMES or bare.casefold() in _AFTER_NAMES:
            continue
        if not any(letter.isalpha() for letter in bare):
            continue
        spellings = folded_spellings(bare, romanisation)
        if spellings[0]:
            is_initial = len(bare) == 1 or (token.endswith(".") and len(bare) <= 2)
            found.append(_Word(bare, spellings, is_initial))
    return found


def _after_comma(surname: Sequence[_Word], rest: Sequence[_Word]) -> tuple[NameReading, ...]:
    patronymic = _patronymic_place(rest, first_allowed=1)
    if patronymic is None and len(rest) == 2 and rest[1].is_initial:
        patronymic = 1
    given = rest[:patronymic] if patronymic is not None else rest[:1]
    father = rest[patronymic] if patronymic is not None else None
    return (_reading(given, father, surname),)


def _patronymic_place(words: Sequence[_Word], first_allowed: int) -> int | None:
    places = [i for i, word in enumerate(words) if i >= first_allowed and word.like_patronymic]
    after_given = [i for i in places if words[i - 1].names]
    found = after_given or places
    return found[-1] if found else None


def _any_order(words: Sequence[_Word]) -> tuple[NameReading, ...]:
    if not words:
        return ()
    if len(words) == 1:
        is_given = bool(words[0].names)
        return (_reading(words, None, ()) if is_given else _reading((), None, words),)
    initials = [word for word in words if word.is_initial]
    if initials:
        return _with_initials(words, initials)
    place = _patronymic_place(words, first_allowed=1)
    if place is not None and (len(words) > 2 or words[place - 1].names):
        return _with_patronymic(words, place)
    return _two_orders(words)


def _with_initials(words: Sequence[_Word], initials: Sequence[_Word]) -> tuple[NameReading, ...]:
    full = [word for word in words if not word.is_initial]
    if len(full) == 2 and full[1].like_patronymic and full[0].names:
        return (_reading(full[:1], full[1], initials),)  # Микола Іванович Ш.
    known = [word for word in full if word.names]
    if len(initials) == 1 and len(full) == 2 and len(known) == 1 and known[0] is full[0]:
        surname = [word for word in full if word not in known]
        return (_reading(known, initials[0], surname),)  # Микола І. Шевченко
    if len(full) == 1 and len(initials) == 1 and known and words[0].names:
        return (_reading(full, None, initials), _reading(initials, None, full))  # Микола Ш.
    father = initials[1] if len(initials) > 1 else None
    return (_reading(initials[:1], father, full),)


def _with_patronymic(words: Sequence[_Word], place: int) -> tuple[NameReading, ...]:
    given, father = words[place - 1], words[place]
    rest = [word for i, word in enumerate(words) if i not in (place - 1, place)]
    first = _reading([given], father, rest)
    if len(words) == 2:  # Михайло Іванович may carry a surname in -ович
        return (first, _reading([given], None, [father]))
    if place == len(words) - 1 or given.names or not rest[0].names:
        return (first,)
    # the word before the patronymic is no given name: Anna Kovac Petrivna
    return (first, _reading(rest[:1], father, [given]))


def _two_orders(words: Sequence[_Word]) -> tuple[NameReading, ...]:
    given_first = _reading(words[:1], None, words[1:])
    given_last = _reading(words[-1:], None, words[:-1])
    first, last = bool(words[0].names), bool(words[-1].names)
    if first and not last:
        return (given_first,)
    if last and not first:
        return (given_last,)
    if len(words) == 3 and words[1].names and not first:
        return (_reading(words[1:2], None, [words[0], words[2]]),)
    return (given_first, given_last)


def _reading(given: Sequence[_Word], father: _Word | None, surname: Sequence[_Word]) -> NameReading:
    return NameReading(
        _given(given) if given else None,
        _patronymic(father) if father else None,
        _surname(surname) if surname else None,
    )


def _given(words: Sequence[_Word]) -> NamePart:
    text = " ".join(word.text for word in words)
    if all(word.is_initial for word in words):
        return _initial(text, words[0])
    pieces = [piece for word in words for piece in _halves(word)]
    names = frozenset[str]().union(*(names_of(piece) for piece in pieces))
    spellings = tuple(dict.fromkeys(one for piece in pieces for one in piece))
    return NamePart(text, spellings, names, _first_letters(spellings, names), False)


def _patronymic(word: _Word) -> NamePart:
    if word.is_initial:
        return _initial(word.text, word)
    names = fathers_of(word.spellings)
    return NamePart(word.text, word.spellings, names, _first_letters(word.spellings, names), False)


def _surname(words: Sequence[_Word]) -> NamePart:
    text = " ".join(word.text for word in words)
    if all(word.is_initial for word in words):
        return _initial(text, words[0])
    pieces = [piece for word in words for piece in _halves(word)]
    stems = [stem(one) for piece in pieces for one in piece]
    if len(words) > 1:
        stems.append(stem("".join(word.spellings[0] for word in words)))
    spellings = tuple(dict.fromkeys(stems))
    return NamePart(text, spellings, frozenset(), frozenset(one[:1] for one in spellings), False)


def _halves(word: _Word) -> list[tuple[str, ...]]:
    halves = [half for half in re.split(r"[-–—]", word.text) if len(half) > 2]
    if len(halves) < 2:
        return [word.spellings]
    return [word.spellings, *(folded_spellings(half) for half in halves)]


def _initial(text: str, word: _Word) -> NamePart:
    letters = frozenset(one[:1] for one in word.spellings)
    return NamePart(text, word.spellings, frozenset(), letters, True)


def _first_letters(spellings: Sequence[str], names: frozenset[str]) -> frozenset[str]:
    known = (given_names().first_letters[name] for name in names)
    return frozenset(one[:1] for one in spellings).union(*known)


def _stated_sex(readings: tuple[NameReading, ...]) -> str | None:
    stated: set[str] = set()
    for reading in readings:
        if reading.patronymic and not reading.patronymic.is_initial:
            stated.add(patronymic_sex(reading.patronymic.spellings))
        elif reading.given and reading.given.names:
            stated.update(given_names().sex[name] for name in reading.given.names)
    return stated.pop() if len(stated) == 1 else None
