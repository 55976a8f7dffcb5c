# SPDX-License-Identifier: Apache-2.0
"""What markers, journal, graves, remains and decisions say, read together to be held together."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from antigone.records import access
from antigone.records.models import (
    Attribute,
    CaseRow,
    Claim,
    Decision,
    Examination,
    ExaminationOrder,
    Grave,
    InvestigationCase,
    JournalEntry,
    Marker,
    Remains,
    SourceTable,
)
from antigone.records.movements import Movements
from antigone.records.queries.custody import movements_in, movements_of

# What is read of each record: whole records cost a page twice its time.
_OF_GRAVE = ("key", "opened_on", "site")
_OF_MARKER = ("key", "number", "text", "stated_burials", "grave", "site")
_OF_ENTRY = (
    "key",
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


@dataclass
class Evidence:
    """What the records of one case say, read once; with `place`, of one grave and its remains.

    Markers that bear the same number as those of that grave are read as well.
    """

    case: InvestigationCase
    place: Q | None = None
    """Which remains are meant, as a condition on them; None for all."""
    grave_id: UUID | None = None

    @cached_property
    def tables(self) -> frozenset[str]:
        """The tables that the case has rows of, or had."""
        found = SourceTable.objects.filter(case=self.case)
        return frozenset(found.values_list("table", flat=True))

    @cached_property
    def has_journal(self) -> bool:
        """Whether the case has a journal at all."""
        return JournalEntry.objects.filter(case=self.case).exists()

    @cached_property
    def has_markers(self) -> bool:
        """Whether the case has markers at all."""
        return Marker.objects.filter(case=self.case).exists()

    @cached_property
    def graves(self) -> list[Grave]:
        """Every grave."""
        found = Grave.objects.filter(case=self.case).only(*_OF_GRAVE)
        return list(found if self.place is None else found.filter(pk=self.grave_id))

    @cached_property
    def markers(self) -> list[Marker]:
        """Every marker with its grave."""
        found = Marker.objects.filter(case=self.case).select_related("grave", "site")
        found = found.only(*_OF_MARKER, "site_key", "site__key", *_of("grave", _OF_GRAVE))
        if self.place is None:
            return list(found)
        if self.grave_id is None:
            return []
        numbers = Marker.objects.filter(case=self.case).values_list("grave_id", "number")
        here = {folded(number) for grave, number in numbers if grave == self.grave_id} - {""}
        alike = {number for _, number in numbers if folded(number) in here}
        return list(found.filter(Q(grave=self.grave_id) | Q(number__in=alike)))

    @cached_property
    def entries(self) -> list[JournalEntry]:
        """Every journal line with its marker and that marker's grave."""
        marker, grave = _of("marker", _OF_MARKER), _of("marker__grave", _OF_GRAVE)
        found = JournalEntry.objects.filter(case=self.case).select_related("marker__grave")
        found = found.only(*_OF_ENTRY, *marker, *grave)
        if self.place is None:
            return list(found)
        if self.grave_id is None:
            return []
        here = Marker.objects.filter(case=self.case, grave=self.grave_id)
        return list(found.filter(marker__in=here.values("pk")))

    @cached_property
    def remains_by_grave(self) -> dict[UUID, list[Remains]]:
        """Remains by the id of their grave."""
        found: dict[UUID, list[Remains]] = defaultdict(list)
        if not access.nameable(Remains, "grave"):
            return found
        rows = Remains.objects.filter(case=self.case).exclude(grave=None)
        for one in rows.only("key", "kind", "sex", "grave"):
            found[one.grave_id].append(one)
        return found

    @cached_property
    def identified(self) -> list[Decision]:
        """Standing decisions that name a person who is recorded here."""
        replacing = Decision.objects.filter(replaces=OuterRef("pk"))
        found = Decision.objects.filter(case=self.case, outcome="identified")
        found = found.exclude(remains=None).exclude(person=None)
        if self.place is not None:
            found = found.filter(remains__in=Remains.objects.filter(self.place, case=self.case))
        found = found.exclude(Exists(replacing)).select_related("remains__grave", "person")
        return [one for one in found if one.remains and one.person]  # whoever looks sees both

    @cached_property
    def remains_ids(self) -> Collection[UUID] | None:
        """The remains that are meant; None for all of the case."""
        if self.place is None:
            return None
        found = Remains.objects.filter(self.place, case=self.case)
        return frozenset(found.values_list("pk", flat=True))

    def of_remains(self, model: type[CaseRow], column: str = "remains") -> QuerySet[Any]:
        """The rows of a table that are about the remains meant."""
        found = model.objects.filter(case=self.case)
        if self.remains_ids is None:
            return found
        if not access.nameable(model, column):
            return found.none()
        return found.filter(**{f"{column}__in": self.remains_ids})

    @cached_property
    def remains_by_id(self) -> dict[UUID, Remains]:
        """The remains meant, with their graves."""
        found = Remains.objects.filter(case=self.case).select_related("grave")
        if self.place is not None:
            found = found.filter(self.place)
        wanted = ("key", "kind", "sex", "status", "status_basis", *_of("grave", _OF_GRAVE))
        return {one.pk: one for one in found.only("grave", *wanted)}

    @property
    def with_status(self) -> list[Remains]:
        """Remains that are recorded as civilian or serviceman."""
        found = self.remains_by_id.values()
        return [one for one in found if one.status in ("civilian", "serviceman")]

    @cached_property
    def claims_of_status(self) -> list[Claim]:
        """Claims that there were servicemen among the dead; of the case as a whole only."""
        if self.place is not None:
            return []
        found = Claim.objects.filter(case=self.case, measure="bodies_servicemen")
        return list(found.exclude(stance="denies").exclude(qualifier__in=("none", "none_found")))

    @cached_property
    def servicemen_by_attribute(self) -> list[Attribute]:
        """Attributes that say serviceman; of the case as a whole only."""
        if self.place is not None:
            return []
        found = Attribute.objects.filter(case=self.case, kind="serviceman")
        return list(found.select_related("person"))

    @cached_property
    def movements(self) -> Movements:
        """Custody of the remains meant and of what shared their containers, or of all things."""
        if self.remains_ids is None:
            return movements_in(self.case)
        return movements_of(self.case, self.remains_ids)

    @cached_property
    def orders(self) -> list[ExaminationOrder]:
        """Every order."""
        return list(ExaminationOrder.objects.filter(case=self.case))

    @cached_property
    def _orders_by_remains(self) -> dict[UUID | None, list[ExaminationOrder]]:
        found: dict[UUID | None, list[ExaminationOrder]] = defaultdict(list)
        for one in self.orders:
            if not one.remains_key:
                found[one.remains_id].append(one)
        return found

    def orders_about(self, remains: UUID | None) -> list[ExaminationOrder]:
        """The orders about these remains, and those that name none."""
        of_none = self._orders_by_remains.get(None, [])
        own = self._orders_by_remains.get(remains, []) if remains else []
        return [*own, *of_none]

    @cached_property
    def examinations(self) -> list[Examination]:
        """Examinations of the remains meant, in the order of their entry."""
        return list(self.of_remains(Examination))

    def found_in(self, grave: Grave) -> list[Remains]:
        """The remains out of this grave."""
        return self.remains_by_grave.get(grave.pk, [])

    def bodies_in(self, grave: Grave) -> int | None:
        """How many bodies lay in this grave; None where that is not known."""
        found = self.found_in(grave)
        if any(one.kind == "commingled" for one in found) or not (found or grave.opened_on):
            return None
        return sum(one.kind != "body_part" for one in found)


def folded(number: str) -> str:
    """A painted number as it is compared."""
    return number.strip().casefold()


def words_of(name: str) -> set[str]:
    """The words of a name, folded; initials are no words."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return {word for word in re.findall(r"[^\W\d_]+", folded) if len(word) > 1}


def share_no_word(one: str, other: str) -> bool:
    """Whether two names in one script have no word in common; False where they cannot be held."""
    words, others = words_of(one), words_of(other)
    if not words or not others or _scripts(words) != _scripts(others):
        return False
    return not words & others


def _scripts(words: set[str]) -> set[str]:
    return {unicodedata.name(letter, "?").split()[0] for word in words for letter in word}
