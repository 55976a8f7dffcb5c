# SPDX-License-Identifier: Apache-2.0
"""What is found wrong or worth knowing in a case folder: faults, warnings, notes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from antigone.exchange.case_folder.kinds import RemarkKind, Severity
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import TABLES

KEPT = 10_000
"""Faults kept in memory; the rest are counted. The message says so."""

SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing found: where it stands, what is wrong with it, and what to do next.

    `row` is the row's number in a spreadsheet, header included: the first row of values is 2.
    `value` is the cell, shortened, with invisible characters made visible; sentences never
    repeat it.
    """

    kind: RemarkKind
    table: str
    row: int | None
    column: str | None
    value: str | None
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def code(self) -> str:
        """The stable code of this kind of remark."""
        return self.kind.code

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence, without the cell's value."""
        return self.kind.sentence % self.facts

    @property
    def remedy(self) -> str:
        """What to do next."""
        return self.kind.remedy % self.facts

    @property
    def place(self) -> str:
        """Table, row and column in words."""
        parts = [self.table]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence} {self.remedy}"


class Fault(Remark):
    """A reason to refuse the folder."""

    __slots__ = ()


class Note(Remark):
    """Something to know (a warning or a note): recorded, and the folder is accepted."""

    __slots__ = ()


class CaseFolderFaults(AntigoneError):
    """A case folder that is refused, with every fault; nothing of it is stored."""

    code: ClassVar[str] = "exchange.case-folder-faults"
    message: ClassVar[str] = gettext_noop(
        "%(name)s is refused; faults found: %(count)d%(kept_words)s. "
        "The first (%(place)s): %(first)s Every fault is listed by: antigone case check."
    )

    def __init__(
        self, name: str, faults: Sequence[Fault], *, count: int, notes: Sequence[Note] = ()
    ) -> None:
        self.faults = tuple(faults)
        self.notes = tuple(notes)
        self.count = count
        kept_words = f" (of which {len(faults)} are listed)" if count > len(faults) else ""
        super().__init__(
            name=name,
            count=count,
            kept_words=kept_words,
            place=self.faults[0].place,
            first=f"{self.faults[0].sentence} {self.faults[0].remedy}",
        )


class Remarks:
    """Collects remarks; keeps the first `KEPT` of each severity and counts them all."""

    def __init__(self, row_numbers: Mapping[str, Sequence[int]] | None = None) -> None:
        self.row_numbers = dict(row_numbers or {})
        self.kept: dict[Severity, list[Remark]] = {severity: [] for severity in Severity}
        self.counts = dict.fromkeys(Severity, 0)

    def add(
        self,
        kind: RemarkKind,
        table: str,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        /,
        **facts: Any,
    ) -> None:
        """Note one remark at spreadsheet row `row`."""
        self.counts[kind.severity] += 1
        kept = self.kept[kind.severity]
        if len(kept) < KEPT:
            remark = Fault if kind.severity is Severity.FAULT else Note
            shown = None if value is None else shown_value(value)
            kept.append(remark(kind, table, row, column, shown, facts))

    def at(
        self,
        kind: RemarkKind,
        table: str,
        index: int,
        column: str | None = None,
        value: str | None = None,
        /,
        **facts: Any,
    ) -> None:
        """Note one remark at the `index`-th row of `table` (from 0)."""
        self.add(kind, table, self.row_number(table, index), column, value, **facts)

    def row_number(self, table: str, index: int) -> int:
        """The spreadsheet row of the `index`-th row of `table`."""
        numbers = self.row_numbers.get(table)
        return numbers[index] if numbers is not None else index + 2

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Faults, by table, row and column."""
        return tuple(sorted(self.kept[Severity.FAULT], key=_place_in_folder))  # type: ignore[arg-type]

    @property
    def warnings(self) -> tuple[Note, ...]:
        """Warnings, by table, row and column."""
        return tuple(sorted(self.kept[Severity.WARNING], key=_place_in_folder))  # type: ignore[arg-type]

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes, by table, row and column."""
        return tuple(sorted(self.kept[Severity.NOTE], key=_place_in_folder))  # type: ignore[arg-type]

    @property
    def fault_count(self) -> int:
        """How many faults were found, kept or not."""
        return self.counts[Severity.FAULT]


_ORDER = {name: place for place, name in enumerate(TABLES)}


def _place_in_folder(remark: Remark) -> tuple[int, str, int, str]:
    return _ORDER.get(remark.table, -1), remark.table, remark.row or 0, remark.column or ""


def shown_value(value: str) -> str:
    """`value` shortened, with invisible characters written as their code points."""
    short = value if len(value) <= SHOWN_CHARACTERS else value[: SHOWN_CHARACTERS - 1] + "…"
    return with_visible_characters(short)


def with_visible_characters(text: str) -> str:
    """`text` with control, bidirectional and other invisible characters as their code points."""
    if text.isprintable():
        return text
    return "".join(
        f"\\u{ord(letter):04x}" if unicodedata.category(letter) in _UNSEEN else letter
        for letter in text
    )


_UNSEEN = ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")
