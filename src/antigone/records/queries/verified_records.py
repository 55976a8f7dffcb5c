# SPDX-License-Identifier: Apache-2.0
"""The records verified: each as it stands against its last revision, and the reverse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef

from antigone.ledger.canonical import canonical
from antigone.records.kinds import (
    AT_ONCE,
    Snapshot,
    defaults_of,
    kinds,
    parts_of,
    rows_of,
    snapshots,
    words_of,
)
from antigone.records.models import Recorded, Revision
from antigone.records.queries.verification import Progress, Verification
from antigone.terms.errors import gettext_noop


def verify_records(found: Verification, progress: Progress) -> None:
    """Every record as it stands against its last revision, and every revision against a record."""
    for kind, model in kinds().items():
        seen = 0
        ids = list(rows_of(model).order_by("id").values_list("id", flat=True))
        for first in range(0, len(ids), AT_ONCE):
            part = ids[first : first + AT_ONCE]
            revisions = _last_revisions(part)
            for one in _readable(found, kind, part):
                seen += 1
                _verify_record(found, one, revisions.get(one.record))
            progress("records", first / max(len(ids), 1))
        found.records += seen
        _verify_none_is_missing(found, kind, model, seen)
        _verify_no_part_is_astray(found, kind, model)


def _readable(found: Verification, kind: str, records: list[UUID]) -> Iterator[Snapshot]:
    """The records as they stand; one that holds what no program of ours writes is a fault."""
    try:
        yield from list(snapshots(kind, records))
    except (TypeError, ValueError, LookupError):
        if len(records) > 1:
            for one in records:
                yield from _readable(found, kind, [one])
            return
        found.fault(
            "record-unreadable",
            gettext_noop("%(kind)s %(record)s holds a value that its column cannot have."),
            kind=kind,
            record=str(records[0]),
        )


def _verify_no_part_is_astray(found: Verification, kind: str, model: type[Recorded]) -> None:
    """Rows of no record stand in no revision: they must not be there."""
    there = rows_of(model).order_by().values("id")
    for part in parts_of(model):
        astray = rows_of(part).exclude(**{f"{part.whole}__in": there}).count()
        if astray:
            found.fault(
                "part-astray",
                gettext_noop("%(count)d rows of %(part)s belong to no %(kind)s that is there."),
                count=astray,
                part=words_of(part.__name__),
                kind=kind,
            )


@dataclass(frozen=True, slots=True)
class _Last:
    number: int
    count: int
    kind: str
    body: str


def _last_revisions(records: list[UUID]) -> dict[UUID, _Last]:
    counted = Revision.objects.filter(record__in=records).order_by().values_list("record")
    numbers = {
        record: (last, count)
        for record, last, count in counted.annotate(last=Max("number"), count=Count("id"))
    }
    later = Revision.objects.filter(record=OuterRef("record"), number__gt=OuterRef("number"))
    rows = Revision.objects.filter(~Exists(later), record__in=records).order_by()
    return {
        record: _Last(number, numbers[record][1], kind, body)
        for record, number, kind, body in rows.values_list("record", "number", "kind", "body")
    }


def _verify_record(found: Verification, now: Snapshot, last: _Last | None) -> None:
    facts = {"kind": now.kind, "record": str(now.record)}
    if last is None:
        found.fault(
            "record-unknown",
            gettext_noop("%(kind)s %(record)s stands in its table, but no event made it."),
            **facts,
        )
        return
    if last.count != last.number:
        found.fault(
            "revision-skipped",
            gettext_noop("%(kind)s %(record)s: the revisions have a gap."),
            **facts,
        )
    if now.revision != last.number or now.kind != last.kind:
        found.fault(
            "record-stale",
            gettext_noop(
                "%(kind)s %(record)s stands at revision %(now)d, its last event at %(last)d."
            ),
            now=now.revision,
            last=last.number,
            **facts,
        )
    wrong = [] if canonical(now.body).decode() == last.body else _differing(now, last.body)
    if wrong:
        found.fault(
            "record-changed",
            gettext_noop("%(kind)s %(record)s is not as its last event left it: %(columns)s."),
            columns=", ".join(wrong),
            **facts,
        )


def _differing(now: Snapshot, written: str) -> list[str]:
    """Columns that differ; one that came with a later version may hold its default."""
    try:
        then = json.loads(written)
    except ValueError:
        return ["?"]
    defaults = defaults_of(kinds()[now.kind])
    return sorted(
        name
        for name in now.body
        if now.body[name] != (then[name] if name in then else defaults.get(name, _NOTHING))
    )


_NOTHING = object()


def _verify_none_is_missing(
    found: Verification, kind: str, model: type[Recorded], seen: int
) -> None:
    known = Revision.objects.filter(kind=kind).aggregate(n=Count("record", distinct=True))["n"]
    if known == seen:
        return
    there = set(rows_of(model).values_list("id", flat=True))
    ever = Revision.objects.filter(kind=kind).order_by().values_list("record", flat=True).distinct()
    for record in ever:
        if record not in there:
            found.fault(
                "record-missing",
                gettext_noop("%(kind)s %(record)s has revisions, but is gone from its table."),
                kind=kind,
                record=str(record),
            )
