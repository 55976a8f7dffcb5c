# SPDX-License-Identifier: Apache-2.0
"""The fitted weights of the name comparison, as they stand in `name_weights.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class NameWeights:
    """Natural-log ratios of parts by similarity, and what agreement earns beside a difference."""

    knots: tuple[float, ...]
    values: Mapping[str, tuple[float, ...]]
    """Role to the log ratio at each knot of similarity, not falling."""
    initials: Mapping[str, tuple[float, float]]
    """Role to the log ratios of an initial that agrees, and that differs."""
    beside_other_patronymic: float
    surname_changed: Mapping[str, float]
    """Sex (or ``unknown``) to the probability that one source has another surname."""
    chance: Mapping[str, float]
    """Role to the mean chance that this part agrees in two persons, where the fit was made."""
    source: str


@cache
def name_weights() -> NameWeights:
    """The weights that come with Antigone; how they were fitted stands in the file."""
    text = files(__package__).joinpath("name_weights.toml").read_text(encoding="utf-8")
    return read_name_weights(text)


def read_name_weights(text: str) -> NameWeights:
    """The weights written in TOML `text`."""
    table = tomllib.loads(text)
    return NameWeights(
        knots=tuple(table["knots"]),
        values={role: tuple(values) for role, values in table["values"].items()},
        initials={role: (pair[0], pair[1]) for role, pair in table["initials"].items()},
        beside_other_patronymic=float(table["beside_other_patronymic"]),
        surname_changed=dict(table["surname_changed"]),
        chance=dict(table["chance"]),
        source=str(table["source"]),
    )
