# SPDX-License-Identifier: Apache-2.0
"""What is asked of the records to hold them together: of a case, or of a place in one query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from antigone.records import access
from antigone.records.models import (
    CaseRow,
    Conclusion,
    CustodyEvent,
    Decision,
    Estimate,
    Examination,
    ExaminationOrder,
    Grave,
    InvestigationCase,
    JournalEntry,
    Marker,
    Photograph,
    Recovery,
    Remains,
    Sample,
    SourceTable,
)
from antigone.records.models.together import together
from antigone.records.queries.custody import about_remains
from antigone.records.sections import Section

# What is read of each record: whole records cost a page twice its time.
_OF_GRAVE = ("key", "ordinal", "opened_on", "site")
_OF_MARKER = ("key", "ordinal", "number", "text", "stated_burials", "grave", "site")
_FILED_UNDER = ("remains", "container", "effect", "exhibit")
_OF_REMAINS = ("key", "ordinal", "code", "kind", "sex", "status", "status_basis")
_OF_ORDER = (
    "ordinal",
    "remains",
    "remains_key",
    "kinds",
    "issued_on_earliest",
    "withdrawn_on",
    "withdrawn_on_latest",
)
_OF_EXAMINATION = (
    "key",
    "ordinal",
    "remains",
    "kind",
    "at",
    "at_utc",
    "without_imaging_because",
    "without_order_because",
    "examination_order",
    "examination_order_key",
)
_OF_PHOTOGRAPH = ("key", "ordinal", "code_visible", *(f"item_{kind}" for kind in _FILED_UNDER))
_OF_ENTRY = (
    "key",
    "ordinal",
    "site",
    "number",
    "name",
    "sex",
    "died",
    "buried_on",
    "stated_burials",
    "marker",
)


def _of(relation: str, fields: tuple[str, ...]) -> list[str]:
    return [f"{relation}__{field}" for field in fields]


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a case: some graves, and the remains out of them, or remains without a grave."""

    graves: frozenset[UUID]
    remains: Q

    @classmethod
    def of_graves(cls, graves: Iterable[UUID]) -> Place:
        """These graves, with their remains for those who may know which lay in them."""
        known = access.nameable(Remains, "grave")
        here = frozenset(graves)
        return cls(here, Q(grave__in=here) if known else Q(pk__in=[]))


@dataclass
class Asked:
    """The questions of one case or place, and their answers, each read once."""

    case: InvestigationCase
    place: Place | None = None
    """None for all of the case."""
    _read: dict[str, list[Any]] = field(default_factory=dict)

    def rows(self, what: str) -> list[Any]:
        """The records that answer one of the questions below."""
        if what not in self._read:
            # of a place, all at once but its remains: their ids name the index of each table
            one = self.place is None or what == "remains"
            names = [what] if one else [name for name in _QUESTIONS if name != "remains"]
            asked = [_QUESTIONS[name](self) for name in names]
            self._read |= zip(names, [list(asked[0])] if one else _unordered(asked), strict=True)
        return self._read[what]

    def of_remains(self, model: type[CaseRow], column: str = "remains") -> QuerySet[Any]:
        """The rows of a table that are about the remains meant."""
        found = model.objects.filter(case=self.case)
        if self.place is None:
            return found
        if not access.nameable(model, column):
            return found.none()
        return found.filter(**{f"{column}__in": self.remains_by_id})

    @cached_property
    def remains_by_id(self) -> dict[UUID, Remains]:
        """The remains meant, with their graves."""
        return {one.pk: one for one in self.rows("remains")}


def _unordered(asked: Iterable[QuerySet[Any]]) -> Iterator[list[Any]]:
    """The answers in their order, which is made here: else SQLite reads the case in that order."""
    for rows in together(*(one if one.query.is_sliced else one.order_by() for one in asked)):
        yield sorted(rows, key=lambda row: row.__dict__.get("ordinal", 0))


def _graves(evidence: Asked) -> QuerySet[Grave]:
    found = Grave.objects.filter(case=evidence.case).only(*_OF_GRAVE)
    return found if evidence.place is None else found.filter(pk__in=evidence.place.graves)


def markers_of(evidence: Asked) -> QuerySet[Marker]:
    found = Marker.objects.filter(case=evidence.case).select_related("grave", "site")
    found = found.only(*_OF_MARKER, "site_key", "site__key", *_of("grave", _OF_GRAVE))
    return found.order_by("ordinal")


def markers_here(evidence: Asked) -> QuerySet[Marker]:
    found = markers_of(evidence)
    return found if evidence.place is None else found.filter(grave__in=evidence.place.graves)


def _entries(evidence: Asked) -> QuerySet[JournalEntry]:
    marker, grave = _of("marker", _OF_MARKER), _of("marker__grave", _OF_GRAVE)
    found = JournalEntry.objects.filter(case=evidence.case).select_related("marker__grave")
    found = found.only(*_OF_ENTRY, *marker, *grave)
    if evidence.place is None:
        return found
    here = Marker.objects.filter(case=evidence.case, grave__in=evidence.place.graves)
    return found.filter(marker__in=here.order_by().values("pk"))


def _remains(evidence: Asked) -> QuerySet[Remains]:
    wanted = (
        "key",
        "ordinal",
        "code",
        "kind",
        "sex",
        "status",
        "status_basis",
        *_of("grave", _OF_GRAVE),
    )
    found = Remains.objects.filter(case=evidence.case).order_by("ordinal")
    found = found if evidence.place is None else found.filter(evidence.place.remains)
    return found.select_related("grave").only("grave", *wanted)


def _identified(evidence: Asked) -> QuerySet[Decision]:
    replacing = Decision.objects.filter(replaces=OuterRef("pk"))
    found = evidence.of_remains(Decision).filter(outcome="identified").exclude(person=None)
    found = found.exclude(remains=None).exclude(Exists(replacing))
    if not access.sees(Section.DECISIONS, Section.PERSON_CODES):
        return found.none()  # no sentence of theirs may be told
    return found.select_related("remains__grave", "person")


def _orders(evidence: Asked) -> QuerySet[ExaminationOrder]:
    found = ExaminationOrder.objects.filter(case=evidence.case).only(*_OF_ORDER)
    if evidence.place is None:
        return found
    if not access.nameable(ExaminationOrder, "remains"):
        return found.none()
    named = evidence.of_remains(Examination).order_by().values("examination_order")
    of = Q(remains__isnull=True) | Q(remains__in=evidence.remains_by_id)
    return found.filter(of | Q(pk__in=named))


def _custody(evidence: Asked) -> QuerySet[CustodyEvent]:
    found = CustodyEvent.objects.filter(case=evidence.case).defer("extra", "as_written", "note")
    if evidence.place is None:
        return found
    return about_remains(found, evidence.remains_by_id)


def _photographs(evidence: Asked) -> QuerySet[Photograph]:
    found = evidence.of_remains(Photograph, "item_remains").exclude(code_visible="")
    return found.only(*_OF_PHOTOGRAPH)


def _recoveries(evidence: Asked) -> QuerySet[Recovery]:
    found = evidence.of_remains(Recovery).exclude(ordnance_cleared="yes")
    found = found.select_related("grave", "remains")
    wanted = ("key", "ordinal", "ordnance_cleared", "remains__key", *_of("grave", _OF_GRAVE))
    return found.only(*wanted)


def _one(model: type[CaseRow]) -> Callable[[Asked], QuerySet[Any]]:
    return lambda evidence: model.objects.filter(case=evidence.case).order_by().only("pk")[:1]


def _estimates_of_sex(evidence: Asked) -> QuerySet[Estimate]:
    found = evidence.of_remains(Estimate).filter(of="sex")
    return found.only("key", "ordinal", "remains", "sex", "method")


def _samples(evidence: Asked) -> QuerySet[Sample]:
    found = evidence.of_remains(Sample).filter(kind="post_mortem")
    return found.only("key", "ordinal", "kind", "remains", "taken_on", "taken_on_latest")


def _imaged(evidence: Asked) -> QuerySet[CustodyEvent]:
    found = evidence.of_remains(CustodyEvent, "item_remains").filter(action="imaged")
    return found.only("item_remains", "at_utc", "ordinal")


_QUESTIONS: Mapping[str, Callable[[Asked], QuerySet[Any]]] = MappingProxyType(
    {
        "tables": lambda asked: SourceTable.objects.filter(case=asked.case).defer("columns"),
        "any_entry": _one(JournalEntry),
        "any_marker": _one(Marker),
        "any_order": _one(ExaminationOrder),
        "graves": _graves,
        "markers": markers_here,
        "entries": _entries,
        "remains": _remains,
        "identified": _identified,
        "orders": _orders,
        "examinations": lambda asked: asked.of_remains(Examination).only(*_OF_EXAMINATION),
        "imaged": _imaged,
        "estimates_of_sex": _estimates_of_sex,
        "samples": _samples,
        "conclusions": lambda asked: asked.of_remains(Conclusion),
        "recoveries": _recoveries,
        "photographs": _photographs,
        "custody": _custody,
    }
)
"""What may be asked, each of the case or of a place."""
