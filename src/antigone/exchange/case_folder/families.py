# SPDX-License-Identifier: Apache-2.0
"""What must hold between the members of a family's tree, and between a person and a relative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.remarks import Remarks
from antigone.terms.tables import Row, Tables

PARENTS = (("father", "female", kinds.FATHER_FEMALE), ("mother", "male", kinds.MOTHER_MALE))


def check_families(tables: Tables, remarks: Remarks) -> None:
    """Note trees that cannot be, and sexes that differ between a tree and a report."""
    members = tables.get("relative", ())
    place = {name: at for at, row in enumerate(members) if (name := row.get("individual"))}
    for index, row in enumerate(members):
        _check_parents(index, row, members, place, remarks)
    _check_ancestors(members, place, remarks)
    _check_sexes(tables, remarks)


def _check_parents(
    index: int, row: Row, members: Sequence[Row], place: Mapping[str, int], remarks: Remarks
) -> None:
    if row.get("father") and row.get("father") == row.get("mother"):
        remarks.at(kinds.ONE_PARENT_TWICE, "relative", index, "mother", row["mother"])
    for column, wrong_sex, kind in PARENTS:
        at = place.get(row.get(column, "")) if row.get(column) else None
        if at is None:
            continue  # none, or noted as an unknown reference
        parent = members[at]
        if parent.get("sex", "").strip() == wrong_sex:
            remarks.at(
                kind, "relative", index, column, row[column],
                parent=row[column], row=remarks.row_number("relative", at),
            )  # fmt: skip
        if parent.get("family", "") != row.get("family", ""):
            remarks.at(
                kinds.PARENT_ELSEWHERE, "relative", index, column, row[column],
                parent_column=column, parent=row[column],
                other=parent.get("family", ""), family=row.get("family", ""),
            )  # fmt: skip


def _check_ancestors(members: Sequence[Row], place: Mapping[str, int], remarks: Remarks) -> None:
    parents = {
        row.get("individual", ""): [
            row[column] for column, _, _ in PARENTS if row.get(column) in place
        ]
        for row in members
    }
    for loop in loops(parents):
        words = ", child of ".join([*loop, loop[0]])
        remarks.at(kinds.OWN_ANCESTOR, "relative", place[loop[0]], None, loop[0], loop=words)


def loops(leads_to: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The loops of a graph, each named member by member, once per back link of a depth-first walk.

    Iterative: a hostile tree of a million generations must not exhaust the stack.
    """
    found: list[list[str]] = []
    done: set[str] = set()
    for start in leads_to:
        trail, on_trail = [start], {start: 0}
        waiting = [] if start in done else [iter(leads_to[start])]
        while waiting:
            following = next(waiting[-1], None)
            if following is None:
                waiting.pop()
                last = trail.pop()
                done.add(last)
                del on_trail[last]
            elif following in on_trail:
                found.append(trail[on_trail[following] :])
            elif following not in done:
                on_trail[following] = len(trail)
                trail.append(following)
                waiting.append(iter(leads_to.get(following, ())))
    return found


def _check_sexes(tables: Tables, remarks: Remarks) -> None:
    reported = {
        row.get("person", ""): row.get("sex", "").strip() for row in tables.get("person", ())
    }
    for index, row in enumerate(tables.get("relative", ())):
        pair = {row.get("sex", "").strip(), reported.get(row.get("person", ""), "")}
        if pair == {"female", "male"}:
            remarks.at(
                kinds.SEXES_DIFFER, "relative", index, "sex", None,
                relative=row["sex"].strip(), person=row["person"],
                reported=reported[row["person"]],
            )  # fmt: skip
