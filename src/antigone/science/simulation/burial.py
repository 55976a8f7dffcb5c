# SPDX-License-Identifier: Apache-2.0
"""Graves in forest rows, what stands on them, and who lies in which."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from antigone.science.simulation.faults import FaultLog
from antigone.science.simulation.people import People
from antigone.science.simulation.plan import SimulationPlan

SITE = "S-1"


@dataclass
class Lying:
    """One set of remains: a human's body or a part of it, in a grave, at a place in its order."""

    remains: str
    human: int
    is_part: bool
    grave: int
    position: int


@dataclass
class Plot:
    """One grave: where it is, the number painted on its marker, who lies in it."""

    grave: str
    x_m: float
    y_m: float
    number: int | None
    is_common: bool
    marker: str | None = None
    marker_joined: bool = True
    lying: list[Lying] = field(default_factory=list)


def draw_plots(
    plan: SimulationPlan, people: People, faults: FaultLog, rng: np.random.Generator
) -> list[Plot]:
    """Graves with their occupants, numbered along forest rows; remains keyed as recovered."""
    sizes = _sizes(plan, people.n_common, rng)
    places = _places(len(sizes), rng)
    numbers = _painted(plan, rng)
    common = int(rng.integers(len(sizes))) if plan.site.common_grave_stated else -1
    ordinary = iter(size for size in sizes if size is not None)
    plots = []
    units = iter(_units(plan, people, rng))
    counter = 0
    for place, (x, y) in enumerate(places):
        is_common = place == common
        number = None if is_common else numbers.pop(0)
        plot = Plot(f"G-{place + 1:03d}", x, y, number, is_common)
        count = people.n_common if is_common else next(ordinary)
        for position in range(count):
            soldier = people.dead[position] if is_common else -1
            human, is_part = (soldier, False) if is_common else next(units)
            counter += 1
            key = f"R-{counter:04d}"
            plot.lying.append(Lying(key, human, is_part, place, position + 1))
        plots.append(plot)
    _mark(plots, plan, faults, rng)
    return plots


def _sizes(plan: SimulationPlan, n_common: int, rng: np.random.Generator) -> list[int | None]:
    """Remains in each grave; None stands for the common grave, which is set apart."""
    site = plan.site
    has_common = site.common_grave_stated > 0
    filled = site.n_graves - site.n_empty_graves - has_common
    counts = [1] * filled
    left = plan.n_remains - (n_common if has_common else 0) - filled
    while left > 0:
        place = int(rng.integers(filled))
        more = min(left, int(rng.integers(1, 4)), 4 - counts[place])
        counts[place] += more
        left -= more
    counts += [0] * site.n_empty_graves
    sizes: list[int | None] = [counts[i] for i in rng.permutation(len(counts))]
    return [*sizes, None] if has_common else sizes


def _units(
    plan: SimulationPlan, people: People, rng: np.random.Generator
) -> list[tuple[int, bool]]:
    """Bodies outside the common grave in burial order, each split one followed by its part."""
    bodies = people.dead[people.n_common :]
    split = set(
        rng.choice(len(bodies), size=plan.examination.n_split, replace=False).tolist()
        if plan.examination.n_split
        else []
    )
    units: list[tuple[int, bool]] = []
    for place, human in enumerate(bodies):
        units.append((human, False))
        if place in split:
            units.append((human, True))
    return units


def _places(n_graves: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Metres on the site's grid: bent rows between the pines, walked to and fro."""
    per_row = max(4, round(n_graves**0.5 * 1.2))
    places: list[tuple[float, float]] = []
    row = 0
    while len(places) < n_graves:
        cells = [one for one in range(per_row) if rng.random() > 0.12]  # a tree stands there
        for column in cells if row % 2 == 0 else reversed(cells):
            x = 2.2 * column + float(rng.normal(0, 0.15))
            y = 3.4 * row + 1.2 * float(np.sin(column / 5.0)) + float(rng.normal(0, 0.2))
            places.append((round(x, 2), round(y, 2)))
        row += 1
    return places[:n_graves]


def _painted(plan: SimulationPlan, rng: np.random.Generator) -> list[int]:
    """Painted numbers in the order of the graves: gaps, a few repeats, the highest as planned."""
    site = plan.site
    count = site.n_graves - (site.common_grave_stated > 0)
    distinct = count - site.n_repeated_numbers
    chosen = rng.choice(site.highest_number - 1, size=distinct - 1, replace=False) + 1
    numbers = [*sorted(int(one) for one in chosen), site.highest_number]
    for place in sorted(rng.choice(distinct, size=site.n_repeated_numbers, replace=False))[::-1]:
        numbers.insert(int(place) + 1, numbers[int(place)])
    return numbers


def _mark(
    plots: list[Plot], plan: SimulationPlan, faults: FaultLog, rng: np.random.Generator
) -> None:
    counter = 0
    for plot in plots:
        if rng.random() < plan.faults.marker_missing:
            faults.add("marker_missing", plot.grave)
            continue
        counter += 1
        plot.marker = f"M-{counter:03d}"
        if rng.random() < plan.faults.marker_loose:
            plot.marker_joined = False
            faults.add("marker_loose", plot.marker, plot.grave)


def grave_rows(plots: list[Plot]) -> list[dict[str, str]]:
    """The table `grave`."""
    return [
        {
            "grave": plot.grave,
            "site": SITE,
            "x_m": f"{plot.x_m:.2f}",
            "y_m": f"{plot.y_m:.2f}",
            "opened_on": opened_on(place, len(plots)),
            "excavation": "pedestal",
            "note": "" if plot.lying else "Opened; nobody lay in it.",
        }
        for place, plot in enumerate(plots)
    ]


def opened_on(place: int, n_graves: int) -> str:
    """The day on which the `place`-th grave was opened: eight days, row by row."""
    return f"2022-09-{16 + 8 * place // n_graves:02d}"


def marker_rows(
    plots: list[Plot], names: dict[str, str], plan: SimulationPlan, rng: np.random.Generator
) -> list[dict[str, str]]:
    """The table `marker`; `names` are those of the journal by grave: one hand wrote both."""
    rows = []
    for plot in plots:
        if plot.marker is None:
            continue
        stated = plan.site.common_grave_stated if plot.is_common else None
        number = "" if plot.number is None else str(plot.number)
        text = f"{stated} військових" if stated else number
        if plot.grave in names and rng.random() < plan.site.marker_named:
            text = f"{number} {names[plot.grave]}"
        rows.append(
            {
                "marker": plot.marker,
                "site": SITE,
                "kind": "cross",
                "number": number,
                "text": text,
                "stated_burials": str(stated or ""),
                "grave": plot.grave if plot.marker_joined else "",
                "note": "" if plot.marker_joined else "Found lying beside the rows.",
            }
        )
    return rows
