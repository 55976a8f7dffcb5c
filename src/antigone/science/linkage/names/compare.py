# SPDX-License-Identifier: Apache-2.0
"""How alike two lists of names are, part by part, and the likelihood ratio that follows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import JaroWinkler, Levenshtein
from rapidfuzz.process import cdist

from antigone.science.linkage.names.letters import consonants
from antigone.science.linkage.names.parse import NamePart, NameReading, ParsedName
from antigone.science.linkage.names.weights import NameWeights, name_weights

Floats = NDArray[np.float64]
Role = Literal["given", "patronymic", "surname"]
ROLES: tuple[Role, ...] = ("given", "patronymic", "surname")

MISSING, WORDS, INITIAL_AGREES, INITIAL_DIFFERS = 0, 1, 2, 3
_ONE_NAME, _OTHER_NAME = 1.0, 0.0
_SAME_WORD = 0.9
_CLASH = -1.0
"""A part whose log ratio is below this is said to differ."""


LIST_OUTSIDE = 100
"""Persons outside, with the fitted mean chance of agreement, that stand beside every list.

So a short list does not make its names look common (convention).
"""


@dataclass(frozen=True, slots=True)
class NameFrequencies:
    """How often each part occurs in a list, so that a rare surname counts for more."""

    counts: Mapping[Role, Mapping[str, int]]
    totals: Mapping[Role, int]

    def share(self, role: Role, part: NamePart, outside: float) -> float:
        """The share of persons who carry `part`: ``(count + 100 outside) / (n + 100)``.

        Parameters
        ----------
        outside : float
            The share expected outside the list: the fitted mean chance of agreement.
        """
        counts = self.counts[role]
        return (counts.get(_key(part), 0) + LIST_OUTSIDE * outside) / (
            self.totals[role] + LIST_OUTSIDE
        )


def name_frequencies(names: Sequence[ParsedName]) -> NameFrequencies:
    """Counts of the parts among `names` (of each name's likeliest reading, initials left out)."""
    counts: dict[Role, Counter[str]] = {role: Counter() for role in ROLES}
    for name in names:
        for role in ROLES:
            part = getattr(name.readings[0], role) if name.readings else None
            if part is not None and not part.is_initial:
                counts[role][_key(part)] += 1
    return NameFrequencies(counts, {role: counts[role].total() for role in ROLES})


def _key(part: NamePart) -> str:
    return min(part.names) if part.names else part.spellings[0]


@dataclass(frozen=True, slots=True)
class RolePairs:
    """All pairs of one part: `kind` (MISSING ... INITIAL_DIFFERS) and `similarity` in 0..1."""

    kind: NDArray[np.int8]
    similarity: Floats


@dataclass(frozen=True)
class NameList:
    """Names made ready once: every reading in a row, with the places of its distinct parts."""

    size: int
    owners: NDArray[np.intp]
    parts: Mapping[Role, tuple[NamePart, ...]]
    places: Mapping[Role, NDArray[np.intp]]
    sexes: tuple[str | None, ...]


def ready_list(names: Sequence[ParsedName]) -> NameList:
    """The readings of `names`, their distinct parts, and for each reading the part's place.

    A part that is not written has the place -1. A name without readings gets one empty reading.
    """
    empty = NameReading(None, None, None)
    rows = [(i, one) for i, name in enumerate(names) for one in name.readings or (empty,)]
    parts: dict[Role, tuple[NamePart, ...]] = {}
    places: dict[Role, NDArray[np.intp]] = {}
    for role in ROLES:
        distinct: dict[NamePart, int] = {}
        found = [getattr(reading, role) for _, reading in rows]
        places[role] = np.array(
            [-1 if one is None else distinct.setdefault(one, len(distinct)) for one in found],
            dtype=np.intp,
        )
        parts[role] = tuple(distinct)
    owners = np.array([owner for owner, _ in rows], dtype=np.intp)
    return NameList(len(names), owners, parts, places, tuple(name.sex for name in names))


def part_pairs(a: Sequence[NamePart], b: Sequence[NamePart]) -> RolePairs:
    """Kind and similarity of each pair of parts; the last row and column stand for "not written".

    Similarity is the mean of Jaro-Winkler, normalised Levenshtein, and normalised Levenshtein of
    the consonants, over the best pair of folded spellings. Parts that write one given name have
    1; parts that write two different given names have 0, however alike their letters are.

    Returns
    -------
    RolePairs
        Arrays of shape ``(len(a) + 1, len(b) + 1)``.
    """
    kind = np.zeros((len(a) + 1, len(b) + 1), dtype=np.int8)
    similarity = np.zeros(kind.shape)
    if a and b:
        initial = np.logical_or.outer([p.is_initial for p in a], [p.is_initial for p in b])
        share = _sharing([p.letters for p in a], [p.letters for p in b])
        kind[:-1, :-1] = np.where(initial, np.where(share, INITIAL_AGREES, INITIAL_DIFFERS), WORDS)
        similarity[:-1, :-1] = _known_names(a, b, _spelling_similarity(a, b))
    return RolePairs(kind, similarity)


def _sharing(a: Sequence[frozenset[str]], b: Sequence[frozenset[str]]) -> NDArray[np.bool_]:
    columns = {key: i for i, key in enumerate(sorted(frozenset().union(*a, *b)))}

    def incidence(sets: Sequence[frozenset[str]]) -> NDArray[np.float32]:
        table = np.zeros((len(sets), max(len(columns), 1)), dtype=np.float32)
        for i, keys in enumerate(sets):
            table[i, [columns[key] for key in keys]] = 1
        return table

    shared: NDArray[np.bool_] = incidence(a) @ incidence(b).T > 0
    return shared


def _known_names(a: Sequence[NamePart], b: Sequence[NamePart], similarity: Floats) -> Floats:
    known = np.logical_and.outer([bool(p.names) for p in a], [bool(p.names) for p in b])
    share = _sharing([p.names for p in a], [p.names for p in b])
    return np.where(known, np.where(share, _ONE_NAME, _OTHER_NAME), similarity)


def _spelling_similarity(a: Sequence[NamePart], b: Sequence[NamePart]) -> Floats:
    words_a, starts_a = _flat(a)
    words_b, starts_b = _flat(b)
    best = (
        cdist(words_a, words_b, scorer=JaroWinkler.normalized_similarity, dtype=np.float32)
        + cdist(words_a, words_b, scorer=Levenshtein.normalized_similarity, dtype=np.float32)
        + cdist(
            [consonants(word) for word in words_a],
            [consonants(word) for word in words_b],
            scorer=Levenshtein.normalized_similarity,
            dtype=np.float32,
        )
    ) / 3.0
    best = np.maximum.reduceat(best, starts_a, axis=0)
    return np.maximum.reduceat(best, starts_b, axis=1).astype(np.float64)


def _flat(parts: Sequence[NamePart]) -> tuple[list[str], list[int]]:
    starts = np.cumsum([0, *(len(part.spellings) for part in parts[:-1])])
    return [spelling for part in parts for spelling in part.spellings], list(starts)


def part_log_ratios(pairs: RolePairs, role: Role, weights: NameWeights) -> Floats:
    """Natural-log ratio of one part: by similarity between the fitted knots, 0 if not written."""
    words = np.interp(pairs.similarity, weights.knots, weights.values[role])
    agrees, differs = weights.initials[role]
    return np.choose(pairs.kind, [np.zeros_like(words), words, agrees, differs])


def surname_may_have_changed(surname: Floats, change: Floats) -> Floats:
    """Log ratio of surnames when, with probability `change`, one source has another surname.

    ``log((1 - c) s + c)``: never below ``log(c)``. A surname that is not written (0) stays 0.
    """
    return np.log((1 - change) * np.exp(surname) + change)


def combined_log_ratio(
    given: Floats, patronymic: Floats, surname: Floats, weights: NameWeights
) -> Floats:
    """Natural-log ratio of whole names from those of their parts.

    A sum, except where a part differs: brothers and fathers share what the family shares, so
    agreement of surname and patronymic earns nothing beside two different given names, and
    agreement beside two different patronymics earns the share `weights.beside_other_patronymic`.
    """
    beside_given = np.minimum(surname, 0) + np.minimum(patronymic, 0)
    share = weights.beside_other_patronymic
    rest = surname + given
    beside_father = patronymic + np.where(rest > 0, share * rest, rest)
    return np.where(
        given < _CLASH,
        given + beside_given,
        np.where(patronymic < _CLASH, beside_father, given + patronymic + surname),
    )


def name_log_ratios(
    names_a: Sequence[ParsedName],
    names_b: Sequence[ParsedName],
    *,
    frequencies: NameFrequencies | None = None,
    weights: NameWeights | None = None,
) -> Floats:
    """Natural log of P(pair | one person) / P(pair | two persons of the list), for all pairs.

    Each part earns the log ratio fitted for its similarity (`weights`); where `frequencies` of
    the list are given, an agreeing part is weighed by its own share instead of the fitted mean
    chance of agreement, ``log(chance / share)``. A surname may have changed: its ratio ``s`` is
    ``(1 - c) s + c`` with the policy of `weights.surname_changed` by sex. Of several readings
    the best counts. A name that is not written gives 0.

    Returns
    -------
    float, shape (len(names_a), len(names_b))
        Finite always.

    References
    ----------
    Fellegi & Sunter (1969), J Am Stat Assoc 64:1183-1210 (sums of log ratios over parts);
    Winkler (1990) for the string comparison. The fit: docs/validation/names.md.
    """
    fitted = weights or name_weights()
    a, b = ready_list(names_a), ready_list(names_b)
    if not a.size or not b.size:
        return np.zeros((a.size, b.size))
    terms = {role: _role_terms(a, b, role, frequencies, fitted) for role in ROLES}
    change = np.maximum.outer(_change(a, fitted), _change(b, fitted))
    terms["surname"] = surname_may_have_changed(terms["surname"], change)
    all_readings = combined_log_ratio(terms["given"], terms["patronymic"], terms["surname"], fitted)
    best = np.maximum.reduceat(all_readings, _starts(a), axis=0)
    return np.maximum.reduceat(best, _starts(b), axis=1)


def _starts(ready: NameList) -> list[int]:
    return list(np.flatnonzero(np.diff(ready.owners, prepend=-1)))


def _role_terms(
    a: NameList, b: NameList, role: Role, frequencies: NameFrequencies | None, weights: NameWeights
) -> Floats:
    pairs = part_pairs(a.parts[role], b.parts[role])
    terms = part_log_ratios(pairs, role, weights)
    if frequencies is not None:
        terms = _by_own_share(
            terms, pairs, a.parts[role], b.parts[role], frequencies, role, weights
        )
    return terms[np.ix_(a.places[role], b.places[role])]


def _by_own_share(
    terms: Floats, pairs: RolePairs, a: Sequence[NamePart], b: Sequence[NamePart],
    frequencies: NameFrequencies, role: Role, weights: NameWeights,
) -> Floats:  # fmt: skip
    chance = weights.chance[role]

    def log_shares(parts: Sequence[NamePart]) -> Floats:
        return np.array([math.log(frequencies.share(role, p, chance)) for p in parts] + [0.0])

    commoner = np.maximum.outer(log_shares(a), log_shares(b))
    own = terms + math.log(chance) - commoner
    agree = (pairs.kind == WORDS) & (pairs.similarity >= _SAME_WORD) & (terms > 0)
    return np.where(agree, np.maximum(own, 0), terms)


def _change(ready: NameList, weights: NameWeights) -> Floats:
    rates = np.array([weights.surname_changed[sex or "unknown"] for sex in ready.sexes])
    return rates[ready.owners]
