# SPDX-License-Identifier: Apache-2.0
"""A small sound case, invented and visibly so, that the tests of the case folder spoil."""

from __future__ import annotations

import copy
from pathlib import Path

from antigone.terms import policy
from antigone.terms.tables import Row

Spoilt = dict[str, list[dict[str, str]]]

SHIPPED = Path(policy.__file__).parents[1] / "exchange" / "shipped" / "policy-example.toml"


def policy_text() -> str:
    """The shipped example policy, on the population of `small_case`."""
    return SHIPPED.read_text("utf-8").replace("europeDB", "nowhere")


def small_case() -> Spoilt:
    """Two bodies, a family with typed mother and son, one marker type with frequencies."""
    return copy.deepcopy(_SMALL_CASE)


def rows(columns: str, *lines: str) -> list[dict[str, str]]:
    """Rows from words: columns parted by blanks, cells by bars."""
    names = columns.split()
    return [
        dict(zip(names, [cell.strip() for cell in line.split("|")], strict=True)) for line in lines
    ]


def changed(table: str, index: int, **cells: str) -> Spoilt:
    """The small case with some cells of one row changed."""
    tables = small_case()
    tables[table][index].update(cells)
    return tables


def added(table: str, **cells: str) -> Spoilt:
    """The small case with one more row."""
    tables = small_case()
    tables.setdefault(table, []).append(cells)
    return tables


def sorted_rows(found: list[Row]) -> list[dict[str, str]]:
    """Rows as plain dictionaries."""
    return [dict(row) for row in found]


_SMALL_CASE: Spoilt = {
    "site": rows("site name", "S1 | Invented forest"),
    "grave": rows("grave site x_m y_m", "G1 | S1 | 0 | 1.5", "G2 | S1 | 2.0 | 1.5"),
    "marker": rows("marker site kind number", "M1 | S1 | cross | 1", "M2 | S1 | plaque | 1"),
    "remains": rows(
        "remains grave position kind recovered_on sex age_min age_max",
        "R1 | G1 | 1 | body | 2022-09-17 | female | 30 | 45.5",
        "R2 | G2 | 1 | body | 2022-09 | undetermined | |",
    ),
    "relation": rows("remains_a remains_b relation", "R1 | R2 | different"),
    "custody": rows(
        "event at item_kind item action",
        "E1 | 2022-09-17T10:00:00+03:00 | remains | R1 | recovered",
    ),
    "effect": rows("effect remains kind inscription", "F1 | R1 | document | Вигадана Особа"),
    "person": rows(
        "person name sex born last_seen_on",
        "P1 | Вигадана Особа | female | 1980~ | 2022-04",
        "P2 | Invented, Person | male | 1956? | ../2022-09-10",
    ),
    "relative": rows(
        "individual family father mother sex person",
        "I1 | F1 | | | female | P1",
        "I2 | F1 | | | male |",
        "I3 | F1 | I2 | I1 | male |",
        "I4 | F2 | | | male | P2",
    ),
    "family": rows("family kin_complete", "F1 | yes", "F2 |"),
    "sample": rows(
        "sample kind remains individual person",
        "X1 | post_mortem | R1 | |",
        "X2 | reference | | I2 |",
        "X3 | reference | | I3 |",
        "X4 | direct_reference | | | P1",
        "X5 | elimination | | |",
    ),
    "profile": rows(
        "sample run marker allele1 allele2 flags",
        "X1 | 1 | D3S1358 | 14 | 15 |",
        "X1 | 1 | TH01 | 9.3 | |",
        "X1 | 1 | AMEL | X | X |",
        "X2 | 1 | D3S1358 | 15 | 16 |",
        "X3 | 1 | D3S1358 | 14 | 16 |",
    ),
    "frequency": rows(
        "marker allele population frequency n_alleles",
        "D3S1358 | 14 | nowhere | 0.5 | 200",
        "D3S1358 | 15 | nowhere | 0.25 | 200",
        "D3S1358 | 16 | nowhere | 0.25 | 200",
        "TH01 | 9.3 | nowhere | 0.4 | 200",
        "TH01 | 6 | nowhere | 0.6 | 200",
    ),
    "mutation": rows(
        "marker model rate_female rate_male rate2 range",
        "D3S1358 | stepwise | 0.001 | 0.002 | 1e-6 | 0.1",
        "TH01 | none | | | |",
    ),
    "claim": rows(
        "claim measure part_of low high", "C1 | victims | | 1 | 2", "C2 | victims | C1 | |"
    ),
    "decision": rows("decision remains person outcome", "D1 | R1 | P1 | identified"),
}
