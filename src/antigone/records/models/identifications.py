# SPDX-License-Identifier: Apache-2.0
"""What the authority decided about remains."""

from django.db import models
from django.db.models import F, Q

from antigone.records.models import rows


class Decision(rows.CaseRow):
    """A decision about remains; the last that no other replaces stands."""

    key = rows.key()
    remains, remains_key = rows.reference("Remains", "decisions")
    person, person_key = rows.reference("Person", "decisions")
    outcome = rows.coded()
    decided_on, decided_on_earliest, decided_on_latest = rows.partial_date()
    basis = rows.text()
    journal_seen = rows.coded()
    signed_by_roles = rows.text()
    replaces, replaces_key = rows.reference("self", "replaced_by")
    reasons = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("decision"),
            models.CheckConstraint(
                condition=~Q(outcome__in=["identified", "excluded"])
                | Q(person__isnull=False)
                | ~Q(person_key=""),
                name="decision_identified_or_excluded_has_person",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")),
                name="decision_does_not_replace_itself",
            ),
        )
