# SPDX-License-Identifier: Apache-2.0
"""What must hold inside one row, and between the rows that relate, replace or decide."""

from __future__ import annotations

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.cells import number
from antigone.exchange.case_folder.families import loops
from antigone.exchange.case_folder.remarks import Remarks
from antigone.terms.dates import NotAPartialDate, PartialDate, parse_partial_date
from antigone.terms.dvi_items import unfit_item
from antigone.terms.tables import Row, Tables

NUMBERS_IN_ORDER = (
    ("remains", "age_min", "age_max"),
    ("remains", "stature_min_cm", "stature_max_cm"),
    ("claim", "low", "high"),
)
DATES_IN_ORDER = (("event", "from_date", "to_date"), ("consent", "given_on", "withdrawn_on"))
RELATIONS = (("relation", "remains_a", "remains_b"), ("same_person", "person_a", "person_b"))
CHAINS = (("claim", "claim", "part_of"), ("decision", "decision", "replaces"))


def check_rows_together(tables: Tables, remarks: Remarks) -> None:
    """Note bounds in the wrong order, relations with oneself, chains that close, bare decisions."""
    _check_numbers(tables, remarks)
    _check_dates(tables, remarks)
    _check_relations(tables, remarks)
    _check_chains(tables, remarks)
    _check_items(tables, remarks)
    for index, row in enumerate(tables.get("decision", ())):
        outcome = row.get("outcome", "").strip()
        if outcome in ("identified", "excluded") and not row.get("person", "").strip():
            remarks.at(kinds.DECISION_WITHOUT_PERSON, "decision", index, "person", outcome=outcome)


def _check_items(tables: Tables, remarks: Remarks) -> None:
    for index, row in enumerate(tables.get("dvi_item", ())):
        unfit = unfit_item(row)
        if unfit is not None and row.get("item", "").strip():
            column, remark = unfit
            remarks.at(kinds.KINDS[remark.code], "dvi_item", index, column)


def _check_numbers(tables: Tables, remarks: Remarks) -> None:
    for table, low, high in NUMBERS_IN_ORDER:
        for index, row in enumerate(tables.get(table, ())):
            bounds = number(row.get(low, "").strip()), number(row.get(high, "").strip())
            if bounds[0] is not None and bounds[1] is not None and bounds[0] > bounds[1]:
                remarks.at(kinds.MIN_ABOVE_MAX, table, index, low, row[low], low=low, high=high)


def _check_dates(tables: Tables, remarks: Remarks) -> None:
    for table, first, last in DATES_IN_ORDER:
        for index, row in enumerate(tables.get(table, ())):
            early, late = _date(row, first), _date(row, last)
            if early and late and early.surely_after(late):
                remarks.at(
                    kinds.MIN_ABOVE_MAX, table, index, first, row[first], low=first, high=last
                )


def _date(row: Row, column: str) -> PartialDate | None:
    try:
        return parse_partial_date(row.get(column, ""))
    except NotAPartialDate:
        return None  # blank, or noted as no date


def _check_relations(tables: Tables, remarks: Remarks) -> None:
    for table, one, other in RELATIONS:
        said: dict[frozenset[str], tuple[int, str]] = {}
        for index, row in enumerate(tables.get(table, ())):
            pair = frozenset((row.get(one, ""), row.get(other, "")))
            relation = row.get("relation", "").strip()
            if len(pair) == 1 and row.get(one):
                remarks.at(kinds.RELATION_WITH_ITSELF, table, index, other, row[other])
            first, earlier = said.setdefault(pair, (index, relation))
            if earlier != relation:
                remarks.at(
                    kinds.RELATION_CONTRADICTED, table, index, "relation", relation,
                    first=remarks.row_number(table, first), one=earlier, other=relation,
                )  # fmt: skip


def _check_chains(tables: Tables, remarks: Remarks) -> None:
    for table, key, column in CHAINS:
        rows = tables.get(table, ())
        place = {name: index for index, row in enumerate(rows) if (name := row.get(key))}
        leads_to = {
            name: [rows[index][column]] if rows[index].get(column) in place else []
            for name, index in place.items()
        }
        for loop in loops(leads_to):
            words = ", ".join([*loop, loop[0]])
            remarks.at(kinds.LOOP, table, place[loop[0]], column, None, column=column, loop=words)
