# SPDX-License-Identifier: Apache-2.0
"""Families, and from a hypothesis by four eyes to a name, a telling, a grave; and back."""

from __future__ import annotations

from tests.web.journey.digging import Found, moves
from tests.web.journey.somebody import Cast, Somebody


def two_families_come(liaison: Somebody) -> None:
    """Each with a mother who gives consent and a sample; nothing is asked of anybody else."""
    for n, name in ((1, "Vyhadanko Ostap"), (2, "Prykladenko Taras")):
        liaison.enter("family", family=f"F{n}", kin_complete="yes", stated_on="2022-10-01")
        liaison.enter("person", person=f"P{n}", name=name, sex="male", born="1985~",
                      last_seen_on="2022-03")  # fmt: skip
        liaison.enter("relative", individual=f"M{n}", family=f"F{n}", sex="female")
        liaison.enter("relative", individual=f"S{n}", family=f"F{n}", sex="male", mother=f"M{n}",
                      person=f"P{n}")  # fmt: skip
        liaison.enter("consent", consent=f"Y{n}", individual=f"M{n}", given_on="2022-10-01",
                      purpose="identification", version="1")  # fmt: skip
        liaison.enter("sample", sample=f"K{n}", kind="reference", individual=f"M{n}",
                      tissue="buccal swab", taken_on="2022-10-01")  # fmt: skip
    liaison.enter("attribute", attribute="W1", person="P1", kind="veteran", basis="a card")
    liaison.at("persons/P1/").reads("Vyhadanko Ostap")


def fingers_are_compared(morgue: Somebody, remains: str, person: str) -> None:
    """By an examiner and another who verifies: the primary identifier of this case."""
    morgue.enter("fingerprint", owner_kind="remains", owner=remains, finger="1", quality="good",
                 comparison="identification", **{"with": person, "examiner": "A. Vyhadana",
                                                 "verifier": "B. Vyhadko"})  # fmt: skip


def a_hypothesis_is_opened(coordinator: Somebody, remains: str, person: str) -> None:
    """It joins the two for examination and says nothing about who they are."""
    coordinator.at("hypotheses/")
    coordinator.page.fill("#remains", remains)
    coordinator.page.fill("#person", person)
    coordinator.page.fill("#reason", "Fingerprints agree.")
    coordinator.press("Open this hypothesis").reads("Fingerprints agree.")


def four_eyes_recommend(cast: Cast, remains: str, person: str) -> None:
    """One writes, two of other disciplines sign; the author is offered no signature."""
    orest = cast.with_role("orest", "commission")
    orest.at("sitting/").follow(f"Recommend {remains} – {person}", within="main")
    orest.fill(outcome="identify", basis=["fingerprint"], reasons="Fingerprints, two examiners.",
               author_discipline="pathology")  # fmt: skip
    orest.page.locator("main form .button").click()
    orest.page.wait_for_url("**/recommendations/**")
    orest.does_not_read("Sign as orest")
    address = orest.page.url
    for name, discipline in (("petro", "anthropology"), ("rada", "fingerprints")):
        one = cast.with_role(name, "commission")
        one.page.goto(address)
        one.fill(discipline=discipline).press(f"Sign as {name}").reads(name)


def the_authority_decides(judge: Somebody, remains: str) -> str:
    """The decision with what the family may be told; its address."""
    judge.at("sitting/")
    waiting = judge.page.locator("main p").filter(has_text=remains)
    waiting.locator('a[href*="/recommendations/"]').click()
    judge.fill(basis=["fingerprint"], reasons="As recommended.",
               family_summary="An approved sentence.")  # fmt: skip
    judge.press("Decide as recommended").not_refused(remains)
    judge.page.wait_for_url("**/decisions/**")
    judge.reads("Decision", "fingerprint")
    return judge.page.url


def the_family_is_told(liaison: Somebody, person: str) -> None:
    """In person; by telephone it is refused."""
    liaison.at("notifications/")
    row = liaison.page.locator("tbody tr").filter(has_text=person)
    row.get_by_role("link", name="Enter what was told").click()
    liaison.reads("An approved sentence.").fill(of="identity", in_person="no", told_to="mother")
    liaison.press("Save what was told").is_refused("told in person")
    assert liaison.page.input_value("#c-told_to") == "mother"
    liaison.fill(in_person="yes", declined=["circumstances"]).press("Save what was told")
    liaison.page.wait_for_url("**/receipt/")


def the_remains_return(morgue: Somebody, found: Found) -> None:
    """Given back to the family, reburied with a place that can be found again."""
    first = found.remains["first"]
    morgue.enter("party", party="FAMILY1", kind="family", name="Invented family")
    moves(morgue, "unpack", [first], container=found.bags["one"], at="2022-12-01T09:00:00+02:00")
    morgue.not_refused("unpack")
    moves(morgue, "return", [first], to_party="FAMILY1", at="2022-12-01T10:00:00+02:00")
    morgue.not_refused("return")
    moves(morgue, "rebury", [first], place="Invented cemetery, row 2, place 5",
          at="2022-12-02T10:00:00+02:00")  # fmt: skip
    morgue.not_refused("rebury")


def nobody_is_released_without_a_name(morgue: Somebody, remains: str, why: str) -> None:
    """Not without a decision, and not while a withdrawal freezes it."""
    moves(morgue, "return", [remains], to_party="FAMILY1", at="2023-02-01T10:00:00+02:00",
          without_samples_because="Invented reasons.").is_refused(why)  # fmt: skip


def he_comes_home(judge: Somebody, liaison: Somebody, decision: str, person: str) -> None:
    """The identification is withdrawn: what follows stands before the button, and happens."""
    judge.page.goto(decision)
    judge.follow("Withdraw this identification").reads("is frozen", "is open again")
    judge.fill(withdrawn_because="found_alive", reasons="He came home in an exchange.")
    judge.press("Withdraw this identification").reads("withdrawn")
    liaison.at("notifications/")
    row = liaison.page.locator("tbody tr").filter(has_text=person)
    assert "withdraw" in row.locator("td").nth(1).inner_text().lower()
