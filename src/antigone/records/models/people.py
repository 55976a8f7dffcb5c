# SPDX-License-Identifier: Apache-2.0
"""People: who is sought, their families' trees, and which reports name one person."""

from django.db import models
from django.db.models import F, Q

from antigone.records.models import rows


class Person(rows.CaseRow):
    """Somebody reported missing or dead; possibly alive. The name stays as given."""

    key = rows.key()
    name = rows.text()
    name_other = rows.text()
    sex = rows.coded()
    born, born_earliest, born_latest = rows.partial_date()
    last_seen_on, last_seen_on_earliest, last_seen_on_latest = rows.partial_date()
    last_seen_where = rows.text()
    status = rows.coded()
    stature_cm = rows.number()
    found_alive_on, found_alive_on_earliest, found_alive_on_latest = rows.partial_date()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("person")


class PersonRelation(rows.CaseRow):
    """A decision that two reported persons are one, or are not."""

    person_a, person_a_key = rows.reference("Person", "relations_as_a")
    person_b, person_b_key = rows.reference("Person", "relations_as_b")
    relation = rows.coded()
    decided_on, decided_on_earliest, decided_on_latest = rows.partial_date()
    basis = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("same_person"),
            rows.unique_references("same_person_once_for_a_pair", "person_a", "person_b"),
            rows.not_itself("same_person_not_with_itself", "person_a", "person_b"),
        )


class Family(rows.CaseRow):
    """A family, and whether it stated all close kin and who of them is missing."""

    key = rows.key()
    kin_complete = rows.coded()
    stated_on, stated_on_earliest, stated_on_latest = rows.partial_date()
    contact_ref = models.BinaryField(null=True)
    note = rows.text()

    sealed = {"contact_ref": "contact"}

    class Meta(rows.CaseRow.Meta):
        verbose_name_plural = "families"
        constraints = rows.constraints_of("family")


class Relative(rows.CaseRow):
    """A member of a family's tree; `person` when this member is a reported person."""

    key = rows.key()
    family, family_key = rows.reference("Family", "relatives")
    father, father_key = rows.reference("self", "children_as_father")
    mother, mother_key = rows.reference("self", "children_as_mother")
    sex = rows.coded()
    person, person_key = rows.reference("Person", "relatives")
    certainty = rows.coded()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("relative"),
            rows.not_itself("relative_two_different_parents", "father", "mother"),
            models.CheckConstraint(
                condition=(Q(father__isnull=True) | ~Q(father=F("id")))
                & (Q(mother__isnull=True) | ~Q(mother=F("id"))),
                name="relative_not_its_own_parent",
            ),
        )


class Consent(rows.CaseRow):
    """What a relative agreed to, in which version of the form, until withdrawn."""

    key = rows.key()
    individual, individual_key = rows.reference("Relative", "consents")
    purpose = rows.text()
    given_on, given_on_earliest, given_on_latest = rows.partial_date()
    withdrawn_on, withdrawn_on_earliest, withdrawn_on_latest = rows.partial_date()
    guardian = rows.text()
    version = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("consent")


class Attribute(rows.CaseRow):
    """What may have made somebody a target: coded, sensitive, with its basis."""

    key = rows.key()
    person, person_key = rows.reference("Person", "attributes")
    kind = rows.coded()
    basis = rows.text()
    source = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("attribute")
