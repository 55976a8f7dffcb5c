# SPDX-License-Identifier: Apache-2.0
"""A small case in which nobody is real, and a run about it, both written by hand."""

from __future__ import annotations

import math
from dataclasses import replace

from antigone.terms.results import (
    NOBODY,
    ChanceRow,
    FactorRow,
    Identification,
    PosteriorRow,
    ProposalRow,
    Remark,
    RuleRow,
    SameCandidateRow,
)

SECRET = "Stepfather (invented), told to the geneticist only"

TABLES = {
    "site": [{"site": "S1", "name": "Invented wood"}],
    "grave": [
        {"grave": "G1", "site": "S1", "x_m": "0", "y_m": "0", "opened_on": "2022-09-16"},
        {"grave": "G2", "site": "S1", "x_m": "6", "y_m": "2.5", "opened_on": "2022-09-17"},
        {"grave": "G3", "site": "S1", "note": "not measured"},
    ],
    "marker": [
        {"marker": "M1", "site": "S1", "kind": "cross", "number": "319", "grave": "G1"},
        {"marker": "M2", "site": "S1", "kind": "cross", "number": "320", "grave": "G2",
         "text": "17 <soldiers>", "stated_burials": "17"},
    ],
    "journal": [
        {"entry": "J1", "site": "S1", "page": "4", "line": "11", "number": "319",
         "name": "Вигаданко Олена", "sex": "female", "marker": "M1"},
    ],
    "remains": [
        {"remains": "R1", "grave": "G1", "kind": "body", "sex": "male", "age_min": "30",
         "age_max": "40", "recovered_on": "2022-09-16"},
        {"remains": "R2", "grave": "G2", "position": "1", "kind": "body", "sex": "female"},
        {"remains": "R3", "grave": "G2", "position": "2", "kind": "body_part",
         "sex": "undetermined"},
    ],
    "container": [{"container": "B1", "kind": "bag"}, {"container": "B2", "kind": "bag"}],
    "effect": [{"effect": "E1", "remains": "R1", "kind": "document", "inscription": "В. О."}],
    "person": [
        {"person": "P1", "name": "Вигаданко Остап", "sex": "male", "born": "1985~"},
        {"person": "P2", "name": "Прикладенко Ганна", "sex": "female", "last_seen_on": "2022-04"},
        {"person": "P3", "name": "Зразківська Дарина", "sex": "female",
         "found_alive_on": "2023-01-01"},
    ],
    "family": [{"family": "F1", "kin_complete": "yes", "note": SECRET}],
    "relative": [
        {"individual": "I1", "family": "F1", "sex": "female", "certainty": "checked"},
        {"individual": "I2", "family": "F1", "sex": "male", "certainty": "stated",
         "note": SECRET},
        {"individual": "I3", "family": "F1", "sex": "male", "father": "I2", "mother": "I1",
         "person": "P1"},
    ],
    "sample": [
        {"sample": "X1", "kind": "post_mortem", "remains": "R1", "tissue": "femur"},
        {"sample": "X2", "kind": "reference", "individual": "I1", "tissue": "buccal swab"},
    ],
    "profile": [
        {"sample": "X1", "run": "1", "marker": "FGA", "allele1": "20", "allele2": "21"},
    ],
    "claim": [
        {"claim": "C1", "claimant": "An invented office", "claimant_role": "police",
         "measure": "bodies_found", "qualifier": "more_than", "value": "440", "low": "441",
         "unit": "bodies", "stance": "reports", "as_of": "2022-09-15", "utterance": "U1"},
        {"claim": "C2", "claimant": "Another invented office", "measure": "bodies_exhumed",
         "qualifier": "exact", "value": "447", "unit": "bodies", "stance": "corrects",
         "refers_to": "C1", "said_on": "2022-09-23"},
        {"claim": "C3", "claimant": "Another invented office", "measure": "bodies_servicemen",
         "source_title": "A paper", "qualifier": "exact", "value": "22",
         "unit": "bodies", "stance": "reports", "part_of": "C2"},
    ],
    "decision": [
        {"decision": "D1", "remains": "R2", "person": "P2", "outcome": "identified",
         "decided_on": "2023-05-01", "basis": "dental", "signed_by_roles": "odontologist;judge"},
    ],
}  # fmt: skip


def posterior(remains: str, person: str, probability: float) -> PosteriorRow:
    return PosteriorRow(
        remains=remains, person=person, probability=probability,
        probability_low=probability * 0.999999, probability_high=min(1.0, probability * 1.000001),
        at_prior_low=probability * 0.99, at_prior_high=probability,
        log10_lr_dna=None if person == NOBODY else 9.5, log10_lr_other=None,
    )  # fmt: skip


def proposal(remains: str, person: str | None, tier: str, reason: str, **more) -> ProposalRow:
    facts = {
        "probability": 0.99999999 if person else None, "rules_failed": (), "runner_up": None,
        "runner_up_probability": None, "primary_log10_lr_over_runner_up": None,
        "expected_chance_matches": None, "conflicts": (),
        "next_step": Remark("next.x", "Settle the open conflicts, each with a signed reason.", {}),
    }  # fmt: skip
    return ProposalRow(remains=remains, person=person, tier=tier, reason=reason, **(facts | more))


AGE = Remark("conflict.found_alive", "This person was found alive.", {})

RUN = Identification(
    posterior=(
        posterior("R1", "P1", 0.99999999),
        posterior("R1", "P3", 0.00002),
        posterior("R1", NOBODY, 0.000001),
        posterior("R3", NOBODY, 0.7),
    ),
    factors=(
        FactorRow("R1", "P1", "dna", 9.5, "primary", "Autosomal likelihood ratio"),
        FactorRow("R1", "P1", "journal", -1.0, "journal", "Name model"),
        FactorRow("R1", "P1", "age", -math.inf, "age", "Student t"),
    ),
    rules=(
        RuleRow("R1", "P1", "R1", "met", Remark(
            "R1.met",
            "The posterior stays at or above %(threshold).4f, with DNA alone and with everything, "
            "at every prior of the grid (lowest certified end %(lowest).6f).",
            {"threshold": 0.9995, "lowest": 0.999997},
        )),
        RuleRow("R1", "P1", "R3", "failed", Remark(
            "R3.failed",
            "%(count)d of %(needed)d close relatives carry the match; a parent, child or full "
            "sibling counts when the ratio stays at or above %(threshold)g without any other one.",
            {"count": 1, "needed": 2, "threshold": 100.0},
        )),
    ),
    chance=(
        ChanceRow("R1", "P1", "unrelated", 312900, 0.00031),
        ChanceRow("R1", "P1", "full_sibling", 700, 0.25),
    ),
    proposals=(
        proposal(
            "R1", "P1", "presumptive", "rules_failed", rules_failed=("R3",), runner_up="P3",
            runner_up_probability=0.00002, primary_log10_lr_over_runner_up=4.7,
            expected_chance_matches=0.00031, conflicts=(AGE,),
        ),
        proposal("R2", "P2", "identification", "decided"),
        proposal("R3", None, "unresolved", "no_profile"),
    ),
    same_candidates=(
        SameCandidateRow("remains", "R2", "R3", 4.25, "profiles"),
        SameCandidateRow("person", "P1", "P3", 3.5, "names"),
    ),
    facts={
        "software": "antigone 0.1.0", "comparisons": 6, "activity": 0.2, "policy": "[case]",
        "digests": {"grave": "ab12"}, "budget_ran_out": False,
    },
)  # fmt: skip


def grown(count: int) -> tuple[dict[str, list[dict[str, str]]], Identification]:
    """`TABLES` and `RUN` with `count` more graves, remains, persons, families and claims."""
    tables = {name: list(rows) for name, rows in TABLES.items()}
    for n in range(100, 100 + count):
        more = {
            "grave": {"grave": f"G{n}", "site": "S1", "x_m": f"{n}", "y_m": "4"},
            "marker": {"marker": f"M{n}", "number": "319", "grave": f"G{n}"},
            "journal": {"entry": f"J{n}", "marker": f"M{n}", "number": "319", "sex": "male"},
            "remains": {"remains": f"R{n}", "grave": "G2", "sex": "female", "kind": "body"},
            "person": {"person": f"P{n}", "name": f"Вигаданко {n}", "sex": "male"},
            "family": {"family": f"F{n}"},
            "relative": {"individual": f"I{n}", "family": "F1", "person": f"P{n}"},
            "sample": {"sample": f"X{n}", "kind": "post_mortem", "remains": "R1"},
            "effect": {"effect": f"E{n}", "remains": "R1", "kind": "clothing"},
            "claim": {"claim": f"C{n}", "measure": "identified", "part_of": "C2",
                      "refers_to": "C1", "utterance": "U1"},
            "decision": {"decision": f"D{n}", "remains": "R2", "person": "P1",
                         "outcome": "excluded"},
        }  # fmt: skip
        for table, row in more.items():
            tables[table].append(row)
        tables["relative"].append({"individual": f"K{n}", "family": f"F{n}"})
    proposals = tuple(
        proposal(f"R{n}", "P1", "unresolved", "not_strong_enough") for n in range(100, 100 + count)
    )
    return tables, replace(RUN, proposals=RUN.proposals + proposals)
