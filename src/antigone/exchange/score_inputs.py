# SPDX-License-Identifier: Apache-2.0
"""Results, truths and planted faults read for scoring: plain tables of what others wrote."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from antigone.science.identification.scoring import SWAP_KINDS, Proposed, Weighed
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import Row, several

_Value = TypeVar("_Value")


class ScoreInputFault(AntigoneError):
    """A table of a result, truth or fault list that cannot be read as one."""

    code = "exchange.score-input-fault"
    message = gettext_noop(
        "%(path)s cannot be scored: %(what)s. Give the folder that identify wrote, and the "
        "truth.csv and faults.csv that simulate wrote beside the case."
    )


def read_proposals(result: Path) -> tuple[Proposed, ...]:
    """The proposals in the result folder."""
    return _rows_as(_proposed, result / "proposal.csv", ("remains", "person", "tier"))


def read_posterior(result: Path) -> tuple[Weighed, ...]:
    """The posterior pairs in the result folder."""
    return _rows_as(_weighed, result / "posterior.csv", ("remains", "person", "probability"))


def read_truth(path: Path) -> dict[str, frozenset[str]]:
    """Persons of each set of remains: none on the list, one, or several reports of one human."""
    rows = _rows(path, ("remains", "person"))
    return {row["remains"]: frozenset(several(row["person"])) for row in rows}


def read_swapped_remains(faults: Path, samples: Sequence[Row]) -> frozenset[str]:
    """Remains that carry another body's profile, by the planted faults.

    `samples` are the case's: a swap names samples, and the remains are on their labels.
    """
    remains_of = {row["sample"]: row.get("remains", "") for row in samples}
    swapped: set[str] = set()
    for row in _rows(faults, ("kind", "keys")):
        if row["kind"] in SWAP_KINDS:
            swapped.update(remains_of.get(key, key) for key in several(row["keys"]))
    return frozenset(swapped)


def _proposed(row: Row) -> Proposed:
    return Proposed(
        remains=row["remains"],
        person=row["person"] or None,
        probability=float(row["probability"]) if row.get("probability") else None,
        tier=row["tier"],
        rules_failed=frozenset(several(row.get("rules_failed", "").replace(",", ";"))),
        has_conflict=bool(row.get("conflicts", "").strip()),
    )


def _weighed(row: Row) -> Weighed:
    return Weighed(row["remains"], row["person"], float(row["probability"]))


def _rows_as(
    convert: Callable[[Row], _Value], path: Path, columns: Sequence[str]
) -> tuple[_Value, ...]:
    found = []
    for number, row in enumerate(_rows(path, columns), start=2):
        try:
            found.append(convert(row))
        except ValueError as fault:
            raise ScoreInputFault(path=str(path), what=f"line {number}: {fault}") from None
    return tuple(found)


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restval="")
            missing = [one for one in columns if one not in (reader.fieldnames or ())]
            if missing:
                raise ScoreInputFault(path=str(path), what=f"no column {', '.join(missing)}")
            return list(reader)
    except (OSError, UnicodeDecodeError) as fault:
        raise ScoreInputFault(path=str(path), what=str(fault)) from None
