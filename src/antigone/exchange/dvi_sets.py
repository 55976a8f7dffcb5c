# SPDX-License-Identifier: Apache-2.0
"""Victim-identification data sets in dvir's terms (JSON), turned into a case folder."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from antigone.exchange.dvi_policy import flat_policy
from antigone.science.genetics.mutation import MODELS, mutation_matrix
from antigone.terms.alleles import canonical_allele
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import Row, Tables

_SEXES = {"1": "male", "2": "female", "0": ""}
_MATRIX_TOLERANCE = 1e-8  # relative: frequencies that sum to 1 within 1e-9 only


class DviSetUnreadable(AntigoneError):
    """A file that is no data set of this kind."""

    code = "exchange.dvi-set-unreadable"
    message = gettext_noop(
        "%(file)s cannot be read as a victim-identification data set: %(why)s. Expected is JSON "
        "with `pm`, `am`, `missing` and `marker_db`."
    )


class DviSetUnsupported(AntigoneError):
    """A data set that says something a case folder cannot."""

    code = "exchange.dvi-set-unsupported"
    message = gettext_noop(
        "%(file)s, %(where)s: %(what)s has no place in a case folder of format version 1. Leave it "
        "out of the data set, or compare by `antigone kinship ratio`."
    )


def dvi_set_tables(path: Path) -> tuple[Tables, str]:
    """The tables of a case folder, and its policy, from a data set in dvir's terms.

    Victims become remains with one post-mortem sample each; the missing become persons; pedigrees
    become relatives, keyed ``family-individual``; typed relatives have one reference sample; the
    marker database becomes frequency and mutation tables. A victim's sex is not recorded but
    turned into exclusions of the pairs whose sexes differ: such programs take sex as certain and
    give equal sexes no weight, where a recorded sex would count in favour. The policy is the flat
    prior of such data sets (each pair weighs as much as leaving both alone), without errors of any
    kind, as far as the format can say that, and says so in its first lines.

    Raises
    ------
    DviSetUnreadable, DviSetUnsupported
    """
    reader = _Reader(path.name, _document(path))
    tables = {
        "remains": list(reader.remains()),
        "person": list(reader.persons()),
        "family": list(reader.families()),
        "relative": list(reader.relatives()),
        "sample": list(reader.samples()),
        "profile": list(reader.profiles()),
        "frequency": list(reader.frequencies()),
        "mutation": list(reader.mutations()),
        "decision": list(reader.exclusions()),
    }
    policy = flat_policy(
        reader.name, n_remains=len(tables["remains"]), n_persons=len(tables["person"])
    )
    return tables, policy


def _document(path: Path) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or str(fault)
        raise DviSetUnreadable(file=path.name, why=why) from None
    for name, kind in {"pm": dict, "am": list, "missing": list, "marker_db": list}.items():
        if not isinstance(document, dict) or not isinstance(document.get(name), kind):
            raise DviSetUnreadable(file=path.name, why=f"`{name}` is missing or of another kind")
    if not isinstance(document, dict) or not document["pm"] or not document["missing"]:
        raise DviSetUnreadable(file=path.name, why="it has no victims or nobody missing")
    return document


@dataclass(frozen=True)
class _Reader:
    """One data set; every refusal names the file and the place."""

    file: str
    document: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.document.get("dataset") or self.file)

    def unsupported(self, where: str, what: str) -> DviSetUnsupported:
        return DviSetUnsupported(file=self.file, where=where, what=what)

    def remains(self) -> Iterator[Row]:
        for victim, facts in self.document["pm"].items():
            sex = self.sex(facts.get("sex"), f"victim {victim}") or "not stated"
            note = (
                f"Victim of the data set {self.name}, for comparison; no real person. Sex: {sex}."
            )
            yield {"remains": victim, "kind": "body", "sex": "undetermined", "note": note}

    def exclusions(self) -> Iterator[Row]:
        """Pairs whose sexes differ, which such data sets rule out before they weigh anything."""
        for victim, facts in self.document["pm"].items():
            sex = self.sex(facts.get("sex"), f"victim {victim}")
            for person in self.persons():
                if {sex, person["sex"]} == {"female", "male"}:
                    yield {
                        "decision": f"X-{victim}-{person['person']}",
                        "remains": victim,
                        "person": person["person"],
                        "outcome": "excluded",
                        "reasons": "The data set takes sex as certain, and here it differs.",
                    }

    def sex(self, code: object, where: str) -> str:
        if str(code) not in _SEXES:
            raise self.unsupported(where, f"the sex code {code!r}")
        return _SEXES[str(code)]

    def persons(self) -> Iterator[Row]:
        sexes = {
            member: sex
            for family in self.document["am"]
            for member, _, _, sex in self.rows(family)
            if member in family["missing"]
        }
        if len(self.document["missing"]) != sum(len(f["missing"]) for f in self.document["am"]):
            raise self.unsupported("missing", "a missing person in no family, or in two,")
        for person in self.document["missing"]:
            if person not in sexes:
                raise self.unsupported(f"missing person {person}", "one outside every pedigree")
            yield {"person": person, "sex": sexes[person] or "unknown"}

    def families(self) -> Iterator[Row]:
        for family in self.document["am"]:
            yield {"family": family["family"], "kin_complete": "yes"}

    def relatives(self) -> Iterator[Row]:
        for family in self.document["am"]:
            name = family["family"]
            if family["pedigree"].get("founder_inbreeding"):
                raise self.unsupported(f"family {name}", "an inbred founder")
            for member, father, mother, sex in self.rows(family):
                yield {
                    "individual": f"{name}-{member}",
                    "family": name,
                    "father": f"{name}-{father}" if father != "0" else "",
                    "mother": f"{name}-{mother}" if mother != "0" else "",
                    "sex": sex or "unknown",
                    "person": member if member in family["missing"] else "",
                    "certainty": "checked",
                }

    def rows(self, family: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
        for row in family["pedigree"]["rows"]:
            member, father, mother, sex = map(str, row)
            yield member, father, mother, self.sex(sex, f"family {family['family']}")

    def samples(self) -> Iterator[Row]:
        for victim in self.document["pm"]:
            yield {"sample": f"PM-{victim}", "kind": "post_mortem", "remains": victim}
        for family in self.document["am"]:
            for member in family["references"]:
                individual = f"{family['family']}-{member}"
                yield {
                    "sample": f"AM-{individual}",
                    "kind": "reference",
                    "individual": individual,
                }

    def profiles(self) -> Iterator[Row]:
        for victim, facts in self.document["pm"].items():
            yield from self.calls(f"PM-{victim}", facts["genotypes"])
        for family in self.document["am"]:
            for member, genotypes in family["references"].items():
                yield from self.calls(f"AM-{family['family']}-{member}", genotypes)

    def calls(self, sample: str, genotypes: Mapping[str, str]) -> Iterator[Row]:
        for marker, text in genotypes.items():
            alleles = [part for part in text.split("/") if part != "-"]
            if not 1 <= len(alleles) <= 2:
                raise self.unsupported(f"sample {sample}, marker {marker}", f"the call {text!r}")
            first, second = [*alleles, ""][:2]
            yield {
                "sample": sample,
                "run": "1",
                "marker": marker,
                "allele1": canonical_allele(first, marker),
                "allele2": canonical_allele(second, marker) if second else "",
            }

    def frequencies(self) -> Iterator[Row]:
        for marker in self.document["marker_db"]:
            if marker.get("chrom") not in (None, "autosomal"):
                raise self.unsupported(f"marker {marker['name']}", "a marker that is not autosomal")
            for allele, frequency in zip(marker["alleles"], marker["freqs"], strict=True):
                yield {
                    "marker": marker["name"],
                    "allele": canonical_allele(str(allele), marker["name"]),
                    "population": self.name,
                    "frequency": repr(float(frequency)),
                }

    def mutations(self) -> Iterator[Row]:
        for marker in self.document["marker_db"]:
            yield (
                self.mutation(marker)
                if marker.get("mutation")
                else {
                    "marker": marker["name"],
                    "model": "none",
                }
            )

    def mutation(self, marker: Mapping[str, Any]) -> Row:
        female, male = marker["mutation"]["female"], marker["mutation"]["male"]
        shared = {name: female.get(name) for name in ("model", "rate2", "range")}
        if shared != {name: male.get(name) for name in shared} or shared["model"] not in MODELS:
            what = "a mutation model that differs between the sexes, or has no table of rates,"
            raise self.unsupported(f"marker {marker['name']}", what)
        for model in (female, male):
            self.check_matrix(marker, model)
        return {
            "marker": marker["name"],
            "model": shared["model"],
            "rate_female": _number(female.get("rate")),
            "rate_male": _number(male.get("rate")),
            "rate2": _number(shared["rate2"]),
            "range": _number(shared["range"]),
        }

    def check_matrix(self, marker: Mapping[str, Any], model: Mapping[str, Any]) -> None:
        """Refuse a matrix that its own model and rates do not give back."""
        if "matrix" not in model:
            return
        p = np.array(marker["freqs"], dtype=float)
        computed = mutation_matrix(
            model["model"],
            [str(allele) for allele in marker["alleles"]],
            p / p.sum(),
            rate=model.get("rate"),
            rate2=model.get("rate2"),
            step_range=model.get("range"),
            marker=marker["name"],
        )
        given = np.array(model["matrix"], dtype=float)
        if given.shape != computed.shape or not np.allclose(
            given, computed, rtol=_MATRIX_TOLERANCE, atol=1e-15
        ):
            raise self.unsupported(
                f"marker {marker['name']}", "a mutation matrix other than its model's"
            )


def _number(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else repr(float(value))
