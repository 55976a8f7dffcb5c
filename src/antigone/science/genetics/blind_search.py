# SPDX-License-Identifier: Apache-2.0
"""Blind search: every set of remains against every reference profile, whatever they were told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.calls import Array
from antigone.science.genetics.search_kernel import PackedTables, packed, pieces_of, scan
from antigone.science.genetics.search_tables import (
    RELATIONSHIPS,
    CodedProfiles,
    Codes,
    log_ratio_tables,
)
from antigone.terms.errors import AntigoneError, gettext_noop

_N = len(RELATIONSHIPS)
_ROOM = 65_536  # pairs that one thread holds before they are weighed exactly
_REMAINS_AT_ONCE, _REFERENCES_AT_ONCE = 64, 65_536

Indices = NDArray[np.int64]


class SearchNotOfThese(AntigoneError):
    """A search that was interrupted is to go on with other profiles, numbers or thresholds."""

    code = "science.search-not-of-these"
    message = gettext_noop(
        "The interrupted search was of other profiles, frequencies, rates or thresholds, so it "
        "cannot go on with these. Begin anew, without what was kept of it."
    )


class ThresholdsNotRising(AntigoneError):
    """Thresholds that are no rising row of numbers."""

    code = "science.thresholds-not-rising"
    message = gettext_noop(
        "The thresholds %(thresholds)s are not likelihood ratios in rising order. State each once, "
        "the lowest first."
    )


@dataclass(frozen=True, eq=False)
class Hits:
    """The highest ratios, of each relationship by itself, highest first.

    Attributes
    ----------
    relationship, remains, reference : int, shape (n,)
        Positions in `RELATIONSHIPS` and in the profiles.
    log_ratio : float, shape (n,)
        Natural logarithms.
    """

    relationship: Indices
    remains: Indices
    reference: Indices
    log_ratio: Array


class BlindSearch:
    """All pairs of remains and references under four relationships, in constant memory.

    The `keep` highest ratios of each relationship are kept, and how many pairs reach each
    threshold is counted; both are exact (float64) and the same for any number of threads.

    Parameters
    ----------
    remains, references : CodedProfiles
        Of the same models, in the same order. The same object twice: every two of these profiles
        once, none with itself.
    genotyping : float, ``0 <= g < 1``
        As in `log_ratio_tables`.
    thresholds : sequence of float
        Likelihood ratios above 0, rising; the lowest is also the least that a hit must reach.
    keep : int, at least 1
        Hits kept for each relationship.

    Raises
    ------
    ThresholdsNotRising, RateOutOfRange

    References
    ----------
    Kling & Füredi (2016), Forensic Sci Int Genet 25:1-9, and Kruijver, Meester & Slooten (2014),
    Forensic Sci Int Genet 13:251-262, for what such a search can and cannot tell.
    """

    def __init__(
        self,
        remains: CodedProfiles,
        references: CodedProfiles,
        *,
        genotyping: float,
        thresholds: Sequence[float],
        keep: int,
    ) -> None:
        if not thresholds or min(thresholds) <= 0 or any(np.diff(thresholds) <= 0):
            raise ThresholdsNotRising(thresholds=", ".join(map(str, thresholds)))
        self.tables = log_ratio_tables(remains, references, genotyping=genotyping)
        self.remains, self.references = remains, references
        self._log_thresholds = np.log(np.asarray(thresholds, dtype=np.float64))
        self._packed = packed(self.tables)
        self._left, self._right = remains.codes, references.codes
        self._among = references is remains
        self._best = _Best(keep, float(self._log_thresholds[0]))
        self._counts = np.zeros((_N, len(thresholds)), dtype=np.int64)
        self._done = np.zeros(len(list(self._pieces())), dtype=np.bool_)

    @property
    def comparisons(self) -> int:
        """Pairs that the whole search compares, each under every relationship."""
        n = len(self.remains)
        return n * (n - 1) // 2 if self._among else n * len(self.references)

    @property
    def finished(self) -> bool:
        """Whether every pair has been compared."""
        return bool(self._done.all())

    @property
    def hits(self) -> Hits:
        """The highest ratios of what has been compared so far."""
        return self._best.hits()

    @property
    def counts(self) -> Indices:
        """Pairs so far that reach each threshold, shape (4, thresholds)."""
        return self._counts.copy()

    def run(self, *, threads: int, progress: Callable[[float], bool]) -> None:
        """Compare what is not compared yet.

        Parameters
        ----------
        threads : int, at least 1
        progress : callable
            Told the share done after every piece; when it answers False the search stops after the
            pieces in hand, nothing of which is lost: `state` then holds all that was done.
        """
        pieces = list(self._pieces())
        waiting = iter(np.flatnonzero(~self._done).tolist())
        with ThreadPoolExecutor(threads) as pool:
            running: dict[Future[_Compared], int] = {}
            goes_on = True
            while True:
                while goes_on and len(running) <= threads:
                    number = next(waiting, None)
                    if number is None:
                        break
                    running[pool.submit(self._compare, *pieces[number])] = number
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    self._take(running.pop(future), future.result())
                    goes_on = progress(float(self._done.mean())) and goes_on

    def _take(self, number: int, compared: _Compared) -> None:
        self._best.add(compared.hits)
        self._counts += compared.counts
        self._done[number] = True

    def _pieces(self) -> Iterator[tuple[slice, slice]]:
        for right in range(0, len(self.references), _REFERENCES_AT_ONCE):
            for left in range(0, len(self.remains), _REMAINS_AT_ONCE):
                end = min(right + _REFERENCES_AT_ONCE, len(self.references))
                if not self._among or left < end:
                    yield (
                        slice(left, min(left + _REMAINS_AT_ONCE, len(self.remains))),
                        slice(right, end),
                    )

    def _compare(self, left: slice, right: slice) -> _Compared:
        remains = np.ascontiguousarray(self._left[:, left])
        references = np.ascontiguousarray(self._right[:, right])
        best = _Best(self._best.keep, float(self._log_thresholds[0]))
        counts = np.zeros_like(self._counts)
        found = np.empty((_ROOM, 2), dtype=np.int64)
        begin, total = 0, pieces_of(remains, references)
        floors = self._packed.fields(np.full(_N, self._log_thresholds[0]))
        while begin < total:
            begin, filled = _scan(self._packed, remains, references, floors, begin, found)
            pairs = found[:filled]
            if self._among:
                pairs = pairs[pairs[:, 0] + left.start < pairs[:, 1] + right.start]
            exact = self._exact(remains[:, pairs[:, 0]], references[:, pairs[:, 1]])
            counts += (exact[:, :, None] >= self._log_thresholds).sum(axis=0)
            best.add(_hits_of(pairs, exact, left.start, right.start))
        return _Compared(best.hits(), counts)

    def _exact(self, remains: Codes, references: Codes) -> Array:
        """Log ratios of some pairs, shape (pairs, 4), markers added in their order."""
        total = np.zeros((remains.shape[1], _N))
        for table, one, other in zip(self.tables, remains, references, strict=True):
            total += table[one, other]
        return total

    def state(self) -> Mapping[str, NDArray[Any]]:
        """What has been done, as arrays, from which `go_on` continues after an interruption."""
        hits = self.hits
        return {
            "mark": self._mark(),
            "done": self._done.copy(),
            "counts": self.counts,
            "relationship": hits.relationship,
            "remains": hits.remains,
            "reference": hits.reference,
            "log_ratio": hits.log_ratio,
        }

    def go_on(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up what an interrupted search of the same profiles and numbers had done.

        Raises
        ------
        SearchNotOfThese
        """
        if not np.array_equal(state["mark"], self._mark()):
            raise SearchNotOfThese()
        self._done = np.array(state["done"], dtype=np.bool_)
        self._counts = np.array(state["counts"], dtype=np.int64)
        self._best = _Best(self._best.keep, float(self._log_thresholds[0]))
        self._best.add(
            Hits(
                relationship=np.array(state["relationship"], dtype=np.int64),
                remains=np.array(state["remains"], dtype=np.int64),
                reference=np.array(state["reference"], dtype=np.int64),
                log_ratio=np.array(state["log_ratio"], dtype=np.float64),
            )
        )

    def _mark(self) -> NDArray[np.uint8]:
        """SHA-256 of profiles, tables and thresholds, as 32 numbers."""
        found = hashlib.sha256(f"{self._best.keep} {self._among}".encode())
        arrays: list[NDArray[Any]] = [self._left, self._right, *self.tables, self._log_thresholds]
        for array in arrays:
            found.update(f"{array.shape}".encode())
            found.update(np.ascontiguousarray(array).tobytes())
        return np.frombuffer(found.digest(), dtype=np.uint8)


@dataclass(frozen=True, eq=False)
class _Compared:
    hits: Hits
    counts: Indices


class _Best:
    """The highest ratios of each relationship, at most `keep` of each."""

    def __init__(self, keep: int, floor: float) -> None:
        self.keep, self._floor = keep, floor
        self._parts: list[Hits] = []

    def add(self, hits: Hits) -> None:
        self._parts.append(hits)
        if sum(part.log_ratio.size for part in self._parts) > 8 * _N * self.keep:
            self._parts = [self.hits()]

    def hits(self) -> Hits:
        if not self._parts:
            none = np.zeros(0, dtype=np.int64)
            return Hits(none, none, none, np.zeros(0))
        parts = self._parts
        relationship, remains, reference = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("relationship", "remains", "reference")
        )
        log_ratio = np.concatenate([part.log_ratio for part in parts])
        order = np.lexsort((reference, remains, -log_ratio, relationship))
        order = order[log_ratio[order] >= self._floor]
        sizes = np.bincount(relationship[order], minlength=_N)
        rank = np.arange(order.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        order = order[rank < self.keep]
        return Hits(relationship[order], remains[order], reference[order], log_ratio[order])


def _hits_of(pairs: Indices, exact: Array, left: int, right: int) -> Hits:
    n = len(pairs)
    return Hits(
        relationship=np.tile(np.arange(_N), n),
        remains=np.repeat(pairs[:, 0] + left, _N),
        reference=np.repeat(pairs[:, 1] + right, _N),
        log_ratio=exact.ravel(),
    )


def _scan(
    tables: PackedTables,
    remains: Codes,
    references: Codes,
    floors: NDArray[np.uint64],
    begin: int,
    found: Indices,
) -> tuple[int, int]:
    piece, filled = scan(
        tables.words, tables.starts, tables.widths, remains, references, floors, begin, found
    )
    return int(piece), int(filled)
