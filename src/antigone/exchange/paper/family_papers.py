# SPDX-License-Identifier: Apache-2.0
"""Papers for families: the consent to the use of a sample, and receipts for what changes hands.

No name is printed: who signs writes it. Nothing is said of results, likelihoods or relationships.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from antigone.exchange.paper.sheets import (
    Block,
    Sheet,
    choice,
    field,
    fields,
    heading,
    paragraph,
    signatures,
    table,
)
from antigone.exchange.paper.words import Words, column_words
from antigone.terms.tables import Row, several

CONSENT_VERSION = "2026-1"
"""Changes with every word of the form, so that each consent says to which words it was given."""

_EXPLAINED = (
    Words(
        "You are asked for a sample of your saliva or blood. From it a laboratory makes a genetic "
        "profile and compares it with those of remains that have no name. The profile is used to "
        "find out who died, and for nothing else: not against anybody, not for other research, not "
        "for any search in other registers.",
        "Вас просять надати зразок слини або крові. З нього лабораторія отримує генетичний профіль "
        "і порівнює його з профілями решток, імені яких не знають. Профіль використовують, щоб "
        "з’ясувати, хто загинув, і ні для чого іншого: не проти будь-кого, не для інших "
        "досліджень, не для пошуку в інших реєстрах.",
    ),
    Words(
        "The laboratory knows your sample by a code, not by your name. You will be told in person, "
        "and only after the decision of the authority, if somebody you look for has been "
        "identified. You may say what you do not wish to be told.",
        "Лабораторія знає ваш зразок за кодом, а не за іменем. Якщо людину, яку ви шукаєте, "
        "встановлено, вам скажуть про це особисто і лише після рішення уповноваженого органу. Ви "
        "можете визначити, про що не хочете дізнаватися.",
    ),
    Words(
        "Genetic comparison can touch on how people are related. Nobody in your family and nobody "
        "outside the laboratory is told anything of the kind.",
        "Генетичне порівняння може торкатися того, хто кому ким доводиться. Про таке не "
        "повідомляють нікому з вашої родини й нікому поза лабораторією.",
    ),
    Words(
        "You are free to say no. You may withdraw your consent at any time, without giving a "
        "reason; then the sample is destroyed and the profile is no longer compared. This does not "
        "end the search for your relative.",
        "Ви вільні відмовитися. Ви можете відкликати згоду будь-коли, не пояснюючи причин; тоді "
        "зразок знищать, а профіль більше не порівнюватимуть. Пошук вашого родича це не припиняє.",
    ),
)
_PURPOSES = (
    ("sample", Words("A sample is taken and kept", "Взяття та зберігання зразка")),
    ("comparison", Words("The profile is compared with those of remains",
                         "Порівняння профілю з профілями решток")),
    ("other_laboratory", Words("Another laboratory may repeat it, under the same conditions",
                               "Інша лабораторія може повторити за тих самих умов")),
    ("contact", Words("I may be asked about further relatives",
                      "Мене можуть запитати про інших родичів")),
)  # fmt: skip
_OTHERS = Words("Also, as recorded", "Також, як записано")


def consent_form(row: Row, *, code: str, case: str, made_at: datetime) -> Sheet:
    """The consent of one relative, or of a guardian; blank but for codes, to be signed in ink."""
    given = several(row.get("purpose", ""))
    others = [one for one in given if one not in dict(_PURPOSES)]
    blocks: list[Block] = [
        heading(Words("What you agree to", "На що ви погоджуєтеся")),
        *(paragraph(words) for words in _EXPLAINED),
        heading(Words("I agree that", "Я погоджуюся, щоб")),
        fields(
            [
                choice(
                    words,
                    [
                        (Words("yes", "так"), name in given),
                        (Words("no", "ні"), False),
                    ],
                )
                for name, words in _PURPOSES
            ],
            columns=2,
        ),
        *([fields([field(_OTHERS, "; ".join(others))], columns=1)] if others else []),
        fields(
            [
                field(Words("What I do not wish to be told", "Про що я не хочу дізнаватися"),
                      lines=2),
                field(Words("Relation to the person sought", "Ким доводжуся розшукуваній особі"),
                      lines=2),
            ],
            columns=2,
        ),
        fields(
            [
                field(column_words("consent", "consent"), row.get("consent", "")),
                field(column_words("consent", "individual"), row.get("individual", "")),
                field(column_words("consent", "given_on"), row.get("given_on", "")),
                field(Words("Version of this form", "Версія цієї форми"),
                      row.get("version", "") or CONSENT_VERSION),
            ],
            columns=4,
        ),
        signatures(
            [Words("I have read it, or had it read to me", "Я прочитав(ла) це або мені прочитали"),
             Words("Guardian, where there is one", "Опікун, якщо є"),
             Words("Explained by", "Пояснив(ла)"), Words("Interpreter or witness",
                                                          "Перекладач або свідок")]
        ),
    ]  # fmt: skip
    return Sheet(
        Words("Consent to the use of a sample", "Згода на використання зразка"), tuple(blocks),
        made_at, code=code, case=case,
    )  # fmt: skip


def receipt(
    lines: Sequence[tuple[str, str, str]], *, given_by_family: bool, code: str, case: str,
    made_at: datetime,
) -> Sheet:  # fmt: skip
    """A receipt for what a family gave, or what was given to it: code, what it is, note."""
    blocks: list[Block] = [
        fields(
            [
                choice(
                    Words("Handed over", "Передано"),
                    [
                        (Words("by the family", "родиною"), given_by_family),
                        (Words("to the family", "родині"), not given_by_family),
                    ],
                ),
                field(Words("Place and day", "Місце і день")),
            ],
            columns=2,
        ),
        table(
            [Words("Code", "Код"), Words("What", "Що"), Words("State, remarks", "Стан, примітки")],
            [list(one) for one in lines], widths=[45, -1, 60], blank_rows=max(3, 8 - len(lines)),
        ),
        paragraph(
            Words(
                "Each side keeps one copy. What is on this list is not given to anybody else "
                "without the consent of whoever signs below.",
                "Кожна сторона зберігає один примірник. Те, що в цьому переліку, не передають "
                "іншим без згоди того, хто підписав нижче.",
            )
        ),
        signatures(
            [Words("For the family", "Від родини"), Words("For the institution", "Від установи"),
             Words("Whom to ask, and how reached", "До кого звертатися, контакти"),
             Words("Witness", "Свідок")]
        ),
    ]  # fmt: skip
    return Sheet(Words("Receipt", "Розписка"), tuple(blocks), made_at, code=code, case=case)
