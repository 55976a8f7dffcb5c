# SPDX-License-Identifier: Apache-2.0
"""The slow, plain version: a sum over every assignment; and random small cases."""

from __future__ import annotations

import time

import numpy as np

from antigone.science.identification.joint import Budget, Placement


def budget(**changes: object) -> Budget:
    stated = {
        "seconds": np.inf,
        "clock": time.monotonic,
        "nodes_per_root": 200,
        "width": 0.0,
        "drop_below": 0.0,
        "exact_width": 14,
        "exact_operations": 1e8,
        "entries": 2.0**24,
        "sweeps": 60,
        "levels": 4,
    }
    return Budget(**{**stated, **changes})


def marginals_by_enumeration(
    placements: list[Placement], n_remains: int, activity: float
) -> tuple[dict[tuple[int, int], float], np.ndarray]:
    """Pair and nobody probabilities, summed over all sets of disjoint placements."""
    assignments = [((), frozenset(), 0.0)]
    for family in sorted({p.family for p in placements}):
        mine = [p for p in placements if p.family == family]
        grown = list(assignments)
        for chosen, taken, log_weight in assignments:
            for p in mine:
                here = frozenset(r for r, _ in p.pairs)
                if p.log_weight > -np.inf and not here & taken:
                    weight = log_weight + p.log_weight + len(p.pairs) * np.log(activity)
                    grown.append((chosen + p.pairs, taken | here, weight))
        assignments = grown
    log_weights = np.array([weight for _, _, weight in assignments])
    weights = np.exp(log_weights - log_weights.max())
    total = weights.sum()
    pairs: dict[tuple[int, int], float] = {}
    nobody = np.zeros(n_remains)
    for (chosen, taken, _), weight in zip(assignments, weights, strict=True):
        for pair in chosen:
            pairs[pair] = pairs.get(pair, 0.0) + weight / total
        free = [r for r in range(n_remains) if r not in taken]
        nobody[free] += weight / total
    return pairs, nobody


def random_case(rng: np.random.Generator, *, low: float = -6, high: float = 12):
    """A few families of one to three missing persons on a few remains; log10 weights low..high."""
    n_remains, n_families = int(rng.integers(1, 6)), int(rng.integers(1, 6))
    density = rng.uniform(0.3, 1.0)
    placements = []
    for f in range(n_families):
        persons = [10 * f + k for k in range(int(rng.integers(1, 4)))]
        for r in range(n_remains):
            for j in persons:
                if rng.random() < density:
                    weight = float(np.log(10) * rng.uniform(low, high))
                    placements.append(Placement(f, ((r, j),), weight))
        for _ in range(int(rng.integers(0, 4))):
            if len(persons) > 1 and n_remains > 1:
                pair = rng.permutation(n_remains)[:2].tolist()
                who = rng.permutation(persons)[:2].tolist()
                weight = float(np.log(10) * rng.uniform(low, high))
                placements.append(Placement(f, tuple(zip(pair, who, strict=True)), weight))
    return placements, n_remains, n_families
