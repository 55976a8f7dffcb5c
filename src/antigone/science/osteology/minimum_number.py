# SPDX-License-Identifier: Apache-2.0
"""How many individuals a linked assemblage holds at least, and how many it may have held."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antigone.terms.errors import AntigoneError, gettext_noop

Landmark = tuple[str, str]
"""An element and its zone: what an individual has once, or once on each side."""


class PairsExceedSides(AntigoneError):
    """More pairs than there are elements of one side."""

    code = "science.pairs-exceed-sides"
    message = gettext_noop(
        "%(pairs)d pairs were matched among %(left)d left and %(right)d right elements. Count the "
        "pairs again: each takes one of each side."
    )


class ShareOutOfRange(AntigoneError):
    """A confidence that is no share."""

    code = "science.share-out-of-range"
    message = gettext_noop(
        "The confidence %(share)s is not between 0 and 1. Give it as a share, such as 0.95."
    )


class AgesUpsideDown(AntigoneError):
    """A specimen whose lowest age is above its highest."""

    code = "science.ages-upside-down"
    message = gettext_noop(
        "Specimen %(specimen)s has a lowest age of %(low)g and a highest of %(high)g years. "
        "Exchange them, or correct one."
    )


@dataclass(frozen=True, slots=True)
class Specimen:
    """What is one find: an articulated body, a bone, a fragment; of one individual for certain.

    `sides` says of each landmark on which side it is: ``left``, ``right``, ``single`` for one
    that an individual has once, or ``unsided`` where the side could not be told.
    `age` is the range in years that cannot be left, `sex` ``female`` or ``male``; None and blank
    are compatible with everything.
    """

    label: str
    sides: Mapping[Landmark, str]
    age: tuple[float, float] | None = None
    sex: str = ""


@dataclass(frozen=True, slots=True)
class CountedClass:
    """One class of specimens that no other class can share an individual with."""

    ages: tuple[float, float] | None
    """From the lowest to the highest age of its specimens; None for the assemblage undivided."""
    sex: str
    landmark: Landmark
    side: str
    count: int


@dataclass(frozen=True, slots=True)
class MinimumNumber:
    """The least number of individuals, and the landmarks by which it was reached."""

    count: int
    classes: tuple[CountedClass, ...]


@dataclass(frozen=True, slots=True)
class EstimatedNumber:
    """A Lincoln-type estimate of how many there once were: beside the count, never in it."""

    estimate: int
    low: int
    high: int | None
    """None: not bounded, because no pair was matched."""
    share: float


def minimum_number(specimens: Sequence[Specimen]) -> MinimumNumber:
    """Least number of individuals by the most repeated element, divided by age and sex.

    A landmark that repeats on one side stands for as many individuals; one whose side could not
    be told stands for half of all of its kind, rounded up. The assemblage is divided into ranges
    of age that do not overlap, and each range by sex, wherever that raises the sum: specimens of
    two classes cannot be of one individual. A specimen that lies across two ranges, or whose sex
    is not known, is counted in neither. Of all divisions the one with the highest sum is taken.

    Parameters
    ----------
    specimens : sequence of Specimen
        One linked assemblage, whatever graves its members come from: sums over graves count an
        individual twice whose parts lie in two of them.

    Returns
    -------
    MinimumNumber
        0 and no class for no specimens; at least 1 otherwise, also where no landmark is given.

    Raises
    ------
    AgesUpsideDown

    References
    ----------
    White (1953), American Antiquity 18:396-398, for the most repeated element by side;
    Bökönyi (1970), American Antiquity 35:291-292, for its division by age and sex;
    Knüsel & Outram (2004), Environmental Archaeology 9:85-98, for zones.
    """
    for one in specimens:
        if one.age is not None and one.age[0] > one.age[1]:
            raise AgesUpsideDown(specimen=one.label, low=one.age[0], high=one.age[1])
    if not specimens:
        return MinimumNumber(0, ())
    undivided = _by_sex(specimens, None)
    best = max((undivided, _by_age(specimens)), key=_total)
    return MinimumNumber(max(_total(best), 1), tuple(best))


def _total(classes: Iterable[CountedClass]) -> int:
    return sum(one.count for one in classes)


def _by_age(specimens: Sequence[Specimen]) -> list[CountedClass]:
    """The best division into ranges of age: each begins at the lowest age of some specimen."""
    aged = [(one.age, one) for one in specimens if one.age is not None]
    starts = sorted({age[0] for age, _ in aged})
    best: list[list[CountedClass]] = [[] for _ in range(len(starts) + 1)]
    for first in reversed(range(len(starts))):
        for after in range(first + 1, len(starts) + 1):
            end = starts[after] if after < len(starts) else math.inf
            inside = [one for age, one in aged if starts[first] <= age[0] and age[1] < end]
            if not inside:
                continue
            ages = (starts[first], max(one.age[1] for one in inside if one.age))
            found = _by_sex(inside, ages) + best[after]
            best[first] = max((best[first], found), key=_total)
        best[first] = max((best[first], best[first + 1]), key=_total)
    return best[0]


def _by_sex(specimens: Sequence[Specimen], ages: tuple[float, float] | None) -> list[CountedClass]:
    """The most repeated landmark of all of them, or that of each sex where their sum is higher."""
    together = _most_repeated(specimens, ages, "")
    apart = [
        one
        for sex in ("female", "male")
        for one in _most_repeated([each for each in specimens if each.sex == sex], ages, sex)
    ]
    return max((together, apart), key=_total)


def _most_repeated(
    specimens: Sequence[Specimen], ages: tuple[float, float] | None, sex: str
) -> list[CountedClass]:
    if not specimens:
        return []
    counted = Counter((landmark, side) for one in specimens for landmark, side in one.sides.items())
    found = [CountedClass(ages, sex, ("", ""), "", 1)]
    for landmark in sorted({landmark for landmark, _ in counted}):
        by_side = {side: counted[landmark, side] for side in ("left", "right", "single")}
        found += [CountedClass(ages, sex, landmark, side, count) for side, count in by_side.items()]
        every = by_side["left"] + by_side["right"] + counted[landmark, "unsided"]
        found.append(CountedClass(ages, sex, landmark, "unsided", -(-every // 2)))
    return [max(found, key=lambda one: one.count)]


def distinct_profiles(different: NDArray[np.bool_]) -> int:
    """Least number of individuals by autosomal profiles that are certainly not of one.

    Profiles that are not certainly different may be of one individual, and through one another
    three may be of one although the ends differ by dropout; so the groups that *not different*
    joins are counted. Monozygotic twins have one profile and count as one.

    Parameters
    ----------
    different : bool, shape (n, n), symmetric
        Whether two profiles are certainly of two individuals; the diagonal is not read.

    Returns
    -------
    int
        0 for no profiles.
    """
    waiting = set(range(len(different)))
    groups = 0
    while waiting:
        groups += 1
        reached = {waiting.pop()}
        while reached:
            one = reached.pop()
            near = {other for other in waiting if not different[one, other]}
            waiting -= near
            reached |= near
    return groups


def estimated_number(*, left: int, right: int, pairs: int, share: float) -> EstimatedNumber:
    """Most likely number of individuals before loss, from pairs matched between two sides.

    The estimate is ``floor((L + 1)(R + 1) / (P + 1) - 1)``. The interval holds every number
    ``N`` under which neither so few nor so many pairs are rarer than ``(1 - share) / 2``, where
    the pairs are hypergeometric: ``R`` drawn from ``N`` of which ``L`` have their left side here.
    It assumes that sides are lost independently and that every pair was recognised.

    Parameters
    ----------
    left, right, pairs : int, ``0 <= pairs <= min(left, right)``
        Elements of each side, and how many of them were matched to one individual.
    share : float, ``0 < share < 1``
        Confidence of the interval.

    Returns
    -------
    EstimatedNumber
        ``low`` is never below ``left + right - pairs``, which are there; ``high`` is None
        without a pair.

    Raises
    ------
    PairsExceedSides, ShareOutOfRange

    References
    ----------
    Adams & Konigsberg (2004), American Journal of Physical Anthropology 125:138-151 (most likely
    number of individuals); Chapman (1951), Univ. California Publ. Statistics 1:131-160.
    """
    if not 0 <= pairs <= min(left, right):
        raise PairsExceedSides(left=left, right=right, pairs=pairs)
    if not 0 < share < 1:
        raise ShareOutOfRange(share=share)
    estimate = (left + 1) * (right + 1) // (pairs + 1) - 1
    tail = (1 - share) / 2
    fewest = left + right - pairs
    low = fewest
    while _chance_of_at_most(pairs, low, left, right) < tail:
        low += 1
    return EstimatedNumber(estimate, low, _highest(left, right, pairs, tail), share)


def _highest(left: int, right: int, pairs: int, tail: float) -> int | None:
    """The largest number under which so many pairs are not too rare, by doubling and halving."""
    if pairs == 0:
        return None
    inside = left + right - pairs
    outside = 2 * inside + 1
    while _chance_of_at_least(pairs, outside, left, right) >= tail:
        inside, outside = outside, 2 * outside
    while outside - inside > 1:
        middle = (inside + outside) // 2
        if _chance_of_at_least(pairs, middle, left, right) >= tail:
            inside = middle
        else:
            outside = middle
    return inside


def _chance(pairs: int, number: int, left: int, right: int) -> float:
    """Hypergeometric chance of exactly so many pairs; 0 where that many cannot be."""
    missing = number - left - (right - pairs)
    if missing < 0 or pairs < 0 or pairs > min(left, right):
        return 0.0
    ways = _log_choose(left, pairs) + _log_choose(number - left, right - pairs)
    return math.exp(ways - _log_choose(number, right))


def _chance_of_at_most(pairs: int, number: int, left: int, right: int) -> float:
    return sum(_chance(one, number, left, right) for one in range(pairs + 1))


def _chance_of_at_least(pairs: int, number: int, left: int, right: int) -> float:
    return sum(_chance(one, number, left, right) for one in range(pairs, min(left, right) + 1))


def _log_choose(of: int, chosen: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(chosen + 1) - math.lgamma(of - chosen + 1)
