# SPDX-License-Identifier: Apache-2.0
"""No withheld number follows from what is printed: every table of small size, by enumeration."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antigone.terms.small_numbers import ThresholdTooLow, is_small, published


def could_be(shown, cells, largest):
    """Every table that agrees with what is printed; withheld cells are at least 1."""
    free = [cell for cell in cells if shown.cells[cell] is None]
    for guess in product(range(1, largest + 1), repeat=len(free)):
        table = dict(shown.cells) | dict(zip(free, guess, strict=True))
        if shown.total is None or sum(table.values()) == shown.total:
            yield table


@pytest.mark.parametrize("threshold", [3, 4, 5])
def test_no_withheld_cell_can_be_derived_or_told_to_be_small(threshold: int) -> None:
    for n_cells in (1, 2, 3):
        for counts in product(range(threshold + 3), repeat=n_cells):
            cells = dict(enumerate(counts))
            shown = published(cells, threshold=threshold)
            possible = list(could_be(shown, cells, max(sum(counts), threshold)))
            assert cells in possible
            for cell, count in cells.items():
                assert shown.cells[cell] in (None, count)
                assert not (is_small(count, threshold) and shown.cells[cell] is not None)
                if shown.cells[cell] is None:
                    values = {table[cell] for table in possible}
                    assert values >= set(range(1, threshold + 1)), (cells, shown)


@given(
    st.lists(st.integers(0, 60), max_size=8), st.integers(3, 12)
)  # fmt: skip
def test_of_any_table(counts: list[int], threshold: int) -> None:
    cells = dict(enumerate(counts))
    shown = published(cells, threshold=threshold)
    withheld = [count for cell, count in cells.items() if shown.cells[cell] is None]
    assert not [n for n in shown.cells.values() if n is not None and is_small(n, threshold)]
    if not any(is_small(count, threshold) for count in counts):
        assert not withheld
    if shown.total is None:
        return
    assert not is_small(shown.total, threshold)
    rest = shown.total - sum(n for n in shown.cells.values() if n is not None)
    assert rest == sum(withheld)
    for _count in withheld:  # the others being 1 each, this one may be as large as the threshold
        assert len(withheld) > 1
        assert rest - (len(withheld) - 1) >= threshold


def test_a_threshold_that_hides_nothing_is_refused() -> None:
    with pytest.raises(ThresholdTooLow, match="3 or more"):
        published({"a": 1}, threshold=2)
