# SPDX-License-Identifier: Apache-2.0
"""Writes docs/validation/genetics.md: every published value beside the computed one.

python -m tests.published.genetics.report
"""

from __future__ import annotations

import time
from pathlib import Path

from antigone.exchange.kinship_reference import ReferenceFile, compared, read_reference_files
from benchmarks.machine import machine

FOLDER = Path(__file__).parent
PAGE = Path(__file__).parents[3] / "docs" / "validation" / "genetics.md"
FILES = (
    *("pedigree_cases.json", "familias_cases.json", "linked_pairs.json"),
    *(f"dvi/{path.name}" for path in sorted((FOLDER / "dvi").glob("*.input.json"))),
    "dvi/planecrash.exact_joint.json",
)
HEAD = """# Likelihoods against published values

Every case of `tests/published/genetics` (sources: its `README.md` and `source.toml`), computed by
`antigone kinship validate`. A difference is relative to the published value. Where programs differ,
and why: [conventions](../methods/conventions.md).

Made by: `python -m tests.published.genetics.report`
"""


def of_file(file: ReferenceFile) -> tuple[str, list[str]]:
    """The line of one file, and those of its cases."""
    start, lines, worst, number = time.process_time(), [], 0.0, 0
    for case in file.cases:
        values = compared(case)
        far = max(values, key=lambda one: one.difference)
        worst, number = max(worst, far.difference), number + len(values)
        lines.append(f"| {case.name} | {len(values)} | {far.difference:.1e} | {far.what} |")
    used = time.process_time() - start
    line = (
        f"| {file.file} | {file.kind} | {len(file.cases)} | {number} | {worst:.1e} | {used:.1f} |"
    )
    return line, lines


def main() -> None:
    """Write the page."""
    found = [of_file(file) for file in read_reference_files([FOLDER / name for name in FILES])]
    page = [
        HEAD,
        f"{machine()}; seconds are of one processor, the first run, plans and all.\n",
        "| file | kind | cases | values | largest difference | seconds |",
        "|---|---|---|---|---|---|",
        *(line for line, _ in found),
        "\n## Every case\n",
        "| case | values | largest difference | where |\n|---|---|---|---|",
        *(line for _, lines in found for line in lines),
    ]
    PAGE.write_text("\n".join(page) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
