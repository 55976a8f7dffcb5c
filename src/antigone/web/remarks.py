# SPDX-License-Identifier: Apache-2.0
"""Remarks and refusals in the reader's language, with numbers as pages print them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from antigone.terms.errors import AntigoneError
from antigone.terms.results import Remark
from antigone.web import figures, wording

PROBABILITIES = frozenset({"lowest", "at_prior", "at_low"})
"""Facts that are probabilities: printed with their cap, whatever their template asks for."""
CODED = {
    "sex": "sex",
    "remains_sex": "sex",
    "person_sex": "sex",
    "journal_sex": "sex",
    "status": "status",
    "remains_status": "status",
    "person_status": "status",
    "basis": "basis",
    "identifier": "identifier",
    "discipline": "discipline",
}
"""Facts that are codes, and the kind of their words."""

_PLACE = re.compile(r"%\((\w+)\)(?:\.(\d+))?([a-z])|%%")


def in_reader_language(said: Remark | AntigoneError) -> str:
    """The sentence of a remark or refusal."""
    template = said.template if isinstance(said, Remark) else said.message
    return filled_in_reader_language(template, said.facts)


def filled_in_reader_language(template: str, facts: Mapping[str, Any]) -> str:
    """`template`, translated, with its facts."""
    return filled(gettext(template), facts)


def filled(template: str, facts: Mapping[str, Any]) -> str:
    """`template` with its facts, floats in the reader's decimals and probabilities capped.

    A fact that is itself a remark or a refusal is a sentence inside the sentence.
    """

    def printed(place: re.Match[str]) -> str:
        name, decimals, kind = place.groups()
        if name is None:
            return "%"
        value = facts[name]
        if isinstance(value, Remark | AntigoneError):
            return in_reader_language(value)
        if name in CODED:
            return wording.worded(value, CODED[name])
        if not isinstance(value, float):
            return place.group() % facts
        if name in PROBABILITIES:
            return figures.probability(value)
        if kind == "f":
            return figures.number(value, 6 if decimals is None else int(decimals))
        return figures.significant(value, 6 if decimals is None else int(decimals))

    return _PLACE.sub(printed, template)
