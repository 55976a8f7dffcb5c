# SPDX-License-Identifier: Apache-2.0
"""Notifications: what a family was told, by whom, and what they chose not to know."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from antigone.records import access, standing
from antigone.records.actions import trail
from antigone.records.actions.new_rows import NewRow, known_rows, write_rows
from antigone.records.models import CaseRow, Family, InvestigationCase, Person, User
from antigone.records.telling import AFTER_A_DECISION


@access.guarded("notifications.tell")
def tell(
    *, case: InvestigationCase, person: Person, family: Family, of: str, by: User, number: UUID,
    told_to: str = "", told_on: str = "", in_person: str = "", declined: Sequence[str] = (),
    wishes: str = "", note: str = "",
) -> CaseRow:  # fmt: skip
    """Record that `by` told a family something about `person`, and what they declined to hear.

    Identity, and what follows from it, is told after a standing decision only, in person. A
    probability is told never: whoever speaks with families is shown none.

    Raises
    ------
    EntryRefused, NotAllowed
    """
    cells = {
        "person": person.key, "family": family.key, "of": of, "told_to": told_to.strip(),
        "told_on": told_on or timezone.localdate().isoformat(), "told_by": by.username,
        "in_person": in_person, "declined": ";".join(declined), "wishes": wishes.strip(),
        "note": note.strip(), "decision": _decision(person) if of in AFTER_A_DECISION else "",
    }  # fmt: skip
    row = NewRow("notification", cells, number)
    known = known_rows(case, [row])
    if known:
        return known[0]
    (record,) = write_rows(case, [row], by)
    trail.record(action="notifications.tell", by=by, case=case, about=record)
    return record


def _decision(person: Person) -> str:
    """The key of the decision that names this person; blank where none stands."""
    found = standing.naming(person.case_id, person=person.pk)
    return found[-1].key if found else ""
