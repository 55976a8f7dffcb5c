# SPDX-License-Identifier: Apache-2.0
"""Expected chance matches beside each proposal: strangers and kin who would match as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from antigone.science.genetics.chance import chance_exceedance
from antigone.science.genetics.distributions import slots_distributions
from antigone.science.genetics.family import FamilyProblem
from antigone.science.identification.facts import exchanged_readings
from antigone.science.identification.inputs import Inputs
from antigone.science.identification.trees import Tree, with_cousin, with_sibling
from antigone.science.identification.weights import KIN, family_problem
from antigone.terms.results import ChanceRow


@dataclass(frozen=True)
class Match:
    """One pair whose chance matches are wanted, by position, with its ratio (natural log)."""

    remains: int
    person: int
    log_ratio: float


def chance_rows(
    inputs: Inputs, matches: Sequence[Match], *, comparisons: int, genotyping: float
) -> list[ChanceRow]:
    """Upper bounds of how many equally strong matches a search of this size gives by chance.

    Unrelated people: over all `comparisons` pairs that were compared. A full sibling, a person
    who is the relative's parent where the missing is the child (or the reverse), a first cousin
    of the missing: for one such person among the remains.
    """
    home = {
        person: (number, member)
        for number, tree in enumerate(inputs.trees)
        for member, person in tree.missing.items()
    }
    asked: list[tuple[Match, str, FamilyProblem]] = []
    for match in matches:
        person = inputs.persons[match.person]
        if person not in home:
            continue
        number, member = home[person]
        problem = family_problem(inputs.trees[number], inputs.references[number], (member,))
        if not problem.references:
            continue
        asked.append((match, "", problem))
        for name in inputs.case.policy.chance_alternatives:
            for other in _alternative(name, inputs.trees[number], problem, member):
                asked.append((match, name, other))
    distributions = slots_distributions([problem for _, _, problem in asked], inputs.models)
    return _rows(inputs, asked, distributions, comparisons, genotyping)


def _alternative(name: str, tree: Tree, problem: FamilyProblem, member: str) -> list[FamilyProblem]:
    """Problems whose slot is the alternative person; strangers need none."""
    if name == "full_sibling":
        return [replace(problem, pedigree=with_sibling(tree, member, KIN), slots=(KIN,))]
    if name == "cousin":
        return [replace(problem, pedigree=with_cousin(tree, member, KIN), slots=(KIN,))]
    if name == "reversed_parent":
        return exchanged_readings(tree, problem, member)
    return []


def _rows(
    inputs: Inputs,
    asked: Sequence[tuple[Match, str, FamilyProblem]],
    distributions: Sequence[Sequence[np.ndarray] | None],
    comparisons: int,
    genotyping: float,
) -> list[ChanceRow]:
    strangers = [np.outer(m.frequencies, m.frequencies) for m in inputs.models]
    found: dict[tuple[int, int, str], ChanceRow] = {}
    own: Sequence[np.ndarray] | None = None
    for (match, name, _), distribution in zip(asked, distributions, strict=True):
        if name == "":
            own, name, distribution, pairs = distribution, "unrelated", strangers, comparisons
        else:
            pairs = 1
        if own is None or distribution is None:
            continue
        profile = inputs.profiles[match.remains]
        share = chance_exceedance(
            own,
            distribution,
            inputs.models,
            match.log_ratio,
            genotyping=genotyping,
            typed=[m.marker for m in inputs.models if m.marker in profile.calls],
        )
        row = ChanceRow(
            inputs.remains[match.remains], inputs.persons[match.person], name, pairs, pairs * share
        )
        key = (match.remains, match.person, name)
        if key not in found or found[key].expected_matches < row.expected_matches:
            found[key] = row
    return list(found.values())
