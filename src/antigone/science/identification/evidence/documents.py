# SPDX-License-Identifier: Apache-2.0
"""Documents found with remains, and the name that their inscription bears."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from antigone.science.identification.evidence.factor import Factor, capped, no_evidence
from antigone.science.identification.evidence.names import written_name_log_ratios
from antigone.science.linkage.names import parse_name
from antigone.terms.case import Case

KINDS_OF_PAPER = frozenset(
    """паспорт паспорта громадянина громадянки гражданина гражданки україни украины україна
    посвідчення удостоверение пенсійне пенсионное водійське водительское військовий военный квиток
    билет картка карта довідка справка свідоцтво свидетельство на ім'я имя ім’я особи личности серія
    серия номер viddil passport identity card driving licence license certificate of name the
    ukraine""".split()
)
"""Words of an inscription that name the paper and not its owner."""


def inscribed_name(inscription: str) -> str:
    """The words of an inscription that may be a name: no numbers, no names of papers."""
    tokens = re.split(r"[\s:;№#]+", inscription)
    kept = [
        token
        for token in tokens
        if token
        and not any(letter.isdigit() for letter in token)
        and token.strip('.,()«»"').casefold() not in KINDS_OF_PAPER
    ]
    return " ".join(kept)


def documents_factor(case: Case) -> Factor:
    """Each document's ratio for each pair: ``q S + 1 - q``; several on one body are a mixture.

    ``S`` is the ratio of the inscription's name against the person's, ``q`` the policy's
    probability that a document lies with its owner. Documents on one body are as a rule one
    pocket's: their mean S counts, not their product.
    """
    policy = case.policy.evidence
    place_of = {one.remains: place for place, one in enumerate(case.remains)}
    places, names = [], []
    for one in case.effects:
        if one.kind == "document" and one.inscription and one.remains in place_of:
            name = parse_name(inscribed_name(one.inscription))
            if not name.is_empty:
                places.append(place_of[one.remains])
                names.append(name)
    found = no_evidence(case)
    ratios = np.exp(written_name_log_ratios(case, names))
    q = policy.document_lies_with_owner
    for place in set(places):
        own = ratios[[i for i, other in enumerate(places) if other == place]]
        found[place] = np.log(q * own.mean(axis=0) + 1 - q)
    source = (
        f"Name model; a document lies with its owner with probability {q:g}; capped at "
        f"10^{policy.effects_group_cap_log10:g}"
    )
    return Factor("documents", "effects", source, capped(found, policy.effects_group_cap_log10))


def beside_journal(documents: Factor, journal: Factor) -> Factor:
    """What documents add to the journal: one claimed name counts once.

    A journal is often written from the papers in a pocket, and two sources that name one man
    agree with each other whoever he is. So where both speak in one direction the weightier
    counts; where they speak against each other both do. With the journal's ratio J and the
    documents' D (natural logs) the factor becomes ``sign(D) max(|D| - |J|, 0)``, or D.
    """
    d, j = documents.log_ratios, journal.log_ratios
    more = np.sign(d) * np.maximum(np.abs(d) - np.abs(j), 0.0)
    return replace(
        documents,
        source=documents.source + "; beside a journal that says the same only the excess counts",
        log_ratios=np.where(d * j > 0, more, d),
    )
