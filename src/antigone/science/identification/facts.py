# SPDX-License-Identifier: Apache-2.0
"""What the rules ask beyond a posterior: which donors carry a match, and what reads as well."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.same_individual import same_individual_log_ratios
from antigone.science.genetics.tables import slot_log_ratios
from antigone.science.identification.candidates import ReferenceFacts, SampleFacts
from antigone.science.identification.inputs import Inputs
from antigone.science.identification.trees import Tree, with_child, with_parent
from antigone.science.identification.weights import family_problem, slot_tables
from antigone.science.identification.workers import Workers, gathered
from antigone.terms.case import Case

EXCHANGED = "exchanged reading"
"""Member of a tree in which parent and child are exchanged."""


@dataclass(frozen=True)
class Asked:
    """One pair whose facts are wanted: position of the remains, position of the person."""

    remains: int
    person: int


def sample_facts(inputs: Inputs, *, genotyping: float, same_individual: float) -> list[SampleFacts]:
    """Facts on the samples of every open remains, in their order."""
    handlers = _handlers(inputs, genotyping, math.log(same_individual))
    found = []
    for place, key in enumerate(inputs.remains):
        donor = inputs.donors.get(key)
        if donor is None or not donor.profile.calls:
            found.append(SampleFacts(0, True, False, False))
            continue
        found.append(
            SampleFacts(
                taken=donor.separate_samples if donor.samples_agree else 1,
                agree=not donor.samples_disagree,
                mixture=any(one.flag == "mixture" for one in donor.not_used),
                in_elimination_set=bool(handlers[place]),
            )
        )
    return found


def _handlers(inputs: Inputs, genotyping: float, log_threshold: float) -> NDArray[np.bool_]:
    staff = [one.profile for one in inputs.elimination.values() if one.profile.calls]
    n = len(inputs.profiles)
    if not staff or not inputs.models:
        return np.zeros(n, dtype=bool)
    ratios = same_individual_log_ratios(
        [*inputs.profiles, *staff], inputs.models, genotyping=genotyping
    )
    return np.asarray((ratios[:n, n:] >= log_threshold).any(axis=1), dtype=np.bool_)


def same_remains(
    inputs: Inputs, *, genotyping: float, same_individual: float
) -> list[tuple[int, int, float]]:
    """Pairs of open remains that may be one individual, with their ratio (natural log).

    Against full siblings; pairs that somebody decided to be different are left out.
    """
    if not inputs.models or len(inputs.profiles) < 2:
        return []
    ratios = same_individual_log_ratios(inputs.profiles, inputs.models, genotyping=genotyping)
    decided = {
        frozenset((one.remains_a, one.remains_b))
        for one in inputs.case.remains_relations
        if one.relation == "different"
    }
    found = []
    for a, b in np.argwhere(np.triu(ratios >= math.log(same_individual), k=1)):
        if frozenset((inputs.remains[a], inputs.remains[b])) not in decided:
            found.append((int(a), int(b), float(ratios[a, b])))
    return found


def other_methods(case: Case) -> dict[tuple[str, str], str]:
    """Pairs (remains, person) that a primary identifier other than DNA establishes, and which.

    Friction ridge: an identification by an examiner and another verifier. Implant: one serial
    number on the body and in the person's record.
    """
    found: dict[tuple[str, str], str] = {}
    for one in case.fingerprints:
        two = one.examiner and one.verifier and one.examiner != one.verifier
        if one.comparison == "identification" and two and one.compared_with:
            pair = (one.owner, one.compared_with)
            found[pair if one.owner_kind == "remains" else pair[::-1]] = "fingerprint"
    serials = {
        (one.serial, one.owner_kind): one.owner
        for one in case.marks
        if one.kind == "implant" and one.serial
    }
    for (serial, kind), owner in serials.items():
        person = serials.get((serial, "person"))
        if kind == "remains" and owner and person:
            found[owner, person] = "implant"
    return found


def reference_facts(
    inputs: Inputs,
    asked: Sequence[Asked],
    log_pair: NDArray[np.float64],
    *,
    worth: Collection[Asked],
    genotyping: float,
    workers: Workers,
) -> list[ReferenceFacts]:
    """Facts on the family's side of each asked pair.

    What needs new likelihoods (`close`, `over_reversed`) is computed for the pairs in `worth` only.
    """
    home = {
        person: (number, member)
        for number, tree in enumerate(inputs.trees)
        for member, person in tree.missing.items()
    }
    jobs: list[tuple[int, str, FamilyProblem, int]] = []
    for place, pair in enumerate(asked):
        if pair in worth and inputs.persons[pair.person] in home:
            number, member = home[inputs.persons[pair.person]]
            for name, what, problem in _questions(inputs, number, member):
                jobs.append((place, f"{what}:{name}", problem, pair.remains))
    answers = _answers(inputs, jobs, genotyping, workers)
    found = []
    for place, pair in enumerate(asked):
        if inputs.persons[pair.person] not in home:
            found.append(ReferenceFacts(0, (), False, False, (), (), weighed=True))
            continue
        where = home[inputs.persons[pair.person]]
        known = answers.get(place, {}) if pair in worth else None
        found.append(_facts(inputs, *where, pair, log_pair, known, genotyping))
    return found


def _questions(inputs: Inputs, number: int, member: str) -> list[tuple[str, str, FamilyProblem]]:
    """Problems to solve for one person: without each close donor, and with readings exchanged."""
    tree, typed = inputs.trees[number], inputs.references[number]
    found = []
    for donor in _typed_close(tree, typed, member):
        rest = {name: profile for name, profile in typed.items() if name != donor}
        found.append((donor, "without", family_problem(tree, rest, (member,))))
        for problem in _exchanged(tree, family_problem(tree, typed, (member,)), member, donor):
            found.append((donor, "exchanged", replace(problem, false_links={})))
    return found


def _typed_close(tree: Tree, typed: Mapping[str, Profile], member: str) -> list[str]:
    return [name for name in dict.fromkeys(tree.close_relatives(member)) if name in typed]


def exchanged_readings(tree: Tree, problem: FamilyProblem, member: str) -> list[FamilyProblem]:
    """Every reading of `problem` in which a typed parent or child and the remains are exchanged."""
    return [
        reading
        for donor in _typed_close(tree, problem.references, member)
        for reading in _exchanged(tree, problem, member, donor)
    ]


def _exchanged(tree: Tree, problem: FamilyProblem, member: str, donor: str) -> list[FamilyProblem]:
    """The donor's child read as the donor's parent, or the donor's parent as the donor's child."""
    if donor in tree.children(member):
        return [replace(problem, pedigree=with_child(tree, donor, EXCHANGED), slots=(EXCHANGED,))]
    if donor not in tree.parents(member):
        return []
    found = [
        replace(problem, slots=(parent,))
        for parent in tree.parents(donor)
        if parent and parent not in problem.references and parent not in tree.missing
    ]
    pedigree = with_parent(tree, donor, EXCHANGED)
    if pedigree is not None:
        found.append(replace(problem, pedigree=pedigree, slots=(EXCHANGED,)))
    return found


def _answers(
    inputs: Inputs,
    jobs: Sequence[tuple[int, str, FamilyProblem, int]],
    genotyping: float,
    workers: Workers,
) -> dict[int, dict[str, float]]:
    wanted = sorted({remains for *_, remains in jobs})
    column = {remains: place for place, remains in enumerate(wanted)}
    profiles = [inputs.profiles[remains] for remains in wanted]
    work = partial(slot_tables, remains=profiles, models=inputs.models, genotyping=genotyping)
    parts = workers.parted([problem for _, _, problem, _ in jobs])
    tables = gathered(workers.apart(work, parts), workers.count, len(jobs))
    found: dict[int, dict[str, float]] = {}
    for (place, name, _, remains), table in zip(jobs, tables, strict=True):
        value = float(table[0, column[remains]])
        known = found.setdefault(place, {})
        known[name] = max(value, known.get(name, -np.inf))
    return found


def _facts(
    inputs: Inputs,
    number: int,
    member: str,
    pair: Asked,
    log_pair: NDArray[np.float64],
    answers: Mapping[str, float] | None,
    genotyping: float,
) -> ReferenceFacts:
    """`answers` None: nothing was asked of this pair."""
    weighed, answers = answers is not None, answers or {}
    tree, typed = inputs.trees[number], inputs.references[number]
    own = float(log_pair[pair.remains, pair.person])
    others = {name: place for place, name in enumerate(inputs.persons)}
    direct = member in typed and inputs.persons[pair.person] in inputs.direct
    return ReferenceFacts(
        typed=len(typed),
        close=tuple(v for name, v in answers.items() if name.startswith("without:")),
        direct=direct,
        direct_authenticated=direct and weighed and _authentic(inputs, number, member, genotyping),
        over_members=tuple(
            (person, own - float(log_pair[pair.remains, others[person]]))
            for name, person in tree.missing.items()
            if name != member and person in others
        ),
        over_reversed=tuple(
            (name.removeprefix("exchanged:"), own - value)
            for name, value in answers.items()
            if name.startswith("exchanged:")
        ),
        weighed=weighed,
    )


AUTHENTIC = math.log(1000.0)
"""Kinship ratio from which relatives prove that an object's profile is the person's own."""


def _authentic(inputs: Inputs, number: int, member: str, genotyping: float) -> bool:
    tree, typed = inputs.trees[number], inputs.references[number]
    donor = inputs.direct[tree.missing[member]]
    if any(text.strip().lower().startswith("medical") for text in donor.provenance):
        return True
    rest = {name: profile for name, profile in typed.items() if name != member}
    if not rest:
        return False
    problem = family_problem(tree, rest, (member,))
    table = slot_log_ratios([problem], [donor.profile], inputs.models, genotyping=genotyping)[0]
    return bool(table[0, 0] >= AUTHENTIC)
