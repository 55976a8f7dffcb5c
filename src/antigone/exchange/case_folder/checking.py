# SPDX-License-Identifier: Apache-2.0
"""Checking tables, from a folder or about to enter a database: every fault and warning at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from antigone.exchange.case_folder.cells import check_cells
from antigone.exchange.case_folder.decisions import check_rows_together
from antigone.exchange.case_folder.families import check_families
from antigone.exchange.case_folder.laboratory import check_laboratory
from antigone.exchange.case_folder.profiles import check_pedigree_profiles
from antigone.exchange.case_folder.references import check_keys, check_references
from antigone.exchange.case_folder.remarks import Fault, Note, Remarks
from antigone.exchange.case_folder.sheets import known_table
from antigone.terms.policy import Policy
from antigone.terms.tables import TABLES, Tables


class Checked(NamedTuple):
    """The outcome of a check: no fault means the tables can be used."""

    faults: tuple[Fault, ...]
    warnings: tuple[Note, ...]


def check_tables(
    tables: Tables,
    policy: Policy | None = None,
    *,
    row_numbers: Mapping[str, Sequence[int]] | None = None,
) -> Checked:
    """Every fault and warning of `tables`; with a `policy`, also of observed alleles under it.

    `row_numbers` gives the spreadsheet row of each row where rows were passed over in reading.
    """
    remarks = Remarks(row_numbers)
    check_into(remarks, tables, policy)
    return Checked(remarks.faults, remarks.warnings)


def check_into(remarks: Remarks, tables: Tables, policy: Policy | None) -> None:
    """Note every fault and warning of `tables` in `remarks`."""
    known = {name: rows for name, rows in tables.items() if known_table(name, remarks)}
    for name, rows in known.items():
        check_cells(TABLES[name], list(rows), remarks)
        check_keys(TABLES[name], rows, remarks)
    check_references(known, remarks)
    check_rows_together(known, remarks)
    check_families(known, remarks)
    check_laboratory(known, policy, remarks)
    check_pedigree_profiles(known, remarks)
