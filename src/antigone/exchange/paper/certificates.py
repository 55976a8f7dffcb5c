# SPDX-License-Identifier: Apache-2.0
"""The certificate of an identification: who was named, by whom, and where the ledger holds it.

It states the decision and no more: no probability, no reason, no word about how people are related.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from antigone.exchange.paper.sheets import (
    Block,
    Inside,
    Sheet,
    field,
    fields,
    heading,
    paragraph,
    signatures,
)
from antigone.exchange.paper.words import Words, in_both

NAME = "antigone-certificate.json"
"""The attachment's name in every certificate."""
FORMAT = "antigone certificate 1"

INVENTED = Words("INVENTED CASE", "ВИГАДАНА СПРАВА")
UNSIGNED = Words("NOT SIGNED", "НЕ ПІДПИСАНО")
FALLEN = Words("NO LONGER STANDS", "БІЛЬШЕ НЕ ЧИННЕ")

_BASIS = {
    "dna": Words("DNA", "ДНК"), "dental": Words("teeth", "зуби"),
    "fingerprint": Words("fingerprints", "відбитки пальців"),
    "implant": Words("a numbered implant", "імплантат із номером"),
}  # fmt: skip
_SIGNED = {
    "pathology": Words("pathology", "патологія"),
    "anthropology": Words("anthropology", "антропологія"),
    "odontology": Words("odontology", "одонтологія"),
    "genetics": Words("genetics", "генетика"),
    "fingerprints": Words("fingerprints", "дактилоскопія"),
    "radiology": Words("radiology", "рентгенологія"),
    "archaeology": Words("archaeology", "археологія"),
    "legal_authority": Words("legal authority", "уповноважений орган"),
}  # fmt: skip
_STATES = Words(
    "The legal authority decided, on the recommendation of a commission signed by two disciplines, "
    "that the remains named here are the person named here.",
    "Уповноважений орган вирішив, за рекомендацією комісії, яку підписали дві дисципліни, що "
    "названі тут рештки є названою тут особою.",
)
_LACKS = Words(
    "This decision was brought by a source, without the signatures that are asked for here. It is "
    "printed as it stands in the records, and is no certificate until it was decided anew.",
    "Це рішення надійшло з джерела без підписів, яких тут вимагають. Його надруковано так, як воно "
    "стоїть у записах; доки його не ухвалено знову, це не посвідчення.",
)
_FALLEN = Words(
    "A later decision has taken the place of this one. It does not name anybody any more.",
    "Пізніше рішення замінило це. Воно вже нікого не називає.",
)
_UNPROMISED = Words(
    "Once a checkpoint that holds it is witnessed, the ledger shows whether this entry was changed "
    "since. It does not show that a first entry was true; that entries after the last witnessed "
    "checkpoint are original; the exact second of an act; or that the person at the keyboard was "
    "the owner of the account.",
    "Щойно засвідчено контрольну точку, яка його містить, реєстр показує, чи змінено цей запис "
    "відтоді. Він не показує, що перший запис був правдивим; що записи після останньої "
    "засвідченої контрольної точки первісні; точної секунди дії; ані того, що за клавіатурою був "
    "власник облікового запису.",
)


@dataclass(frozen=True, slots=True)
class LedgerPlace:
    """Where the ledger holds the act of a decision: its log, the event's number, and its hash."""

    log: str
    event: int
    leaf: str


@dataclass(frozen=True, slots=True)
class Certified:
    """What a certificate states."""

    decision: str
    remains: str
    person: str
    name: str
    born: str
    decided_on: str
    basis: Sequence[str]
    signed: Sequence[str]
    place: LedgerPlace | None
    invented: bool
    complete: bool
    """Whether it was decided here, with all signatures."""
    stands: bool
    """Whether no later decision has taken its place."""


def certificate(found: Certified, *, code: str, case: str, made_at: datetime) -> Sheet:
    """The certificate of one identification, with its data inside and the event in its square."""
    states = _STATES if found.complete else _LACKS
    blocks: list[Block] = [
        *([paragraph(_FALLEN)] if not found.stands else []),
        paragraph(states),
        heading(Words("Who", "Хто")),
        fields(
            [
                field(Words("Name as recorded", "Ім’я, як записано"), found.name, span=2),
                field(Words("Born", "Народження"), found.born),
                field(Words("Key of the person", "Ключ особи"), found.person),
            ],
            columns=4,
        ),
        heading(Words("Which remains", "Які рештки")),
        fields([field(Words("Code", "Код"), code), field(Words("Key", "Ключ"), found.remains)],
               columns=2),
        heading(Words("The decision", "Рішення")),
        fields(
            [
                field(Words("Number", "Номер"), found.decision),
                field(Words("Decided on", "Ухвалено"), found.decided_on),
                field(Words("Primary identifiers", "Первинні ідентифікатори"),
                      _listed(found.basis, _BASIS)),
                field(Words("Signed by", "Підписали"), _listed(found.signed, _SIGNED)),
            ],
            columns=2,
        ),
        *_ledger(found.place),
        paragraph(_UNPROMISED),
        signatures([Words("Legal authority", "Уповноважений орган"),
                    Words("First discipline", "Перша дисципліна"),
                    Words("Second discipline", "Друга дисципліна"),
                    Words("Received by, for the family", "Отримав(ла) від родини")]),
    ]  # fmt: skip
    return Sheet(
        Words("Certificate of identification", "Посвідчення про встановлення особи"),
        tuple(blocks), made_at, code=code, case=case, inside=(_data(found, code, case, made_at),),
        square=_square(found.place), watermark=_watermark(found),
    )  # fmt: skip


def _listed(codes: Sequence[str], words: dict[str, Words]) -> str:
    return "; ".join(in_both(words.get(one, Words(one, one))) for one in codes)


def _ledger(place: LedgerPlace | None) -> list[Block]:
    if place is None:
        return []
    return [
        heading(Words("In the ledger", "У реєстрі")),
        fields(
            [
                field(Words("Event", "Подія"), str(place.event)),
                field(Words("Log", "Журнал подій"), place.log, span=2),
                field(Words("SHA-256 of the event", "SHA-256 події"), place.leaf, span=3),
            ],
            columns=3,
        ),
    ]


def _square(place: LedgerPlace | None) -> str:
    """The event in few letters; it names nobody."""
    return f"{FORMAT}\n{place.log}\n{place.event}\n{place.leaf}" if place is not None else ""


def _watermark(found: Certified) -> Words:
    if found.invented:
        return INVENTED
    if not found.stands:
        return FALLEN
    return Words("", "") if found.complete else UNSIGNED


def _data(found: Certified, code: str, case: str, made_at: datetime) -> Inside:
    place = found.place
    body = {
        "format": FORMAT, "case": case, "invented": found.invented, "decision": found.decision,
        "remains": found.remains, "code": code, "person": found.person, "name": found.name,
        "born": found.born, "decided_on": found.decided_on, "basis": list(found.basis),
        "signed": list(found.signed), "complete": found.complete, "stands": found.stands,
        "event": {"log": place.log, "sequence": place.event, "leaf": place.leaf} if place else None,
        "made_at": made_at.astimezone(UTC).isoformat(),
    }  # fmt: skip
    text = json.dumps(body, ensure_ascii=False, indent=1)
    return Inside(NAME, text, "What this certificate states")
