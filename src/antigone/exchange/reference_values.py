# SPDX-License-Identifier: Apache-2.0
"""A published value beside the computed one, and how far they are apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Value:
    """One published value and the computed one, as text, and their relative difference."""

    what: str
    published: str
    computed: str
    difference: float
    """Relative to the published value; infinite where only one of them is 0, or is defined."""


def natural_log(value: Any) -> float:
    """Natural log of a likelihood or ratio, which may be the text ``"Inf"``."""
    number = float(value)
    if number == 0:
        return -math.inf
    return math.log(number) if number > 0 else math.nan


def compared_log(what: str, log_published: float, log_found: float) -> Value:
    """Two likelihoods, given as natural logs."""
    published, found = _as_text(log_published), _as_text(log_found)
    return Value(what, published, found, _difference(log_published, log_found))


def compared_ratio(what: str, published: Any, log_above: float, log_below: float) -> Value:
    """A published ratio, and ours from the logs of numerator and denominator."""
    if log_below == -math.inf:
        log_found = math.nan if log_above == -math.inf else math.inf
    else:
        log_found = log_above - log_below
    log_published = natural_log("nan" if published is None else published)
    return compared_log(what, log_published, log_found)


def compared_number(what: str, published: float, found: float) -> Value:
    """Two numbers that must be equal, such as counts."""
    difference = 0.0 if published == found else abs(found - published) / (abs(published) or 1.0)
    return Value(what, f"{published:g}", f"{found:g}", difference)


def _difference(log_published: float, log_found: float) -> float:
    if math.isnan(log_published) or math.isnan(log_found):
        return 0.0 if math.isnan(log_published) and math.isnan(log_found) else math.inf
    if log_published == log_found:
        return 0.0
    apart = log_found - log_published
    return math.inf if abs(apart) > 700 else abs(math.expm1(apart))


def _as_text(log: float) -> str:
    if math.isnan(log):
        return "undefined"
    return f"{math.exp(log):.15g}" if abs(log) < 700 else f"exp({log:.15g})"
