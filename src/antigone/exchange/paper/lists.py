# SPDX-License-Identifier: Apache-2.0
"""Lists on paper: photographs, the custody of one thing, one transport, the daily meeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from antigone.exchange.paper.sheets import (
    Block,
    Sheet,
    field,
    fields,
    heading,
    paragraph,
    signatures,
    table,
)
from antigone.exchange.paper.words import Words, code_words, column_words, in_both
from antigone.terms.cells import is_time
from antigone.terms.tables import Row

_NUMBER = Words("№", "№")
_BLANK_ROWS = 22
REMAINS = Words("remains", "рештки")
STAGES: Mapping[str, Words] = {
    "recovered": Words("Recovered", "Вилучено"),
    "received": Words("Received in the mortuary", "Прийнято до моргу"),
    "imaging": Words("Imaged", "Знято (рентген, КТ)"),
    "autopsy": Words("Autopsy", "Розтин"),
    "anthropology": Words("Anthropology", "Антропологія"),
    "odontology": Words("Odontology", "Стоматологія"),
    "sampled": Words("Two samples taken", "Взято два зразки"),
    "profiled": Words("Profile received", "Отримано профіль"),
    "identified": Words("Decided: identified", "Рішення: встановлено"),
}
_AWAITED: Mapping[str, Words] = {
    "recovered": Words("the recovery team", "група вилучення"),
    "received": Words("transport and mortuary", "перевезення і морг"),
    "imaging": Words("radiology", "рентген"),
    "autopsy": Words("pathology", "патологоанатом"),
    "anthropology": Words("anthropology", "антрополог"),
    "odontology": Words("odontology", "стоматолог"),
    "sampled": Words("sampling", "взяття зразків"),
    "profiled": Words("the laboratory", "лабораторія"),
    "identified": Words("the commission and the legal authority", "комісія та орган, що вирішує"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a custody list: cells, and the container with which the thing moved."""

    cells: Row
    within: str = ""


def photograph_log(rows: Sequence[Row], *, code: str, case: str, made_at: datetime) -> Sheet:
    """The log of photographs of one set of remains; with lines left to go on by hand."""
    shown = ("photograph", "at", "shows", "code_visible", "item", "taken_by", "camera", "note")
    lead = Words(
        "A photograph is filed by the code visible in it. No picture stands on this sheet.",
        "Фото реєструють за кодом, видимим на ньому. Самих зображень на аркуші немає.",
    )
    block = table(
        [_NUMBER, *(column_words("photograph", name) for name in shown)],
        [[str(n), *_cells("photograph", row, shown)] for n, row in enumerate(rows, 1)],
        widths=[7, 20, 24, 22, 24, 22, 22, 20, -1], blank_rows=max(4, _BLANK_ROWS - len(rows)),
    )  # fmt: skip
    return Sheet(
        Words("Photograph log", "Журнал фотографування"), (block,), made_at, lead=lead, code=code,
        case=case,
    )  # fmt: skip


def custody_list(lines: Sequence[Line], *, code: str, case: str, made_at: datetime) -> Sheet:
    """The chain of custody of one thing, from hand to hand; with lines left to go on by hand."""
    shown = ("at", "action", "from_party", "to_party", "place", "seal", "seal_state")
    head = [column_words("custody", name) for name in shown]
    block = table(
        [*head, Words("With container", "З контейнером"), Words("Signature", "Підпис")],
        [[*_cells("custody", one.cells, shown), one.within, ""] for one in lines],
        widths=[22, 24, 21, 21, 21, 15, 17, 18, -1],
        blank_rows=max(4, _BLANK_ROWS - len(lines)),
    )
    lead = Words(
        "Every movement, in the order of what happened. Receipt is confirmed before any further "
        "movement; a broken seal is written down, not mended.",
        "Кожне переміщення за порядком подій. Отримання підтверджують до наступного переміщення; "
        "пошкоджену пломбу записують, а не виправляють.",
    )
    return Sheet(
        Words("Custody list", "Лист передачі та зберігання"), (block,), made_at, lead=lead,
        code=code, case=case,
    )  # fmt: skip


def transport_list(
    lines: Sequence[Line], *, carrier: str, day: str, case: str, made_at: datetime
) -> Sheet:
    """What one vehicle or carrier took over on one day, to be signed at both ends."""
    shown = ("item_kind", "item", "container", "seal", "from_party", "place")
    rows = [
        [str(n), *_cells("custody", one.cells, shown), "", ""] for n, one in enumerate(lines, 1)
    ]
    blocks: list[Block] = [
        fields(
            [
                field(Words("Carrier", "Перевізник"), carrier),
                field(Words("Day", "День"), day),
                field(Words("Things on this list", "Позицій у списку"), str(len(lines) or "")),
            ],
            columns=3,
        ),
        table(
            [
                _NUMBER, *(column_words("custody", name) for name in shown),
                Words("Seal at arrival", "Пломба на прибутті"), Words("Received", "Отримано"),
            ],
            rows, widths=[8, 20, 30, 25, 18, 25, -1, 20, 16],
            blank_rows=0 if lines else _BLANK_ROWS,
        ),
        signatures(
            [Words("Handed over", "Передав"), Words("Carried", "Перевіз"),
             Words("Received", "Отримав"), Words("Differences found", "Виявлені розбіжності")]
        ),
    ]  # fmt: skip
    return Sheet(Words("Transport list", "Список перевезення"), tuple(blocks), made_at, case=case)


def meeting_sheet(
    *, day: date, remains: int, stages: Sequence[tuple[str, int, int]],
    awaiting: Mapping[str, Sequence[str]], case: str, made_at: datetime,
) -> Sheet:  # fmt: skip
    """What the daily meeting has before it: in, examined, sampled, and who is awaited."""
    lead = Words(
        "By the dates in the records. Sets of remains and parts are counted, never persons.",
        "За датами в записах. Пораховано рештки та їхні частини, а не людей.",
    )
    waiting: list[Block] = [
        fields([_waiting(_AWAITED[name], codes)], columns=1) for name, codes in awaiting.items()
    ]  # fmt: skip
    blocks: list[Block] = [
        fields(
            [
                field(Words("As of the end of", "На кінець дня"), day.isoformat()),
                field(Words("Remains and parts", "Рештки та частини"), str(remains)),
            ],
            columns=2,
        ),
        table(
            [Words("Stage", "Етап"), Words("By then", "Усього"), Words("On this day", "За день")],
            [[in_both(STAGES[name]), str(total), str(today)] for name, total, today in stages],
            widths=[-1, 30, 30],
        ),
        heading(Words("Awaited next", "На кого чекають")),
        *waiting,
        heading(Words("Decided at the meeting", "Вирішено на нараді")),
        table(
            [Words("What", "Що"), Words("Who", "Хто"), Words("Until", "До")], [],
            widths=[-1, 40, 25], blank_rows=5,
        ),
        paragraph(
            Words(
                "No name stands on this sheet. It stays in the house.",
                "На цьому аркуші немає імен. Його не виносять.",
            )
        ),
    ]  # fmt: skip
    return Sheet(
        Words("Daily meeting", "Щоденна нарада"), tuple(blocks), made_at, lead=lead, case=case
    )


def _waiting(who: Words, codes: Sequence[str]) -> Mapping[str, Any]:
    """Who is awaited, for how many and for which."""
    words = Words(f"{who.en}: {len(codes)}", f"{who.uk}: {len(codes)}")
    return {**field(words, "" if codes else "—"), "codes": list(codes)}


def _cells(name: str, row: Row, shown: Sequence[str]) -> list[str]:
    return [_cell(name, column, row.get(column, "")) for column in shown]


def _cell(name: str, column: str, cell: str) -> str:
    if column in ("action", "shows", "item_kind"):
        return in_both(code_words(name, column, cell))
    if column == "at" and is_time(cell):
        return f"{cell[:10]} {cell[11:16]} {cell[19:].lstrip('.0123456789')}"
    return cell
