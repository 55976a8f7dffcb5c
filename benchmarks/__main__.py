# SPDX-License-Identifier: Apache-2.0
"""Run every benchmark, one after another: ``make bench``."""

from __future__ import annotations

import subprocess
import sys

RUNS = (
    ("genetics",),
    ("pairwise_tables",),
    ("blind_search",),
    ("joint_posterior",),
    ("exchange_of_a_case",),
    ("whole_case", "--seed", "1"),
    ("ledger",),
)

for name, *arguments in RUNS:
    print(f"== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=True)
