# SPDX-License-Identifier: Apache-2.0
"""The records verified: each as it stands against its last revision, and the reverse."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Count, Max, TextField

from antigone.ledger.canonical import canonical
from antigone.ledger.errors import CanonicalFault
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
from antigone.records.queries.stored import AsStored, id_of_stored
from antigone.records.queries.verification import Progress, Verification
from antigone.terms.errors import gettext_noop


def verify_records(found: Verification, progress: Progress) -> None:
    """Every record as it stands against its last revision, and every revision against a record."""
    for kind in kinds():
        verify_kind(found, kind, progress)
    if Revision.objects.aggregate(n=Count("record", distinct=True))["n"] != found.records:
        _verify_none_is_missing(found)


def verify_kind(found: Verification, kind: str, progress: Progress) -> None:
    """Every record of a kind as it stands against its last revision."""
    model = kinds()[kind]
    ids = _ids(found, kind, model)
    for first in range(0, len(ids), AT_ONCE):
        part = ids[first : first + AT_ONCE]
        revisions = _last_revisions(part)
        for one in _readable(found, kind, part):
            found.records += 1
            _verify_record(found, one, revisions.get(one.record))
        progress("records", first / max(len(ids), 1))
    _verify_no_part_is_astray(found, kind, model)


def _ids(found: Verification, kind: str, model: type[Recorded]) -> list[UUID]:
    """The ids of all records of a kind; one that is none is a fault."""
    ids = []
    for stored in rows_of(model).order_by("id").values_list(AsStored("id"), flat=True):
        one = id_of_stored(stored)
        if one is None:
            _unreadable(found, kind, stored)
        else:
            ids.append(one)
    return ids


def _unreadable(found: Verification, kind: str, record: object) -> None:
    found.fault(
        "record-unreadable",
        gettext_noop("%(kind)s %(record)s holds a value that its column cannot have."),
        kind=kind,
        record=ascii(record).strip("'"),
    )


def _readable(found: Verification, kind: str, records: list[UUID]) -> Iterator[Snapshot]:
    """The records as they stand; one that holds what no program of ours writes is a fault."""
    try:
        yield from list(snapshots(kind, records))
    except _UNREADABLE:
        if len(records) > 1:
            for one in records:
                yield from _readable(found, kind, [one])
            return
        _unreadable(found, kind, str(records[0]))


_UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
"""What reading a value raises that no program of ours writes."""


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
    kind: str = ""
    body: str = ""


def _last_revisions(records: list[UUID]) -> dict[UUID, _Last]:
    """The last revision of each record, read without those before it."""
    counted = Revision.objects.filter(record__in=records).order_by().values_list("record")
    found, by_number = {}, defaultdict(list)
    last_number = Max("number", output_field=TextField())  # as it stands, were it a text
    for record, last, count in counted.annotate(last=last_number, count=Count("number")):
        found[record] = _Last(last, count)
        if isinstance(last, int):
            by_number[last].append(record)
    for number, some in by_number.items():
        rows = Revision.objects.filter(record__in=some, number=number)
        for record, kind, body in rows.values_list("record", "kind", "body"):
            found[record] = replace(found[record], kind=kind, body=body)
    return found


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
                "%(kind)s %(record)s stands at revision %(now)s, its last event at %(last)s."
            ),
            now=now.revision,
            last=last.number,
            **facts,
        )
    if wrong := _differing(now, last.body):
        found.fault(
            "record-changed",
            gettext_noop("%(kind)s %(record)s is not as its last event left it: %(columns)s."),
            columns=", ".join(wrong),
            **facts,
        )


def _differing(now: Snapshot, written: str) -> list[str]:
    """Columns that differ; one that came with a later version may hold its default."""
    try:
        if canonical(now.body).decode() == written:
            return []
        then = json.loads(written)
    except (CanonicalFault, TypeError, ValueError, RecursionError):
        return ["?"]
    if not isinstance(then, dict):
        return ["?"]
    defaults = defaults_of(kinds()[now.kind])
    return sorted(
        name
        for name in now.body
        if now.body[name] != (then[name] if name in then else defaults.get(name, _NOTHING))
    )


_NOTHING = object()


def _verify_none_is_missing(found: Verification) -> None:
    """Name every record that has revisions, but no row in the table of its kind."""
    every = Revision.objects.order_by().distinct()
    for kind in set(every.values_list("kind", flat=True)):
        model = kinds().get(kind)
        there = set(rows_of(model).values_list(AsStored("id"), flat=True)) if model else ()
        for record in every.filter(kind=kind).values_list(AsStored("record"), flat=True):
            if record not in there:
                found.fault(
                    "record-missing",
                    gettext_noop("%(kind)s %(record)s has revisions, but is gone from its table."),
                    kind=kind,
                    record=str(id_of_stored(record) or ascii(record)),
                )
