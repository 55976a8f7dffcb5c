# SPDX-License-Identifier: Apache-2.0
"""The place and what people say of it: who held it, shelling, leads, crosses, the journal."""

from __future__ import annotations

from tests.web.journey.somebody import Cast, Somebody

CROSSES = (
    {"marker": "M1", "number": "319", "grave": "G1", "stated_burials": "1"},
    {"marker": "M2", "number": "320", "grave": "G2", "stated_burials": "1"},
    {"marker": "M3", "number": "319", "grave": "G3"},
    {"marker": "M4", "number": "321", "grave": "G4"},
)
"""319 is painted twice; no line of the journal is joined to M4."""
LINE = {"site": "S1", "page": "4", "line": "11", "number": "319", "buried_on": "2022-04"}


def the_site_is_recorded_by_keyboard(field: Somebody) -> None:
    """Keys alone, from the first field to the button."""
    field.form_of("site").type_into(site="S1", name="Invented wood", country="UA")
    field.page.locator("#reason").focus()
    field.page.keyboard.press("Tab")
    with field.page.expect_navigation():
        field.page.keyboard.press("Enter")
    field.reads("Invented wood")


def the_rows_of_graves_are_measured(field: Somebody) -> None:
    """Two rows, six metres apart."""
    for n, (x, y) in enumerate([("0", "0"), ("6", "0"), ("0", "3"), ("6", "3")], start=1):
        field.enter("grave", grave=f"G{n}", site="S1", x_m=x, y_m=y)
    field.at("graves/").reads("G1", "G2", "G3", "G4")


def what_happened_there_is_told(field: Somebody) -> None:
    """Who held the place when, shelling, and where people say that graves are."""
    held = {"site": "S1", "source": "An invented report"}
    field.enter("control_period", control_period="C1", from_date="2022-04-01",
                to_date="2022-09-10", who_controlled="An invented army", **held)  # fmt: skip
    field.enter("control_period", control_period="C2", from_date="2022-09-11",
                who_controlled="An invented administration", **held)  # fmt: skip
    field.enter("event", event="E1", site="S1", kind="shelling", from_date="2022-03-09",
                where="Invented street", who_controlled="nobody")  # fmt: skip
    field.enter("lead", lead="L1", site="S1", reported_on="2022-09-12", where="Behind the sawmill",
                reported_by_role="neighbour", says="Two graves behind the sawmill",
                searched_on="2022-09-20", result="nothing_found")  # fmt: skip


def the_crosses_are_read(field: Somebody) -> None:
    """Each as painted, a number twice among them."""
    for cells in CROSSES:
        field.enter("marker", site="S1", kind="cross", **cells)
    field.at("number/?number=319").reads("M1", "M3")


def the_journal_is_read_twice(first: Somebody, second: Somebody) -> None:
    """Two readers, each with a page of their own, who read one name differently."""
    first.enter("transcription", transcription="T1", reader="first", name="Vyhadanko Olena",
                transcriber="Iryna Vyhadana", sex="female", stated_burials="1", **LINE)  # fmt: skip
    second.enter("transcription", transcription="T2", reader="second", name="Vyhadenko Olena",
                 transcriber="Ivan Prykladko", sex="female", stated_burials="1",
                 **LINE)  # fmt: skip


def a_third_reader_settles_it(third: Somebody) -> None:
    """Neither of the two; what is settled stands in the journal and is joined to its cross."""
    third.at("journal/").page.locator('main a[href*="/journal/"]').first.click()
    third.reads("Vyhadanko Olena", "Vyhadenko Olena").follow("Settle line 11", within="main")
    third.page.locator("input[name=take-name][value=first]").check()
    third.page.fill("#reader", "Tamara Zrazkivska")
    third.page.fill("#reason", "The letter is closed, as elsewhere on the page.")
    third.press("Settle this line").not_refused("settled")
    third.at("journal/").page.locator('main a[href*="/journal/"]').first.click()
    third.follow("Stands in the journal as", within="main").follow("Correct", within="main")
    third.fill(marker="M1")
    third.page.fill("#reason", "The number is that of the cross.")
    third.press("Save the correction").not_refused("joined")


def further_lines_are_entered(third: Somebody) -> None:
    """One that names nobody, and one that no cross belongs to."""
    line = {"site": "S1", "page": "4"}
    third.enter("journal", entry="J2", line="12", number="320", name="Unidentified man",
                sex="male", stated_burials="1", marker="M2", **line)  # fmt: skip
    third.enter("journal", entry="J3", line="13", number="330", name="Prykladenko Hanna",
                sex="female", **line)  # fmt: skip


def the_soldiers_are_claimed(cast: Cast) -> None:
    """Another side says that they were soldiers; attributed, and never merged with a finding."""
    anna = cast.with_role("anna", "analyst")
    anna.enter("claim", claim="K1", site="S1", claimant="An invented ministry",
               claimant_role="contesting_party", measure="bodies_servicemen", qualifier="all",
               population="those buried in the wood", stance="reports", unit="bodies")  # fmt: skip
    anna.at("claims/").reads("An invented ministry")
