# SPDX-License-Identifier: Apache-2.0
"""What the families said: persons, trees, statements of kin, consents."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from antigone.science.simulation.faults import FaultLog
from antigone.science.simulation.kin import Human
from antigone.science.simulation.names import misspelt, spell
from antigone.science.simulation.people import People
from antigone.science.simulation.plan import SimulationPlan

Rows = list[dict[str, str]]
STATEMENTS_FROM = date(2022, 10, 3)


def person_key(place: int) -> str:
    """The key of the `place`-th report."""
    return f"P-{place + 1:04d}"


def family_key(place: int) -> str:
    """The key of the `place`-th family."""
    return f"F-{place + 1:04d}"


def individual_key(family: int, member: int) -> str:
    """The key of a member of a family's tree."""
    return f"{family_key(family)}-{member + 1:02d}"


def person_rows(
    people: People, plan: SimulationPlan, faults: FaultLog, rng: np.random.Generator
) -> Rows:
    """The table `person`: each report in the spelling and with the dates that its family gave."""
    rows = []
    for place, report in enumerate(people.reports):
        key = person_key(place)
        human = people.world.humans[report.human]
        twice = people.reports_of(report.human)
        if len(twice) > 1 and twice[0] == place:
            faults.add("person_reported_twice", *(person_key(one) for one in twice))
        name, other = _names(key, human, people, plan, faults, rng)
        stated = rng.random() < plan.people.stature_recorded
        stature = human.stature_cm + float(rng.normal(0, 2.5))
        rows.append(
            {
                "person": key,
                "name": name,
                "name_other": other,
                "sex": human.sex,
                "born": _born(key, human, plan, faults, rng),
                "last_seen_on": _last_seen(human, rng),
                "last_seen_where": f"Invented street {int(rng.integers(1, 120))}",
                "status": "serviceman" if human.serviceman else "civilian",
                "stature_cm": f"{stature:.0f}" if stated else "",
                "found_alive_on": "2023-02-11" if report.human in people.found_alive else "",
                "note": "",
            }
        )
    return rows


def _names(
    key: str,
    human: Human,
    people: People,
    plan: SimulationPlan,
    faults: FaultLog,
    rng: np.random.Generator,
) -> tuple[str, str]:
    chance = float(rng.random())
    if chance < plan.people.name_russian:
        script = "ru"
    elif chance < plan.people.name_russian + plan.people.name_latin:
        script = "latin"
    else:
        script = "uk"
    stock = people.world.stock
    name = spell(stock, human.name, script, "full")
    other = spell(stock, human.name, "ru" if script == "uk" else "uk", "full")
    if rng.random() < plan.faults.person_misspelt:
        name = misspelt(name, rng)
        faults.add("person_misspelt", key)
        return name, ""
    return name, other if rng.random() < 0.25 else ""


def _born(
    key: str, human: Human, plan: SimulationPlan, faults: FaultLog, rng: np.random.Generator
) -> str:
    born = human.born
    if rng.random() < plan.faults.person_born_wrong:
        year = born.year + int(rng.choice((-10, -2, -1, 1, 2)))
        born = date(min(year, 2021), born.month, min(born.day, 28))
        faults.add("person_born_wrong", key)
    chance = float(rng.random())
    if chance < plan.people.born_year_only:
        return str(born.year)
    if chance < plan.people.born_year_only + plan.people.born_about:
        return f"{born.year}~"
    return born.isoformat()


def _last_seen(human: Human, rng: np.random.Generator) -> str:
    assert human.last_seen is not None
    chance = float(rng.random())
    if chance < 0.2:
        return f"{human.last_seen:%Y-%m}"
    if chance < 0.25:
        return f"../{human.last_seen + timedelta(days=3)}"
    return human.last_seen.isoformat()


def relative_rows(people: People, faults: FaultLog) -> Rows:
    """The table `relative`: every family's tree as told, typed or not."""
    persons = {(one.family, one.member): place for place, one in enumerate(people.reports)}
    rows = []
    for number, tree in enumerate(people.families):
        for place, member in enumerate(tree.members):
            key = individual_key(number, place)
            report = persons.get((number, place))
            row = {
                "individual": key,
                "family": family_key(number),
                "sex": people.world.humans[member.human].sex,
                "person": "" if report is None else person_key(report),
                "certainty": "stated",
                "note": "",
            }
            for side, parent in (("father", member.father), ("mother", member.mother)):
                row[side] = "" if parent is None else individual_key(number, parent)
                if parent is not None and side in people.false_links.get(member.human, ()):
                    faults.add("false_paternity" if side == "father" else "false_maternity", key)
            rows.append(row)
    return rows


def family_rows(people: People, rng: np.random.Generator) -> Rows:
    """The table `family`."""
    return [
        {
            "family": family_key(number),
            "kin_complete": tree.kin_complete,
            "stated_on": _day(STATEMENTS_FROM, 200, rng),
            "contact_ref": f"K-{int(rng.integers(10_000, 99_999))}",
            "note": "",
        }
        for number, tree in enumerate(people.families)
    ]


def consent_rows(people: People, rng: np.random.Generator) -> Rows:
    """The table `consent`: one row for every typed relative."""
    rows: Rows = []
    for number, tree in enumerate(people.families):
        for place, member in enumerate(tree.members):
            if not member.typed:
                continue
            minor = people.world.humans[member.human].age < 18
            rows.append(
                {
                    "consent": f"CN-{len(rows) + 1:04d}",
                    "individual": individual_key(number, place),
                    "purpose": "identification",
                    "given_on": _day(STATEMENTS_FROM, 200, rng),
                    "withdrawn_on": "",
                    "guardian": "guardian signed" if minor else "",
                    "version": "1",
                }
            )
    return rows


def _day(first: date, within: int, rng: np.random.Generator) -> str:
    return (first + timedelta(days=int(rng.integers(within)))).isoformat()
