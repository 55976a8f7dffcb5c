# SPDX-License-Identifier: Apache-2.0
"""Remains: bodies and parts, what was found with them and on them, and in what they lie."""

from django.db import models
from django.db.models import Q

from antigone.records.models import rows


class Remains(rows.CaseRow):
    """A body, a part, or commingled remains. `code` is issued here, once, and never reused."""

    key = rows.key()
    code = models.CharField(max_length=40)
    grave, grave_key = rows.reference("Grave", "remains")
    position = rows.integer()
    kind = rows.coded()
    recovered_on, recovered_on_earliest, recovered_on_latest = rows.partial_date()
    recovered_by = rows.text()
    sex = rows.coded()
    sex_method = rows.text()
    age_min = rows.number()
    age_max = rows.number()
    age_method = rows.text()
    stature_min_cm = rows.number()
    stature_max_cm = rows.number()
    stature_method = rows.text()
    status = rows.coded()
    status_basis = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        verbose_name_plural = "remains"
        constraints = (
            *rows.constraints_of("remains"),
            models.UniqueConstraint(fields=["code"], name="remains_code_never_reused"),
            models.CheckConstraint(condition=~Q(code=""), name="remains_code_issued"),
            rows.in_order("remains_age_in_order", "age_min", "age_max"),
            rows.in_order("remains_stature_in_order", "stature_min_cm", "stature_max_cm"),
        )


class RemainsRelation(rows.CaseRow):
    """A decision that two remains are one individual, part of one, or different."""

    remains_a, remains_a_key = rows.reference("Remains", "relations_as_a")
    remains_b, remains_b_key = rows.reference("Remains", "relations_as_b")
    relation = rows.coded()
    decided_on, decided_on_earliest, decided_on_latest = rows.partial_date()
    basis = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("relation"),
            rows.unique_references("relation_once_for_a_pair", "remains_a", "remains_b"),
            rows.not_itself("relation_not_with_itself", "remains_a", "remains_b"),
        )


class Container(rows.CaseRow):
    """A bag, box or coffin."""

    key = rows.key()
    kind = rows.coded()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("container")


class Effect(rows.CaseRow):
    """An object found with remains; a document's inscription may name somebody."""

    key = rows.key()
    remains, remains_key = rows.reference("Remains", "effects")
    kind = rows.coded()
    description = rows.text()
    inscription = rows.text()
    found_where = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("effect")


class Exhibit(rows.CaseRow):
    """A thing kept as evidence: a ligature, a projectile, a fragment, a restraint."""

    key = rows.key()
    remains, remains_key = rows.reference("Remains", "exhibits")
    kind = rows.coded()
    description = rows.text()
    found_where = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("exhibit")


class Finding(rows.CaseRow):
    """A physical finding with its timing and certainty; never a conclusion."""

    key = rows.key()
    remains, remains_key = rows.reference("Remains", "findings")
    mechanism = rows.text()
    region = rows.text()
    side = rows.text()
    tissue = rows.text()
    timing = rows.coded()
    timing_basis = rows.text()
    certainty = rows.coded()
    alternatives = rows.text()
    found_on, found_on_earliest, found_on_latest = rows.partial_date()
    examiner = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("finding")


class Death(rows.CaseRow):
    """The signed conclusion on cause, manner and circumstance of one death."""

    remains, remains_key = rows.reference("Remains", "deaths")
    cause = rows.text()
    manner = rows.coded()
    circumstance = rows.text()
    concluded_on, concluded_on_earliest, concluded_on_latest = rows.partial_date()
    examiner = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("death"),
            rows.unique_references("death_once_for_remains", "remains"),
        )
