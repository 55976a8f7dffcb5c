# SPDX-License-Identifier: Apache-2.0
"""Examinations: orders, what was examined, estimates, inventory, teeth, prints, conclusions."""

from django.db import models
from django.db.models import Q

from antigone.records.models import rows


class ExaminationOrder(rows.CaseRow):
    """Who ordered which examinations under which number; of all remains where none is named."""

    key = rows.key()
    number = rows.text()
    proceeding = rows.text()
    remains, remains_key = rows.reference("Remains", "examination_orders")
    kinds = rows.text()
    issued_by = rows.text()
    issued_on, issued_on_earliest, issued_on_latest = rows.partial_date()
    withdrawn_on, withdrawn_on_earliest, withdrawn_on_latest = rows.partial_date()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("examination_order")
        indexes = (models.Index(fields=["case", "number"], name="examination_order_by_number"),)


class Examination(rows.CaseRow):
    """One examination of remains, under its order; imaging comes before an autopsy."""

    key = rows.key()
    remains, remains_key = rows.reference("Remains", "examinations")
    examination_order, examination_order_key = rows.reference("ExaminationOrder", "examinations")
    kind = rows.coded()
    at, at_utc = rows.moment()
    place = rows.text()
    examiner = rows.text()
    assistants = rows.text()
    without_order_because = rows.text()
    without_imaging_because = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("examination")


class Estimate(rows.CaseRow):
    """Sex, age, stature or time since death by one method, with its interval and its examiner."""

    key = rows.key()
    remains, remains_key = rows.reference("Remains", "estimates")
    of = rows.coded()
    sex = rows.coded()
    low = rows.number()
    high = rows.number()
    unit = rows.coded()
    interval_percent = rows.number()
    method = rows.text()
    examiner = rows.text()
    estimated_on, estimated_on_earliest, estimated_on_latest = rows.partial_date()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("estimate"),
            rows.in_order("estimate_in_order", "low", "high"),
            models.CheckConstraint(
                condition=Q(of="sex") | Q(sex=""), name="estimate_sex_only_of_sex"
            ),
            models.CheckConstraint(
                condition=~Q(of="sex") | Q(low__isnull=True, high__isnull=True),
                name="estimate_of_sex_has_no_range",
            ),
        )


class Consistency(rows.CaseRow):
    """How far a finding is consistent with a named allegation; never a conclusion."""

    finding, finding_key = rows.reference("Finding", "consistencies")
    allegation = rows.text()
    allegation_source = rows.text()
    degree = rows.coded()
    examiner = rows.text()
    concluded_on, concluded_on_earliest, concluded_on_latest = rows.partial_date()

    class Meta(rows.CaseRow.Meta):
        verbose_name_plural = "consistencies"
        constraints = (
            *rows.constraints_of("consistency"),
            rows.unique_references(
                "consistency_once_for_an_allegation", "finding", also=("allegation",)
            ),
        )


class Conclusion(rows.CaseRow):
    """A signed conclusion, such as torture, that cites the findings on which it rests."""

    key = rows.key()
    remains, remains_key = rows.reference("Remains", "conclusions")
    of = rows.coded()
    findings = rows.text()
    words = rows.text()
    concluded_on, concluded_on_earliest, concluded_on_latest = rows.partial_date()
    signed_by = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("conclusion"),
            models.CheckConstraint(condition=~Q(findings=""), name="conclusion_cites_findings"),
            models.CheckConstraint(condition=~Q(signed_by=""), name="conclusion_is_signed"),
        )


class Assemblage(rows.CaseRow):
    """Remains that are linked, so that individuals are counted over all of them together."""

    assemblage = rows.text()
    remains, remains_key = rows.reference("Remains", "assemblages")
    linked_on, linked_on_earliest, linked_on_latest = rows.partial_date()
    basis = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("assemblage"),
            rows.unique_references("assemblage_once_for_remains", "remains", also=("assemblage",)),
        )


class Element(rows.CaseRow):
    """A bone, or a zone of one, in the skeletal inventory."""

    remains, remains_key = rows.reference("Remains", "elements")
    element = rows.text()
    side = rows.text()
    zone = rows.text()
    completeness = rows.text()
    measurements = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("element"),
            rows.unique_references(
                "element_once_for_remains", "remains", also=("element", "side", "zone")
            ),
        )


class Tooth(rows.CaseRow):
    """One tooth on one chart, with the code that its examiner wrote."""

    owner_kind = rows.coded()
    owner_remains = rows.joined("Remains", "teeth")
    owner_person = rows.joined("Person", "teeth")
    owner_key = rows.text()
    tooth = rows.text()
    charted_on, charted_on_earliest, charted_on_latest = rows.partial_date()
    state = rows.text()
    surfaces = rows.text()
    original_code = rows.text()
    examiner = rows.text()

    class Meta(rows.CaseRow.Meta):
        verbose_name_plural = "teeth"
        constraints = (
            *rows.constraints_of("tooth"),
            rows.unique_references(
                "tooth_once_on_a_chart", "owner", also=("tooth", "charted_on"), of="tooth"
            ),
        )


class Fingerprint(rows.CaseRow):
    """One finger's print, and what its comparison found."""

    owner_kind = rows.coded()
    owner_remains = rows.joined("Remains", "fingerprints")
    owner_person = rows.joined("Person", "fingerprints")
    owner_key = rows.text()
    finger = rows.text()
    quality = rows.text()
    file = rows.text()
    comparison = rows.coded()
    compared_with = rows.text()
    examiner = rows.text()
    verifier = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("fingerprint"),
            rows.unique_references(
                "fingerprint_once_for_a_finger", "owner", also=("finger",), of="fingerprint"
            ),
        )


class Mark(rows.CaseRow):
    """A scar, tattoo, implant or other mark of remains or of a person."""

    key = rows.key()
    owner_kind = rows.coded()
    owner_remains = rows.joined("Remains", "marks")
    owner_person = rows.joined("Person", "marks")
    owner_key = rows.text()
    kind = rows.coded()
    region = rows.text()
    side = rows.text()
    description = rows.text()
    serial = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("mark")


class DviItem(rows.CaseRow):
    """One item of INTERPOL's ante- or post-mortem form: its value and its three flags."""

    owner_kind = rows.coded()
    owner_remains = rows.joined("Remains", "dvi_items")
    owner_person = rows.joined("Person", "dvi_items")
    owner_key = rows.text()
    item = rows.text()
    recorded_on, recorded_on_earliest, recorded_on_latest = rows.partial_date()
    value = rows.text()
    no_data = rows.coded()
    attachment = rows.coded()
    further = rows.coded()
    examiner = rows.text()
    contact = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("dvi_item"),
            rows.unique_references(
                "dvi_item_once_on_a_form", "owner", also=("item", "recorded_on"), of="dvi_item"
            ),
        )
