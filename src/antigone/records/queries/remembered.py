# SPDX-License-Identifier: Apache-2.0
"""What is found anew only when the ledger has grown, and meanwhile kept in memory for its sight."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from antigone.records.models import CHANGES, InvestigationCase, Log
from antigone.records.models.sight import looking
from antigone.records.reach import Seeing

MOST = 8
"""So many answers are kept, the last ones asked for: each may be as large as its case."""
AFFORDABLE_S = 0.1
"""What took no longer than this is found anew with every change, whoever asks."""

_Found = TypeVar("_Found")
_kept: OrderedDict[Hashable, tuple[Any, dict[tuple[str, Any, str], None]]] = OrderedDict()
_one_at_a_time = Lock()


def remembered(what: str, case: InvestigationCase, find: Callable[[], _Found]) -> _Found:
    """What `find` finds, found once for each size of the log and each sight.

    Every change adds to the log, so that its size says whether anything changed. What was read of
    protected sections to find it is noted each time, as if it had been read again. Within an act,
    and in a past that is shown, nothing is kept.
    """
    sight = looking()
    key = _key(what, case, sight)
    if key is None or not isinstance(sight, Seeing):
        return find()
    with _one_at_a_time:
        kept = _kept.get(key)
        if kept is not None:
            _kept.move_to_end(key)
    if kept is None:
        kept = _found(sight, find)
        with _one_at_a_time:
            _kept[key] = kept
            while len(_kept) > MOST:
                _kept.popitem(last=False)
    sight.read |= kept[1]
    found: _Found = kept[0]
    return found


@dataclass(frozen=True, slots=True)
class AsOf(Generic[_Found]):
    """What was found, and after how many events of the log; with how many it has now."""

    found: _Found
    events: int
    now: int

    @property
    def event(self) -> int:
        """The last event that was counted."""
        return self.events - 1

    @property
    def is_past(self) -> bool:
        """Whether something has changed since; what was found may not hold any more."""
        return self.events != self.now


def lately(
    what: str, case: InvestigationCase, find: Callable[[], _Found], *, anew: bool = False
) -> AsOf[_Found]:
    """What `find` found last for this sight, with the event after which it was found.

    Found anew if the log has grown and that takes a moment only, or if `anew` is asked for: for
    what takes seconds in a large case, and is shown with the event after which it held.
    """
    sight = looking()
    key = _key(what, case, sight)
    if key is None or not isinstance(sight, Seeing):
        return AsOf(find(), 0, 0)
    *of, (_log, size), far = key
    here = (*of, far)
    kept = _latest.get(here)
    if kept is None or (kept.size != size and (anew or kept.took_s <= AFFORDABLE_S)):
        started = time.process_time()
        found, read = _found(sight, find)
        kept = _Lately(found, read, size, time.process_time() - started)
        with _one_at_a_time:
            _latest[here] = kept
            _latest.move_to_end(here)
            while len(_latest) > MOST:
                _latest.popitem(last=False)
    sight.read |= kept.read
    return AsOf(kept.found, kept.size, size)


@dataclass(frozen=True, slots=True)
class _Lately:
    found: Any
    read: dict[tuple[str, Any, str], None]
    size: int
    took_s: float


_latest: OrderedDict[Hashable, _Lately] = OrderedDict()


def _key(what: str, case: InvestigationCase, sight: Any) -> tuple[Any, ...] | None:
    """What the answer depends on; None where it cannot be told, as in a copy without its log."""
    if not isinstance(sight, Seeing):
        return None
    log = Log.objects.filter(name=CHANGES).values_list("identifier", "size").first()
    return None if log is None else (what, case.pk, log, sight.reach)


def _found(sight: Seeing, find: Callable[[], Any]) -> tuple[Any, dict[tuple[str, Any, str], None]]:
    """What is found, and every protected section that was read for it."""
    before, sight.read = sight.read, {}
    try:
        found = find()
        return found, sight.read
    finally:
        sight.read = before | sight.read
