# SPDX-License-Identifier: Apache-2.0
"""Blind search: pairs a second, slope and memory. All profiles are drawn, none is a person's.

Goals on two idle cores at 22 markers: 100 million pair-hypotheses a second (a pair under one of
four relationships); the same rate, and memory that does not grow with the comparisons, at
10^4 x 10^6.

python -m benchmarks.blind_search [--whole]
"""

from __future__ import annotations

import argparse
import os
import resource
import time

import numpy as np

from antigone.science.genetics.blind_search import BlindSearch
from antigone.science.genetics.calls import Calls, Read
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.search_tables import RELATIONSHIPS, CodedProfiles
from benchmarks.machine import machine
from benchmarks.pairwise_tables import SIZES, model

SMALL = ((300, 30_000), (1_000, 100_000), (2_000, 300_000))
WHOLE = ((10_000, 1_000_000),)
THRESHOLDS = (1e4, 1e6, 1e9)
UNTYPED = 0.05


def drawn(name: str, n: int, models: list[MarkerModel], rng: np.random.Generator) -> CodedProfiles:
    """Profiles of unrelated people, one call in twenty missing."""
    found = CodedProfiles(models)
    calls = []
    for marker in models:
        pairs = np.sort(rng.choice(len(marker.alleles), size=(n, 2), p=marker.frequencies), axis=1)
        typed = rng.random(n) > UNTYPED
        pairs[~typed] = 0
        read = np.where(typed, int(Read.BOTH), int(Read.NOTHING))
        none = np.zeros(n)
        calls.append(Calls(read, pairs[:, 0], pairs[:, 1], none, none, marker))
    found.add_calls([f"{name}{i}" for i in range(n)], calls)
    return found


def timed(left: CodedProfiles, right: CodedProfiles, threads: int) -> tuple[float, float, int]:
    """Seconds by the clock, of the processor, and hits over the lowest threshold."""
    search = BlindSearch(left, right, genotyping=0.0005, thresholds=THRESHOLDS, keep=1_000)
    start, used = time.perf_counter(), time.process_time()
    search.run(threads=threads, progress=lambda share: True)
    return (
        time.perf_counter() - start,
        time.process_time() - used,
        int(search.counts[:, 0].sum()),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--whole", action="store_true", help="also 10^4 x 10^6: minutes")
    given = parser.parse_args()
    rng = np.random.default_rng(1)
    models = [model(i, n, rng) for i, n in enumerate(SIZES)]
    print(machine())
    print(
        f"{len(models)} markers of {SIZES[0]} to {SIZES[-1]} alleles with stepwise mutation, "
        f"{len(RELATIONSHIPS)} relationships, thresholds from {THRESHOLDS[0]:g}"
    )
    timed(
        drawn("r", 70, models, rng), drawn("p", 70, models, rng), 1
    )  # compiled, or from the cache
    threads = len(os.sched_getaffinity(0))
    for n, m in (*SMALL, *(WHOLE if given.whole else ())):
        left, right = drawn("r", n, models, rng), drawn("p", m, models, rng)
        elapsed, used, hits = timed(left, right, threads)
        rate = n * m * len(RELATIONSHIPS) / 1e6
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{n:6d} x {m:8d}: {elapsed:7.2f} s, {rate / elapsed:5.0f} million pair-hypotheses a "
            f"second (goal 100) on {threads} threads, {rate / used:4.0f} a processor second; "
            f"{hits} reached the lowest threshold; most memory so far {memory:.0f} MB"
        )


if __name__ == "__main__":
    main()
