# SPDX-License-Identifier: Apache-2.0
"""The recovery sheet: what was done and seen while remains were taken from a grave; or blank."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from antigone.exchange.paper.carried import Carried, inside
from antigone.exchange.paper.sheets import (
    Block,
    Sheet,
    choice,
    field,
    fields,
    heading,
    signatures,
)
from antigone.exchange.paper.words import Words, code_words, column_words
from antigone.terms.tables import TABLES, Kind, Row, several

TITLE = Words("Recovery sheet", "Аркуш вилучення решток")
_LEAD = Words(
    "One sheet for each body and each separate part. A box left empty means: not recorded.",
    "Один аркуш на кожне тіло і кожну окрему частину. Порожнє поле означає: не записано.",
)


CARRIED: Mapping[str, tuple[str, ...]] = {
    "site": ("site", "name"),
    "grave": ("grave", "site", "x_m", "y_m"),
    "remains": ("remains", "grave", "position", "kind"),
    "recovery": TABLES["recovery"].column_names,
}
"""What the sheet carries inside: the columns that stand on it, and the keys that join them."""


def recovery_sheet(
    rows: Mapping[str, Row], *, code: str, case: str, made_at: datetime,
    carried: Carried | None = None,
) -> Sheet:  # fmt: skip
    """The sheet from one row each of ``recovery``, ``grave`` and ``remains``; blank without."""
    return Sheet(
        TITLE, tuple(_blocks(rows)), made_at, lead=_LEAD, code=code, case=case,
        inside=inside(carried) if carried else (),
    )  # fmt: skip


def _blocks(rows: Mapping[str, Row]) -> list[Block]:
    recovery, remains = rows.get("recovery", {}), rows.get("remains", {})
    return [
        heading(Words("Where and when", "Де і коли")),
        fields([*_where(rows), *_of("remains", remains, ["position"])], columns=4),
        fields(_of("remains", remains, ["kind"]), columns=1),
        heading(Words("Before digging", "Перед розкопуванням")),
        fields(
            _of("recovery", recovery, ["ordnance_cleared", "ordnance_cleared_by", "silence_kept",
                                        "in_situ_sheet"]),
            columns=2,
        ),
        heading(Words("As it lay", "Як лежало")),
        fields(_of("recovery", recovery, ["body_position"]), columns=1),
        fields(_of("recovery", recovery, ["depth_cm", "head_towards"]), columns=2),
        fields(_of("recovery", recovery, ["restraint"]), columns=1),
        fields(_of("recovery", recovery, ["restraint_material"], lines=1), columns=1),
        heading(Words("Quick look", "Короткий огляд")),
        fields(_of("recovery", recovery, ["features_seen", "items_seen"], lines=5), columns=2),
        heading(Words("Who", "Хто")),
        fields(_of("recovery", recovery, ["dug_by", "recorded_by"]), columns=2),
        fields(_of("recovery", recovery, ["note"], lines=4), columns=1),
        signatures(
            [Words("Recorded by", "Записав"), Words("Seen by the head of the team",
                                                    "Переглянув керівник групи")]
        ),
    ]  # fmt: skip


def _where(rows: Mapping[str, Row]) -> list[Mapping[str, Any]]:
    grave, recovery = rows.get("grave", {}), rows.get("recovery", {})
    named = recovery.get("grave", "") or grave.get("grave", "")
    return [
        *_of("grave", grave, ["site"]),
        field(column_words("grave", "grave"), named),
        *_of("recovery", recovery, ["recovered_on"]),
    ]


def _of(table: str, row: Row, columns: list[str], *, lines: int = 1) -> list[Mapping[str, Any]]:
    return [field_of_cell(table, name, row.get(name, ""), lines=lines) for name in columns]


def field_of_cell(table: str, column: str, cell: str, *, lines: int = 1) -> Mapping[str, Any]:
    """One cell as a field: a code as boxes, several texts one below the other."""
    known, label = TABLES[table].column(column), column_words(table, column)
    if known is not None and known.kind is Kind.CODE:
        chosen = cell.strip()
        return choice(
            label, [(code_words(table, column, one), one == chosen) for one in known.codes]
        )
    if known is not None and known.kind is Kind.TEXTS:
        cell = "\n".join(several(cell))
    return field(label, cell, lines=lines)
