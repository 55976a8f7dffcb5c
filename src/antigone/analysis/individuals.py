# SPDX-License-Identifier: Apache-2.0
"""How many individuals a linked assemblage holds at least: its tables, and two rules beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from antigone.science.genetics.agreement import compared_samples
from antigone.science.genetics.consensus import remains_profiles
from antigone.science.osteology import elements
from antigone.science.osteology.minimum_number import (
    Landmark,
    MinimumNumber,
    Specimen,
    distinct_profiles,
    minimum_number,
)
from antigone.terms.case import Case
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import Row, Tables

BODY: Landmark = ("body", "")
"""A body is an individual, whatever was written of its bones."""


class NoAssemblage(AntigoneError):
    """Individuals counted over remains that nobody has linked."""

    code = "analysis.no-assemblage"
    message = gettext_noop(
        "No remains are linked as assemblage %(assemblage)s. Link them first: individuals are "
        "counted over linked remains, never as a sum over graves."
    )


@dataclass(frozen=True, slots=True)
class Individuals:
    """The least number of individuals by each rule, over one assemblage."""

    assemblage: str
    remains: tuple[str, ...]
    by_elements: MinimumNumber
    by_profiles: int
    profiles: int
    """How many of the remains have an autosomal profile."""
    not_counted: tuple[str, ...]
    """Elements that no landmark counts: words not known, or bones of which there are several."""

    @property
    def at_least(self) -> int:
        """The higher of the two: each is a lower bound, and they are never added."""
        return max(self.by_elements.count, self.by_profiles)


def individuals(tables: Tables, case: Case, assemblage: str) -> Individuals:
    """Count the individuals of an assemblage by its bones and by its profiles.

    Raises
    ------
    NoAssemblage
    """
    linked = [
        row["remains"].strip()
        for row in tables.get("assemblage", ())
        if row.get("assemblage", "").strip() == assemblage
    ]
    if not linked:
        raise NoAssemblage(assemblage=assemblage)
    members = tuple(dict.fromkeys(linked))
    found, not_counted = specimens(tables, members)
    donors = remains_profiles(case)
    profiles = [donors[key].profile.calls for key in members if key in donors]
    return Individuals(
        assemblage, members, minimum_number(found), _by_profiles(profiles),
        sum(bool(one) for one in profiles), not_counted,
    )  # fmt: skip


def _by_profiles(profiles: Sequence[Mapping]) -> int:  # type: ignore[type-arg]
    called = [one for one in profiles if one]
    different = np.zeros((len(called), len(called)), dtype=bool)
    pairs = [(a, b) for a in range(len(called)) for b in range(a + 1, len(called))]
    for (a, b), compared in zip(pairs, compared_samples(called), strict=True):
        different[a, b] = different[b, a] = compared.disagrees
    return distinct_profiles(different)


def specimens(tables: Tables, members: Iterable[str]) -> tuple[list[Specimen], tuple[str, ...]]:
    """The specimens of these remains, and the elements that no landmark counts.

    Remains that a decision joins are one specimen; each element of commingled remains is its own.
    """
    wanted = dict.fromkeys(members)
    rows = {row["remains"].strip(): row for row in tables.get("remains", ())}
    group = _groups(tables, wanted)
    bones, not_counted = _bones(tables, wanted)
    loose = {key for key in wanted if rows.get(key, {}).get("kind") == "commingled"}
    found = [
        Specimen(f"{key} {landmark[0]}", {landmark: side})
        for key in wanted
        if key in loose
        for landmark, side in bones.get(key, {}).items()
    ]
    for first in dict.fromkeys(group.values()):
        joined = [key for key in wanted if group[key] == first and key not in loose]
        if joined:
            found.append(_specimen(joined, rows, bones))
    return found, not_counted


def _bones(
    tables: Tables, wanted: Iterable[str]
) -> tuple[dict[str, dict[Landmark, str]], tuple[str, ...]]:
    """Each landmark of each of the remains with its side, and the elements left out."""
    found: dict[str, dict[Landmark, str]] = {key: {} for key in wanted}
    left_out: dict[str, None] = {}
    for row in tables.get("element", ()):
        key, written = row["remains"].strip(), row["element"]
        if key not in found or elements.is_absent(row.get("completeness", "")):
            continue
        side = elements.side(written, row.get("side", ""))
        if side is None:
            left_out[written.strip()] = None
            continue
        name = elements.bone(written)
        zone = elements.bone(row.get("zone", ""))
        _place(found[key], (name, zone), side)
    return found, tuple(left_out)


def _place(landmarks: dict[Landmark, str], landmark: Landmark, side: str) -> None:
    """Note a landmark; both sides of one body say no more of it than one of them."""
    if landmarks.get(landmark) not in ("left", "right"):
        landmarks[landmark] = side


def _groups(tables: Tables, wanted: Mapping[str, None]) -> dict[str, str]:
    """For each of the remains, the first of those that decisions join with it."""
    first = {key: key for key in wanted}
    for row in tables.get("relation", ()):
        one, other = row["remains_a"].strip(), row["remains_b"].strip()
        if row["relation"] != "different" and {one, other} <= first.keys():
            old, new = first[other], first[one]
            first = {key: new if value == old else value for key, value in first.items()}
    return first


def _specimen(
    joined: Sequence[str], rows: Mapping[str, Row], bones: Mapping[str, Mapping[Landmark, str]]
) -> Specimen:
    sides = {landmark: side for key in joined for landmark, side in bones[key].items()}
    here = [rows.get(key, {}) for key in joined]
    if any(row.get("kind") == "body" for row in here):
        sides[BODY] = "single"
    sexes = {row.get("sex", "") for row in here} & {"female", "male"}
    return Specimen(joined[0], sides, _age(here), sexes.pop() if len(sexes) == 1 else "")


def _age(rows: Iterable[Row]) -> tuple[float, float] | None:
    """The years that every part allows; None where none is stated or they contradict."""
    lows = [float(row["age_min"]) for row in rows if row.get("age_min", "").strip()]
    highs = [float(row["age_max"]) for row in rows if row.get("age_max", "").strip()]
    if not lows and not highs:
        return None
    low, high = max(lows, default=0.0), min(highs, default=float("inf"))
    return (low, high) if low <= high else None
