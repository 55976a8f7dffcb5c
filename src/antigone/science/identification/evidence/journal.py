# SPDX-License-Identifier: Apache-2.0
"""The burial journal: line to marker, to grave, to remains; how far its lines can be trusted."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antigone.science.identification.evidence.age import year_bounds
from antigone.science.identification.evidence.factor import Factor, capped, no_evidence
from antigone.science.identification.evidence.intervals import beyond, log_ratio_to_average, tail
from antigone.science.identification.evidence.names import written_name_log_ratios
from antigone.science.identification.evidence.sex import error_of, sex_log_ratios
from antigone.science.linkage.names import ParsedName, parse_name
from antigone.terms.case import Case, JournalEntry

Floats = NDArray[np.float64]
WRITTEN_BIRTH_SD_YEARS = 2.0
"""How far a birth year written at a burial misses, beyond its words (convention)."""
MATCHES_SOMEBODY = math.log(10.0)
"""A line names somebody on the list when some person's name ratio is at least 10."""
_GRID = (np.arange(1000) + 0.5) / 1000


@dataclass(frozen=True)
class JournalLines:
    """Lines that are joined, by a marker, to a grave with remains.

    Attributes
    ----------
    entries : tuple of JournalEntry, length n_lines
    names : tuple of ParsedName, as `entries`
    remains : tuple of tuple of int, as `entries`
        Positions in the case of the remains in the line's grave.
    beside : int, shape (n_lines,)
        How many lines are joined to the same grave, this one too.
    log_name : float, shape (n_lines, n_persons)
        Natural-log ratio of the name alone; 0 where none is written.
    log_whole : float, shape (n_lines, n_persons)
        With the sex and birth that the line states.
    unjoined : int
        Lines of the journal that reach no remains: no evidence.
    """

    entries: tuple[JournalEntry, ...]
    names: tuple[ParsedName, ...]
    remains: tuple[tuple[int, ...], ...]
    beside: NDArray[np.intp]
    log_name: Floats
    log_whole: Floats
    unjoined: int


@dataclass(frozen=True)
class Reliability:
    """The probability that a line names the one who lies in its grave.

    `mean`, `low`, `high` of the posterior, 95 % between the ends; `without_own` leaves each
    line's own grave out, shape (n_lines,). `by_decision` and `by_dna` count the lines used.
    """

    mean: float
    low: float
    high: float
    without_own: Floats
    by_decision: int
    by_dna: int


def journal_lines(case: Case) -> JournalLines:
    """The lines of the journal that reach remains, with their ratios for every person."""
    grave_of = {one.marker: one.grave for one in case.markers}
    lying: dict[str, list[int]] = {}
    for place, remains in enumerate(case.remains):
        if remains.grave is not None:
            lying.setdefault(remains.grave, []).append(place)
    graves = [grave_of.get(one.marker) if one.marker else None for one in case.journal]
    joined = [i for i, grave in enumerate(graves) if grave in lying]
    entries = tuple(case.journal[i] for i in joined)
    at = [str(graves[i]) for i in joined]
    count = Counter(at)
    names = tuple(parse_name(one.name or "") for one in entries)
    log_name = written_name_log_ratios(case, names)
    return JournalLines(
        entries,
        names,
        tuple(tuple(lying[grave]) for grave in at),
        np.array([count[grave] for grave in at], dtype=np.intp),
        log_name,
        log_name + _written_sex(case, entries, names) + _written_birth(case, entries),
        len(case.journal) - len(entries),
    )


def _written_sex(
    case: Case, entries: tuple[JournalEntry, ...], names: tuple[ParsedName, ...]
) -> Floats:
    """Sex written beside the line; none where the name itself states it, to count it once."""
    observed = [None if name.sex else one.sex for one, name in zip(entries, names, strict=True)]
    errors = [error_of(case, "journal")] * len(entries)
    return sex_log_ratios(observed, errors, [one.sex for one in case.persons])


def _written_birth(case: Case, entries: tuple[JournalEntry, ...]) -> Floats:
    written = np.array([year_bounds(one.born) for one in entries]).reshape(-1, 2)
    persons = np.array([year_bounds(one.born) for one in case.persons]).reshape(-1, 2)
    known = np.logical_and.outer(~np.isnan(written).any(axis=1), ~np.isnan(persons).any(axis=1))
    middle = np.nan_to_num(persons.mean(axis=1))[None, :]
    half = np.nan_to_num(persons[:, 1] - persons[:, 0])[None, :] / 2
    low, high = np.nan_to_num(written[:, :1]), np.nan_to_num(written[:, 1:])
    distance = beyond(middle, low - half, high + half)
    return log_ratio_to_average(tail(distance, WRITTEN_BIRTH_SD_YEARS), known)


def journal_reliability(
    case: Case, lines: JournalLines, dna_posterior: Floats | None
) -> Reliability:
    """Posterior of the reliability r, on a grid, and for each line without its own grave.

    Only graves with one line and one set of remains are used. With ``B_e`` the mean of the
    line's ratio S over who lies there, the likelihood is ``prod_e (r B_e + 1 - r)``; the prior is
    the policy's beta. Who lies there is known from a standing decision made without sight of the
    journal; else it is spread as `dna_posterior` says, somebody not listed having S = 1.
    Decisions made with the journal in sight are not used.

    Parameters
    ----------
    dna_posterior : float, shape (n_remains, n_persons), or None
        Posteriors from DNA alone. Rows sum to at most 1; a row of zeros is not used.
    """
    evidence, kinds = _who_lies_there(case, lines, dna_posterior)
    first, second = case.policy.evidence.journal_reliability_prior
    log_prior = (first - 1) * np.log(_GRID) + (second - 1) * np.log1p(-_GRID)
    each = np.log(_GRID[None, :] * evidence[:, None] + 1 - _GRID[None, :])
    total = log_prior + each.sum(axis=0)
    shares = _normalised(total[None, :])[0]
    cumulated = np.cumsum(shares)
    return Reliability(
        mean=float(shares @ _GRID),
        low=float(_GRID[int(np.searchsorted(cumulated, 0.025))]),
        high=float(_GRID[min(int(np.searchsorted(cumulated, 0.975)), _GRID.size - 1)]),
        without_own=_normalised(total[None, :] - each) @ _GRID,
        by_decision=kinds["decision"],
        by_dna=kinds["dna"],
    )


def _normalised(log_weights: Floats) -> Floats:
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _who_lies_there(
    case: Case, lines: JournalLines, dna_posterior: Floats | None
) -> tuple[Floats, Counter[str]]:
    """For each line the mean of its ratio over who lies there (1: nothing known), and counts."""
    persons = {one.person: place for place, one in enumerate(case.persons)}
    decided = {one.remains: one for one in case.standing_decisions if one.outcome == "identified"}
    means, kinds = np.ones(len(lines.entries)), Counter[str]()
    for line, name in enumerate(lines.names):
        if name.is_empty or lines.beside[line] != 1 or len(lines.remains[line]) != 1:
            continue
        place = lines.remains[line][0]
        decision = decided.get(case.remains[place].remains)
        ratios = np.exp(lines.log_whole[line])
        if decision is not None:
            if decision.journal_seen == "no" and decision.person in persons:
                means[line] = ratios[persons[decision.person]]
                kinds["decision"] += 1
        elif dna_posterior is not None and dna_posterior[place].any():
            row = dna_posterior[place]
            means[line] = row @ ratios + max(0.0, 1.0 - row.sum())
            kinds["dna"] += 1
    return means, kinds


def journal_factor(case: Case, lines: JournalLines, reliability: Reliability) -> Factor:
    """Each line's ratio for each pair: ``r S + 1 - r``, r shared out within a grave.

    In a grave with m lines and k remains, a line belongs to a given set of remains with
    probability ``1 / max(m, k)``; the lines of one grave are a mixture, not a product.
    """
    found = no_evidence(case)
    ratios, used = np.ones(found.shape), np.zeros(len(found), dtype=bool)
    for line, places in enumerate(lines.remains):
        weight = reliability.without_own[line] / max(lines.beside[line], len(places))
        gain = weight * np.expm1(lines.log_whole[line])
        for place in places:
            ratios[place] += gain
            used[place] = True
    found[used] = np.log(ratios[used])
    policy = case.policy.evidence
    first, second = policy.journal_reliability_prior
    source = (
        f"Name model times reliability {reliability.mean:.3f} (95 % {reliability.low:.3f} to "
        f"{reliability.high:.3f}; beta prior {first:g}, {second:g}; {reliability.by_decision} "
        f"decisions made without the journal, {reliability.by_dna} posteriors from DNA alone, the "
        f"pair's own grave left out), capped at 10^{policy.journal_group_cap_log10:g}"
    )
    held = capped(found, policy.journal_group_cap_log10)
    return Factor("journal", "journal", source, held)


def journal_facts(lines: JournalLines, reliability: Reliability) -> dict[str, float | int]:
    """What a run reports on the journal."""
    named = np.array([not name.is_empty for name in lines.names], dtype=bool)
    best = lines.log_name.max(axis=1, initial=-np.inf)
    return {
        "reliability": reliability.mean,
        "reliability_low": reliability.low,
        "reliability_high": reliability.high,
        "lines_joined": len(lines.entries),
        "lines_not_joined": lines.unjoined,
        "lines_with_a_name": int(named.sum()),
        "lines_naming_nobody_listed": int((named & (best < MATCHES_SOMEBODY)).sum()),
        "lines_checked_by_decision": reliability.by_decision,
        "lines_checked_by_dna": reliability.by_dna,
    }


def journal_names(case: Case, lines: JournalLines) -> tuple[Floats, NDArray[np.bool_]]:
    """Best name ratio of each pair over the lines of the grave, and for whom that is telling.

    Returns
    -------
    log_name : float, shape (n_remains, n_persons)
        Natural log; 0 without a named line.
    telling : bool, shape (n_remains,)
        Whether every set of remains in the grave has a named line of its own.
    """
    best = np.full((len(case.remains), len(case.persons)), -np.inf)
    named = np.zeros(len(case.remains), dtype=np.intp)
    beside = np.ones(len(case.remains), dtype=np.intp)
    for line, places in enumerate(lines.remains):
        if lines.names[line].is_empty:
            continue
        for place in places:
            best[place] = np.maximum(best[place], lines.log_name[line])
            named[place] += 1
            beside[place] = len(places)
    return np.where(np.isneginf(best), 0.0, best), named >= beside
