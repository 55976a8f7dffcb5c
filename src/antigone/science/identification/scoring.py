# SPDX-License-Identifier: Apache-2.0
"""Proposals and posteriors held against a known truth: errors, share found, calibration."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import beta, chi2, poisson

from antigone.science.identification.eligibility import STRENGTHS
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.results import NOBODY, TIERS, PosteriorRow, ProposalRow

SWAP_KINDS = frozenset(("sample_swap", "body_label_swap", "reference_swap"))
"""Planted faults after which remains, or a family, carry somebody else's profile."""

SWAP_RULES = frozenset(("R4", "R5"))
"""Rules that stop a proposal because samples or other evidence disagree."""

LEADING_EDGES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.9995, 1.0)
PAIR_EDGES = (0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999)
"""Bins of the two calibrations: from an edge (included) to the next (not); 1 is included."""

WIDEST = 0.01
"""Calibrated are probabilities certified to this width; wider ones are counted as uncertain."""

CONFIDENCE = 0.95
"""Of every interval in a score."""


class TruthMissing(AntigoneError):
    """Remains that were weighed and of which the truth says nothing."""

    code = "science.truth-missing"
    message = gettext_noop(
        "The truth has no row for %(count)d of the remains in the result, first %(first)s. Give "
        "the truth that was written with this very case."
    )


@dataclass(frozen=True, slots=True)
class Swapped:
    """Remains that carry another body's profile; persons whose family carries another's."""

    remains: frozenset[str]
    persons: frozenset[str]


@dataclass(frozen=True)
class ScoredRun:
    """One result and its truth.

    Attributes
    ----------
    proposals, posterior : sequences
    truth : mapping of remains to persons
        Empty: nobody on the list. Two: one human, reported twice; either is right.
    swapped : Swapped, or None
        None: the planted faults were not given.
    strengths : mapping of remains to a word of `STRENGTHS`, or None
        None: the case was not given.
    eligible : set of remains, or None
        Those of the key figure (`eligibility.eligible_remains`).
    """

    proposals: Sequence[ProposalRow]
    posterior: Sequence[PosteriorRow]
    truth: Mapping[str, frozenset[str]]
    swapped: Swapped | None
    strengths: Mapping[str, str] | None
    eligible: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the exact interval of the share (Clopper and Pearson 1934)."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share; None of none."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end at `CONFIDENCE`; (0, 1) of none."""
        return clopper_pearson(self.count, self.of)


@dataclass(frozen=True, slots=True)
class TierScore:
    """Errors of one tier.

    `wrong` counts those that no planted swap explains; `wrong_by_swap` the others (0 when faults
    were not given). `expected_wrong` is the sum of one minus the probability over the proposals
    of the tier; `p_value` weighs `wrong` against it.
    """

    tier: str
    proposed: int
    right: int
    wrong: int
    wrong_by_swap: int
    expected_wrong: float
    p_value: float

    @property
    def wrong_interval(self) -> tuple[float, float]:
        """Exact interval of the mean of which `wrong` is one draw (Garwood 1936)."""
        return poisson_interval(self.wrong)


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Pairs whose probability lies between two edges: how many were true, and how many should."""

    low: float
    high: float
    mean: float
    true: Share


@dataclass(frozen=True)
class Score:
    """How right a set of results is. Shares found stand beside errors: silence is no success."""

    n_runs: int
    tiers: tuple[TierScore, ...]
    identified: Share
    presumed_or_identified: Share
    """Of the remains whose person is on the list: rightly proposed at the tier, or at both."""
    by_strength: Mapping[str, Share]
    key_figure: Share | None
    swapped_flagged: Share | None
    """Of the remains that carry another body's profile: stopped by R4 or R5, or in conflict."""
    uncertain: Share
    """Of the remains with a candidate: the leading one is not certified to `WIDEST`."""
    leading: tuple[CalibrationBin, ...]
    pairs: tuple[CalibrationBin, ...]


def score_runs(runs: Sequence[ScoredRun]) -> Score:
    """Score several runs together, each against its own truth.

    Raises
    ------
    TruthMissing
        When a run weighs remains of which its truth says nothing.
    """
    for run in runs:
        _check_truth(run)
    swaps_known = all(run.swapped is not None for run in runs)
    keyed = all(run.eligible is not None for run in runs)
    leading = [pair for run in runs for pair in _leading(run)]
    return Score(
        n_runs=len(runs),
        tiers=tuple(_tier(runs, tier) for tier in TIERS),
        identified=_found(runs, TIERS[:1]),
        presumed_or_identified=_found(runs, TIERS[:2]),
        by_strength={one: _found_of_strength(runs, one) for one in STRENGTHS} if keyed else {},
        key_figure=_key_figure(runs) if keyed else None,
        swapped_flagged=_flagged(runs) if swaps_known else None,
        uncertain=Share(sum(not pair.is_certain for pair in leading), len(leading)),
        leading=_calibration(leading, LEADING_EDGES),
        pairs=_calibration([pair for run in runs for pair in _all_pairs(run)], PAIR_EDGES),
    )


def _check_truth(run: ScoredRun) -> None:
    known = run.truth.keys()
    weighed = {one.remains for one in run.proposals} | {one.remains for one in run.posterior}
    missing = sorted(weighed - known)
    if missing:
        raise TruthMissing(count=len(missing), first=missing[0])


def _is_right(run: ScoredRun, one: ProposalRow) -> bool:
    return one.person is not None and one.person in run.truth[one.remains]


def _after_swap(run: ScoredRun, one: ProposalRow) -> bool:
    swapped = run.swapped
    return swapped is not None and (one.remains in swapped.remains or one.person in swapped.persons)


def _tier(runs: Sequence[ScoredRun], tier: str) -> TierScore:
    proposed = right = wrong = by_swap = 0
    expected = 0.0
    for run in runs:
        for one in run.proposals:
            if one.tier != tier or one.person is None:
                continue
            proposed += 1
            expected += 1.0 - (one.probability or 0.0)
            if _is_right(run, one):
                right += 1
            elif _after_swap(run, one):
                by_swap += 1
            else:
                wrong += 1
    p_value = poisson_p_value(wrong, expected)
    return TierScore(tier, proposed, right, wrong, by_swap, expected, p_value)


def _share_right(
    runs: Sequence[ScoredRun], among: Sequence[Iterable[str]], tiers: Sequence[str]
) -> Share:
    count = of = 0
    for run, remains in zip(runs, among, strict=True):
        rightly = {
            one.remains for one in run.proposals if one.tier in tiers and _is_right(run, one)
        }
        wanted = set(remains)
        count += len(rightly & wanted)
        of += len(wanted)
    return Share(count, of)


def _found(runs: Sequence[ScoredRun], tiers: Sequence[str]) -> Share:
    listed = [[remains for remains, persons in run.truth.items() if persons] for run in runs]
    return _share_right(runs, listed, tiers)


def _found_of_strength(runs: Sequence[ScoredRun], strength: str) -> Share:
    among = [
        [remains for remains, one in (run.strengths or {}).items() if one == strength]
        for run in runs
    ]
    return _share_right(runs, among, TIERS[:1])


def _key_figure(runs: Sequence[ScoredRun]) -> Share:
    return _share_right(runs, [run.eligible or () for run in runs], TIERS[:1])


def _flagged(runs: Sequence[ScoredRun]) -> Share:
    count = of = 0
    for run in runs:
        for one in run.proposals:
            if run.swapped is not None and one.remains in run.swapped.remains:
                of += 1
                count += bool(one.conflicts) or not SWAP_RULES.isdisjoint(one.rules_failed)
    return Share(count, of)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair's probability, whether it is certified well enough, and whether the pair is true."""

    probability: float
    is_certain: bool
    is_true: bool


def _pair(run: ScoredRun, row: PosteriorRow) -> _Pair:
    is_certain = row.probability_high - row.probability_low <= WIDEST
    return _Pair(row.probability, is_certain, row.person in run.truth[row.remains])


def _leading(run: ScoredRun) -> list[_Pair]:
    best: dict[str, PosteriorRow] = {}
    for one in run.posterior:
        held = best.get(one.remains)
        if one.person != NOBODY and (held is None or one.probability > held.probability):
            best[one.remains] = one
    return [_pair(run, one) for one in best.values()]


def _all_pairs(run: ScoredRun) -> list[_Pair]:
    return [_pair(run, one) for one in run.posterior if one.person != NOBODY]


def _calibration(pairs: Sequence[_Pair], edges: Sequence[float]) -> tuple[CalibrationBin, ...]:
    certain = [pair for pair in pairs if pair.is_certain]
    bins = []
    for low, high in zip(edges, edges[1:], strict=False):
        end = math.inf if high == edges[-1] and high == 1 else high
        inside = [pair for pair in certain if low <= pair.probability < end]
        if inside:
            mean = sum(pair.probability for pair in inside) / len(inside)
            share = Share(sum(pair.is_true for pair in inside), len(inside))
            bins.append(CalibrationBin(low, high, mean, share))
    return tuple(bins)


def clopper_pearson(count: int, of: int) -> tuple[float, float]:
    """Exact interval of a share at `CONFIDENCE`, ``(0, 1)`` when `of` is 0.

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26:404-413.
    """
    tail = (1 - CONFIDENCE) / 2
    low = float(beta.ppf(tail, count, of - count + 1)) if count > 0 else 0.0
    high = float(beta.ppf(1 - tail, count + 1, of - count)) if count < of else 1.0
    return low, high


def poisson_interval(count: int) -> tuple[float, float]:
    """Exact interval of a Poisson mean at `CONFIDENCE`, after one draw of `count`.

    References
    ----------
    Garwood (1936), Biometrika 28:437-442.
    """
    tail = (1 - CONFIDENCE) / 2
    low = float(chi2.ppf(tail, 2 * count)) / 2 if count > 0 else 0.0
    return low, float(chi2.ppf(1 - tail, 2 * count + 2)) / 2


def poisson_p_value(count: int, mean: float) -> float:
    """Two-sided exact p-value of `count` under a Poisson law: twice the smaller tail, at most 1.

    A mean of 0 allows no other count than 0.
    """
    if mean <= 0:
        return 1.0 if count == 0 else 0.0
    below = float(poisson.cdf(count, mean))
    above = float(poisson.sf(count - 1, mean))
    return min(1.0, 2 * min(below, above))


def score_table(score: Score) -> str:
    """The score as plain columns, parted by tabs, a blank line between its tables."""
    tables = [_tier_lines(score), _share_lines(score)]
    tables.append(_calibration_lines("leading_candidate", score.leading))
    tables.append(_calibration_lines("pair", score.pairs))
    return "\n\n".join("\n".join("\t".join(cells) for cells in table) for table in tables) + "\n"


def _tier_lines(score: Score) -> list[list[str]]:
    columns = "tier proposed right wrong wrong_by_swap expected_wrong wrong_low wrong_high p_value"
    lines = [columns.split()]
    for one in score.tiers:
        counts = (one.tier, one.proposed, one.right, one.wrong, one.wrong_by_swap)
        low, high = one.wrong_interval
        numbers = (one.expected_wrong, low, high, one.p_value)
        lines.append([*map(str, counts), *(f"{number:.4g}" for number in numbers)])
    return lines


def _share_lines(score: Score) -> list[list[str]]:
    shares = {
        "identified_of_those_on_the_list": score.identified,
        "presumed_or_identified_of_those_on_the_list": score.presumed_or_identified,
    }
    shares["uncertain_of_those_with_a_candidate"] = score.uncertain
    shares |= {f"identified_{name}": one for name, one in score.by_strength.items()}
    if score.key_figure is not None:
        shares["key_figure"] = score.key_figure
    if score.swapped_flagged is not None:
        shares["swapped_flagged"] = score.swapped_flagged
    lines = [["share", "count", "of", "value", "low", "high"]]
    for name, one in shares.items():
        value = "" if one.value is None else f"{one.value:.4f}"
        ends = [f"{end:.4f}" for end in one.interval]
        lines.append([name, str(one.count), str(one.of), value, *ends])
    return lines


def _calibration_lines(name: str, bins: Sequence[CalibrationBin]) -> list[list[str]]:
    lines = [[name, "from", "to", "pairs", "mean_probability", "true", "share", "low", "high"]]
    for one in bins:
        low, high = one.true.interval
        edges = [f"{one.low:g}", f"{one.high:g}"]
        numbers = [f"{number:.4f}" for number in (one.true.value or 0.0, low, high)]
        middle = [str(one.true.of), f"{one.mean:.4f}", str(one.true.count)]
        lines.append(["bin", *edges, *middle, *numbers])
    return lines
