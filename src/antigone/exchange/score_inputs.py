# SPDX-License-Identifier: Apache-2.0
"""Truths and planted faults read for scoring: the tables that stand beside a simulated case."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from antigone.science.identification.scoring import SWAP_KINDS, Swapped
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import Tables, several


class ScoreInputFault(AntigoneError):
    """A file that is no truth or no list of planted faults."""

    code = "exchange.score-input-fault"
    message = gettext_noop(
        "%(path)s cannot be scored with: %(what)s. Give the truth.csv or faults.csv that simulate "
        "wrote beside the case."
    )


def read_truth(path: Path) -> dict[str, frozenset[str]]:
    """Persons of each set of remains: none on the list, one, or several reports of one human.

    Raises
    ------
    ScoreInputFault
    """
    rows = _rows(path, ("remains", "person"))
    truth = {row["remains"]: frozenset(several(row["person"])) for row in rows}
    if len(truth) < len(rows):
        raise ScoreInputFault(path=path.name, what="remains stand in it twice")
    return truth


def read_swapped(faults: Path, tables: Tables) -> Swapped:
    """What carries somebody else's profile, by the planted faults.

    A swap names samples; the case's `tables` say whose label they bear, and which reported
    persons belong to the family of a relative.

    Raises
    ------
    ScoreInputFault
    """
    label = {row["sample"]: row for row in tables.get("sample", ())}
    remains: set[str] = set()
    persons: set[str] = set()
    for row in _rows(faults, ("kind", "keys")):
        if row["kind"] not in SWAP_KINDS:
            continue
        for key in several(row["keys"]):
            sample = label.get(key, {"remains": key})
            remains.add(sample.get("remains", ""))
            persons.add(sample.get("person", ""))
            persons |= _persons_of_family(sample.get("individual", ""), tables)
    return Swapped(frozenset(remains - {""}), frozenset(persons - {""}))


def _persons_of_family(individual: str, tables: Tables) -> set[str]:
    members = tables.get("relative", ())
    families = {row["family"] for row in members if individual and row["individual"] == individual}
    return {row.get("person", "") for row in members if row["family"] in families}


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restval="", strict=True)
            missing = [one for one in columns if one not in (reader.fieldnames or ())]
            if missing:
                raise ScoreInputFault(path=path.name, what=f"no column {', '.join(missing)}")
            return list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        what = getattr(fault, "strerror", None) or str(fault)
        raise ScoreInputFault(path=path.name, what=what) from None
