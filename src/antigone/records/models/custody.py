# SPDX-License-Identifier: Apache-2.0
"""Custody: who holds what, and every movement from hand to hand."""

from django.db import models

from antigone.records.models import rows


class Party(rows.CaseRow):
    """Somebody, or some place, that holds things: a person, a team, an institution, a vehicle."""

    key = rows.key()
    kind = rows.coded()
    name = rows.text()
    role = rows.text()
    institution = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        verbose_name_plural = "parties"
        constraints = rows.constraints_of("party")


class CustodyEvent(rows.CaseRow):
    """One movement or handling of one item; entered once, in the order of what happened."""

    key = rows.key()
    at, at_utc = rows.moment()
    item_kind = rows.coded()
    item_remains = rows.joined("Remains", "custody")
    item_container = rows.joined("Container", "custody")
    item_sample = rows.joined("Sample", "custody")
    item_effect = rows.joined("Effect", "custody")
    item_exhibit = rows.joined("Exhibit", "custody")
    item_key = rows.text()
    action = rows.coded()
    container, container_key = rows.reference("Container", "packings")
    from_party, from_party_key = rows.reference("Party", "given")
    to_party, to_party_key = rows.reference("Party", "taken")
    place = rows.text()
    seal = rows.text()
    seal_state = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("custody")
        indexes = (models.Index(fields=["case", "at_utc"], name="custody_by_time"),)
