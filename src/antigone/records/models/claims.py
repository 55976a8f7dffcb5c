# SPDX-License-Identifier: Apache-2.0
"""Claims: public figures as objects, each with its speaker, measure and source."""

from django.db import models
from django.db.models import F, Q

from antigone.records.models import rows


class Claim(rows.CaseRow):
    """One figure that somebody said; `part_of` is the total of which it is an addend."""

    key = rows.key()
    utterance = rows.text()
    part_of, part_of_key = rows.reference("self", "parts")
    site = rows.text()
    claimant = rows.text()
    claimant_role = rows.coded()
    said_on, said_on_earliest, said_on_latest = rows.partial_date()
    as_of, as_of_earliest, as_of_latest = rows.partial_date()
    measure = rows.coded()
    population = rows.text()
    qualifier = rows.coded()
    value = rows.text()
    low = rows.integer()
    high = rows.integer()
    unit = rows.coded()
    stance = rows.coded()
    refers_to = rows.text()
    source_title = rows.text()
    source_url = rows.text()
    source_published, source_published_earliest, source_published_latest = rows.partial_date()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("claim"),
            rows.in_order("claim_value_in_order", "low", "high"),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("id")),
                name="claim_not_part_of_itself",
            ),
        )
