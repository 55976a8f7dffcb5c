# SPDX-License-Identifier: Apache-2.0
"""Victim-identification data sets in dvir's terms, with the tables that dvir found."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from antigone.exchange.kinship_cases import KinshipFile, KinshipFileUnreadable, read_document
from antigone.exchange.reference_values import Value, compared_log, compared_number, natural_log
from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.likelihood import log_likelihoods
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.tables import placement_log_ratios

NOBODY = "*"
LARGEST_JOINT = 50_000
"""Assignments beyond which a table of marginal posteriors is not recomputed."""


@dataclass(frozen=True, eq=False)
class DviSet:
    """Victims and families of one data set, ready for computation."""

    victims: Mapping[str, Profile]
    sexes: Mapping[str, str]
    problems: Sequence[FamilyProblem]
    models: Sequence[MarkerModel]

    @cached_property
    def family_of(self) -> dict[str, FamilyProblem]:
        """The family of each missing person."""
        return {slot: problem for problem in self.problems for slot in problem.slots}

    @cached_property
    def log_of_victim(self) -> dict[str, float]:
        """Log likelihood of each victim's profile alone."""
        return {
            victim: float(log_likelihoods(_alone(victim), {victim: profile}, self.models).sum())
            for victim, profile in self.victims.items()
        }

    @cached_property
    def log_of_family(self) -> dict[str, float]:
        """Log likelihood of each family's references."""
        return {
            problem.family: float(
                log_likelihoods(problem.pedigree, problem.references, self.models).sum()
            )
            for problem in self.problems
        }

    def log_placed(self, victim: str, person: str, models: Sequence[MarkerModel]) -> np.ndarray:
        """Log likelihood of a family with a victim in a missing person's place, by marker."""
        problem = self.family_of[person]
        typed = {**problem.references, person: self.victims[victim]}
        return log_likelihoods(problem.pedigree, typed, models)

    def log_ratios(self, assignments: Sequence[Mapping[str, str]]) -> np.ndarray:
        """Log ratio of each assignment (victim to person) to nobody being placed."""
        names = list(self.victims)
        remains = list(self.victims.values())
        total = np.zeros(len(assignments))
        for problem in self.problems:
            parts = [
                {person: names.index(v) for v, person in one.items() if person in problem.slots}
                for one in assignments
            ]
            total += placement_log_ratios(problem, parts, remains, self.models, genotyping=0.0)
        return total

    def may_be(self, victim: str, person: str) -> bool:
        """Whether the sexes allow a pair."""
        problem = self.family_of[person]
        sex = problem.pedigree.sexes[problem.pedigree.position[person]]
        return {sex, self.sexes[victim]} != {"male", "female"}

    def assignments(self) -> Iterator[dict[str, str]]:
        """Every placing of some victims on different missing persons of their sex."""
        victims, persons = list(self.victims), list(self.family_of)

        def rest(place: int, used: frozenset[str]) -> Iterator[dict[str, str]]:
            if place == len(victims):
                yield {}
                return
            yield from rest(place + 1, used)
            for person in persons:
                if person not in used and self.may_be(victims[place], person):
                    for other in rest(place + 1, used | {person}):
                        yield {victims[place]: person, **other}

        return itertools.islice(rest(0, frozenset()), LARGEST_JOINT + 1)


def _alone(member: str) -> Pedigree:
    return Pedigree((member,), (None,), (None,), (None,))


def read_dvi_set(path: Path) -> DviSet:
    """A data set (JSON with `pm`, `am`, `missing`, `marker_db`), read as kinship cases are.

    Raises
    ------
    KinshipFileUnreadable, KinshipCaseWrong, and what kinship cases raise
    """
    document = read_document(path)
    for name, kind in {"pm": dict, "am": list, "marker_db": list}.items():
        if not isinstance(document.get(name), kind):
            raise KinshipFileUnreadable(file=path.name, why=f"`{name}` is missing")
    victims = document["pm"]
    calls = {victim: facts["genotypes"] for victim, facts in victims.items()}
    alone = [{"rows": [[v, "0", "0", str(f.get("sex", 0))]]} for v, f in victims.items()]
    pm = _as_case(path.name, "victims", document["marker_db"], calls, alone)
    problems = []
    for family in document["am"]:
        name = str(family["family"])
        case = _as_case(
            path.name, name, document["marker_db"], family["references"], [family["pedigree"]]
        )
        (hypothesis,) = case.hypotheses
        (pedigree,) = hypothesis.components
        slots = tuple(map(str, family["missing"]))
        problems.append(FamilyProblem(name, pedigree, slots, case.profiles, {}))
    sexes = {str(row["rows"][0][0]): row["rows"][0][3] for row in alone}
    words = {"1": "male", "2": "female"}
    return DviSet(pm.profiles, {v: words.get(s, "") for v, s in sexes.items()}, problems, pm.models)


def _as_case(
    file: str,
    name: str,
    markers: Sequence[Any],
    genotypes: Mapping[str, Any],
    pedigrees: Sequence[Mapping[str, Any]],
) -> Any:
    entry = {
        "markers": markers,
        "genotypes": genotypes,
        "hypotheses": [{"name": name, "pedigrees": pedigrees}],
        "LR_denominator": name,
    }
    return KinshipFile(file, {name: entry}).case(name)


def _cells(matrix: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for row, values in zip(matrix["rows"], matrix["values"], strict=True):
        for column, value in zip(matrix["cols"], values, strict=True):
            yield str(row), str(column), value


@dataclass(frozen=True)
class DviReference:
    """A data set ``base.input.json`` and what dvir found, ``base.output.json``."""

    base: Path

    @property
    def file(self) -> str:
        """The file of what dvir found."""
        return self._file("output").name

    @property
    def name(self) -> str:
        """Name of the data set."""
        return self.base.name

    def _file(self, kind: str) -> Path:
        return self.base.with_name(f"{self.base.name}.{kind}.json")

    def values(self) -> Iterator[Value]:
        """Likelihoods, pairwise ratios, exclusions, joint likelihoods and marginal posteriors."""
        output = read_document(self._file("output"))
        found = read_dvi_set(self._file("input"))
        for victim, log in (output.get("loglik_PM") or {}).items():
            yield compared_log(f"loglik_PM {victim}", float(log), found.log_of_victim[victim])
        for family, log in (output.get("loglik_AM") or {}).items():
            yield compared_log(f"loglik_AM {family}", float(log), found.log_of_family[family])
        apart = sum(found.log_of_victim.values()) + sum(found.log_of_family.values())
        if "loglik0" in output:
            yield compared_log("loglik0", float(output["loglik0"]), apart)
        for table in ("pairwiseLR", "pairwiseLR_ignoreSex"):
            yield from _pairwise(found, output.get(table) or {}, table)
        yield from _exclusions(found, output.get("exclusionMatrix") or {})
        for table in ("jointDVI_full_with_mutations", "dviJoint_all_assignments"):
            yield from _joint(found, output.get(table) or {}, table, apart)
        yield from _marginals(found, output.get("Bmarginal_full") or {})


def _pairwise(found: DviSet, matrix: Mapping[str, Any], table: str) -> Iterator[Value]:
    if "values" not in matrix:
        return
    for victim, person, ratio in _cells(matrix):
        if ratio is None:
            continue
        above = float(found.log_placed(victim, person, found.models).sum())
        log_ratio = above - found.log_of_victim[victim]
        log_ratio -= found.log_of_family[found.family_of[person].family]
        yield compared_log(f"{table} {victim} = {person}", natural_log(ratio), log_ratio)


def _exclusions(found: DviSet, matrix: Mapping[str, Any]) -> Iterator[Value]:
    """Number of markers that exclude each pair where nothing mutates."""
    if "values" not in matrix:
        return
    plain = [
        replace(model, mutation_female=None, mutation_male=None, lumpable=True)
        for model in found.models
    ]
    for victim, person, count in _cells(matrix):
        if count is not None:
            excluded = int(np.isneginf(found.log_placed(victim, person, plain)).sum())
            yield compared_number(f"exclusions {victim} = {person}", float(count), excluded)


def _joint(found: DviSet, table: Mapping[str, Any], name: str, apart: float) -> Iterator[Value]:
    """Log likelihood of every assignment that the table lists."""
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table.get("rows") or []]
    assignments = [
        {v: str(row[v]) for v in found.victims if row.get(v, NOBODY) != NOBODY} for row in rows
    ]
    for row, placed, log_ratio in zip(
        rows, assignments, found.log_ratios(assignments), strict=True
    ):
        what = ", ".join(f"{v} = {p}" for v, p in placed.items()) or "nobody"
        yield compared_log(f"{name} {what}", float(row["loglik"]), apart + float(log_ratio))


def _marginals(found: DviSet, matrix: Mapping[str, Any]) -> Iterator[Value]:
    """Posterior of every pair, all assignments being equal before the profiles."""
    if "values" not in matrix:
        return
    assignments = list(found.assignments())
    if len(assignments) > LARGEST_JOINT:
        return
    logs = found.log_ratios(assignments)
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    sums: dict[tuple[str, str], float] = {}
    for placed, weight in zip(assignments, weights.tolist(), strict=True):
        for victim in found.victims:
            key = (victim, placed.get(victim, NOBODY))
            sums[key] = sums.get(key, 0.0) + weight
    for victim, person, posterior in _cells(matrix):
        log_found = natural_log(sums.get((victim, person), 0.0))
        yield compared_log(f"posterior {victim} = {person}", natural_log(posterior), log_found)


@dataclass(frozen=True)
class ExactJointReference:
    """An exact joint posterior, beside the data set that it belongs to."""

    path: Path

    @property
    def file(self) -> str:
        """Its file."""
        return self.path.name

    @property
    def name(self) -> str:
        """Name of the file, less its ending."""
        return self.path.name.removesuffix(".json")

    def values(self) -> Iterator[Value]:
        """Ratios and posteriors of assignments, and marginal posteriors."""
        document = read_document(self.path)
        base = self.path.name.partition(".")[0]
        found = read_dvi_set(self.path.with_name(f"{base}.input.json"))
        top = document["top"]
        assignments = [{v: p for v, p in one["assignment"].items() if p != NOBODY} for one in top]
        for one, log_ratio in zip(top, found.log_ratios(assignments), strict=True):
            what = ", ".join(f"{v} = {p}" for v, p in one["assignment"].items() if p != NOBODY)
            published = natural_log(one["LR_vs_null"])
            yield compared_log(f"LR {what}", published, float(log_ratio))
        if "n_assignments" in document:
            number = sum(1 for _ in found.assignments())
            yield compared_number("assignments", float(document["n_assignments"]), number)
        yield from _marginals(found, document["marginals"])
