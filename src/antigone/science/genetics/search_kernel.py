# SPDX-License-Identifier: Apache-2.0
"""The inner loop of a blind search: four ratios of a pair added up in one machine word.

Each log ratio is rounded **up** to a whole number of units, so that four of 16 bits stand side by
side in one word of 64 and one addition adds all four. A sum of rounded values is never below the
true one: what reaches a floor is always found, and is computed again exactly by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from antigone.science.genetics.calls import Array
from antigone.science.genetics.search_tables import RELATIONSHIPS, Codes

Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]

_BITS = 16
_TOP = 2**_BITS - 1
_LEAST = -7.0  # natural log: a marker's lower ratio counts as this one, so ever too high
_AT_ONCE = 1024  # references whose words stay in the first-level cache


@dataclass(frozen=True, eq=False)
class PackedTables:
    """Log ratios of every two calls as words, and what a unit and zero of each of the four mean.

    Attributes
    ----------
    words : uint64, shape (entries,)
        All markers, each with its rows one after another.
    starts, widths : int64, shape (markers,)
        Where a marker's first row begins, and how long its rows are.
    unit, zero : float, shape (4,)
        The log ratio is at most ``zero + unit * field`` of the sum over all markers.
    """

    words: Words
    starts: Numbers
    widths: Numbers
    unit: Array
    zero: Array

    def fields(self, floors: Array) -> Words:
        """The least fields that may reach these log ratios, shape (4,).

        One more than fits where nothing can, 0 where everything may.
        """
        needed = np.ceil((floors - self.zero) / self.unit - 1e-6)
        return np.clip(needed, 0, _TOP + 1).astype(np.uint64)


def packed(tables: Sequence[Array]) -> PackedTables:
    """Pack the tables of all markers, each of shape (calls, calls, 4)."""
    n = len(RELATIONSHIPS)
    clipped = [np.maximum(table, _LEAST) for table in tables]
    lows = np.array([table.min(axis=(0, 1)) for table in clipped]).reshape(-1, n)
    highs = np.array([table.max(axis=(0, 1)) for table in clipped]).reshape(-1, n)
    unit = np.maximum((highs - lows).sum(axis=0), 1e-9) / (_TOP - len(tables))
    shifts = np.arange(n, dtype=np.uint64) * np.uint64(_BITS)
    words = [
        np.left_shift(np.ceil((table - low) / unit - 1e-9).astype(np.uint64), shifts)
        .sum(axis=-1, dtype=np.uint64)
        .ravel()
        for table, low in zip(clipped, lows, strict=True)
    ]
    sizes = [table.shape[0] * table.shape[1] for table in tables]
    return PackedTables(
        words=np.concatenate([*words, np.zeros(0, dtype=np.uint64)]),
        starts=np.cumsum([0, *sizes])[:-1].astype(np.int64),
        widths=np.array([table.shape[1] for table in tables], dtype=np.int64),
        unit=unit,
        zero=lows.sum(axis=0),
    )


def pieces_of(remains: Codes, references: Codes) -> int:
    """Pieces in which `scan` compares these: a number of references for one remains each."""
    return int(remains.shape[1]) * -(-int(references.shape[1]) // _AT_ONCE)


@njit(cache=True, nogil=True)
def scan(
    words: Words,
    starts: Numbers,
    widths: Numbers,
    remains: Codes,
    references: Codes,
    floors: Words,
    begin: int,
    found: Numbers,
) -> tuple[int, int]:
    """Pairs of which some field reaches its floor, until all are seen or `found` is full.

    Parameters
    ----------
    words, starts, widths
        Of `PackedTables`.
    remains, references : uint16, shape (markers, n), C-contiguous
    floors : uint64, shape (4,)
    begin : int
        Number of the piece (of `_AT_ONCE` references for one remains) to go on with.
    found : int64, shape (room, 2), room at least `_AT_ONCE`
        Filled with the numbers of remains and references.

    Returns
    -------
    pieces : int
        The piece to go on with; all pieces are done when it is remains times pieces of references.
    filled : int
    """
    n_markers, n = references.shape
    pieces = (n + _AT_ONCE - 1) // _AT_ONCE
    sums = np.zeros(_AT_ONCE, dtype=np.uint64)
    mask = np.uint64(_TOP)
    first, second, third, fourth = floors[0], floors[1], floors[2], floors[3]
    filled = 0
    for piece in range(begin, remains.shape[1] * pieces):
        if filled + _AT_ONCE > found.shape[0]:
            return piece, filled
        row = piece // pieces
        left = (piece - row * pieces) * _AT_ONCE
        size = min(_AT_ONCE, n - left)
        sums[:size] = 0
        marker = 0
        while marker + 4 <= n_markers:  # four at once: fewer passes over the sums
            a = words[starts[marker] + np.int64(remains[marker, row]) * widths[marker] :]
            marker += 1
            b = words[starts[marker] + np.int64(remains[marker, row]) * widths[marker] :]
            marker += 1
            c = words[starts[marker] + np.int64(remains[marker, row]) * widths[marker] :]
            marker += 1
            d = words[starts[marker] + np.int64(remains[marker, row]) * widths[marker] :]
            marker += 1
            of_a = references[marker - 4, left : left + size]
            of_b = references[marker - 3, left : left + size]
            of_c = references[marker - 2, left : left + size]
            of_d = references[marker - 1, left : left + size]
            for i in range(size):
                sums[i] += a[of_a[i]] + b[of_b[i]] + c[of_c[i]] + d[of_d[i]]
        while marker < n_markers:
            a = words[starts[marker] + np.int64(remains[marker, row]) * widths[marker] :]
            of_a = references[marker, left : left + size]
            for i in range(size):
                sums[i] += a[of_a[i]]
            marker += 1
        for i in range(size):
            word = sums[i]
            if (
                (word & mask) >= first
                or ((word >> np.uint64(16)) & mask) >= second
                or ((word >> np.uint64(32)) & mask) >= third
                or (word >> np.uint64(48)) >= fourth
            ):
                found[filled, 0] = row
                found[filled, 1] = left + i
                filled += 1
    return remains.shape[1] * pieces, filled
