# SPDX-License-Identifier: Apache-2.0
"""`antigone identify` on a simulated case of the model case's size, as a user runs it.

Prints wall seconds, processor seconds and peak memory of the whole command. Goal: under 90 s at
share_on_list 0.85 on two cores, under 1.5 GB.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import machine

ANTIGONE = [sys.executable, "-c", "from antigone.cli import main; main()"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--repeat", type=int, default=1)
    arguments = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case"
        seed = str(arguments.seed)
        subprocess.run(
            [*ANTIGONE, "simulate", "--preset", "demo", "--seed", seed, "--out", str(case)],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        for number in range(arguments.repeat):
            started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
            found = subprocess.run(
                [*ANTIGONE, "identify", str(case / "case"), "--out", f"{folder}/out{number}"],
                check=True,
                capture_output=True,
                text=True,
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(
                f"demo seed {seed}: {time.monotonic() - started:.1f} s, processor {cpu:.1f} s, "
                f"peak {after.ru_maxrss / 1024:.0f} MB"
            )
            print(found.stdout)


if __name__ == "__main__":
    main()
