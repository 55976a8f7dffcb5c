# SPDX-License-Identifier: Apache-2.0
"""The burial journal: who was written down for which number, rightly or wrongly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from antigone.science.simulation.burial import SITE, Plot
from antigone.science.simulation.faults import FaultLog
from antigone.science.simulation.kin import Human
from antigone.science.simulation.names import misspelt, spell
from antigone.science.simulation.people import LAST_DEATH, People
from antigone.science.simulation.plan import SimulationPlan

LINES_A_PAGE = 25


@dataclass
class Line:
    """One line before it is written: the human it is about, and its faults."""

    number: str
    plot: Plot | None
    human: int
    faults: list[str]
    nameless: bool = False
    wrong_sex: bool = False


def journal_rows(
    plots: list[Plot],
    people: People,
    plan: SimulationPlan,
    faults: FaultLog,
    rng: np.random.Generator,
) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The table `journal`, and the names it gives by grave."""
    lines = _lines(plots, people, plan, faults, rng)
    _exchange(lines, plan, rng)
    _add_unmarked(lines, plots, people, plan, rng)
    painted = [str(plot.number) for plot in plots if plot.marker and plot.number is not None]
    rows, names = [], {}
    for place, line in enumerate(lines):
        entry = f"J-{place + 1:03d}"
        row = _row(entry, place, line, people, plan, rng)
        if line.plot and line.plot.marker and painted.count(line.number) <= 1:
            row["marker"] = line.plot.marker
        if line.plot and row["name"]:
            names[line.plot.grave] = row["name"]
        for kind in line.faults:
            faults.add(kind, entry, *([line.plot.grave] if line.plot else []))
        rows.append(row)
    return rows, names


def _lines(
    plots: list[Plot],
    people: People,
    plan: SimulationPlan,
    faults: FaultLog,
    rng: np.random.Generator,
) -> list[Line]:
    lines: list[Line] = []
    for before, plot in zip([None, *plots], plots, strict=False):
        if before and plot.number is not None and before.number == plot.number:
            faults.add("number_repeated", before.grave, plot.grave)
        if plot.is_common:
            continue  # one cross for all of them, and no line
        if rng.random() >= plan.journal.coverage:
            if plot.marker:
                faults.add("marker_without_line", plot.marker)
            continue
        line = Line(str(plot.number), plot, -1, [])
        if not plot.lying:
            line.human = _somebody_else(people, -1, rng)
            line.faults.append("journal_empty_grave")
        else:
            line.human = plot.lying[0].human
            line.nameless = bool(rng.random() < plan.journal.nameless)
            if not line.nameless and rng.random() < plan.faults.journal_wrong_person:
                line.human = _somebody_else(people, line.human, rng)
                line.faults.append("journal_wrong_person")
            if len(plot.lying) > 1:
                line.faults.append("journal_burials")
        lines.append(line)
    return lines


def _somebody_else(people: People, human: int, rng: np.random.Generator) -> int:
    """Another of the dead, a reported person, or a stranger: each as likely."""
    manner = int(rng.integers(3))
    if manner == 2:
        sex = "female" if rng.random() < 0.5 else "male"
        age = float(rng.uniform(19, 90))
        return people.world.add(sex, age, surname=people.world.surname())
    among = people.dead if manner == 0 else [one.human for one in people.reports]
    others = [one for one in among if one != human]
    return int(others[int(rng.integers(len(others)))])


def _exchange(lines: list[Line], plan: SimulationPlan, rng: np.random.Generator) -> None:
    """Exchange what two neighbouring lines say; the numbers stay."""
    place = 0
    while place + 1 < len(lines):
        first, second = lines[place], lines[place + 1]
        place += 1
        sound = not first.faults and not second.faults
        if sound and rng.random() < plan.faults.journal_swapped:
            first.human, second.human = second.human, first.human
            first.nameless, second.nameless = second.nameless, first.nameless
            first.faults.append("journal_swapped")
            second.faults.append("journal_swapped")
            place += 1


def _add_unmarked(
    lines: list[Line],
    plots: list[Plot],
    people: People,
    plan: SimulationPlan,
    rng: np.random.Generator,
) -> None:
    """Lines with a number that stands on no grave."""
    gaps = sorted(
        set(range(1, plan.site.highest_number)) - {plot.number for plot in plots if plot.number}
    )
    count = int(rng.binomial(len(lines), plan.faults.journal_line_without_marker))
    for number in sorted(rng.permutation(gaps)[:count].tolist()):
        line = Line(str(number), None, _somebody_else(people, -1, rng), [])
        line.faults.append("journal_line_without_marker")
        later = [i for i, one in enumerate(lines) if int(one.number) > number]
        lines.insert(later[0] if later else len(lines), line)


def _row(
    entry: str,
    place: int,
    line: Line,
    people: People,
    plan: SimulationPlan,
    rng: np.random.Generator,
) -> dict[str, str]:
    human = people.world.humans[line.human]
    russian = bool(rng.random() < plan.journal.russian)
    sex = human.sex
    if rng.random() < plan.faults.journal_wrong_sex:
        sex = "male" if sex == "female" else "female"
        line.faults.append("journal_wrong_sex")
    named = not line.nameless
    top = line.plot.lying[0].human if line.plot and line.plot.lying else line.human
    buried = people.world.humans[top]
    return {
        "entry": entry,
        "site": SITE,
        "page": str(place // LINES_A_PAGE + 1),
        "line": str(place % LINES_A_PAGE + 1),
        "number": line.number,
        "name": _name(line, human, russian, people, plan, rng) if named else "",
        "description": "" if named else _UNKNOWN[(russian, sex)],
        "sex": sex,
        "born": str(human.born.year) if named and rng.random() < plan.journal.births else "",
        "died": str(human.died or "") if named and rng.random() < plan.journal.deaths else "",
        "buried_on": str((buried.died or LAST_DEATH) + timedelta(days=int(rng.integers(1, 4)))),
        "brought_from": "",
        "stated_burials": "1",
        "marker": "",
        "transcriber": "T1",
        "note": "",
    }


_UNKNOWN = {
    (False, "male"): "невідомий чоловік",
    (False, "female"): "невідома жінка",
    (True, "male"): "неизвестный мужчина",
    (True, "female"): "неизвестная женщина",
}


def _name(
    line: Line,
    human: Human,
    russian: bool,
    people: People,
    plan: SimulationPlan,
    rng: np.random.Generator,
) -> str:
    chance = float(rng.random())
    if chance < plan.journal.initials:
        style = "initials"
    elif chance < plan.journal.initials + plan.journal.surname_only:
        style = "surname"
    else:
        style = "full" if rng.random() < 0.6 else "short"
    text = spell(people.world.stock, human.name, "ru" if russian else "uk", style)
    if rng.random() < plan.faults.journal_misspelt:
        line.faults.append("journal_misspelt")
        return misspelt(text, rng)
    return text
