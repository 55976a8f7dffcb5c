# SPDX-License-Identifier: Apache-2.0
"""The ledger: what hangs on its checkpoints, and whether all of it still holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Subquery

from antigone.ledger.errors import HeldUnreadable
from antigone.ledger.held import HeldCheckpoint, read_held
from antigone.ledger.notes import origin_of
from antigone.records import guards
from antigone.records.kinds import rows_of
from antigone.records.models import CHANGES, LOGS, Log, Tile, Witnessing
from antigone.records.queries.stored import AsStored, any_text, id_of_stored
from antigone.records.queries.verification import Progress, Verification
from antigone.records.queries.verified_log import LogVerification
from antigone.records.queries.verified_records import verify_records
from antigone.terms.errors import gettext_noop


@dataclass(frozen=True, slots=True)
class Exposure:
    """How many events no witness holds: what an insider with database and keys could rewrite."""

    events: int
    size: int
    witnessed_size: int
    witnessed_at: datetime | None


def exposure(name: str = CHANGES) -> Exposure:
    """The events of a log since its last witnessed checkpoint."""
    return exposure_and(name=name)[0]


def exposure_and(*more: Subquery, name: str = CHANGES) -> tuple[Exposure, Sequence[Any]]:
    """The same, and what else is asked beside it in one query."""
    held = rows_of(Witnessing).filter(checkpoint__log=name)  # said to everybody, on every page
    last = held.order_by("-checkpoint__size", "witnessed_at")
    found = Log.objects.filter(name=name).values_list(
        "size",
        Subquery(last.values("checkpoint__size")[:1]),
        Subquery(last.values("witnessed_at")[:1]),
        *more,
    )
    size, witnessed, at, *rest = found.first() or (0, None, None, *(None for _ in more))
    return Exposure(size - (witnessed or 0), size, witnessed or 0, at), rest


def verify(
    *, witnesses: Iterable[str] = (), progress: Progress = lambda _stage, _share: None
) -> Verification:
    """Check the whole ledger against itself, the records against it, and both against witnesses.

    `witnesses` are notes that came from outside: copies of our checkpoints, notes that another
    installation signed for our log, or the lines of a day sheet, of the log of changes if they
    name none.
    """
    found = Verification()
    with _one_moment(), any_text():
        _verify_guards(found)
        notes = list(witnesses)
        _verify_logs(found)
        held = _verify_notes(found, notes)
        for name in LOGS:
            LogVerification(found, name, held, progress).run()
        verify_records(found, progress)
        found.exposed = _exposed()
    return found


def _exposed() -> int:
    """The events that no witness holds; all, where what is kept of it cannot be read."""
    sizes = Log.objects.filter(name=CHANGES).values_list("size", flat=True)
    held = rows_of(Witnessing).filter(checkpoint__log=CHANGES).order_by("-checkpoint__size")
    size, witnessed = sizes.first(), held.values_list("checkpoint__size", flat=True).first()
    if not isinstance(size, int):
        return 0
    return size - witnessed if isinstance(witnessed, int) else size


def _verify_notes(found: Verification, notes: list[str]) -> list[HeldCheckpoint]:
    """A note that is of none of our logs proves nothing: it must not be passed over."""
    stored = Log.objects.values_list("name", AsStored("identifier"))
    ids = {name: id_of_stored(identifier) for name, identifier in stored}
    ours = {name: origin_of(str(identifier)) for name, identifier in ids.items() if identifier}
    held = []
    for ordinal, note in enumerate(notes, start=1):
        try:
            one = read_held(note)
        except HeldUnreadable:
            one = None
        else:
            one = replace(one, origin=one.origin or ours.get(CHANGES))
        if one is not None and one.origin in ours.values():
            held.append(one)
            continue
        found.fault(
            "witness-of-another-log",
            gettext_noop(
                "Note %(ordinal)d from outside is no checkpoint of this ledger: it is of "
                "another one, or this ledger was put in the place of another."
            ),
            ordinal=ordinal,
        )
    return held


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read everything as of one moment, without holding up those who write."""
    if connection.in_atomic_block:
        yield
        return
    begin = {
        "sqlite": "BEGIN DEFERRED",
        "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    }[connection.vendor]
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _verify_logs(found: Verification) -> None:
    for name in Log.objects.exclude(name__in=LOGS).values_list("name", flat=True):
        found.fault("log-unknown", gettext_noop("There is no log called %(log)s."), log=name)
    if astray := Tile.objects.exclude(log_id__in=LOGS).count():
        found.fault(
            "tiles-astray", gettext_noop("%(count)d kept hashes belong to no log."), count=astray
        )


def _verify_guards(found: Verification) -> None:
    for name in guards.missing(connection):
        found.fault(
            "guard-missing",
            gettext_noop("The database's guard %(guard)s is missing or was changed."),
            guard=name,
        )
    try:
        due = list(chain.from_iterable(guards.due(connection)))
    except (TypeError, ValueError, AttributeError):
        found.fault(
            "due-unreadable",
            gettext_noop("The list of changes that wait for their revision cannot be read."),
        )
        return
    for kind, record, number in due:
        found.fault(
            "change-without-revision",
            gettext_noop(
                "%(kind)s %(record)s was changed to revision %(number)s without an event."
            ),
            kind=kind,
            record=str(record),
            number=number,
        )
