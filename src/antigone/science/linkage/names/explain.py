# SPDX-License-Identifier: Apache-2.0
"""One pair of names compared, with the reasons in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from antigone.science.linkage.names.compare import (
    INITIAL_AGREES,
    INITIAL_DIFFERS,
    ROLES,
    NameFrequencies,
    Role,
    combined_log_ratio,
    name_log_ratios,
    part_log_ratios,
    part_pairs,
)
from antigone.science.linkage.names.parse import NamePart, NameReading, ParsedName
from antigone.science.linkage.names.weights import NameWeights, name_weights

_PLURAL = {"given": "given names", "patronymic": "patronymics", "surname": "surnames"}
_SINGULAR = {"given": "given name", "patronymic": "patronymic", "surname": "surname"}


@dataclass(frozen=True, slots=True)
class NameComparison:
    """The natural-log likelihood ratio of one pair of names, and one reason a part.

    `agree` and `differ` hold the parts (given, patronymic, surname) written in full on both
    sides that speak for one person, and those that speak against; an initial that does not fit
    differs, one that fits is in neither.
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
    pairs = [(one, other) for one in a.readings for other in b.readings]
    one, other = max(pairs, key=lambda pair: _plain_score(pair[0], pair[1], fitted))
    reasons = [_reason(role, one, other, fitted) for role in ROLES]
    terms = dict(zip(ROLES, _terms(one, other, fitted), strict=True))
    return NameComparison(
        float(matrix[0, 0]),
        tuple(filter(None, reasons)),
        frozenset(role for role in ROLES if terms[role] > 0 and _in_full(role, one, other)),
        frozenset(role for role in ROLES if terms[role] < 0),
    )


def _in_full(role: Role, one: NameReading, other: NameReading) -> bool:
    return not (getattr(one, role).is_initial or getattr(other, role).is_initial)


def _terms(one: NameReading, other: NameReading, weights: NameWeights) -> list[float]:
    return [_part_term(role, getattr(one, role), getattr(other, role), weights) for role in ROLES]


def _part_term(role: Role, p: NamePart | None, q: NamePart | None, weights: NameWeights) -> float:
    if p is None or q is None:
        return 0.0
    return float(part_log_ratios(part_pairs([p], [q]), role, weights)[0, 0])


def _plain_score(one: NameReading, other: NameReading, weights: NameWeights) -> float:
    given, patronymic, surname = (np.array(term) for term in _terms(one, other, weights))
    return float(combined_log_ratio(given, patronymic, surname, weights))


def _reason(role: Role, one: NameReading, other: NameReading, weights: NameWeights) -> str | None:
    p, q = getattr(one, role), getattr(other, role)
    if p is None and q is None:
        return None
    if p is None or q is None:
        return f"the {_SINGULAR[role]} is written in one only: {(p or q).word}"
    return f"{_PLURAL[role]} {_verdict(role, p, q, weights)}: {p.word}, {q.word}"


def _verdict(role: Role, p: NamePart, q: NamePart, weights: NameWeights) -> str:
    pairs = part_pairs([p], [q])
    kind, similarity = pairs.kind[0, 0], pairs.similarity[0, 0]
    if kind == INITIAL_AGREES:
        return "may be one, by an initial"
    if kind == INITIAL_DIFFERS:
        return "differ by their initials"
    if similarity >= 0.99:
        return "are one"
    term = _part_term(role, p, q, weights)
    if term > 0:
        return f"are alike ({similarity:.2f})"
    return "differ"
