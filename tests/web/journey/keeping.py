# SPDX-License-Identifier: Apache-2.0
"""What is kept: contradictions with their state, corrections by two at once, ledger, history."""

from __future__ import annotations

from click.testing import CliRunner

from tests.web.journey.somebody import CASE, Cast, Somebody

CONTRADICTIONS = (
    "The number 319 is painted on 2 markers",
    "No journal line is joined to marker M4",
    "Journal line J3 is joined to no marker",
    "Marker M2 states burials: 1. Bodies found in grave G2: 3.",
    "Grave G4 was opened; no remains are recorded from it.",
)


def two_correct_one_record_at_once(first: Somebody, second: Somebody) -> None:
    """The second sees both values and decides; nothing of either is lost."""
    for one in (first, second):
        one.at("graves/G3/").follow("Correct", within="main")
    first.fill(note="Under the pine", x_m="0.4")
    first.page.fill("#reason", "Measured again.")
    first.press("Save the correction").not_refused()
    second.fill(note="Beside the birch")
    second.page.fill("#reason", "Seen today.")
    second.press("Save the correction").reads("Somebody changed this record", "Under the pine")
    line = second.page.locator("tbody tr").filter(has_text="both changed it")
    assert line.locator("#c-note").input_value() == "Beside the birch"
    line.get_by_label("write this").check()
    second.press("Save what I chose")
    second.at("graves/G3/").reads("Beside the birch")
    second.follow("History", within="main").reads("3 revisions", "Under the pine")


def the_contradictions_are_found(coordinator: Somebody, *further: str) -> None:
    """By the records themselves; the list is kept with its day."""
    coordinator.at("contradictions/").press("Look through and keep")
    coordinator.reads(*CONTRADICTIONS, *further)


def one_is_explained(coordinator: Somebody) -> None:
    """Its reason stands as long as the records say what they say now."""
    _of(coordinator, "Grave G4 was opened")
    coordinator.page.fill("#reason", "The body was moved to the town in May.")
    coordinator.press("Explained").reads("moved to the town in May")


def one_is_a_wrong_entry_and_gone(coordinator: Somebody, field: Somebody) -> None:
    """Called so, corrected in a step of its own, and kept as gone."""
    _of(coordinator, "The number 319 is painted")
    coordinator.page.fill("#reason", "M3 was read from the wrong side: 316.")
    coordinator.press("Wrong entry").reads("M3 was read from the wrong side")
    coordinator.page.get_by_role("link", name="M3").first.click()
    record = coordinator.page.url
    field.page.goto(record)
    field.follow("Correct", within="main").fill(number="316")
    field.page.fill("#reason", "Read again from the front.")
    field.press("Save the correction").not_refused()
    coordinator.at("contradictions/").press("Look through and keep")
    coordinator.does_not_read("The number 319 is painted")
    coordinator.at("contradictions/?state=gone").reads("painted")


def _of(one: Somebody, sentence: str) -> None:
    one.at("contradictions/")
    one.page.locator("tbody tr").filter(has_text=sentence).locator("a").last.click()


def the_ledger_is_verified_and_printed(cast: Cast) -> None:
    """A checkpoint, its day sheet and who holds it; then the whole log is verified."""
    vira = cast.with_role("vira", "auditor")
    vira.page.goto(f"{cast.address}/checkpoints/")
    vira.press("Make a checkpoint now").reads("nobody outside holds it")
    sheet = vira.page.get_by_role("link", name="Day sheet (PDF)").first.get_attribute("href")
    answer = vira.context.request.get(cast.address + sheet)
    assert answer.status == 200
    assert answer.body().startswith(b"%PDF")
    vira.page.locator("summary", has_text="Record who holds it").first.click()
    vira.page.locator("input[name=witness]").first.fill("An invented notary")
    vira.press("Record it").reads("Held by An invented notary")
    from antigone.cli.ledger import ledger

    done = CliRunner().invoke(ledger, ["verify"])
    assert done.exit_code == 0, done.output


def the_history_shows_it_all(coordinator: Somebody, auditor: Somebody, remains: str) -> None:
    """Every revision of the first body, each with who, when and why; every event in its log."""
    coordinator.at(f"remains/{remains}/").follow("History", within="main")
    coordinator.reads("fedir", "mykola", "Examined.")
    assert coordinator.page.locator("ol.timeline > li").count() >= 2
    auditor.at("ledger/").reads("judge", "mykola")


def the_meeting_sheet_is_printed(coordinator: Somebody) -> None:
    """In, examined, sampled, awaiting whom."""
    assert coordinator.paper("paper/meeting/?day=2022-09-18").startswith(b"%PDF"), CASE
