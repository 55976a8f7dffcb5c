# SPDX-License-Identifier: Apache-2.0
"""Times exact likelihoods against their targets: reference cases, cousins, coancestry.

python -m benchmarks.genetics [--repeat 3]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from antigone.exchange.kinship_markers import marker_model
from antigone.exchange.kinship_reference import ReferenceCase, read_reference_files
from antigone.science.genetics.comparison import hypothesis_log_likelihoods
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.mutation import mutation_matrix
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.terms.alleles import AlleleCall
from benchmarks.machine import machine

FOLDER = Path(__file__).parents[1] / "tests" / "published" / "genetics"
FILES = ("pedigree_cases.json", "familias_cases.json", "linked_pairs.json")
MARKERS_OF = "avuncular_all_norwegian__none"
COUSINS = "A: B: C:A,B D:A,B E: F: G:C,E H:D,F"


def plain_cases() -> list[ReferenceCase]:
    """Every reference case at F_ST = 0."""
    found = []
    for file in read_reference_files([FOLDER / name for name in FILES]):
        found += [case for case in file.cases if not getattr(case, "entry", {}).get("theta")]
    return found


def markers() -> list[MarkerModel]:
    """All 35 markers of the largest reference case, without mutation."""
    document = json.loads((FOLDER / FILES[0]).read_text("utf-8"))
    (entry,) = (case for case in document["cases"] if case["id"] == MARKERS_OF)

    def wrong(*words: str) -> Exception:
        return ValueError(" ".join(words))

    return [marker_model(marker, wrong, wrong) for marker in entry["markers"]]


def with_steps(model: MarkerModel) -> MarkerModel:
    """The same marker with stepwise mutation by sex."""
    female, male = (
        mutation_matrix(
            "stepwise",
            model.alleles,
            model.frequencies,
            rate=rate,
            rate2=1e-5,
            step_range=0.1,
            marker=model.marker,
        )
        for rate in (0.001, 0.002)
    )
    return MarkerModel(model.marker, model.alleles, model.frequencies, female, male, lumpable=False)


def cousins() -> Pedigree:
    """First cousins G and H."""
    rows = [entry.partition(":") for entry in COUSINS.split()]
    parents = [(row[2].split(",") + [""])[:2] if row[2] else ["", ""] for row in rows]
    return Pedigree(
        tuple(row[0] for row in rows),
        tuple(pair[0] or None for pair in parents),
        tuple(pair[1] or None for pair in parents),
        (None,) * len(rows),
    )


def drawn(models: list[MarkerModel], rng: np.random.Generator) -> dict[str, Profile]:
    """Invented profiles of the two cousins: random persons of the population."""
    found = {}
    for member in "GH":
        calls = {}
        for model in models:
            first, second = rng.choice(
                len(model.alleles), size=2, p=model.frequencies / model.frequencies.sum()
            )
            calls[model.marker] = AlleleCall(model.alleles[first], model.alleles[second])
        found[member] = Profile(member, calls, 0.0)
    return found


def seconds(work: Callable[[], Any], repeat: int) -> tuple[float, float, float]:
    """Processor seconds of the first run; median processor and elapsed seconds of the others."""
    used, elapsed = [], []
    for _ in range(repeat + 1):
        start, start_used = time.perf_counter(), time.process_time()
        work()
        elapsed.append(time.perf_counter() - start)
        used.append(time.process_time() - start_used)
    return used[0], statistics.median(used[1:]), statistics.median(elapsed[1:])


def main() -> None:
    """Print one line for each figure, its target beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    repeat = parser.parse_args().repeat
    plain = markers()
    steps = [with_steps(model) for model in plain]
    profiles = drawn(plain, np.random.default_rng(1))
    tree, cases = cousins(), plain_cases()

    def likelihood(models: list[MarkerModel], theta: float) -> None:
        hypothesis_log_likelihoods([tree], profiles, models, [{}], theta=theta)

    some = plain[:3]
    works: dict[str, tuple[Callable[[], Any], float | None]] = {
        f"all {len(cases)} reference cases at F_ST 0": (
            lambda: [list(case.values()) for case in cases],
            2.0,
        ),
        f"first cousins, stepwise, {len(steps)} markers": (lambda: likelihood(steps, 0.0), 0.3),
        f"first cousins, F_ST 0.03, no mutation, {len(some)} markers": (
            lambda: likelihood(some, 0.03),
            1.0,
        ),
        f"first cousins, F_ST 0.03, no mutation, {len(plain)} markers": (
            lambda: likelihood(plain, 0.03),
            None,
        ),
    }
    print(machine())
    print("processor seconds: first run, median of the next; elapsed; target")
    for name, (work, target) in works.items():
        first, used, elapsed = seconds(work, repeat)
        beside = "no target" if target is None else f"target {target:g} s"
        print(f"{name:58s} {first:7.3f} {used:7.3f} {elapsed:7.3f}  {beside}")


if __name__ == "__main__":
    main()
