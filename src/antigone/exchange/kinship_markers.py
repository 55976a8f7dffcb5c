# SPDX-License-Identifier: Apache-2.0
"""Markers of kinship cases in JSON: frequencies, mutation, silent alleles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.frequencies import RESCALED_WITHIN, checked_frequencies
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.mutation import (
    checked_matrix,
    matrix_is_lumpable,
    mutation_matrix,
)
from antigone.science.genetics.stationary import stabilised
from antigone.terms.errors import AntigoneError

AS_GIVEN = 1e-8
"""Frequencies whose sum is this near to 1 stay as they are; what is left to 1 is nobody's."""

Wrong = Callable[[str, str], AntigoneError]
Unsupported = Callable[[str], AntigoneError]


def marker_model(marker: Any, wrong: Wrong, unsupported: Unsupported) -> MarkerModel:
    """The model that one entry of `markers` states.

    Parameters
    ----------
    marker : mapping
        With `name`, `alleles`, `freqs`; `chrom` (``"X"``, or nothing), `silent_allele`, and
        `mutation` with the two sexes (or these without it).
    wrong, unsupported
        Make the refusal, from a place and a reason, and from what is not computed.
    """
    if not isinstance(marker, Mapping) or not isinstance(marker.get("name"), str):
        raise wrong("markers", "`name` is missing or no str")
    name = marker["name"]
    where = f"marker {name}"
    if marker.get("chrom") not in (None, "autosomal", "X"):
        raise unsupported(f"marker {name} on chromosome {marker['chrom']}")
    for part in ("alleles", "freqs"):
        if not isinstance(marker.get(part), list):
            raise wrong(where, f"`{part}` is missing or no list")
    alleles = tuple(str(one) for one in marker["alleles"])
    p = _frequencies(marker["freqs"], alleles, name, wrong)
    silent = marker.get("silent_allele")
    if silent is not None and str(silent) not in alleles:
        raise wrong(where, f"the silent allele {silent} is not among the alleles")
    mutation = marker.get("mutation") or marker
    sexes = [mutation.get(sex) for sex in ("female", "male")]
    if marker.get("mutation") is not None and not all(isinstance(s, Mapping) for s in sexes):
        raise wrong(where, "`mutation` must state `female` and `male`")
    female, male = (
        None if one is None else _matrix(one, alleles, p, name, silent, wrong) for one in sexes
    )
    return MarkerModel(
        name,
        alleles,
        p,
        female,
        male,
        lumpable=all(m is None or matrix_is_lumpable(m) for m in (female, male)),
        silent=None if silent is None else str(silent),
        on_x=marker.get("chrom") == "X",
    )


def _frequencies(
    given: Sequence[Any], alleles: Sequence[str], marker: str, wrong: Wrong
) -> NDArray[np.float64]:
    p = _numbers(given, marker, wrong)
    if len(set(alleles)) != len(alleles) or p.shape != (len(alleles),):
        raise wrong(f"marker {marker}", "alleles and frequencies do not pair off")
    total = float(p.sum())
    if abs(total - 1) > RESCALED_WITHIN or abs(total - 1) <= AS_GIVEN:
        checked_frequencies(p, marker)
        return p
    return checked_frequencies(p / total, marker)


def _matrix(
    model: Mapping[str, Any],
    alleles: Sequence[str],
    p: NDArray[np.float64],
    marker: str,
    silent: Any,
    wrong: Wrong,
) -> NDArray[np.float64] | None:
    """A matrix stated by number, or by model and rates; a silent allele does not mutate."""
    if "matrix" in model:
        given = _numbers(model["matrix"], marker, wrong)
        return checked_matrix(given, alleles, marker, tolerance=1e-6)
    if silent is not None:
        raise wrong(f"marker {marker}", "with a silent allele the mutation must be a `matrix`")
    made = mutation_matrix(
        str(model.get("model")),
        alleles,
        p,
        rate=model.get("rate"),
        rate2=model.get("rate2"),
        step_range=model.get("range"),
        marker=marker,
    )
    method = model.get("stabilised")
    return made if method is None else stabilised(made, p, str(method), marker=marker)


def _numbers(given: Any, marker: str, wrong: Wrong) -> NDArray[np.float64]:
    try:
        return np.array(given, dtype=float)
    except (TypeError, ValueError):
        raise wrong(f"marker {marker}", "something else stands where numbers must") from None
