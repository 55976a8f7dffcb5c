# SPDX-License-Identifier: Apache-2.0
"""One pair of names compared, with the reasons in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from antigone.science.linkage.names.compare import (
    INITIAL_AGREES,
    INITIAL_DIFFERS,
    MISSING,
    ROLES,
    WORDS,
    NameFrequencies,
    Role,
    combined_log_ratio,
    name_log_ratios,
    part_log_ratios,
    part_pairs,
)
from antigone.science.linkage.names.parse import NamePart, NameReading, ParsedName
from antigone.science.linkage.names.weights import NameWeights, name_weights

_ONE = 0.99
_AGREE = 0.8
_PLURAL = {"given": "given names", "patronymic": "patronymics", "surname": "surnames"}
_SINGULAR = {"given": "given name", "patronymic": "patronymic", "surname": "surname"}


@dataclass(frozen=True, slots=True)
class NameComparison:
    """The natural-log likelihood ratio of one pair of names, and one reason a part.

    `agree` holds the parts (given, patronymic, surname) written in full on both sides and alike
    by 0.8 or more, `differ` those that speak against one person. An initial that does not fit
    differs; one that fits is in neither.
    """

    log_ratio: float
    reasons: tuple[str, ...]
    agree: frozenset[str]
    differ: frozenset[str]

    @property
    def sentence(self) -> str:
        """The reasons, parted by semicolons."""
        return "; ".join(self.reasons)


def compare_names(
    a: ParsedName,
    b: ParsedName,
    *,
    frequencies: NameFrequencies | None = None,
    weights: NameWeights | None = None,
) -> NameComparison:
    """The log ratio of `name_log_ratios` for one pair, with what agrees and what differs.

    The reasons follow the readings of both names that agree best.
    """
    fitted = weights or name_weights()
    matrix = name_log_ratios([a], [b], frequencies=frequencies, weights=fitted)
    if a.is_empty or b.is_empty:
        return NameComparison(0.0, ("no name is written",), frozenset(), frozenset())
    pairs = [_compared(one, other, fitted) for one in a.readings for other in b.readings]
    best = max(pairs, key=lambda parts: _plain_score(parts, fitted))
    return NameComparison(
        float(matrix[0, 0]),
        tuple(filter(None, (_reason(part) for part in best))),
        frozenset(p.role for p in best if p.kind == WORDS and p.similarity >= _AGREE),
        frozenset(part.role for part in best if part.term < 0),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of two readings, compared."""

    role: Role
    one: NamePart | None
    other: NamePart | None
    kind: int
    similarity: float
    term: float


def _compared(one: NameReading, other: NameReading, weights: NameWeights) -> list[_Part]:
    return [_part(role, getattr(one, role), getattr(other, role), weights) for role in ROLES]


def _part(role: Role, p: NamePart | None, q: NamePart | None, weights: NameWeights) -> _Part:
    if p is None or q is None:
        return _Part(role, p, q, MISSING, 0.0, 0.0)
    pairs = part_pairs([p], [q])
    term = float(part_log_ratios(pairs, role, weights)[0, 0])
    return _Part(role, p, q, int(pairs.kind[0, 0]), float(pairs.similarity[0, 0]), term)


def _plain_score(parts: list[_Part], weights: NameWeights) -> float:
    given, patronymic, surname = (np.array(part.term) for part in parts)
    return float(combined_log_ratio(given, patronymic, surname, weights))


def _reason(part: _Part) -> str | None:
    if part.one is None or part.other is None:
        word = part.one or part.other
        single = _SINGULAR[part.role]
        return f"the {single} is written in one only: {word.word}" if word else None
    return f"{_PLURAL[part.role]} {_verdict(part)}: {part.one.word}, {part.other.word}"


def _verdict(part: _Part) -> str:
    if part.kind == INITIAL_AGREES:
        return "may be one, by an initial"
    if part.kind == INITIAL_DIFFERS:
        return "differ by their initials"
    if part.similarity >= _ONE:
        return "are one"
    return f"are alike ({part.similarity:.2f})" if part.term > 0 else "differ"
