# SPDX-License-Identifier: Apache-2.0
"""Codes of dental charts read into the small set in which charts are compared.

`tooth_codes.csv` is the mapping: a list of codes, the code, the state. Letters mean one thing on
one list and another on the next, so that a code is read only with the name of its list
(``winid:MOD-S``, ``ua043:Pl``); the code as written stays beside what is made of it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from antigone.science.osteology.teeth import State, Tooth

SURFACES = frozenset("MODFLI")
"""Mesial, occlusal, distal, facial, lingual, incisal."""


def tooth_of(state: str, surfaces: str, original_code: str) -> Tooth | None:
    """What a row of a chart says of a tooth; None where its words are on no list.

    The state is read first, in the words of the list ``words``; where it is blank, the original
    code by the list that it names. A row that says nothing at all is no information.

    References
    ----------
    ``winid``: the codes of WinID3 (winid.com/codes.htm), surfaces first, further codes after a
    dash. ``ua043``: the legend of the dental record of Ukraine, form 043/o (Ministry of Health,
    order 110 of 14 February 2012), as far as it is about teeth.
    """
    filled = frozenset(surfaces.upper()) & SURFACES
    if state.strip():
        known = _codes("words").get(_plain(state))
        return None if known is None else _with_surfaces(known, filled)
    if not original_code.strip():
        return Tooth(State.FILLED, filled) if filled else Tooth(State.NO_INFORMATION)
    code_list, _, code = original_code.partition(":")
    if code_list.strip().lower() == "winid":
        return _winid(code.strip(), filled)
    known = _codes(code_list.strip().lower()).get(code.strip())
    return None if known is None else _with_surfaces(known, filled)


def _with_surfaces(state: State, filled: frozenset[str]) -> Tooth:
    return Tooth(state, filled if state in (State.FILLED, State.CROWNED) else frozenset())


def _winid(code: str, filled: frozenset[str]) -> Tooth | None:
    """Surfaces restored or one letter, then a dash and further codes (C crown, P, T replaced)."""
    primary, _, further = code.upper().partition("-")
    if primary and set(primary) <= SURFACES:
        state = State.CROWNED if "C" in further else State.FILLED
        return Tooth(state, filled | frozenset(primary))
    known = _codes("winid").get(primary)
    if known is State.MISSING and {"P", "T"} & set(further):
        known = State.REPLACED
    return None if known is None else Tooth(known)


def _plain(words: str) -> str:
    return " ".join(words.lower().split())


@cache
def _codes(code_list: str) -> Mapping[str, State]:
    text = files(__package__).joinpath("tooth_codes.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            row["code"]: State(row["state"])
            for row in csv.DictReader(text.splitlines())
            if row["code_list"] == code_list
        }
    )
