# SPDX-License-Identifier: Apache-2.0
"""Ante- and post-mortem forms after INTERPOL's items 00 to 95, filled from rows or blank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from antigone.exchange.paper.carried import Carried, inside
from antigone.exchange.paper.drawings import body_diagram, dental_chart
from antigone.exchange.paper.recovery_sheets import field_of_cell
from antigone.exchange.paper.sheets import (
    Block,
    Sheet,
    drawing,
    fields,
    heading,
    paragraph,
    signatures,
    table,
)
from antigone.exchange.paper.words import Words, code_words, column_words
from antigone.terms.dvi_items import DviItem, Keeping, chosen, dvi_items
from antigone.terms.tables import Row

POST_MORTEM, ANTE_MORTEM = "post_mortem", "ante_mortem"
_KEYED = ("owner_kind", "owner", "item", "recorded_on", "value", "no_data", "attachment", "further",
          "examiner", "contact")  # fmt: skip
_TOOTH = ("owner_kind", "owner", "tooth", "charted_on", "state", "surfaces", "original_code",
          "examiner")  # fmt: skip
_MARK = ("mark", "owner_kind", "owner", "kind", "region", "side", "description", "serial")
_ELEMENT = ("remains", "element", "side", "zone", "completeness", "measurements", "note")
_OF_REMAINS = ("remains", "kind", "sex", "age_min", "age_max", "stature_min_cm", "stature_max_cm")
_OF_PERSON = ("person", "name", "name_other", "sex", "born", "last_seen_on", "last_seen_where",
              "stature_cm")  # fmt: skip
CARRIED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    POST_MORTEM: {
        "remains": _OF_REMAINS,
        "dvi_item": _KEYED,
        "tooth": _TOOTH,
        "mark": _MARK,
        "element": _ELEMENT,
    },
    ANTE_MORTEM: {"person": _OF_PERSON, "dvi_item": _KEYED, "tooth": _TOOTH, "mark": _MARK},
}
"""What each form carries inside: the columns that stand on it, and the keys that join them."""

_TITLE = {
    POST_MORTEM: Words("Post-mortem form: unidentified remains",
                       "Посмертна форма: невстановлені рештки"),
    ANTE_MORTEM: Words("Ante-mortem form: missing person", "Прижиттєва форма: зникла особа"),
}  # fmt: skip
_TINT = {POST_MORTEM: "#f3b6c4", ANTE_MORTEM: "#f5e08a"}
_LEAD = Words(
    "Items 00 to 95 of the international forms, in our own words. A: no data. B: attachment. C: "
    "further information at item 92. An empty item is not recorded.",
    "Пункти 00–95 міжнародних форм, нашими словами. A: даних немає. B: є додаток. C: додаткові "
    "відомості в пункті 92. Порожній пункт — не записано.",
)
_SHEETS: Mapping[str, Words] = {
    "A0": Words("A0 The file", "A0 Справа"),
    "A1": Words("A1 Who is missing", "A1 Хто зник"),
    "A2": Words("A2 Sources and features", "A2 Джерела та прикмети"),
    "B0": Words("B0 Checklist of the mortuary", "B0 Контрольний перелік моргу"),
    "B": Words("B The scene", "B Місце"),
    "C1": Words("C1 Clothing and footwear", "C1 Одяг і взуття"),
    "C2": Words("C2 Personal effects", "C2 Особисті речі"),
    "C3": Words("C3 Jewellery", "C3 Прикраси"),
    "D1": Words("D1 Physical description", "D1 Опис тіла"),
    "D2": Words("D2 Face", "D2 Обличчя"),
    "D3": Words("D3 Body and particular marks", "D3 Тіло й особливі прикмети"),
    "D4": Words("D4 Body diagram", "D4 Схема тіла"),
    "E1": Words("E1 Medical", "E1 Медичне"),
    "E2": Words("E2 Medical, continued", "E2 Медичне, продовження"),
    "E3": Words("E3 Skeleton", "E3 Скелет"),
    "E4": Words("E4 DNA", "E4 ДНК"),
    "F1": Words("F1 Dental sources", "F1 Стоматологічні джерела"),
    "F2": Words("F2 Dental examination", "F2 Огляд зубів"),
    "G": Words("G Further information", "G Додаткові відомості"),
}
_LONG = frozenset({"92", "77", "17", "64", "65"})
_IN_A_GRID = frozenset({"burned", "tattoo", "done"})
Item = Mapping[str, Any]
"""One item as the template takes it."""


def dvi_form(
    paper: str, rows: Mapping[str, Sequence[Row]], *, code: str, case: str, made_at: datetime,
    carried: Carried | None = None,
) -> Sheet:  # fmt: skip
    """The form `paper` from rows of ``dvi_item``, ``tooth``, ``mark`` and of its subject."""
    owner = "remains" if paper == POST_MORTEM else "person"
    values = {row["item"]: row for row in rows.get("dvi_item", ())}
    blocks = [*_head(owner, rows)]
    for sheet, items in groupby(_items(owner), key=lambda one: one.sheet(owner)):
        blocks += [heading(_SHEETS[sheet]), *_sheet(list(items), values)]
        if sheet == "D4":
            blocks += _marks(rows.get("mark", ()))
        if sheet == "E3":
            blocks.append(_elements(rows.get("element", ())))
        if sheet == "F2":
            blocks += _teeth(rows.get("tooth", ()))
    blocks += _of_the_other_form(owner, values)
    blocks.append(signatures([Words("Recorded by", "Записав"), Words("Checked by", "Перевірив")]))
    return Sheet(
        _TITLE[paper], tuple(blocks), made_at, lead=_LEAD, code=code, case=case, tint=_TINT[paper],
        inside=inside(carried) if carried else (),
    )  # fmt: skip


def _items(owner: str) -> list[DviItem]:
    """The items of one form, in the order of its sheets."""
    found = [one for one in dvi_items().values() if one.sheet(owner)]
    return sorted(found, key=lambda one: list(_SHEETS).index(one.sheet(owner)))


def _of_the_other_form(owner: str, values: Mapping[str, Row]) -> list[Block]:
    """Items recorded that do not stand on this form, so that none is lost."""
    found = [one for one in dvi_items().values() if one.number in values and not one.sheet(owner)]
    words = Words("Items of the other form", "Пункти іншої форми")
    return [heading(words), _plain(found, values)] if found else []


def _head(owner: str, rows: Mapping[str, Sequence[Row]]) -> list[Block]:
    row = next(iter(rows.get(owner, ())), {})
    shown = CARRIED[POST_MORTEM if owner == "remains" else ANTE_MORTEM][owner]
    return [
        heading(Words("Of whom", "Про кого")),
        fields([field_of_cell(owner, name, row.get(name, "")) for name in shown], columns=4),
    ]


def _sheet(items: list[DviItem], values: Mapping[str, Row]) -> list[Block]:
    """The blocks of one sheet: plain items in two columns, lists and grids across."""
    return [_BLOCKS[form](list(found), values) for form, found in groupby(items, key=_form_of)]


def _form_of(one: DviItem) -> str:
    if one.keeping is Keeping.PROFILE:
        return "profile"
    if one.parts is not None:
        return "lines"
    known = {option.code for option in one.options}
    return "grid" if known & _IN_A_GRID else "items"


def _plain(found: list[DviItem], values: Mapping[str, Row]) -> Block:
    items = [_item(one, values.get(one.number, {})) for one in found]
    return {"is": "items", "columns": _in_two(items)}


def _in_two(items: list[Item]) -> tuple[list[Item], list[Item]]:
    """Two columns of about one height, read down the first and then down the second."""
    heights = [_height(one) for one in items]
    half = sum(heights) / 2
    first = next((n for n in range(1, len(items) + 1) if sum(heights[:n]) >= half), len(items))
    return items[:first], items[first:]


def _height(one: Item) -> float:
    """About how many lines an item takes."""
    options = sum(
        len(option["words"].en) + len(option["words"].uk) + 6 for option in one["options"]
    )
    label = len(one["label"].en) + len(one["label"].uk)
    return 1 + label // 60 + options / 45 + len(one["value"]) / 50 + one["lines"] + 0.5


def _item(one: DviItem, row: Row) -> Item:
    on, words = chosen(one, row.get("contact", "") or row.get("value", ""))
    return {
        "number": one.number,
        "label": Words(one.en, one.uk),
        "options": [
            {"words": Words(option.en, option.uk), "on": option.code in on}
            for option in one.options
        ],
        "value": words,
        "noted": ", ".join(filter(None, (row.get("recorded_on", ""), row.get("examiner", "")))),
        "flags": _flags(row),
        "lines": 6 if one.number in _LONG else 1,
    }


def _flags(row: Row) -> list[bool]:
    return [row.get(name, "") == "yes" for name in ("no_data", "attachment", "further")]


def _lines(found: list[DviItem], values: Mapping[str, Row]) -> Block:
    parts = found[0].parts
    assert parts is not None
    return {
        "is": "lines",
        "head": Words(parts.en, parts.uk),
        "items": [_item(one, values.get(one.number, {})) for one in found],
    }


def _grid(found: list[DviItem], values: Mapping[str, Row]) -> Block:
    return {
        "is": "grid",
        "head": [Words(option.en, option.uk) for option in found[0].options],
        "items": [_item(one, values.get(one.number, {})) for one in found],
    }


def _loci(found: list[DviItem], values: Mapping[str, Row]) -> Block:
    names = ", ".join(one.number.removeprefix("94.").replace("_", " ") for one in found)
    return paragraph(
        Words(
            f"Alleles of {names} stand in the file of the laboratory, which it alone reads, and "
            "never on this form.",
            f"Алелі {names} зберігаються у справі лабораторії, яку читає лише вона, і ніколи не "
            "стоять на цій формі.",
        )
    )


_BLOCKS = {"items": _plain, "lines": _lines, "grid": _grid, "profile": _loci}


def _marks(rows: Sequence[Row]) -> list[Block]:
    numbered = {n: _region(row) for n, row in enumerate(rows, 1)}
    alternative = Words(
        "Outline of a body from the front and from behind, to draw marks into",
        "Контур тіла спереду та ззаду для позначення прикмет",
    )
    return [
        drawing(body_diagram(numbered), alternative, width_mm=112),
        table(
            [Words("№", "№"), *(column_words("mark", name) for name in _MARK_SHOWN)],
            [
                [
                    str(n),
                    _coded("mark", "kind", row),
                    *(row.get(name, "") for name in _MARK_SHOWN[1:]),
                ]
                for n, row in enumerate(rows, 1)
            ],
            widths=[8, 30, 30, 22, -1, 28], blank_rows=0 if rows else 4,
        ),
    ]  # fmt: skip


_MARK_SHOWN = ("kind", "region", "side", "description", "serial")


def _region(row: Row) -> str:
    """The region as the drawing names it, with its side where it has one."""
    region, side = row.get("region", "").strip().lower(), row.get("side", "").strip().lower()
    return f"{side} {region}" if side in ("left", "right") and " " not in region else region


def _elements(rows: Sequence[Row]) -> Block:
    """What is there of the skeleton, bone by bone and zone by zone."""
    shown = _ELEMENT[1:]
    return table(
        [column_words("element", name) for name in shown],
        [[row.get(name, "") for name in shown] for row in rows],
        widths=[36, 20, 26, 28, 34, -1], blank_rows=0 if rows else 10,
    )  # fmt: skip


def _teeth(rows: Iterable[Row]) -> list[Block]:
    known = sorted(rows, key=lambda row: row.get("tooth", ""))
    alternative = Words(
        "Dental chart by FDI numbers: permanent teeth outside, deciduous inside",
        "Зубна формула за FDI: постійні зуби зовні, молочні всередині",
    )
    shown = _TOOTH[2:]
    return [
        drawing(dental_chart(known), alternative, width_mm=176),
        table(
            [column_words("tooth", name) for name in shown],
            [[row.get(name, "") for name in shown] for row in known],
            widths=[14, 26, -1, 24, 32, 36], blank_rows=0 if known else 6,
        ),
    ]  # fmt: skip


def _coded(name: str, column: str, row: Row) -> str:
    code = row.get(column, "")
    words = code_words(name, column, code)
    return f"{words.en} · {words.uk}" if code else ""
