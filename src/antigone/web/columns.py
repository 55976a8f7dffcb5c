# SPDX-License-Identifier: Apache-2.0
"""Columns of the format in the reader's words: labels, codes, and what may be typed."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from antigone.records.queries.history import PROTECTED
from antigone.terms.tables import TABLES, Column, Kind
from antigone.web import wording

KINDS: Mapping[str, Promise] = {
    "site": _("Burial site"),
    "grave": _("Grave"),
    "marker": _("Marker"),
    "journal": _("Journal line"),
    "remains": _("Remains"),
    "relation": _("Decision on remains"),
    "container": _("Container"),
    "effect": _("Object"),
    "exhibit": _("Exhibit"),
    "finding": _("Physical finding"),
    "death": _("Cause of death"),
    "person": _("Person"),
    "same_person": _("Decision on persons"),
    "family": _("Family"),
    "relative": _("Relative"),
    "sample": _("Sample"),
    "profile": _("DNA profile"),
    "marker_type": _("Genetic marker"),
    "frequency": _("Allele frequency"),
    "mutation": _("Mutation model"),
    "claim": _("Public figure"),
    "decision": _("Decision"),
    "kept_row": _("Row kept word for word"),
    "investigation_case": _("Case"),
    "code_counter": _("Counter of codes"),
    "source_table": _("Columns of a table"),
    "analysis_run": _("Identification run"),
    "checkpoint": _("Checkpoint"),
    "witnessing": _("Witnessing"),
    "held_checkpoint": _("Checkpoint of another installation"),
    "user": _("Account"),
    "role_grant": _("Role given"),
    "opened_hypothesis": _("Opened hypothesis"),
    "opening": _("Opening of one record"),
    "notice": _("Notice"),
}
"""Kinds of record."""

_LABELS: Mapping[str, Promise] = {
    "site": _("Burial site"),
    "name": _("Name"),
    "country": _("Country"),
    "area": _("Area"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "found_on": _("Found on"),
    "secured_on": _("Secured on"),
    "note": _("Note"),
    "grave": _("Grave"),
    "x_m": _("x on the site grid, in m"),
    "y_m": _("y on the site grid, in m"),
    "opened_on": _("Opened on"),
    "excavation": _("Way of excavation"),
    "marker": _("Marker"),
    "kind": pgettext_lazy("column", "Kind"),
    "number": _("Number as painted"),
    "text": _("Text"),
    "stated_burials": _("Burials stated"),
    "entry": _("Journal line"),
    "page": _("Page"),
    "line": _("Line"),
    "description": _("Description"),
    "sex": _("Sex"),
    "born": _("Born"),
    "died": _("Died"),
    "buried_on": _("Buried on"),
    "brought_from": _("Brought from"),
    "transcriber": _("Transcribed by"),
    "remains": _("Remains"),
    "position": _("Position in the grave"),
    "recovered_on": _("Recovered on"),
    "recovered_by": _("Recovered by"),
    "sex_method": _("Method for the sex"),
    "age_min": _("Age from, in years"),
    "age_max": _("Age to, in years"),
    "age_method": _("Method for the age"),
    "stature_min_cm": _("Stature from, in cm"),
    "stature_max_cm": _("Stature to, in cm"),
    "stature_method": _("Method for the stature"),
    "status": _("Status"),
    "status_basis": _("Basis of the status"),
    "person": _("Person"),
    "name_other": _("Other names"),
    "last_seen_on": _("Last seen on"),
    "last_seen_where": _("Last seen where"),
    "stature_cm": _("Stature in cm"),
    "found_alive_on": _("Found alive on"),
    "family": _("Family"),
    "kin_complete": _("All close kin stated"),
    "stated_on": _("Stated on"),
    "contact_ref": _("How the family is reached"),
    "individual": _("Relative"),
    "father": _("Father"),
    "mother": _("Mother"),
    "certainty": _("Certainty"),
    "sample": _("Sample"),
    "tissue": _("Tissue"),
    "provenance": _("Provenance"),
    "taken_on": _("Taken on"),
    "laboratory": _("Laboratory"),
    "effect": _("Object"),
    "inscription": _("Inscription"),
    "found_where": _("Found where"),
    "finding": _("Finding"),
    "mechanism": _("Mechanism"),
    "region": _("Region of the body"),
    "side": _("Side"),
    "timing": _("When, in relation to death"),
    "timing_basis": _("Basis of the timing"),
    "alternatives": _("Alternatives considered"),
    "examiner": _("Examiner"),
    "cause": _("Cause of death"),
    "manner": _("Manner of death"),
    "circumstance": _("Circumstance"),
    "concluded_on": _("Concluded on"),
    "claim": _("Claim"),
    "utterance": _("Utterance"),
    "part_of": _("Addend of the claim"),
    "claimant": _("Who says it"),
    "claimant_role": _("Role of who says it"),
    "said_on": _("Said on"),
    "as_of": _("Describes the day"),
    "measure": _("What is counted"),
    "population": _("Among whom"),
    "qualifier": _("In which words"),
    "value": _("Figure as said"),
    "low": _("Lower bound"),
    "high": _("Upper bound"),
    "unit": _("Unit"),
    "stance": _("Stance"),
    "refers_to": _("Refers to the claims"),
    "source_title": _("Source"),
    "source_url": _("Address of the source"),
    "source_published": _("Source published on"),
    "decision": _("Decision"),
    "outcome": _("Outcome"),
    "decided_on": _("Decided on"),
    "basis": _("Basis"),
    "journal_seen": _("Journal was seen"),
    "signed_by_roles": _("Signed by the roles"),
    "replaces": _("Replaces the decision"),
    "reasons": _("Reasons"),
    "calls": _("Alleles"),
    "run": _("Run"),
    "relation": _("What was decided"),
}

_CODES: Mapping[str, str] = {
    "sex": "sex",
    "status": "status",
    "remains.kind": "remains_kind",
    "marker.kind": "marker_kind",
    "sample.kind": "sample_kind",
    "effect.kind": "effect_kind",
    "excavation": "excavation",
    "timing": "timing",
    "finding.certainty": "certainty",
    "relative.certainty": "link_certainty",
    "manner": "manner",
    "kin_complete": "yes_no",
    "journal_seen": "yes_no",
    "claimant_role": "claimant_role",
    "measure": "measure",
    "qualifier": "qualifier",
    "stance": "stance",
    "relation": "relation",
    "outcome": "decision_outcome",
}
"""Columns of codes, and the kind of their words."""

LONG = frozenset(
    """note description inscription provenance alternatives timing_basis circumstance cause reasons
    text value status_basis""".split()
)
"""Columns in which people write sentences."""


def kind_in_words(kind: str) -> str:
    """What a kind of record is called."""
    return str(KINDS.get(kind, kind))


def label(column: str) -> str:
    """What a column is called; one that nobody has named is shown as it is."""
    return str(_LABELS.get(column, column))


def code_in_words(table: str, column: str, code: str) -> str:
    """A code as readers know it."""
    if column == "unit":
        return wording.counted(code, "")
    kind = _CODES.get(f"{table}.{column}", _CODES.get(column))
    return wording.worded(code, kind) if kind else code


def cell_in_words(table: str, column: str, cell: str) -> str:
    """A cell as readers know it: a code in words, with the code where it differs."""
    if PROTECTED in cell:
        return gettext("sealed")
    known = TABLES[table].column(column) if table in TABLES else None
    if not cell or known is None or known.kind is not Kind.CODE:
        return cell
    return code_in_words(table, column, cell.strip())


def choices(table: str, column: Column) -> list[tuple[str, str]]:
    """The codes of a column in words; blank first where it may be."""
    blank = [] if column.required else [("", gettext("not recorded"))]
    return blank + [(code, code_in_words(table, column.name, code)) for code in column.codes]


def advice(table: str, column: Column) -> str:
    """What may be typed into a column; blank where anything may."""
    if column.refers_to and column.kind is Kind.TEXT:
        return gettext("The key of one of this case: %(kind)s.") % {
            "kind": kind_in_words(column.refers_to).lower()
        }
    if column.kind is Kind.DATE:
        return gettext("2022-04-03, 2022-04, 1956~ (about), 2022-03/2022-05 (between)")
    if column.kind in (Kind.NUMBER, Kind.INTEGER):
        return _bounds(column)
    if column.kind is Kind.CODES:
        return gettext("One or several of: %(codes)s; parted by ;") % {
            "codes": ", ".join(column.codes)
        }
    return gettext("Several are parted by ;") if column.kind is Kind.TEXTS else ""


def _bounds(column: Column) -> str:
    what = (
        gettext("whole number") if column.kind is Kind.INTEGER else gettext("number, such as 12.5")
    )
    if column.low is not None and column.high is not None:
        return gettext("%(what)s, %(low)g to %(high)g") % {
            "what": what, "low": column.low, "high": column.high,
        }  # fmt: skip
    if column.low is not None:
        return gettext("%(what)s, from %(low)g") % {"what": what, "low": column.low}
    return what
