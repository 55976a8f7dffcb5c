# SPDX-License-Identifier: Apache-2.0
"""Digging: graves opened with their checklist, codes, photographs, bags, labels and the truck."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.web.journey.somebody import Somebody


@dataclass
class Found:
    """The codes that the case gave to what was found."""

    remains: dict[str, str] = field(default_factory=dict)
    """By the name in this story: the woman's grave, and three bodies where one was stated."""
    bags: dict[str, str] = field(default_factory=dict)


CLEARED = {
    "recovered_on": "2022-09-16", "ordnance_cleared": "yes", "silence_kept": "yes",
    "ordnance_cleared_by": "Invented sappers", "in_situ_sheet": "yes", "depth_cm": "110",
    "body_position": "supine", "head_towards": "west", "restraint": "none", "dug_by": "Team 3",
    "features_seen": "grey hair", "items_seen": "watch;keys", "recorded_by": "fedir",
}  # fmt: skip


def the_graves_are_opened(field: Somebody) -> None:
    """By correcting their records: grave 4 turns out to be empty."""
    for grave in ("G1", "G2", "G4"):
        field.at(f"graves/{grave}/").follow("Correct", within="main")
        field.fill(opened_on="2022-09-16", excavation="pedestal")
        field.page.fill("#reason", "Opened today.")
        field.press("Save the correction").not_refused(grave)


def the_bodies_are_recovered(field: Somebody) -> Found:
    """One in the first grave, three in the second; each gets its code from the case."""
    found = Found()
    for name, grave in {"first": "G1", "a": "G2", "b": "G2", "c": "G2"}.items():
        found.remains[name] = field.enter(
            "remains", grave=grave, kind="body", recovered_on="2022-09-16", recovered_by="Team 3"
        )
        field.enter("recovery", recovery=f"V-{name}", grave=grave, remains=found.remains[name],
                    **CLEARED)  # fmt: skip
    assert len(set(found.remains.values())) == 4, "no code is given twice"
    first = found.remains["first"]
    field.enter("photograph", photograph="F1", item_kind="remains", item=first, shows="in_situ",
                code_visible=first, taken_by="fedir", at="2022-09-16T10:00:00+03:00")  # fmt: skip
    field.enter("exhibit", exhibit="X1", remains=found.remains["a"], kind="ligature",
                description="rope", found_where="round the neck")  # fmt: skip
    return found


def they_are_bagged_and_labelled(field: Somebody, found: Found) -> None:
    """Two bodies in one bag by mistake; the label of the first is printed."""
    packed = {"one": ["first"], "two": ["a", "b"], "three": ["c"]}
    for n, (name, bodies) in enumerate(packed.items()):
        found.bags[name] = field.enter("container", kind="bag")
        moves(field, "pack", [found.remains[one] for one in bodies], place="Invented wood",
              container=found.bags[name], at=f"2022-09-16T12:0{n}:00+03:00")  # fmt: skip
    field.not_refused("pack")
    field.paper(f"paper/labels/{found.remains['first']}/")


def the_truck_leaves(field: Somebody, found: Found) -> None:
    """Three bags are handed over at once."""
    for party, kind in {"TEAM": "team", "MORGUE": "institution"}.items():
        field.enter("party", party=party, kind=kind, name=f"Invented {party.lower()}")
    moves(field, "send", found.bags.values(), to_party="MORGUE", at="2022-09-16T15:00:00+03:00")
    field.reads(*found.bags.values())


def the_morgue_receives_two_of_three(morgue: Somebody, found: Found) -> None:
    """Of the third the receipt says that it did not arrive; it stays under way."""
    morgue.at("custody/").page.locator('a[href$="/custody/receive/"]').first.click()
    for name, came in {"one": "intact", "two": "broken", "three": "missing"}.items():
        morgue.page.get_by_label(f"Did {found.bags[name]} arrive?").select_option(came)
    morgue.fill(to_party="MORGUE", at="2022-09-16T20:00:00+03:00")
    _sent(morgue).not_refused("receive")
    morgue.at("custody/under-way/").reads(found.bags["three"])
    morgue.does_not_read(found.bags["one"])


def moves(one: Somebody, act: str, things: Iterable[str], **cells: str) -> Somebody:
    """The form of a movement, its things scanned one after the other."""
    one.at("custody/").page.locator(f'a[href$="/custody/{act}/"]').first.click()
    one.page.locator("#c-keys").fill("\n".join(things))
    return _sent(one.fill(**cells))


def _sent(one: Somebody) -> Somebody:
    with one.page.expect_navigation():
        one.page.locator("form.record-form .button").click()
    return one
