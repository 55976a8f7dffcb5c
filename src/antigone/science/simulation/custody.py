# SPDX-License-Identifier: Apache-2.0
"""Bags and their way from the grave to the mortuary, with receipts that were never written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from antigone.science.simulation.burial import Plot, opened_on
from antigone.science.simulation.faults import FaultLog
from antigone.science.simulation.laboratory import Taken
from antigone.science.simulation.plan import SimulationPlan

Rows = list[dict[str, str]]
SITE_PLACE = "Forest site (invented)"
MORTUARY = "Mortuary A (invented)"
LABORATORY = "Laboratory A (invented)"


class _Book:
    """Custody events in order, numbered as they are written."""

    def __init__(self) -> None:
        self.rows: Rows = []

    def add(self, at: str, item_kind: str, item: str, action: str, **more: str) -> None:
        blank = dict.fromkeys(
            ("container", "from_party", "to_party", "place", "seal", "seal_state", "note"), ""
        )
        row = {"at": at, "item_kind": item_kind, "item": item, "action": action}
        self.rows.append({"event": f"C-{len(self.rows) + 1:05d}"} | row | blank | more)


def container_rows(plots: Sequence[Plot]) -> Rows:
    """The table `container`: one bag for each set of remains."""
    return [
        {"container": _bag(one.remains), "kind": "bag", "note": ""}
        for plot in plots
        for one in plot.lying
    ]


def _bag(remains: str) -> str:
    return "B" + remains[1:]


def custody_rows(
    plots: Sequence[Plot],
    samples: Sequence[Taken],
    plan: SimulationPlan,
    faults: FaultLog,
    rng: np.random.Generator,
) -> Rows:
    """The table `custody`: recovered, packed, handed over, received, sampled."""
    book = _Book()
    for place, plot in enumerate(plots):
        day = opened_on(place, len(plots))
        team = f"Team {1 + place % 12}"
        for one in plot.lying:
            _bag_travels(book, one.remains, day, team, plan, faults, rng)
    for sample in sorted(samples, key=lambda one: (one.taken_on, one.key)):
        if sample.kind == "post_mortem":
            at = f"{sample.taken_on}T{int(rng.integers(9, 17)):02d}:00:00+03:00"
            place_of = {"place": MORTUARY, "to_party": LABORATORY}
            book.add(at, "remains", sample.label["remains"], "sampled", **place_of)
    return book.rows


def _bag_travels(
    book: _Book,
    remains: str,
    day: str,
    team: str,
    plan: SimulationPlan,
    faults: FaultLog,
    rng: np.random.Generator,
) -> None:
    minute = int(rng.integers(60))
    hour = int(rng.integers(8, 16))
    seal = f"{int(rng.integers(10_000, 99_999))}"
    bag = _bag(remains)

    def at(later: int) -> str:
        return f"{day}T{hour + later:02d}:{minute:02d}:00+03:00"

    book.add(at(0), "remains", remains, "recovered", to_party=team, place=SITE_PLACE)
    book.add(
        at(1), "remains", remains, "packed", container=bag, place=SITE_PLACE, seal=seal,
        seal_state="intact",
    )  # fmt: skip
    book.add(
        at(2), "container", bag, "handed_over", from_party=team, to_party=MORTUARY,
        place=SITE_PLACE, seal=seal, seal_state="intact",
    )  # fmt: skip
    if rng.random() < plan.faults.custody_not_received:
        faults.add("custody_not_received", bag)
        return
    book.add(
        at(6), "container", bag, "received", from_party=team, to_party=MORTUARY, place=MORTUARY,
        seal=seal, seal_state="intact",
    )  # fmt: skip
