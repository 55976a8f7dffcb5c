# SPDX-License-Identifier: Apache-2.0
"""Small invented laboratory cases, written as lines of text."""

from collections.abc import Mapping, Sequence
from importlib.resources import files

from antigone.terms.case import Case, case_from_tables
from antigone.terms.policy import read_policy

POLICY = (files("antigone.exchange") / "shipped" / "policy-example.toml").read_text("utf-8")

Cells = Mapping[str, str]


def laboratory_case(
    profiles: Mapping[str, Mapping[str, str]],
    *,
    samples: Sequence[Cells] = (),
    frequency: Sequence[Cells] = (),
    policy: str = POLICY,
    **tables: Sequence[Cells],
) -> Case:
    """A case from runs: ``{"S1 run1": {"D3S1358": "14 15", "FGA": "22", "VWA": "14 15 mixture"}}``.

    A cell holds one or two alleles, and flags in words. Samples not listed in `samples` are
    post-mortem samples of remains with their name's first letters before a dash (R1-a is of R1).
    """
    rows = []
    for name, calls in profiles.items():
        sample, _, run = name.partition(" ")
        for marker, cell in calls.items():
            words = cell.split()
            alleles = [word for word in words if word[0].isdigit() or word in ("X", "Y")]
            flags = ";".join(word for word in words if word not in alleles)
            first, second = [*alleles, "", ""][:2]
            rows.append(
                {
                    "sample": sample,
                    "run": run or "1",
                    "marker": marker,
                    "allele1": first,
                    "allele2": second,
                    "flags": flags,
                }
            )
    listed = {row["sample"] for row in samples}
    others = {row["sample"]: row for row in rows if row["sample"] not in listed}
    of_remains = [
        {"sample": sample, "kind": "post_mortem", "remains": sample.partition("-")[0]}
        for sample in others
    ]
    everything = {
        **tables,
        "profile": rows,
        "sample": [*samples, *of_remains],
        "frequency": frequency,
    }
    return case_from_tables(everything, read_policy(policy))


def frequency_rows(
    marker: str, frequencies: Mapping[str, float], *, n: str = "400", population: str = "europeDB"
) -> list[dict[str, str]]:
    """Rows of a frequency table."""
    return [
        {
            "marker": marker,
            "allele": allele,
            "population": population,
            "frequency": repr(frequency),
            "n_alleles": n,
        }
        for allele, frequency in frequencies.items()
    ]
