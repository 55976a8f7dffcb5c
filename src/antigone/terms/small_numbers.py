# SPDX-License-Identifier: Apache-2.0
"""Small numbers withheld together with their complements, so that none follows from a total."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from antigone.terms.errors import AntigoneError, gettext_noop

_Cell = TypeVar("_Cell", bound=Hashable)


class ThresholdTooLow(AntigoneError):
    """A threshold below which nothing could be told apart from nothing."""

    code = "terms.small-number-threshold"
    message = gettext_noop(
        "Numbers below %(threshold)d cannot be withheld so that they stay unknown. Give a "
        "threshold of 3 or more."
    )


@dataclass(frozen=True, slots=True)
class Published(Generic[_Cell]):
    """Counts of the parts of one whole as they may be printed; None is withheld."""

    cells: Mapping[_Cell, int | None]
    total: int | None


def is_small(count: int, threshold: int) -> bool:
    """Whether a count must be withheld: at least one, and below the threshold. Zero is printed.

    Raises
    ------
    ThresholdTooLow
        Of 1 and 2 both are small, and one of them must remain to be the other.
    """
    if threshold < 3:
        raise ThresholdTooLow(threshold=threshold)
    return 0 < count < threshold


def published(counts: Mapping[_Cell, int], *, threshold: int) -> Published[_Cell]:
    """What may be printed of `counts`, whose sum is printed beside them wherever possible.

    Cells from 1 to ``threshold - 1`` are withheld. Whoever takes what is printed from the total
    learns the sum ``S`` of the ``k`` withheld cells, each at least 1; so further cells are
    withheld, the smallest first, until each of them could be anything from 1 to the threshold:
    ``k >= 2`` and ``S - (k - 1) >= threshold``. Where no cell is left for that, or the total
    itself is small, the total is withheld as well.

    Not hidden from somebody who also knows by this rule which cell was taken last; and counts
    that share records with another table are that table's concern too.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, ch. 4 (secondary cell suppression).
    """
    total = sum(counts.values())
    withheld = [cell for cell, count in counts.items() if is_small(count, threshold)]
    others = sorted(
        (cell for cell, count in counts.items() if count >= threshold), key=lambda one: counts[one]
    )
    while withheld and not _hidden([counts[one] for one in withheld], threshold):
        if not others:
            break
        withheld.append(others.pop(0))
    kept = not withheld or _hidden([counts[one] for one in withheld], threshold)
    return Published(
        {cell: None if cell in withheld else count for cell, count in counts.items()},
        total if kept and not is_small(total, threshold) else None,
    )


def _hidden(withheld: list[int], threshold: int) -> bool:
    """Whether their sum leaves each of these cells free, from 1 to the threshold at least."""
    return len(withheld) > 1 and sum(withheld) - (len(withheld) - 1) >= threshold
