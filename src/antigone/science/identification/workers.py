# SPDX-License-Identifier: Apache-2.0
"""How work is shared out: science names what can run side by side, the caller brings workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

_Part = TypeVar("_Part")


class Mapper(Protocol):
    """``map``, or the like of it that works on several parts at once and keeps their order."""

    def __call__(self, work: Callable[[Any], Any], parts: Iterable[Any], /) -> Iterable[Any]:
        """Results of `work`, in the order of `parts`."""


@dataclass(frozen=True)
class Workers:
    """Who does the work; never changes a result.

    Attributes
    ----------
    together : Mapper
        For work that shares memory, such as a pool of threads.
    apart : Mapper
        For work whose arguments and results can be pickled, such as a pool of processes.
    count : int
        Into how many parts work for `apart` is split.
    """

    together: Mapper
    apart: Mapper
    count: int

    def parted(self, items: Sequence[_Part]) -> list[list[_Part]]:
        """`items` dealt out in turn: part k holds items k, k + count, ..."""
        return [list(items[k :: self.count]) for k in range(self.count)]


def gathered(parts: Iterable[Sequence[_Part]], count: int, n_items: int) -> list[_Part]:
    """Results of `Workers.parted` in the order of the items, one result an item."""
    found: list[Any] = [None] * n_items
    for k, results in enumerate(parts):
        found[k::count] = results
    return found


ONE = Workers(together=map, apart=map, count=1)
"""One worker: everything in turn."""
