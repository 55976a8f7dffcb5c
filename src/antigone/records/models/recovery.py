# SPDX-License-Identifier: Apache-2.0
"""Recovery: the sheet of each exhumation, and the photographs, filed by the code seen in them."""

from django.db import models

from antigone.records.models import rows


class Recovery(rows.CaseRow):
    """The recovery sheet: what was done and seen while remains were taken from a grave."""

    key = rows.key()
    grave, grave_key = rows.reference("Grave", "recoveries")
    remains, remains_key = rows.reference("Remains", "recoveries")
    recovered_on, recovered_on_earliest, recovered_on_latest = rows.partial_date()
    ordnance_cleared = rows.coded()
    ordnance_cleared_by = rows.text()
    silence_kept = rows.coded()
    in_situ_sheet = rows.coded()
    depth_cm = rows.number()
    body_position = rows.coded()
    head_towards = rows.text()
    restraint = rows.coded()
    restraint_material = rows.text()
    features_seen = rows.text()
    items_seen = rows.text()
    dug_by = rows.text()
    recorded_by = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        verbose_name_plural = "recoveries"
        constraints = rows.constraints_of("recovery")


class Photograph(rows.CaseRow):
    """A photograph: of what, which code is visible in it, when, by whom."""

    key = rows.key()
    item_kind = rows.coded()
    item_site = rows.joined("Site", "photographs")
    item_grave = rows.joined("Grave", "photographs")
    item_remains = rows.joined("Remains", "photographs")
    item_container = rows.joined("Container", "photographs")
    item_effect = rows.joined("Effect", "photographs")
    item_exhibit = rows.joined("Exhibit", "photographs")
    item_key = rows.text()
    code_visible = rows.text()
    shows = rows.coded()
    at, at_utc = rows.moment()
    taken_by = rows.text()
    camera = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("photograph")
        indexes = (models.Index(fields=["case", "code_visible"], name="photograph_by_code"),)
