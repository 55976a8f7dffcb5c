# SPDX-License-Identifier: Apache-2.0
"""Expected chance matches beside each proposal: strangers and kin who would match as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from antigone.science.genetics.chance import chance_exceedance
from antigone.science.genetics.distributions import slots_distributions
from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.markers import MarkerModel
from antigone.science.identification.facts import exchanged_readings
from antigone.science.identification.inputs import Inputs
from antigone.science.identification.trees import Tree, with_cousin, with_sibling
from antigone.science.identification.weights import KIN, family_problem
from antigone.science.identification.workers import Workers, gathered
from antigone.terms.results import ChanceRow

STRANGERS = "unrelated"


@dataclass(frozen=True)
class Match:
    """One pair whose chance matches are wanted, by position, with its ratio (natural log)."""

    remains: int
    person: int
    log_ratio: float


@dataclass(frozen=True)
class _Question:
    """One match: the family's problem, the problems of its alternatives, the markers called."""

    log_ratio: float
    typed: tuple[str, ...]
    problem: FamilyProblem
    alternatives: tuple[tuple[str, FamilyProblem], ...]


def chance_rows(
    inputs: Inputs,
    matches: Sequence[Match],
    *,
    comparisons: int,
    genotyping: float,
    workers: Workers,
) -> list[ChanceRow]:
    """Upper bounds of how many equally strong matches a search of this size gives by chance.

    Unrelated people: over all `comparisons` pairs that were compared. A full sibling, a person
    who is the relative's parent where the missing is the child (or the reverse), a first cousin
    of the missing: for one such person among the remains. The stated tree is taken as true; a
    ratio that mixes over false links lies below its ratio, so the bound is then the larger one.
    """
    home = {
        person: (number, member)
        for number, tree in enumerate(inputs.trees)
        for member, person in tree.missing.items()
    }
    asked = [
        (match, question)
        for match in matches
        if inputs.persons[match.person] in home
        and (question := _question(inputs, match, *home[inputs.persons[match.person]]))
    ]
    work = partial(shares, models=inputs.models, genotyping=genotyping)
    parts = workers.parted([question for _, question in asked])
    answers = gathered(workers.apart(work, parts), workers.count, len(asked))
    return [
        ChanceRow(
            remains=inputs.remains[match.remains],
            person=inputs.persons[match.person],
            alternative=name,
            comparisons=pairs,
            expected_matches=pairs * share,
        )
        for (match, _), found in zip(asked, answers, strict=True)
        for name, share in found.items()
        for pairs in (comparisons if name == STRANGERS else 1,)
    ]


def _question(inputs: Inputs, match: Match, number: int, member: str) -> _Question | None:
    tree = inputs.trees[number]
    problem = family_problem(tree, inputs.references[number], (member,))
    if not problem.references:
        return None
    calls = inputs.profiles[match.remains].calls
    return _Question(
        match.log_ratio,
        tuple(model.marker for model in inputs.models if model.marker in calls),
        problem,
        tuple(
            (name, other)
            for name in inputs.case.policy.chance_alternatives
            for other in _alternative(name, tree, problem, member)
        ),
    )


def _alternative(name: str, tree: Tree, problem: FamilyProblem, member: str) -> list[FamilyProblem]:
    """Problems whose slot is the alternative person; strangers need none."""
    if name == "full_sibling":
        return [replace(problem, pedigree=with_sibling(tree, member, KIN), slots=(KIN,))]
    if name == "cousin":
        return [replace(problem, pedigree=with_cousin(tree, member, KIN), slots=(KIN,))]
    if name == "reversed_parent":
        return exchanged_readings(tree, problem, member)
    return []


def shares(
    asked: Sequence[_Question], models: Sequence[MarkerModel], genotyping: float
) -> list[dict[str, float]]:
    """For each question, the share of each alternative that reaches the ratio; at most."""
    problems = [
        p for one in asked for p in (one.problem, *(other for _, other in one.alternatives))
    ]
    distributions = iter(slots_distributions(problems, models))
    strangers = [np.outer(model.frequencies, model.frequencies) for model in models]
    found: list[dict[str, float]] = []
    for one in asked:
        own = next(distributions)
        rivals = [(STRANGERS, strangers)]
        rivals += [(name, rival) for name, _ in one.alternatives if (rival := next(distributions))]
        here: dict[str, float] = {}
        found.append(here)
        if own is None:
            continue
        for name, rival in rivals:
            share = chance_exceedance(
                own, rival, models, one.log_ratio, genotyping=genotyping, typed=one.typed
            )
            here[name] = max(share, here.get(name, 0.0))
    return found
