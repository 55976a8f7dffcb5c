# SPDX-License-Identifier: Apache-2.0
"""Time and widths of the joint posterior on an invented dense case, at six configurations.

``python benchmarks/joint_posterior.py [--seconds 7] [--nodes 2000] [--seed 1]``
"""

from __future__ import annotations

import argparse
import platform
import time

import numpy as np

from antigone.science.identification.joint import (
    Budget,
    JointPosterior,
    PlacementTable,
    joint_posterior,
)

N_REMAINS, N_PERSONS, SHARE = 447, 700, 0.85
STRONG, WEAK, UNTYPED, PAIRED = 300, 120, 180, 80  # families; PAIRED of them miss two persons


def dense_case(seed: int, *, second_weights: bool, doubles: int = 20_000) -> PlacementTable:
    """600 families, mixed references: strong 50 %, weak 20 %, none 30 %; 80 with two missing.

    Log10 ratios: strong true 4..14, others -12..-1 (normal); weak true 0..4, others
    N(-1.66, 1.2), so that the mean ratio of an unrelated pair is 1, as it must be; untyped 0.
    Sex and age evidence 0.1..3 multiplies every pair. `second_weights` draws the noise of the
    weak and the evidence anew, as another setting of the policy would.
    """
    rng = np.random.default_rng(seed)
    n_families = STRONG + WEAK + UNTYPED
    kind = np.repeat([0, 1, 2], [STRONG, WEAK, UNTYPED])
    paired = rng.permutation(STRONG + WEAK)[:PAIRED]
    n_missing = np.ones(n_families, dtype=int)
    n_missing[paired] = 2
    n_missing[rng.permutation(np.setdiff1d(np.arange(n_families), paired))[:20]] = 1
    owner = np.repeat(np.arange(n_families), n_missing)
    n_persons = owner.size
    here = rng.permutation(n_persons)[: int(SHARE * N_REMAINS)]
    truth = np.full(n_persons, -1)
    truth[here] = rng.permutation(N_REMAINS)[: here.size]
    strength = rng.uniform(4, 14, n_persons)
    weak_strength = rng.uniform(0, 4, n_persons)
    if second_weights:
        rng = np.random.default_rng(seed + 1000)
    ratio = np.zeros((n_persons, N_REMAINS))
    of = kind[owner]
    ratio[of == 0] = np.clip(rng.normal(-6, 2, ((of == 0).sum(), N_REMAINS)), -12, -1)
    ratio[of == 1] = rng.normal(-1.66, 1.2, ((of == 1).sum(), N_REMAINS))
    for j in here:
        if of[j] < 2:
            ratio[j, truth[j]] = strength[j] if of[j] == 0 else weak_strength[j]
    ratio += np.log10(np.clip(rng.lognormal(-0.3, 0.7, ratio.shape), 0.1, 3.0))
    families, indptr, remains, persons, weights = [], [0], [], [], []
    for j in range(n_persons):
        for r in range(N_REMAINS):
            families.append(owner[j])
            remains.append(r)
            persons.append(j)
            indptr.append(len(remains))
            weights.append(ratio[j, r])
    for f in paired:
        a, b = np.flatnonzero(owner == f)
        joint = ratio[a][:, None] + ratio[b][None, :] + rng.normal(-0.29, 0.5, (N_REMAINS,) * 2)
        np.fill_diagonal(joint, -np.inf)
        for flat in np.argsort(-joint, axis=None)[: doubles // PAIRED]:
            r, s = divmod(int(flat), N_REMAINS)
            families.append(f)
            remains += [r, s]
            persons += [a, b]
            indptr.append(len(remains))
            weights.append(joint[r, s])
    return PlacementTable.of_arrays(
        families, indptr, remains, persons, np.log(10.0) * np.array(weights)
    )


def stated_activity() -> float:
    """``s / (n_P (1 - s)(1 - π))`` with π the share of persons who lie here."""
    buried = SHARE * N_REMAINS / N_PERSONS
    return SHARE / (N_PERSONS * (1 - SHARE) * (1 - buried))


def near(found: JointPosterior, threshold: float) -> tuple[int, int]:
    """Remains whose best pair's odds lie within tenfold of the threshold, and those undecided."""
    odds = threshold / (1 - threshold)
    close = (found.pair_high / np.maximum(1 - found.pair_high, 1e-300) > odds / 10) & (
        found.pair_low / np.maximum(1 - found.pair_low, 1e-300) < odds * 10
    )
    undecided = found.undecided(threshold)
    return int((close | undecided).sum()), int(undecided.sum())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=7.0)
    parser.add_argument("--nodes", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--doubles", type=int, default=20_000)
    arguments = parser.parse_args()
    print(platform.processor() or platform.machine(), "Python", platform.python_version())
    budget = Budget(
        seconds=arguments.seconds,
        clock=time.monotonic,
        nodes_per_root=arguments.nodes,
        width=1e-5,
        drop_below=1e-9,
        exact_width=14,
        exact_operations=3e8,
        entries=2.0**25,
        sweeps=60,
        levels=5,
    )
    whole = 0.0
    for second in (False, True):
        table = dense_case(arguments.seed, second_weights=second, doubles=arguments.doubles)
        for factor in (0.1, 1.0, 10.0):
            begun = time.monotonic()
            found = joint_posterior(
                table,
                n_remains=N_REMAINS,
                n_families=STRONG + WEAK + UNTYPED,
                activity=factor * stated_activity(),
                budget=budget,
                thresholds=(0.5, 0.95, 0.9995),
            )
            spent = time.monotonic() - begun
            whole += spent
            width = found.pair_high - found.pair_low
            quantiles = np.quantile(width, [0.5, 0.9, 0.99, 0.999, 1.0])
            decided = [near(found, t) for t in (0.5, 0.95, 0.9995)]
            print(
                f"weights {int(second) + 1} activity x{factor}: {table.family.size} placements, "
                f"{spent:.1f} s, pair widths 50/90/99/99.9/100 %: "
                + " ".join(f"{q:.1e}" for q in quantiles)
                + f"; nobody {np.median(found.nobody_high - found.nobody_low):.1e}; "
                + "near threshold (of them undecided): "
                + ", ".join(f"{n} ({u})" for n, u in decided)
                + f"; budget ran out: {found.budget_ran_out}"
            )
    print(f"all six: {whole:.1f} s")


if __name__ == "__main__":
    main()
