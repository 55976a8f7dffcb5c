# SPDX-License-Identifier: Apache-2.0
"""Columns of the format in the reader's words: what they hold, and what may be typed."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext

from antigone.records.queries.history import PROTECTED
from antigone.terms.tables import TABLES, Column, Kind, several
from antigone.web import wording
from antigone.web.labels import LABELS
from antigone.web.table_names import GROUPS, KINDS, MANY

TABLE = "table"
"""Stands for codes that are tables of the format."""

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
    "lead.result": "lead_result",
    "event.kind": "event_kind",
    "reader": "reader",
    "container.kind": "container_kind",
    "ordnance_cleared": "yes_no",
    "silence_kept": "yes_no",
    "in_situ_sheet": "yes_no",
    "body_position": "body_position",
    "restraint": "restraint",
    "item_kind": TABLE,
    "owner_kind": TABLE,
    "about_kind": TABLE,
    "shows": "shows",
    "party.kind": "party_kind",
    "kinds": "examination_kind",
    "examination.kind": "examination_kind",
    "estimate.of": "estimate_of",
    "estimate.unit": "estimate_unit",
    "conclusion.of": "conclusion_of",
    "no_data": "yes_no",
    "attachment": "yes_no",
    "further": "yes_no",
    "action": "custody_action",
    "exhibit.kind": "exhibit_kind",
    "degree": "degree",
    "comparison": "comparison",
    "mark.kind": "mark_kind",
    "attribute.kind": "attribute_kind",
    "flags": "profile_flag",
    "haplotype.kind": "marker_type_kind",
    "marker_type.kind": "marker_type_kind",
    "model": "mutation_model",
    "protection": "protection",
    "document.kind": "document_kind",
    "recommendation.outcome": "recommendation_outcome",
    "basis": "identifier",
    "author_discipline": "discipline",
    "discipline": "discipline",
    "notification.of": "told",
    "withdrawn_because": "withdrawn_because",
    "in_person": "yes_no",
}
"""Columns of codes, and the kind of their words."""

LISTED: Mapping[str, tuple[str, ...]] = {
    "journal": ("page", "line", "number", "name", "description", "buried_on", "marker"),
    "transcription": ("reader", "page", "line", "number", "name", "description", "transcriber"),
    "lead": ("site", "where", "says", "reported_on", "searched_on", "result"),
    "custody": (
        "at",
        "item_kind",
        "item",
        "action",
        "container",
        "from_party",
        "to_party",
        "place",
    ),
    "recovery": ("remains", "grave", "recovered_on", "body_position", "restraint", "dug_by"),
    "examination": ("remains", "kind", "at", "examiner", "examination_order"),
    "estimate": ("remains", "of", "sex", "low", "high", "unit", "method"),
    "conclusion": ("remains", "of", "words", "concluded_on", "signed_by"),
    "effect": ("remains", "kind", "description", "inscription", "found_where"),
    "exhibit": ("remains", "kind", "description", "found_where"),
    "finding": ("remains", "mechanism", "region", "side", "timing", "certainty", "examiner"),
    "consistency": ("allegation", "degree", "examiner", "concluded_on"),
    "container": ("kind", "note"),
    "mark": ("owner_kind", "owner", "kind", "region", "side", "description"),
    "dvi_item": ("owner_kind", "owner", "item", "value", "no_data", "recorded_on"),
    "statement": ("site", "given_on", "protection", "consent"),
    "document": ("title", "kind", "about_kind", "about", "author", "dated_on"),
    "recommendation": ("remains", "person", "outcome", "basis", "sitting_on", "author_discipline"),
    "decision": ("remains", "person", "outcome", "decided_on", "basis", "replaces"),
    "notification": ("person", "family", "decision", "of", "told_on", "told_by"),
}
"""What lists show of a table beside its key, where the first short columns are not it."""

LONG = frozenset(
    """note description inscription provenance alternatives timing_basis circumstance cause reasons
    text value status_basis says words sources seal_state without_order_because
    without_imaging_because declined wishes summary features_seen items_seen allegation
    measurements""".split()
)
"""Columns in which people write sentences."""


def kind_in_words(kind: str) -> str:
    """What a kind of record is called."""
    return str(KINDS.get(kind, kind))


def label(column: str, table: str = "") -> str:
    """What a column is called, in its table; one that nobody has named is shown as it is."""
    return str(LABELS.get(f"{table}.{column}", LABELS.get(column, column)))


def many_in_words(table: str) -> str:
    """What the records of a table are called together."""
    return str(MANY.get(table, table))


def group_in_words(group: str) -> str:
    """What a group of tables is called."""
    return str(GROUPS.get(group, group))


def referring_in_words(table: str, column: str) -> str:
    """Records of a table that refer to another by a column, which is named where it has several."""
    known = TABLES[table].column(column)
    assert known is not None
    aims = TABLES[table].targets(known)
    alike = [one for one in TABLES[table].columns if set(TABLES[table].targets(one)) & set(aims)]
    words = many_in_words(table)
    return f"{words}: {label(column, table)}" if len(alike) > 1 else words


def sorts(has_key: bool) -> list[tuple[str, str]]:
    """The orders that a list may have."""
    first = [("", gettext("as entered")), ("newest", gettext("newest first"))]
    by_key = [("key", gettext("by key")), ("-key", gettext("by key, from the end"))]
    return first + (by_key if has_key else [])


def code_kind(table: str, column: str) -> str | None:
    """The kind of the codes of a column; None where their words are not kept here."""
    return _CODES.get(f"{table}.{column}", _CODES.get(column))


def code_in_words(table: str, column: str, code: str) -> str:
    """A code as readers know it."""
    if column == "unit" and table == "claim":
        return wording.counted(code, "")
    kind = code_kind(table, column)
    if kind == TABLE:
        return kind_in_words(code).lower()
    return wording.worded(code, kind) if kind else code


def cell_in_words(table: str, column: str, cell: str) -> str:
    """A cell as readers know it: a code in words, with the code where it differs."""
    if PROTECTED in cell:
        return gettext("sealed")
    known = TABLES[table].column(column) if table in TABLES else None
    if not cell or known is None or known.kind not in (Kind.CODE, Kind.CODES):
        return cell
    codes = several(cell) if known.kind is Kind.CODES else (cell.strip(),)
    return "; ".join(code_in_words(table, column, code) for code in codes)


def choices(table: str, column: Column) -> list[tuple[str, str]]:
    """The codes of a column in words; blank first where it may be."""
    blank = [] if column.required else [("", gettext("not recorded"))]
    return blank + [(code, code_in_words(table, column.name, code)) for code in column.codes]


def advice(table: str, column: Column) -> str:
    """What may be typed into a column; blank where anything may."""
    if column.refers_by:
        return gettext("The key of one of this case, of the kind said beside it.")
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
            "codes": ", ".join(
                f"{code} ({code_in_words(table, column.name, code)})" for code in column.codes
            )
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
