# SPDX-License-Identifier: Apache-2.0
"""What is found anew only when the ledger has grown, and meanwhile kept in memory for its sight."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from antigone.records.models import CHANGES, InvestigationCase, Log
from antigone.records.models.sight import looking
from antigone.records.reach import Seeing

MOST = 8
"""So many answers are kept, the last ones asked for: each may be as large as its case."""

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


def _key(what: str, case: InvestigationCase, sight: Any) -> Hashable | None:
    """What the answer depends on; None where it cannot be told, as in a copy without its log."""
    if not isinstance(sight, Seeing):
        return None
    log = Log.objects.filter(name=CHANGES).values_list("identifier", "size").first()
    return None if log is None else (what, case.pk, log, sight.alike)


def _found(sight: Seeing, find: Callable[[], Any]) -> tuple[Any, dict[tuple[str, Any, str], None]]:
    """What is found, and every protected section that was read for it."""
    before, sight.read = sight.read, {}
    try:
        found = find()
        return found, sight.read
    finally:
        sight.read = before | sight.read
