# SPDX-License-Identifier: Apache-2.0
"""What must hold of samples, frequency tables, observed alleles and mutation models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.cells import canonical, number
from antigone.exchange.case_folder.profiles import marker_kind, stated_marker_kinds
from antigone.exchange.case_folder.remarks import Remarks
from antigone.exchange.case_folder.sheets import closest_words
from antigone.terms.policy import FrequencyPolicy, Policy
from antigone.terms.tables import Row, Tables

DONORS = ("remains", "individual", "person")
DONORS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "post_mortem": ("remains",),
    "reference": ("individual",),
    "direct_reference": ("person", "individual"),
    "elimination": (),
}
RATES_OF_MODEL: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "equal": ("rate_female", "rate_male"),
    "proportional": ("rate_female", "rate_male"),
    "stepwise": ("rate_female", "rate_male", "rate2", "range"),
}
SUM_TOLERANCE = 1e-3
EXACT_TOLERANCE = 1e-9


def check_laboratory(tables: Tables, policy: Policy | None, remarks: Remarks) -> None:
    """Note samples without one right donor, wrong frequency tables, incomplete mutation models."""
    for index, row in enumerate(tables.get("sample", ())):
        _check_sample(index, row, remarks)
    for index, row in enumerate(tables.get("mutation", ())):
        _check_mutation(index, row, remarks)
    by_marker = _frequency_rows(tables.get("frequency", ()))
    for (marker, population), members in by_marker.items():
        _check_frequencies(marker, population, members, remarks)
    if policy is not None and "frequency" in tables:
        _check_observed(tables, policy.frequencies, by_marker, remarks)


def _check_sample(index: int, row: Row, remarks: Remarks) -> None:
    kind = row.get("kind", "").strip()
    given = [column for column in DONORS if row.get(column, "").strip()]
    if kind not in DONORS_OF_KIND:
        return  # noted as no code
    allowed = DONORS_OF_KIND[kind]
    for column in given:
        if column not in allowed:
            remarks.at(
                kinds.SAMPLE_OF_WRONG_KIND, "sample", index, column, row[column],
                kind=kind, column=column,
            )  # fmt: skip
    if len(given) > 1:
        remarks.at(kinds.SAMPLE_OF_TWO, "sample", index, given[-1], None, columns=", ".join(given))
    if allowed and not given:
        wanted = " or ".join(allowed)
        remarks.at(kinds.SAMPLE_OF_NOTHING, "sample", index, allowed[0], kind=kind, wanted=wanted)


def _check_mutation(index: int, row: Row, remarks: Remarks) -> None:
    model = row.get("model", "").strip()
    if model == "matrix":
        remarks.at(kinds.MUTATION_MATRIX, "mutation", index, "model", model)
    missing = [name for name in RATES_OF_MODEL.get(model, ()) if not row.get(name, "").strip()]
    if missing:
        remarks.at(
            kinds.MUTATION_INCOMPLETE, "mutation", index, missing[0],
            model=model, missing=", ".join(missing),
        )  # fmt: skip


FrequencyRows = dict[tuple[str, str], list[tuple[int, Row]]]


def _frequency_rows(rows: Sequence[Row]) -> FrequencyRows:
    found: FrequencyRows = {}
    for index, row in enumerate(rows):
        key = (row.get("marker", "").strip(), row.get("population", "").strip())
        if all(key):
            found.setdefault(key, []).append((index, row))
    return found


def _check_frequencies(
    marker: str, population: str, members: list[tuple[int, Row]], remarks: Remarks
) -> None:
    first_with: dict[str, int] = {}
    members_by_index = dict(members)  # alleles written alike are noted as duplicate keys
    for index, row in members:
        allele = canonical(row.get("allele", "").strip())
        first = first_with.setdefault(allele, index) if allele else index
        if first != index and row["allele"] != members_by_index[first]["allele"]:
            _allele_twice(marker, population, first, index, row, remarks)
    values = [number(row.get("frequency", "").strip()) for _, row in members]
    if None in values:
        return  # noted as no number
    total = sum(value for value in values if value is not None)
    facts = {"marker": marker, "population": population, "total": f"{total:.6g}"}
    at = members[0][0]
    if abs(total - 1) > SUM_TOLERANCE:
        remarks.at(kinds.FREQUENCIES_NOT_ONE, "frequency", at, "frequency", None, **facts)
    elif abs(total - 1) > EXACT_TOLERANCE:
        remarks.at(kinds.FREQUENCIES_NEARLY_ONE, "frequency", at, "frequency", None, **facts)


def _allele_twice(
    marker: str, population: str, first: int, index: int, row: Row, remarks: Remarks
) -> None:
    remarks.at(
        kinds.ALLELE_TWICE, "frequency", index, "allele", row["allele"],
        marker=marker, population=population,
        first=remarks.row_number("frequency", first),
        second=remarks.row_number("frequency", index),
    )  # fmt: skip


def _check_observed(
    tables: Tables, policy: FrequencyPolicy, by_marker: FrequencyRows, remarks: Remarks
) -> None:
    """Observed alleles against the population that the policy uses; each allele once."""
    populations = {population for _, population in by_marker}
    observed = _observed_alleles(tables)
    if not observed:
        return
    if policy.population not in populations:
        remarks.add(
            kinds.POPULATION_ABSENT, "frequency", None, "population", policy.population,
            population=policy.population, known=", ".join(sorted(populations)) or "none",
        )  # fmt: skip
        return
    markers = {marker for marker, population in by_marker if population == policy.population}
    for marker, seen in observed.items():
        if marker in markers:
            _check_marker(marker, seen, policy, by_marker[marker, policy.population], remarks)
        else:
            _without_frequencies(marker, seen, policy.population, markers, remarks)


Seen = dict[str, tuple[int, int]]
"""Allele to the first row with it, and how many calls have it."""


def _observed_alleles(tables: Tables) -> dict[str, Seen]:
    stated = stated_marker_kinds(tables)
    found: dict[str, Seen] = {}
    for index, row in enumerate(tables.get("profile", ())):
        marker = row.get("marker", "").strip()
        if not marker or marker_kind(marker, stated) != "autosomal":
            continue
        seen = found.setdefault(marker, {})
        for column in ("allele1", "allele2"):
            cell = row.get(column, "").strip()
            if cell and (allele := canonical(cell)):
                first, count = seen.get(allele, (index, 0))
                seen[allele] = first, count + 1
    return found


def _check_marker(
    marker: str,
    seen: Seen,
    policy: FrequencyPolicy,
    members: list[tuple[int, Row]],
    remarks: Remarks,
) -> None:
    known = {canonical(row.get("allele", "").strip()) for _, row in members}
    counts = [number(row.get("n_alleles", "").strip()) for _, row in members]
    n_alleles = min((int(count) for count in counts if count is not None), default=None)
    minimum = policy.minimum_for(n_alleles)
    for allele, (index, count) in seen.items():
        if allele in known:
            continue
        if minimum is None:
            kind, facts = kinds.ALLELE_WITHOUT_MINIMUM, {}
        else:
            kind, facts = kinds.ALLELE_NOT_IN_TABLE, {"count": count, "minimum": f"{minimum:.4g}"}
        remarks.at(kind, "profile", index, "marker", allele, marker=marker, allele=allele, **facts)


def _without_frequencies(
    marker: str, seen: Seen, population: str, markers: set[str], remarks: Remarks
) -> None:
    if not seen:
        return
    by_case = {name.lower(): name for name in markers}
    close = closest_words(marker, by_case)
    for lowered, name in by_case.items():
        close = close.replace(f" {lowered}.", f" {name}.")
    remarks.at(
        kinds.MARKER_WITHOUT_FREQUENCIES, "profile", min(first for first, _ in seen.values()),
        "marker", marker,
        marker=marker, population=population, closest=close,
        count=sum(count for _, count in seen.values()),
    )  # fmt: skip
