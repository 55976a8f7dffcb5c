# SPDX-License-Identifier: Apache-2.0
"""A case's policy: everything that changes an answer and is not evidence.

The keys and their meaning are part of the exchange format. There are no defaults: a missing key
is a fault that names it, an unknown key too, and all faults are reported in one go.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from antigone.terms.errors import AntigoneError, gettext_noop

ALTERNATIVES = ("unrelated", "full_sibling", "reversed_parent", "cousin")


class PolicyFaults(AntigoneError):
    """A policy that cannot be used; `facts["faults"]` holds one sentence a fault."""

    code = "terms.policy-faults"
    message = gettext_noop(
        "The policy cannot be used: %(text)s Mend policy.toml, or write a fresh one to compare "
        "with: antigone policy new."
    )

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults=tuple(faults), text=" ".join(faults))


@dataclass(frozen=True, slots=True)
class FrequencyPolicy:
    """Which population's table is used, and what an allele missing from it is given."""

    population: str
    minimum_count: float | None
    """Alleles: a missing allele gets ``minimum_count / n_alleles`` (``5/n_alleles``)."""
    minimum_frequency: float | None
    """An absolute frequency, for tables that state no ``n_alleles``."""
    f_st: float
    f_st_sensitivity: tuple[float, ...]

    def minimum_for(self, n_alleles: int | None) -> float | None:
        """The frequency of an allele missing from a table of `n_alleles`; None if undefined."""
        if self.minimum_frequency is not None:
            return self.minimum_frequency
        if n_alleles and self.minimum_count is not None:
            return self.minimum_count / n_alleles
        return None


@dataclass(frozen=True, slots=True)
class ErrorPolicy:
    """Rates of what goes wrong between a body and its profile, a family and its tree."""

    dropout: float
    dropout_degraded: float
    dropin: float
    genotyping: float
    false_paternity: float
    false_maternity: float
    sample_swap: float


@dataclass(frozen=True, slots=True)
class PriorPolicy:
    """Prior shares, with their reason, and the grid over which every result is repeated."""

    share_on_list: float
    share_buried_here: float
    reason: str
    unreported_kin_stated: float
    unreported_kin_unstated: float
    activity_grid: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class EvidencePolicy:
    """Parameters of each model of evidence that is not DNA."""

    sex_error: Mapping[str, float]
    """Error rate by method of sexing; the method ``unknown`` stands for every other."""
    age_sd_years: float
    stature_sd_cm: float
    journal_reliability_prior: tuple[float, float]
    journal_group_cap_log10: float
    document_lies_with_owner: float
    effects_group_cap_log10: float


@dataclass(frozen=True, slots=True)
class TierPolicy:
    """Thresholds of the rules R1 to R10."""

    identification: float
    primary_over_alternatives: float
    relatives: int
    relative_leave_one_out: float
    swap_support: float
    presumptive: float
    presumptive_low_end: float
    same_individual: float
    exclusion: float


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy, and the text it was read from."""

    time_zone: str
    frequencies: FrequencyPolicy
    errors: ErrorPolicy
    prior: PriorPolicy
    evidence: EvidencePolicy
    chance_alternatives: tuple[str, ...]
    tiers: TierPolicy
    text: str


class _Reader:
    """Takes keys out of a parsed policy, noting every fault instead of stopping at the first."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.left = {name: _copied(value) for name, value in document.items()}
        self.faults: list[str] = []

    def take(self, path: str, convert: Callable[[Any], Any], meaning: str) -> Any:
        here: Any = self.left
        *sections, last = path.split(".")
        for section in sections:
            here = here.get(section) if isinstance(here, dict) else None
        if not isinstance(here, dict) or last not in here:
            self.faults.append(f"The key {path} is missing ({meaning}).")
            return None
        value = here.pop(last)
        try:
            return convert(value)
        except (TypeError, ValueError):
            self.faults.append(f"{path} = {value!r} is not {meaning}.")
            return None

    def unknown(self) -> None:
        for path in _leaves(self.left, ""):
            self.faults.append(f"The key {path} is unknown.")


def _copied(value: Any) -> Any:
    return {k: _copied(v) for k, v in value.items()} if isinstance(value, dict) else value


def _leaves(tree: Mapping[str, Any], prefix: str) -> list[str]:
    found: list[str] = []
    for name, value in tree.items():
        if isinstance(value, dict):
            found.extend(_leaves(value, f"{prefix}{name}."))
        else:
            found.append(prefix + name)
    return found


def _number_between(
    low: float, high: float, *, low_open: bool = False, high_open: bool = False
) -> Callable[[Any], float]:
    def convert(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError
        if not low <= value <= high or (low_open and value == low) or (high_open and value == high):
            raise ValueError
        return float(value)

    return convert


_open_share = _number_between(0, 1, low_open=True, high_open=True)
_positive = _number_between(0, 1e12, low_open=True)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value


def _zone(value: Any) -> str:
    try:
        ZoneInfo(_text(value))
    except Exception as fault:
        raise ValueError from fault
    return str(value)


def _minimum(value: Any) -> tuple[float | None, float | None]:
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*/\s*n_alleles\s*", value)
        if match is None:
            raise ValueError
        return float(match[1]), None
    return None, _open_share(value)


def _shares_of(low_open: bool = False) -> Callable[[Any], tuple[float, ...]]:
    convert = _number_between(0, 1, low_open=low_open, high_open=True)

    def all_of(value: Any) -> tuple[float, ...]:
        if not isinstance(value, list) or not value:
            raise TypeError
        return tuple(convert(part) for part in value)

    return all_of


def _grid(value: Any) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise TypeError
    multiples = tuple(_positive(part) for part in value)
    if 1.0 not in multiples or min(multiples) == max(multiples):
        raise ValueError
    return tuple(sorted(multiples))


def _beta(value: Any) -> tuple[float, float]:
    if not isinstance(value, list):
        raise TypeError
    first, second = (_positive(part) for part in value)
    return first, second


def _alternatives(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or "unrelated" not in value:
        raise ValueError
    if any(part not in ALTERNATIVES for part in value) or len(set(value)) != len(value):
        raise ValueError
    return tuple(value)


def _methods(value: Any) -> Mapping[str, float]:
    if not isinstance(value, dict) or "unknown" not in value:
        raise ValueError
    rate = _number_between(0, 0.5, low_open=True)
    return {name: rate(part) for name, part in value.items()}


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError
    return value


def read_policy(text: str) -> Policy:
    """The policy written in TOML `text`.

    Raises
    ------
    PolicyFaults
        With every missing key, unknown key and value out of its range at once.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise PolicyFaults([f"It is not TOML: {fault}."]) from None
    take = (reader := _Reader(document)).take
    inner = "a share above 0 and below 1"
    positive = "a number above 0"

    time_zone = take("case.time_zone", _zone, 'a time zone such as "Europe/Kyiv"')
    population = take("frequencies.population", _text, "a population of the frequency table")
    minimum = take(
        "frequencies.minimum", _minimum, '"5/n_alleles" or a frequency above 0 and below 1'
    )
    f_st = take("frequencies.F_ST", _number_between(0, 1, high_open=True), "from 0 to below 1")
    f_st_grid = take("frequencies.F_ST_sensitivity", _shares_of(), "a list of F_ST values")
    error_rates = {
        name: take(
            f"errors.{name}", _number_between(0, 1, high_open=True), "a rate from 0 to below 1"
        )
        for name in ErrorPolicy.__slots__
    }
    prior = {
        "share_on_list": take("prior.share_on_list", _open_share, inner),
        "share_buried_here": take("prior.share_buried_here", _open_share, inner),
        "reason": take("prior.reason", _text, "a sentence"),
        "unreported_kin_stated": take("prior.unreported_kin_stated", _positive, "odds above 0"),
        "unreported_kin_unstated": take("prior.unreported_kin_unstated", _positive, "odds above 0"),
        "activity_grid": take(
            "prior.activity_grid", _grid, "a list of multiples that contains 1.0 and others"
        ),
    }
    evidence = {
        "sex_error": take(
            "evidence.sex.method", _methods, "error rates above 0 by method, with `unknown`"
        ),
        "age_sd_years": take("evidence.age.sd_years", _positive, positive),
        "stature_sd_cm": take("evidence.stature.sd_cm", _positive, positive),
        "journal_reliability_prior": take(
            "evidence.journal.reliability_prior", _beta, "the two parameters of a beta prior"
        ),
        "journal_group_cap_log10": take("evidence.journal.group_cap_log10", _positive, positive),
        "document_lies_with_owner": take(
            "evidence.effects.document_lies_with_owner", _open_share, inner
        ),
        "effects_group_cap_log10": take("evidence.effects.group_cap_log10", _positive, positive),
    }
    alternatives = take(
        "chance.alternatives", _alternatives, "a list with unrelated, of " + ", ".join(ALTERNATIVES)
    )
    tiers = {
        name: take(f"tiers.{name}", _count, "a whole number from 1")
        if name == "relatives"
        else take(
            f"tiers.{name}",
            _open_share if name in _TIER_SHARES else _positive,
            inner if name in _TIER_SHARES else positive,
        )
        for name in TierPolicy.__slots__
    }
    reader.unknown()
    if reader.faults:
        raise PolicyFaults(reader.faults)
    return Policy(
        time_zone=time_zone,
        frequencies=FrequencyPolicy(
            population=population,
            minimum_count=minimum[0],
            minimum_frequency=minimum[1],
            f_st=f_st,
            f_st_sensitivity=f_st_grid,
        ),
        errors=ErrorPolicy(**error_rates),
        prior=PriorPolicy(**prior),
        evidence=EvidencePolicy(**evidence),
        chance_alternatives=alternatives,
        tiers=TierPolicy(**tiers),
        text=text,
    )


_TIER_SHARES = ("identification", "presumptive", "presumptive_low_end", "exclusion")
