# SPDX-License-Identifier: Apache-2.0
"""Import and export of a case of the model case's size. Goal: read, checked and kept in 10 s."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import machine

ANTIGONE = [sys.executable, "-c", "from antigone.cli import main; main()"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ANTIGONE_HOME": f"{folder}/home"}
        environment.pop("ANTIGONE_DATABASE_URL", None)
        case = Path(folder) / "case"

        def timed(what: str, *words: str) -> None:
            started = time.monotonic()
            subprocess.run(
                [*ANTIGONE, *words],
                check=True,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            print(f"{what}: {time.monotonic() - started:.1f} s")

        seed = str(arguments.seed)
        timed("simulate", "simulate", "--preset", "demo", "--seed", seed, "--out", str(case))
        rows = sum(1 for _ in (case / "case" / "profile.csv").open(encoding="utf-8")) - 1
        print(f"447 remains, 700 persons, {rows} rows of profiles")
        timed("check", "case", "check", str(case / "case"))
        timed("first use of the database", "case", "list")
        timed("import", "case", "import", str(case / "case"), "--name", "A case", "--slug", "a")
        timed("export", "case", "export", "a", f"{folder}/out")


if __name__ == "__main__":
    main()
