# SPDX-License-Identifier: Apache-2.0
"""The table of rights as the guide prints it: `python -m tests.house.access_guide` writes it."""

from __future__ import annotations

from pathlib import Path

from antigone.records.rights import ROLES
from antigone.records.sections import KEPT, Reach, Section

GUIDE = Path(__file__).parents[2] / "docs/guide/access.md"
BEGIN, END = "<!-- table of rights -->", "<!-- end of the table -->"
_REACH = {Reach.CASE: "", Reach.SITE: " (site)", Reach.FAMILY: " (family)",
          Reach.OPENED: " (opened)"}  # fmt: skip


def table() -> str:
    """Role, what it writes, what it reads; then each section with the columns in it."""
    lines = ["| role | writes and reads | reads |", "|---|---|---|"]
    for role, rights in ROLES.items():
        cells = [
            ", ".join(
                f"{section}{_REACH[right.reach]}"
                for section, right in rights.items()
                if right.writes is writes
            )
            for writes in (True, False)
        ]
        lines.append(f"| {role} | {cells[0]} | {cells[1]} |")
    lines += ["", "| section | rows and columns |", "|---|---|"]
    for section in Section:
        found = [f"**{kind}**" for kind, kept in KEPT.items() if kept.row is section]
        for kind, kept in KEPT.items():
            if kept.by and section in kept.by[1].values():
                codes = ", ".join(code for code, one in kept.by[1].items() if one is section)
                found.append(f"**{kind}** of {codes}")
            found += [f"{kind}.{name}" for name, one in kept.columns.items() if one is section]
        lines.append(f"| {section} | {', '.join(found)} |")
    return "\n".join(lines)


def written_anew(text: str) -> str:
    """The guide with the table of today."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    GUIDE.write_text(written_anew(GUIDE.read_text("utf-8")), "utf-8")
