# SPDX-License-Identifier: Apache-2.0
"""The list of planted faults: what is wrong in a simulated case, and where."""

from __future__ import annotations

from antigone.terms.errors import AntigoneError, gettext_noop

FAULT_KINDS = (
    "journal_wrong_person",
    "journal_swapped",
    "journal_wrong_sex",
    "journal_misspelt",
    "journal_line_without_marker",
    "journal_empty_grave",
    "journal_burials",
    "marker_missing",
    "marker_loose",
    "marker_without_line",
    "number_repeated",
    "document_lies_with_another",
    "remains_sex_wrong",
    "remains_status_wrong",
    "remains_in_two",
    "person_born_wrong",
    "person_misspelt",
    "person_reported_twice",
    "false_paternity",
    "false_maternity",
    "sample_swap",
    "reference_swap",
    "body_label_swap",
    "unreported_kin",
    "custody_not_received",
)
"""Every kind of planted fault, in the order of `docs/methods/simulation.md`."""


class FaultKindUnknown(AntigoneError):
    """A fault of a kind that no simulation plants."""

    code = "simulation.fault-kind-unknown"
    message = gettext_noop("No simulation plants a fault of kind %(kind)r. Use one of: %(known)s.")


class FaultLog:
    """Faults as they are planted, written out as the table `faults`."""

    def __init__(self) -> None:
        self._rows: list[dict[str, str]] = []

    def add(self, kind: str, *keys: str) -> None:
        """Note a fault of `kind` at the rows with these keys."""
        if kind not in FAULT_KINDS:
            raise FaultKindUnknown(kind=kind, known=", ".join(FAULT_KINDS))
        self._rows.append({"kind": kind, "keys": ";".join(keys)})

    def rows(self) -> list[dict[str, str]]:
        """The table: ``kind`` and ``keys`` (parted by ``;``), by kind, then as planted."""
        return sorted(self._rows, key=lambda row: FAULT_KINDS.index(row["kind"]))
