# SPDX-License-Identifier: Apache-2.0
"""What markers, journal, graves, remains and decisions say, read together to be held together."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from antigone.records import access
from antigone.records.models import (
    Attribute,
    Claim,
    Decision,
    Examination,
    ExaminationOrder,
    Grave,
    JournalEntry,
    Marker,
    Remains,
)
from antigone.records.movements import Movements
from antigone.records.queries.custody import with_containers
from antigone.records.queries.evidence_asked import Asked, markers_of


@dataclass
class Evidence(Asked):
    """What the records of one case say, each table read once; with `place`, of that place alone.

    Of a place all is read in one query; markers that bear the same number as one of its own are
    read as well. What is said of the case as a whole (claims, attributes) is not of any place.
    """

    @cached_property
    def tables(self) -> frozenset[str]:
        """The tables that the case has rows of, or had."""
        return frozenset(one.table for one in self.rows("tables"))

    @property
    def has_journal(self) -> bool:
        """Whether the case has a journal at all."""
        return bool(self.rows("any_entry"))

    @property
    def has_markers(self) -> bool:
        """Whether the case has markers at all."""
        return bool(self.rows("any_marker"))

    @property
    def has_orders(self) -> bool:
        """Whether orders are recorded in the case at all."""
        return bool(self.rows("any_order"))

    @property
    def graves(self) -> list[Grave]:
        """Every grave."""
        return self.rows("graves")

    @cached_property
    def markers(self) -> list[Marker]:
        """Every marker with its grave and its site."""
        found: list[Marker] = self.rows("markers")
        here = {folded(one.number) for one in found} - {""}
        if self.place is None or not here:
            return found
        numbers = Marker.objects.filter(case=self.case).exclude(number="").order_by()
        every = numbers.exclude(grave__in=self.place.graves).values_list("number", flat=True)
        alike = {number for number in every if folded(number) in here}
        if alike:
            own = {one.pk for one in found}
            more = [one for one in markers_of(self).filter(number__in=alike) if one.pk not in own]
            found = sorted([*found, *more], key=lambda one: one.ordinal)
        return found

    @property
    def entries(self) -> list[JournalEntry]:
        """Every journal line with its marker and that marker's grave."""
        return self.rows("entries")

    @cached_property
    def remains_by_grave(self) -> dict[UUID, list[Remains]]:
        """Remains by the id of their grave."""
        found: dict[UUID, list[Remains]] = defaultdict(list)
        if not access.nameable(Remains, "grave"):
            return found
        for one in self.remains_by_id.values():
            if one.grave_id is not None:
                found[one.grave_id].append(one)
        return found

    @cached_property
    def identified(self) -> list[Decision]:
        """Standing decisions that name a person who is recorded here."""
        found = self.rows("identified")
        return [one for one in found if one.remains and one.person]  # whoever looks sees both

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
        return Movements(with_containers(self.case, self.rows("custody")))

    @property
    def orders(self) -> list[ExaminationOrder]:
        """Every order that may hold for the remains meant."""
        return self.rows("orders")

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

    @property
    def examinations(self) -> list[Examination]:
        """Examinations of the remains meant, in the order of their entry."""
        return self.rows("examinations")

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
