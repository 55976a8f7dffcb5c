# SPDX-License-Identifier: Apache-2.0
"""Samples: how many are still wanted from each body and part, and which await a result."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from antigone.records import access
from antigone.records.models import Family, InvestigationCase, ProfileRun, Remains, Sample
from antigone.records.queries import holdings
from antigone.records.queries.holdings import Held
from antigone.records.queries.remembered import remembered

ASKED_FOR = 2
"""Samples, separately taken, that are asked for from every body and part, whoever it is thought
to be (rule 6)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Remains from which fewer samples were taken than are asked for."""

    remains: UUID
    key: str
    kind: str
    taken: int

    @property
    def wanted(self) -> int:
        """How many more are asked for."""
        return ASKED_FOR - self.taken


def samples_wanted(
    case: InvestigationCase, remains: Collection[UUID] | None = None
) -> list[Wanted]:
    """The remains of a case, or these of them, from which a sample is still asked for."""
    taken = Count("samples", filter=Q(samples__kind="post_mortem"), distinct=True)
    found = Remains.objects.filter(case=case)
    if remains is not None:
        found = found.filter(pk__in=remains)
    rows = found.annotate(taken=taken).filter(taken__lt=ASKED_FOR)
    return [Wanted(*one) for one in rows.values_list("pk", "key", "kind", "taken")]


REASONS = ("none_taken", "failed", "one_missing", "not_sent", "awaited", "second_missing")
"""Why remains or a family stand on the list, what presses most first."""


@dataclass(frozen=True, slots=True)
class Want:
    """Remains, or a family, that the laboratory knows too little of, and what comes next."""

    kind: str
    """``remains`` or ``family``."""
    id: UUID
    key: str
    reason: str
    samples: tuple[str, ...]
    laboratories: tuple[str, ...]
    """To whom samples without a result went."""
    since: datetime | None
    """When the first of those was handed over or taken in, by its custody entries."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """One sample: where it went, since when, and how many markers its best run called."""

    key: str
    laboratory: str
    since: datetime | None
    markers: int | None
    """None: no run."""


def results_shown() -> bool:
    """Whether whoever looks is shown which samples have a result."""
    return access.sees_whole("laboratory")


def wanted_and_awaited(case: InvestigationCase) -> Sequence[Want]:
    """Everything that must be sampled, sent or waited for, by what presses most.

    Remains that left custody, where that is shown, are not on it: it is too late for them.
    """
    return remembered("samples", case, lambda: tuple(_wants(case)))  # type: ignore[no-any-return]


def _wants(case: InvestigationCase) -> list[Want]:
    custody = access.sees("custody") and access.sees("remains_codes")
    held = {one.thing: one for one in holdings.holdings(case)} if custody else {}
    every = [
        *(_of_remains(case, held) if access.sees("samples") else ()),
        *(_of_families(case, held) if access.sees("reference_samples", "pedigree") else ()),
    ]
    return sorted(every, key=lambda one: REASONS.index(one.reason))


def _of_remains(case: InvestigationCase, held: Mapping[tuple[str, UUID], Held]) -> Iterator[Want]:
    rows = Sample.objects.filter(case=case, kind="post_mortem", remains__isnull=False)
    taken = _taken(case, rows, "remains", held)
    every = Remains.objects.filter(case=case).order_by("ordinal").values_list("pk", "key")
    for pk, key in every:
        where = held.get(("remains", pk))
        if where is None or where.state not in ("released", "reburied"):
            yield from _want("remains", pk, key, taken.get(pk, []), ASKED_FOR)


def _of_families(case: InvestigationCase, held: Mapping[tuple[str, UUID], Held]) -> Iterator[Want]:
    rows = Sample.objects.filter(case=case, kind="reference", individual__family__isnull=False)
    taken = _taken(case, rows, "individual__family", held)
    for pk, key in Family.objects.filter(case=case).order_by("ordinal").values_list("pk", "key"):
        yield from _want("family", pk, key, taken.get(pk, []), 1)


def _taken(
    case: InvestigationCase, rows: object, of: str, held: Mapping[tuple[str, UUID], Held]
) -> dict[UUID, list[_Taken]]:
    markers: dict[UUID, int] = {}
    if results_shown():
        runs = ProfileRun.objects.filter(case=case, sample__isnull=False)
        for pk, called in runs.values_list("sample", "called_markers"):
            markers[pk] = max(markers.get(pk, 0), called)
    found: dict[UUID, list[_Taken]] = {}
    for pk, key, laboratory, owner in rows.values_list("pk", "key", "laboratory", of):  # type: ignore[attr-defined]
        where = held.get(("sample", pk))
        gone = where is not None and (where.sent_to or where.holder)
        one = _Taken(
            key, laboratory.strip() or (str(gone) if gone else ""),
            (where.sent_at or where.since) if where else None, markers.get(pk),
        )  # fmt: skip
        found.setdefault(owner, []).append(one)
    return found


def _want(kind: str, pk: UUID, key: str, taken: Sequence[_Taken], asked_for: int) -> Iterator[Want]:
    reason = _reason(taken, asked_for)
    if reason:
        open_ = [one for one in taken if one.markers is None]
        yield Want(
            kind, pk, key, reason, tuple(one.key for one in taken),
            tuple(dict.fromkeys(one.laboratory for one in open_ if one.laboratory)),
            _first(one.since for one in open_ if one.laboratory),
        )  # fmt: skip


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((one for one in moments if one is not None), default=None)


def _reason(taken: Sequence[_Taken], asked_for: int) -> str:
    """What comes next; blank where a result is there, and where results are not shown at all."""
    if not taken:
        return "none_taken"
    short = len(taken) < asked_for
    if any(one.markers for one in taken):
        return "second_missing" if short else ""
    if all(one.markers == 0 for one in taken):
        return "failed"
    if short:
        return "one_missing"
    if any(one.laboratory for one in taken if one.markers is None):
        return "awaited" if results_shown() else ""
    return "not_sent"
