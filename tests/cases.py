# SPDX-License-Identifier: Apache-2.0
"""Small cases written by hand. Everybody in them is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from antigone.terms.case import Case, case_from_tables
from antigone.terms.policy import read_policy

EXAMPLE = Path(__file__).parents[1] / "src/antigone/exchange/shipped/policy-example.toml"


def policy_text(**changes: object) -> str:
    """The example policy with keys changed: ``share_on_list=0.9`` changes that key's line."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    changes = {"population": '"ten alleles"', "minimum": 0.001, **changes}
    for key, value in changes.items():
        hits = [n for n, line in enumerate(lines) if line.split("=")[0].strip() == key]
        assert len(hits) == 1, f"{key}: {len(hits)} lines"
        lines[hits[0]] = f"{key} = {value}"
    return "\n".join(lines)


class CaseBuilder:
    """Tables of a case, filled row by row; ten alleles at 0.1 at every marker, no mutation."""

    def __init__(self, n_markers: int) -> None:
        self.markers = [f"L{m:02d}" for m in range(1, n_markers + 1)]
        self.tables: dict[str, list[dict[str, str]]] = {}
        for marker in self.markers:
            for allele in range(1, 11):
                self.row(
                    "frequency",
                    marker=marker,
                    allele=str(allele),
                    population="ten alleles",
                    frequency="0.1",
                    n_alleles="1000",
                )
            self.row("mutation", marker=marker, model="none")

    def row(self, table: str, **cells: str) -> CaseBuilder:
        """Add one row."""
        self.tables.setdefault(table, []).append(dict(cells))
        return self

    def person(self, key: str, family: str, **cells: str) -> CaseBuilder:
        """A reported person, also as a member of that family's tree (parents as given)."""
        tree = {name: cells.pop(name) for name in ("father", "mother") if name in cells}
        self.row("person", person=key, **cells)
        return self.relative(key, family, person=key, sex=cells.get("sex", ""), **tree)

    def relative(self, key: str, family: str, **cells: str) -> CaseBuilder:
        """A member of a family's tree."""
        return self.row("relative", individual=key, family=family, certainty="stated", **cells)

    def family(self, key: str, kin_complete: str) -> CaseBuilder:
        """What a family stated of its kin."""
        return self.row("family", family=key, kin_complete=kin_complete)

    def reference(self, individual: str, calls: str) -> CaseBuilder:
        """A relative typed ``1/2`` at every marker."""
        return self._sample(f"S-{individual}", calls, kind="reference", individual=individual)

    def body(self, key: str, calls: Sequence[str] = (), **cells: str) -> CaseBuilder:
        """Remains with one sample for each entry of `calls` (``1/3`` at every marker)."""
        self.row("remains", remains=key, kind=cells.pop("kind", "body"), **cells)
        for number, text in enumerate(calls, start=1):
            self._sample(f"S-{key}-{number}", text, kind="post_mortem", remains=key)
        return self

    def _sample(self, sample: str, calls: str, **cells: str) -> CaseBuilder:
        self.row("sample", sample=sample, **cells)
        first, _, second = calls.partition("/")
        for marker in self.markers:
            self.row(
                "profile", sample=sample, run="1", marker=marker, allele1=first, allele2=second
            )
        return self

    def case(self, **policy: object) -> Case:
        """The case value under the example policy with those keys changed."""
        return case_from_tables(self.tables, read_policy(policy_text(**policy)))


Tables = Mapping[str, Sequence[Mapping[str, str]]]
