# SPDX-License-Identifier: Apache-2.0
"""Names written somewhere against the names of the persons of a case."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from antigone.science.linkage.names import (
    NameFrequencies,
    ParsedName,
    name_frequencies,
    name_log_ratios,
    parse_name,
)
from antigone.terms.case import Case

Floats = NDArray[np.float64]


def person_names(case: Case) -> tuple[list[ParsedName], list[int]]:
    """Every name under which the persons were reported, and whose (position) each is."""
    names: list[ParsedName] = []
    owners: list[int] = []
    for place, one in enumerate(case.persons):
        for text in (one.name, one.name_other):
            name = parse_name(text) if text else None
            if name is not None and not name.is_empty:
                names.append(name)
                owners.append(place)
    return names, owners


def person_frequencies(case: Case) -> NameFrequencies:
    """How often each part of a name occurs among the persons listed."""
    return name_frequencies([parse_name(one.name) for one in case.persons if one.name])


def written_name_log_ratios(case: Case, written: Sequence[ParsedName]) -> Floats:
    """Natural-log ratios of names written somewhere, shape (n_written, n_persons).

    A person with two names has the better of the two; one without a name has 0.
    """
    names, owners = person_names(case)
    found = np.full((len(written), len(case.persons)), -np.inf)
    if names and written:
        ratios = name_log_ratios(written, names, frequencies=person_frequencies(case))
        for column, owner in enumerate(owners):
            found[:, owner] = np.maximum(found[:, owner], ratios[:, column])
    return np.where(np.isneginf(found), 0.0, found)
