# SPDX-License-Identifier: Apache-2.0
"""What a blind search found, as tables; and an interrupted one, kept until it goes on."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from antigone.science.genetics.blind_search import BlindSearch
from antigone.science.genetics.search_chance import KIN, ChanceHits
from antigone.science.genetics.search_tables import RELATIONSHIPS
from antigone.terms.errors import AntigoneError, gettext_noop

UNFINISHED = "unfinished.npz"
HITS = ("relationship", "rank", "remains", "reference", "log10_lr", "markers")
CHANCE = (
    "relationship",
    "threshold",
    "comparisons",
    "reached",
    "expected_if_unrelated",
    "standard_error",
    *(f"{kin}_{what}" for kin in KIN for what in ("share", "low", "high")),
)


class SearchUnreadable(AntigoneError):
    """What was kept of an interrupted search cannot be read."""

    code = "exchange.search-unreadable"
    message = gettext_noop(
        "%(file)s holds nothing from which a search can go on. Name another folder, or remove that "
        "file to begin anew."
    )


def write_search(
    path: Path,
    search: BlindSearch,
    chance: ChanceHits,
    thresholds: Sequence[float],
    facts: Mapping[str, Any],
) -> None:
    """Write `hit.csv`, `chance.csv` and `search.json` into the folder `path`.

    The highest ratios of each relationship, with the markers typed in both; how many pairs reached
    each threshold, beside how many are expected by chance.
    """
    path.mkdir(parents=True, exist_ok=True)
    _write(path / "hit.csv", HITS, _hits(search))
    _write(path / "chance.csv", CHANCE, _chance(search, chance, thresholds))
    text = json.dumps(dict(facts), ensure_ascii=False, indent=2)
    (path / "search.json").write_text(text + "\n", encoding="utf-8")


def _hits(search: BlindSearch) -> Iterator[Sequence[object]]:
    hits = search.hits
    left, right = search.remains.codes, search.references.codes
    rank, last = 0, -1
    for relationship, one, other, log_ratio in zip(
        hits.relationship, hits.remains, hits.reference, hits.log_ratio, strict=True
    ):
        rank = rank + 1 if relationship == last else 1
        last = relationship
        typed = (left[:, one] != 0) & (right[:, other] != 0)
        yield (
            RELATIONSHIPS[relationship],
            rank,
            search.remains.donors[one],
            search.references.donors[other],
            f"{log_ratio / np.log(10):.6f}",
            int(typed.sum()),
        )


def _chance(
    search: BlindSearch, chance: ChanceHits, thresholds: Sequence[float]
) -> Iterator[Sequence[object]]:
    for which, relationship in enumerate(RELATIONSHIPS):
        for place, threshold in enumerate(thresholds):
            shares = (chance.kin_share, chance.kin_low, chance.kin_high)
            yield (
                relationship,
                repr(float(threshold)),
                search.comparisons,
                int(search.counts[which, place]),
                f"{chance.expected[which, place]:.6g}",
                f"{chance.standard_error[which, place]:.2g}",
                *(f"{one[kin, which, place]:.6g}" for kin in range(len(KIN)) for one in shares),
            )


def _write(path: Path, columns: Sequence[str], rows: Iterator[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def keep_unfinished(path: Path, search: BlindSearch) -> None:
    """Keep what an unfinished search has done, over what was kept before."""
    path.mkdir(parents=True, exist_ok=True)
    beside = path / f"{UNFINISHED}.new"
    with beside.open("wb") as file:
        np.savez(file, **search.state())
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path / UNFINISHED)


def take_up(path: Path, search: BlindSearch) -> bool:
    """Go on where the search in folder `path` was interrupted; False where none was.

    Raises
    ------
    SearchUnreadable, SearchNotOfThese
    """
    kept = path / UNFINISHED
    if not kept.exists():
        return False
    try:
        with np.load(kept, allow_pickle=False) as arrays:
            state = {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, EOFError) as error:
        raise SearchUnreadable(file=UNFINISHED) from error
    search.go_on(state)
    return True


def forget_unfinished(path: Path) -> None:
    """Remove what was kept of a search that is finished."""
    (path / UNFINISHED).unlink(missing_ok=True)
