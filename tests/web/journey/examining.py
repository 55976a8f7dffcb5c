# SPDX-License-Identifier: Apache-2.0
"""The morgue: order, imaging before autopsy, findings, skeleton, samples."""

from __future__ import annotations

from tests.web.journey.digging import Found
from tests.web.journey.somebody import Cast, Somebody


def an_order_is_given(judge: Somebody, found: Found) -> None:
    """Who orders which examination, under which proceeding."""
    judge.enter("examination_order", examination_order="O1", number="77/22", proceeding="12022",
                remains=found.remains["first"], kinds="imaging;autopsy;dna",
                issued_by="Invented judge", issued_on="2022-09-17")  # fmt: skip


def no_autopsy_before_imaging(pathologist: Somebody, found: Found) -> None:
    """Refused, with nothing typed lost; taken once the imaging is recorded."""
    first = found.remains["first"]
    of = {"remains": first, "examination_order": "O1", "place": "Invented morgue",
          "examiner": "Dr. Vyhadko"}  # fmt: skip
    pathologist.form_of("examination").fill(
        examination="A1", kind="autopsy", at="2022-09-18T12:00:00+03:00", **of
    )
    pathologist.press("Save the record").is_refused("No imaging of these remains")
    assert pathologist.page.input_value("#c-examiner") == "Dr. Vyhadko"
    pathologist.enter("examination", examination="I1", kind="imaging",
                      at="2022-09-18T09:00:00+03:00", **of)  # fmt: skip
    pathologist.enter("examination", examination="A1", kind="autopsy",
                      at="2022-09-18T12:00:00+03:00", **of)  # fmt: skip


def it_is_a_man(pathologist: Somebody, found: Found) -> None:
    """Where the journal says a woman; the finding, the cause, and what is concluded by two."""
    first = found.remains["first"]
    pathologist.enter(
        "estimate",
        estimate="E1",
        remains=first,
        of="sex",
        sex="male",
        method="pelvis",
        examiner="Dr. Vyhadko",
        estimated_on="2022-09-18",
    )
    pathologist.enter("finding", finding="N1", remains=first, mechanism="ligature", region="neck",
                      timing="perimortem", certainty="probable", examiner="Dr. Vyhadko",
                      alternatives="moved in burial", found_on="2022-09-18")  # fmt: skip
    pathologist.enter("death", remains=first, cause="Asphyxia", manner="homicide",
                      examiner="Dr. Vyhadko", concluded_on="2022-09-20")  # fmt: skip
    pathologist.form_of("conclusion").fill(
        conclusion="Q1", remains=first, of="torture", findings="N1", words="Consistent.",
        signed_by="Dr. Vyhadko", concluded_on="2022-09-21",
    ).press("Save the record").is_refused("signed by two at least")  # fmt: skip
    pathologist.fill(signed_by="Dr. Vyhadko;Dr. Prykladko").press("Save the record")
    pathologist.not_refused("conclusion")


def the_morgue_writes_what_it_sees(morgue: Somebody, found: Found) -> None:
    """Sex and status stand with their basis; two samples are taken of the body."""
    first = found.remains["first"]
    morgue.at(f"remains/{first}/").follow("Correct", within="main")
    morgue.fill(sex="male", sex_method="skeletal", age_min="30", age_max="40", status="civilian",
                status_basis="clothing and papers")  # fmt: skip
    morgue.page.fill("#reason", "Examined.")
    morgue.press("Save the correction").not_refused("remains")
    for n, tissue in enumerate(("femur", "tooth"), start=1):
        morgue.enter("sample", sample=f"B{n}", kind="post_mortem", remains=first, tissue=tissue,
                     taken_on="2022-09-18")  # fmt: skip


def the_skeletons_are_laid_out(cast: Cast, found: Found) -> None:
    """Three left thigh bones among what came out of the second grave."""
    maria = cast.with_role("maria", "anthropologist")
    for name in "abc":
        maria.enter("element", remains=found.remains[name], element="femur", side="left",
                    zone="1", completeness="1")  # fmt: skip
        maria.enter("assemblage", assemblage="L1", remains=found.remains[name],
                    linked_on="2022-09-22", basis="one grave")  # fmt: skip


def they_are_three_at_least(morgue: Somebody) -> None:
    """Bones, not graves, are counted; who lacks a sample is listed."""
    morgue.at("assemblages/L1/").reads("At least so many individuals")
    assert morgue.page.locator(".counts .figure").last.inner_text() == "3"
    morgue.at("samples/").reads("Samples wanted and awaited")
