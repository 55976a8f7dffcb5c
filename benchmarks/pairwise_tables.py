# SPDX-License-Identifier: Apache-2.0
"""Times the tables of every remains against every missing person. All families are invented.

python benchmarks/pairwise_tables.py [--repeat 5]
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.likelihood import log_likelihoods
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.same_individual import same_individual_log_ratios
from antigone.science.genetics.tables import (
    all_link_posteriors,
    pair_log_ratios,
    slot_log_ratios,
)
from antigone.terms.alleles import AlleleCall

N_REMAINS, N_FAMILIES = 447, 600
SIZES = (8, 9, 10, 10, 11, 12, 12, 13, 14, 14, 15, 16, 16, 17, 18, 19, 20, 21, 22, 24, 25, 50)
RATE = 0.002

# child, father, mother; T typed, S missing; how often
SHAPES: tuple[tuple[str, str, str, int], ...] = (
    ("F: M: S:F,M", "F M", "S", 120),
    ("F: M: S:F,M", "M", "S", 90),
    ("F: M: S:F,M B:F,M", "B", "S", 60),
    ("F: M: S:F,M B:F,M C:F,M", "B C", "S", 50),
    ("S: W: K:S,W", "W K", "S", 60),
    ("S: W: K:S,W L:S,W", "W K L", "S", 40),
    ("S: W: K:S,W", "K", "S", 40),
    ("A: B: P:A,B U:A,B Q: S:P,Q", "U", "S", 20),
    ("A: B: P:A,B U:A,B Q: S:P,Q", "U Q", "S", 20),
    ("F: M: S:F,M B:F,M", "M B", "S", 30),
    ("F: M: S:F,M R:F,M", "F M", "S R", 30),
    ("F: M: S:F,M R:F,M B:F,M", "M B", "S R", 20),
    ("F: M: S:F,M K:S,W W:", "M K", "F S", 20),
)


def pedigree(text: str) -> Pedigree:
    """A pedigree written as ``child:father,mother``."""
    rows = [entry.partition(":") for entry in text.split()]
    parents = [(row[2].split(",") + [""])[:2] if row[2] else ["", ""] for row in rows]
    return Pedigree(
        tuple(row[0] for row in rows),
        tuple(p[0] or None for p in parents),
        tuple(p[1] or None for p in parents),
        (None,) * len(rows),
    )


def stepwise(n: int, rate: float) -> np.ndarray:
    """Mutation by steps, a tenth as likely for each further step."""
    steps = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    weights = np.where(steps > 0, 0.1**steps, 0.0)
    matrix = rate * weights / weights.sum(axis=1, keepdims=True)
    return matrix + (1 - rate) * np.eye(n)


def model(number: int, n: int, rng: np.random.Generator) -> MarkerModel:
    """An invented marker with stepwise mutation."""
    p = rng.dirichlet(np.full(n, 0.8)) * 0.99 + 0.01 / n
    alleles = tuple(str(5 + i) for i in range(n))
    return MarkerModel(f"M{number}", alleles, p, stepwise(n, RATE / 3), stepwise(n, RATE), False)


def drawn(tree: Pedigree, models: list[MarkerModel], rng: np.random.Generator) -> dict[str, Any]:
    """Profiles of all members of one family."""
    calls: dict[str, dict[str, AlleleCall]] = {member: {} for member in tree.members}
    for marker in models:
        n, genotype = len(marker.alleles), {}
        for i in tree.parents_first:
            pair = []
            for parent, matrix in (
                (tree.fathers[i], marker.mutation_male),
                (tree.mothers[i], marker.mutation_female),
            ):
                if parent is None:
                    pair.append(rng.choice(n, p=marker.frequencies))
                else:
                    pair.append(rng.choice(n, p=matrix[rng.choice(genotype[parent])]))
            member = tree.members[i]
            genotype[member] = pair
            calls[member][marker.marker] = AlleleCall(*(marker.alleles[a] for a in pair))
    return {member: Profile(member, found, 0.0) for member, found in calls.items()}


def mixed_case(rng: np.random.Generator) -> tuple[list[FamilyProblem], list[Profile], list[Any]]:
    """Families of mixed shapes; half of the remains are their missing."""
    models = [model(i, n, rng) for i, n in enumerate(SIZES)]
    problems, remains = [], []
    for text, typed, missing, count in SHAPES:
        tree = pedigree(text)
        for number in range(count):
            found = drawn(tree, models, rng)
            references = {member: found[member] for member in typed.split()}
            name = f"{text}/{number}"
            problems.append(FamilyProblem(name, tree, tuple(missing.split()), references, {}))
            remains += [found[slot] for slot in missing.split()]
    chosen = rng.permutation(len(remains))[: N_REMAINS // 2]
    strangers = [drawn(pedigree("X:"), models, rng)["X"] for _ in range(N_REMAINS - len(chosen))]
    return problems, [remains[i] for i in chosen] + strangers, models


def with_doubts(problem: FamilyProblem, rate: float) -> FamilyProblem:
    """The same family, every stated father false with this probability."""
    tree = problem.pedigree
    links = {(m, "father"): rate for m, f in zip(tree.members, tree.fathers, strict=True) if f}
    return FamilyProblem(problem.family, tree, problem.slots, problem.references, links)


def median_seconds(work: Callable[[], object], repeat: int) -> tuple[float, float]:
    """Median elapsed and processor seconds."""
    elapsed, used = [], []
    for _ in range(repeat):
        start, start_used = time.perf_counter(), time.process_time()
        work()
        elapsed.append(time.perf_counter() - start)
        used.append(time.process_time() - start_used)
    return statistics.median(elapsed), statistics.median(used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    repeat = parser.parse_args().repeat
    rng = np.random.default_rng(1)
    problems, remains, models = mixed_case(rng)
    doubts = [with_doubts(problem, 0.02) for problem in problems]
    slots = sum(len(problem.slots) for problem in problems)
    pair = next(p for p in problems if len(p.slots) > 1 and len(p.references) == 2)
    some = [model(i, n, rng) for i, n in enumerate((*SIZES[:-1], 17, 18))]
    avuncular = pedigree("A: B: P:A,B U:A,B Q: S:P,Q")
    cousins = pedigree("A: B: P:A,B U:A,B Q: S:P,Q V: C:U,V")
    uncle, cousin = drawn(avuncular, some, rng), drawn(cousins, some, rng)
    uncle = {m: uncle[m] for m in "US"}
    cousin = {m: cousin[m] for m in "CS"}
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"numpy {np.__version__}, python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    print(
        f"{len(remains)} remains, {len(problems)} families, {slots} missing, "
        f"{len(models)} markers, stepwise mutation, {SIZES[0]} to {SIZES[-1]} alleles"
    )
    cases: dict[str, Callable[[], object]] = {
        "slot table": lambda: slot_log_ratios(problems, remains, models, genotyping=0.001),
        "slot table, fathers in doubt": lambda: slot_log_ratios(
            doubts, remains, models, genotyping=0.001
        ),
        "pedigrees in doubt, all families": lambda: all_link_posteriors(doubts, models),
        "one pair table": lambda: pair_log_ratios(
            pair, *pair.slots, remains, models, genotyping=0.001
        ),
        "same individual": lambda: same_individual_log_ratios(remains, models, genotyping=0.001),
        "avuncular, 23 markers": lambda: log_likelihoods(avuncular, uncle, some),
        "first cousins, 23 markers": lambda: log_likelihoods(cousins, cousin, some),
    }
    for name, work in cases.items():
        elapsed, used = median_seconds(work, repeat)
        print(f"{name:32s} median of {repeat}: {elapsed:8.3f} s, processor {used:8.3f} s")


if __name__ == "__main__":
    main()
