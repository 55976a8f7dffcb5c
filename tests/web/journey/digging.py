# SPDX-License-Identifier: Apache-2.0
"""Digging: graves opened with their checklist, codes, photographs, bags, labels and the truck."""

from __future__ import annotations

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
    packed = {"first": "one", "a": "two", "b": "two", "c": "three"}
    for name in ("one", "two", "three"):
        found.bags[name] = field.enter("container", kind="bag")
    for n, (remains, bag) in enumerate(packed.items()):
        field.enter("custody", event=f"P{n}", item_kind="remains", item=found.remains[remains],
                    action="packed", container=found.bags[bag], place="Invented wood",
                    at=f"2022-09-16T12:0{n}:00+03:00")  # fmt: skip
    field.paper(f"paper/labels/{found.remains['first']}/")


def the_truck_leaves(field: Somebody, found: Found) -> None:
    """Three bags are handed to the driver."""
    for party, kind in {"TEAM": "team", "TRUCK": "vehicle", "MORGUE": "institution"}.items():
        field.enter("party", party=party, kind=kind, name=f"Invented {party.lower()}")
    for n, bag in enumerate(found.bags.values()):
        field.enter("custody", event=f"S{n}", item_kind="container", item=bag,
                    action="handed_over", from_party="TEAM", to_party="MORGUE", seal=f"SEAL-{n}",
                    at=f"2022-09-16T15:0{n}:00+03:00")  # fmt: skip


def the_morgue_receives_two_of_three(morgue: Somebody, found: Found) -> None:
    """The third bag was sent and is never received."""
    for n, bag in enumerate((found.bags["one"], found.bags["two"])):
        morgue.enter("custody", event=f"R{n}", item_kind="container", item=bag, action="received",
                     from_party="TEAM", to_party="MORGUE", seal=f"SEAL-{n}",
                     at=f"2022-09-16T20:0{n}:00+03:00")  # fmt: skip
    morgue.form_of("custody").fill(
        event="ST", item_kind="container", item=found.bags["three"], action="stored",
        place="Cold store 2", at="2022-09-17T09:00:00+03:00",
    ).press("Save the record").is_refused("receipt is not confirmed")  # fmt: skip
