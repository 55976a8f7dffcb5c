# SPDX-License-Identifier: Apache-2.0
"""The prior of one pair."""

from __future__ import annotations

import itertools

import pytest

from antigone.science.identification.priors import PriorOutOfRange, activity


def test_the_activity_of_the_trawl() -> None:
    # T1 of the five dangerous cases, by hand: 0.9 / (1e5 * 0.1 * 0.91)
    assert activity(share_on_list=0.9, share_buried_here=0.09, n_persons=100_000) == pytest.approx(
        0.9 / 9100
    )


def test_the_activity_gives_back_the_stated_share_on_the_list() -> None:
    """Summed over every assignment of 2 remains and 3 persons without evidence.

    With few remains the share on the list that the model expects is near s, not equal to it: the
    formula holds for many. Here it is compared with the sum itself at equal shares.
    """
    n_remains, n_persons = 2, 3
    s, p = 0.3, 0.2  # s * 2 = p * 3
    a = activity(share_on_list=s, share_buried_here=p, n_persons=n_persons)
    total = expected = 0.0
    for k in range(n_remains + 1):
        ways = len(list(itertools.combinations(range(n_remains), k))) * len(
            list(itertools.permutations(range(n_persons), k))
        )
        total += ways * a**k
        expected += k * ways * a**k
    assert expected / total / n_remains == pytest.approx(s, abs=0.03)


@pytest.mark.parametrize(
    ("s", "p", "n"), [(1.0, 0.5, 10), (0.0, 0.5, 10), (0.5, 1.0, 10), (0.5, 0.5, 0)]
)
def test_a_closed_list_is_refused(s: float, p: float, n: int) -> None:
    with pytest.raises(PriorOutOfRange):
        activity(share_on_list=s, share_buried_here=p, n_persons=n)
