# SPDX-License-Identifier: Apache-2.0
"""What was seen on the remains: sex, age and stature estimates, status, effects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from antigone.science.simulation.burial import Lying, Plot, opened_on
from antigone.science.simulation.faults import FaultLog
from antigone.science.simulation.kin import Human
from antigone.science.simulation.names import spell
from antigone.science.simulation.people import People
from antigone.science.simulation.plan import ExaminationPlan, SimulationPlan

YOUNGEST_WITH_SKELETAL_SEX = 14.0
"""Below this age sex cannot be read from bones (years)."""


def remains_rows(
    plots: Sequence[Plot],
    people: People,
    plan: SimulationPlan,
    faults: FaultLog,
    rng: np.random.Generator,
) -> list[dict[str, str]]:
    """The table `remains`."""
    rows = []
    first_part: dict[int, str] = {}
    for place, plot in enumerate(plots):
        for lying in plot.lying:
            human = people.world.humans[lying.human]
            row = {
                "remains": lying.remains,
                "grave": plot.grave,
                "position": str(lying.position),
                "kind": "body_part" if lying.is_part else "body",
                "recovered_on": opened_on(place, len(plots)),
                "recovered_by": f"Team {1 + place % 12}",
            }
            row |= _estimates(lying, human, plan.examination, faults, rng)
            row |= _status(lying, human, plan, faults, rng)
            rows.append(row | {"note": ""})
            if lying.human in first_part:
                faults.add("remains_in_two", first_part[lying.human], lying.remains)
            first_part.setdefault(lying.human, lying.remains)
    return rows


def _estimates(
    lying: Lying,
    human: Human,
    plan: ExaminationPlan,
    faults: FaultLog,
    rng: np.random.Generator,
) -> dict[str, str]:
    """Sex, age and stature as read; a separate part of a body gives none of them."""
    method = "skeletal" if rng.random() < plan.skeletal else "external"
    sex, sex_error, unread = human.sex, rng.random(), rng.random()
    age = _interval(human.age, plan.age_sd_years, plan.age_half_width_years, (0.0, 110.0), rng)
    stature = _interval(
        human.stature_cm, plan.stature_sd_cm, plan.stature_half_width_cm, (30.0, 250.0), rng
    )
    error = plan.sex_error_skeletal if method == "skeletal" else plan.sex_error_external
    too_young = method == "skeletal" and human.age < YOUNGEST_WITH_SKELETAL_SEX
    if lying.is_part or unread < plan.sex_undetermined or too_young:
        sex = "undetermined"
    elif sex_error < error:
        sex = "male" if sex == "female" else "female"
        faults.add("remains_sex_wrong", lying.remains)
    measured = rng.random() < plan.stature_measured and not lying.is_part
    whole = not lying.is_part
    return {
        "sex": sex,
        "sex_method": method if whole else "",
        "age_min": str(age[0]) if whole else "",
        "age_max": str(age[1]) if whole else "",
        "age_method": method if whole else "",
        "stature_min_cm": str(stature[0]) if measured else "",
        "stature_max_cm": str(stature[1]) if measured else "",
        "stature_method": method if measured else "",
    }


def _interval(
    true: float,
    sd: float,
    half_width: float,
    bounds: tuple[float, float],
    rng: np.random.Generator,
) -> tuple[int, int]:
    centre = true + float(rng.normal(0, sd))
    low, high = (
        round(min(max(end, bounds[0]), bounds[1]))
        for end in (centre - half_width, centre + half_width)
    )
    return low, high


def _status(
    lying: Lying,
    human: Human,
    plan: SimulationPlan,
    faults: FaultLog,
    rng: np.random.Generator,
) -> dict[str, str]:
    clothed, wrong = rng.random() < plan.examination.clothing, rng.random()
    if lying.is_part or not (clothed or human.serviceman):
        return {"status": "undetermined", "status_basis": ""}
    soldier = human.serviceman
    if wrong < plan.faults.remains_status_wrong:
        soldier = not soldier
        faults.add("remains_status_wrong", lying.remains)
    if soldier:
        return {"status": "serviceman", "status_basis": "uniform"}
    return {"status": "civilian", "status_basis": "clothing"}


_DOCUMENTS = ("паспорт", "пенсійне посвідчення", "банківська картка")
_CLOTHING = ("dark jacket", "jeans", "knitted cardigan", "winter boots", "dressing gown")


def effect_rows(
    plots: Sequence[Plot],
    people: People,
    plan: SimulationPlan,
    faults: FaultLog,
    rng: np.random.Generator,
) -> list[dict[str, str]]:
    """The table `effect`: documents, which may lie with another body, and clothing."""
    whole = [one for plot in plots for one in plot.lying if not one.is_part]
    rows: list[dict[str, str]] = []
    for lying in whole:
        if rng.random() < plan.examination.document:
            owner = lying
            if rng.random() < plan.faults.document_lies_with_another and len(whole) > 1:
                others = [one for one in whole if one is not lying]
                owner = others[int(rng.integers(len(others)))]
            key = _effect_key(rows)
            rows.append({"effect": key} | _document(lying, owner, people, rng))
            if owner is not lying:
                faults.add("document_lies_with_another", key, owner.remains)
        if rng.random() < plan.examination.clothing:
            what = _CLOTHING[int(rng.integers(len(_CLOTHING)))]
            rows.append({"effect": _effect_key(rows)} | _clothing(lying, what))
    return rows


def _effect_key(rows: Sequence[object]) -> str:
    return f"E-{len(rows) + 1:04d}"


def _document(
    lying: Lying, owner: Lying, people: People, rng: np.random.Generator
) -> dict[str, str]:
    kind = _DOCUMENTS[int(rng.integers(len(_DOCUMENTS)))]
    script, style = ("latin", "short") if kind == "банківська картка" else ("uk", "full")
    name = people.world.humans[owner.human].name
    return {
        "remains": lying.remains,
        "kind": "document",
        "description": kind,
        "inscription": spell(people.world.stock, name, script, style),
        "found_where": "pocket",
    }


def _clothing(lying: Lying, what: str) -> dict[str, str]:
    return {
        "remains": lying.remains,
        "kind": "clothing",
        "description": what,
        "inscription": "",
        "found_where": "on the body",
    }
