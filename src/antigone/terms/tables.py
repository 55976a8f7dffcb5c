# SPDX-License-Identifier: Apache-2.0
"""The tables of the case folder, version 1: their columns, keys, codes and references.

This is the contract of exchange: `exchange.case_folder` reads, checks and writes by it,
`records` keeps what it names, `terms.case` builds the case value from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

Row = Mapping[str, str]
"""One row of a table: column to cell, always text; a blank cell is the empty string."""

Tables = Mapping[str, Sequence[Row]]
"""Every table given, by name. Unknown columns stand in their rows under their own names."""


class Kind(Enum):
    """What the text of a cell must be."""

    TEXT = "text"
    CODE = "code"  # one of `codes`
    CODES = "codes"  # several of `codes`, parted by ;
    TEXTS = "texts"  # several texts, parted by ;
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"  # EDTF level 1
    TIME = "time"  # RFC 3339 with offset


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what its cells must be, and what they refer to."""

    name: str
    kind: Kind = Kind.TEXT
    is_key: bool = False
    codes: tuple[str, ...] = ()
    refers_to: str | None = None
    refers_by: str | None = None
    """Column of the same row that names the table referred to (``owner_kind``)."""
    or_words: bool = False
    """Whether anything may stand here that is no key: who holds a thing need not be listed."""
    low: float | None = None
    high: float | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a name, columns in their usual order, and the group it stands in."""

    name: str
    group: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that together name a row."""
        return tuple(column.name for column in self.columns if column.is_key)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The known columns, in their usual order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column | None:
        """The column of that name, or None for an unknown one."""
        return next((column for column in self.columns if column.name == name), None)

    def targets(self, column: Column) -> tuple[str, ...]:
        """The tables that a cell of `column` may refer to: one, several by a code, or none."""
        if column.refers_to:
            return (column.refers_to,)
        by = self.column(column.refers_by) if column.refers_by else None
        return by.codes if by else ()

    def key_of(self, row: Row) -> tuple[str, ...]:
        """The key of `row`."""
        return tuple(row.get(name, "") for name in self.key)


def _key(name: str, **more: object) -> Column:
    return Column(name, is_key=True, required=True, **more)  # type: ignore[arg-type]


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _ref(name: str, table: str | None = None, *, required: bool = False) -> Column:
    return Column(name, refers_to=table or name, required=required)


def _one_of(name: str, by: str) -> Column:
    return Column(name, refers_by=by)


def _code(name: str, *codes: str, is_key: bool = False, required: bool = False) -> Column:
    return Column(name, Kind.CODE, codes=codes, is_key=is_key, required=required or is_key)


def _codes(name: str, *codes: str) -> Column:
    return Column(name, Kind.CODES, codes=codes)


def _number(name: str, low: float | None = None, high: float | None = None) -> Column:
    return Column(name, Kind.NUMBER, low=low, high=high)


def _integer(name: str, low: float | None = None, high: float | None = None) -> Column:
    return Column(name, Kind.INTEGER, low=low, high=high)


def _date(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Kind.DATE) for name in names)


def _flat(parts: Iterable[Column | tuple[Column, ...] | str]) -> tuple[Column, ...]:
    columns: list[Column] = []
    for part in parts:
        if isinstance(part, str):
            columns.extend(_text(*part.split()))
        elif isinstance(part, Column):
            columns.append(part)
        else:
            columns.extend(part)
    return tuple(columns)


def _table(name: str, group: str, *parts: Column | tuple[Column, ...] | str) -> Table:
    return Table(name, group, _flat(parts))


_STATUS = ("civilian", "serviceman", "undetermined")
_YES_NO = ("yes", "no")
WITHDRAWN_BECAUSE = (
    "found_alive", "contradicting_sample", "exchanged_samples", "disproved_pedigree", "other",
)  # fmt: skip
"""Why an identification is withdrawn (rule R11)."""
_DISCIPLINES = (
    "pathology", "anthropology", "odontology", "genetics", "fingerprints", "radiology",
    "archaeology",
)  # fmt: skip
_EXAMINATIONS = (
    "imaging", "autopsy", "anthropology", "odontology", "dna", "fingerprints", "effects",
    "ballistics", "toxicology",
)  # fmt: skip
_OWNER = _code("owner_kind", "remains", "person", is_key=True)

MEASURES = tuple(
    """graves_found graves_exhumed graves_number_only sites_found site_type bodies_found
    bodies_exhumed bodies_examined bodies_civilian bodies_women bodies_men bodies_children
    bodies_servicemen bodies_sex_undetermined bodies_with_torture_signs bodies_hands_tied
    bodies_rope_on_neck bodies_violent_signs bodies_blast_or_shelling bodies_gunshot
    bodies_fractures share_violent_death share_artillery_or_no_care cause_of_death sign_reported
    killed_estimate killed_documented victims missing_reported missing_estimate identified
    unidentified presumed_identity unclaimed reburied reassociations dna_examinations dna_profiles
    reference_donors examinations_ordered grave_occupant record_practice record_mismatch process
    staff_on_site lab_load event_date territory_recovered attribution comparison reaction""".split()
)
QUALIFIERS = tuple(
    """exact at_least more_than up_to about nearly range hundreds thousands most minority many
    several some all all_but_one none_found month_only none""".split()
)
UNITS = tuple(
    """bodies persons graves sites percent examinations reports cases_per_day square_km date
    text""".split()
)
CLAIMANT_ROLES = tuple(
    """encyclopedia head_of_state national_government regional_administration municipal_authority
    police prosecutor investigators emergency_service forensic_institution
    missing_persons_institution un_body court ngo expert news_media record_keeper inscription
    local_witness contesting_party foreign_government church""".split()
)

_ALL = (
    # Places
    _table(
        "site", "places", _key("site"), "name country area",
        _number("latitude", -90, 90), _number("longitude", -180, 180),
        _date("found_on", "secured_on"), "note",
    ),
    _table(
        "grave", "places", _key("grave"), _ref("site"), _number("x_m"), _number("y_m"),
        _date("opened_on"), _code("excavation", "stratigraphic", "pedestal", "other"), "note",
    ),
    _table(
        "marker", "places", _key("marker"), _ref("site"),
        _code("kind", "cross", "plaque", "peg", "other"), "number text",
        _integer("stated_burials", 0), _ref("grave"), "note",
    ),
    _table(
        "journal", "places", _key("entry"), _ref("site"), "page line number name description",
        _code("sex", "female", "male", "other", "unknown", "undetermined"),
        _date("born", "died", "buried_on"), "brought_from", _integer("stated_burials", 0),
        _ref("marker"), "transcriber note",
    ),
    _table(
        "lead", "places", _key("lead"), _ref("site"), _date("reported_on"),
        "reported_by_role where says", _date("searched_on"),
        _code("result", "graves_found", "nothing_found", "not_searched"),
    ),
    _table(
        "event", "places", _key("event"), _ref("site"),
        _code("kind", "shelling", "detention", "search", "killing", "burial", "control_change",
              "discovery", "other"),
        _date("from_date", "to_date"), "where who_controlled persons sources note",
    ),
    _table(
        "control_period", "places", _key("control_period"), _ref("site"),
        _date("from_date", "to_date"), Column("who_controlled", required=True), "source note",
    ),
    _table(
        "transcription", "places", _key("transcription"), _ref("site"),
        _code("reader", "first", "second", "third", required=True), "transcriber",
        _date("transcribed_on"), Column("page", required=True), Column("line", required=True),
        "number name description",
        _code("sex", "female", "male", "other", "unknown", "undetermined"),
        _date("born", "died", "buried_on"), "brought_from", _integer("stated_burials", 0), "note",
    ),
    # Remains
    _table(
        "remains", "remains", _key("remains"), _ref("grave"), _integer("position", 1),
        _code("kind", "body", "body_part", "commingled"), _date("recovered_on"), "recovered_by",
        _code("sex", "female", "male", "undetermined"), "sex_method",
        _number("age_min", 0, 130), _number("age_max", 0, 130), "age_method",
        _number("stature_min_cm", 20, 260), _number("stature_max_cm", 20, 260), "stature_method",
        _code("status", *_STATUS), "status_basis note",
    ),
    _table(
        "relation", "remains", _key("remains_a", refers_to="remains"),
        _key("remains_b", refers_to="remains"),
        _code("relation", "same_individual", "part_of", "different", required=True),
        _date("decided_on"), "basis",
    ),
    _table(
        "container", "remains", _key("container"), _code("kind", "bag", "box", "coffin"), "note",
    ),
    _table(
        "recovery", "remains", _key("recovery"), _ref("grave"), _ref("remains"),
        _date("recovered_on"), _code("ordnance_cleared", *_YES_NO), "ordnance_cleared_by",
        _code("silence_kept", *_YES_NO), _code("in_situ_sheet", *_YES_NO), _number("depth_cm", 0),
        _code("body_position", "supine", "prone", "left_side", "right_side", "sitting", "flexed",
              "disarticulated", "undetermined"),
        "head_towards",
        _code("restraint", "none", "hands_in_front", "hands_behind", "feet", "hands_and_feet",
              "other", "undetermined"),
        "restraint_material", Column("features_seen", Kind.TEXTS), Column("items_seen", Kind.TEXTS),
        "dug_by recorded_by note",
    ),
    _table(
        "photograph", "remains", _key("photograph"),
        _code("item_kind", "site", "grave", "remains", "container", "effect", "exhibit"),
        _one_of("item", "item_kind"), "code_visible",
        _code("shows", "scene", "in_situ", "body", "head", "hands", "injury", "teeth", "mark",
              "object", "label", "document", "other"),
        Column("at", Kind.TIME), "taken_by camera note",
    ),
    _table(
        "party", "remains", _key("party"),
        _code("kind", "person", "team", "institution", "vehicle", "family"),
        "name role institution note",
    ),
    _table(
        "examination_order", "remains", _key("examination_order"),
        Column("number", required=True), "proceeding", _ref("remains"),
        _codes("kinds", *_EXAMINATIONS), Column("issued_by", required=True), _date("issued_on"),
        _date("withdrawn_on"), "note",
    ),
    _table(
        "examination", "remains", _key("examination"), _ref("remains", required=True),
        _ref("examination_order"), _code("kind", *_EXAMINATIONS, required=True),
        Column("at", Kind.TIME), "place examiner assistants without_order_because",
        "without_imaging_because note",
    ),
    _table(
        "estimate", "remains", _key("estimate"), _ref("remains", required=True),
        _code("of", "sex", "age", "stature", "time_since_death", required=True),
        _code("sex", "female", "male", "undetermined"), _number("low", 0), _number("high", 0),
        _code("unit", "years", "cm", "days", "months"), _number("interval_percent", 0, 100),
        Column("method", required=True), "examiner", _date("estimated_on"), "note",
    ),
    _table(
        "conclusion", "remains", _key("conclusion"), _ref("remains", required=True),
        _code("of", "torture", "ill_treatment", "sexual_violence", "execution", "other",
              required=True),
        Column("findings", Kind.TEXTS, refers_to="finding", required=True),
        Column("words", required=True), _date("concluded_on"),
        Column("signed_by", Kind.TEXTS, required=True), "note",
    ),
    _table(
        "assemblage", "remains", _key("assemblage"), _key("remains", refers_to="remains"),
        _date("linked_on"), "basis",
    ),
    _table(
        "dvi_item", "remains", _OWNER, _key("owner", refers_by="owner_kind"), _key("item"),
        _key("recorded_on", kind=Kind.DATE), "value", _code("no_data", *_YES_NO),
        _code("attachment", *_YES_NO), _code("further", *_YES_NO), "examiner contact",
    ),
    _table(
        "custody", "remains", _key("event"), Column("at", Kind.TIME),
        _code("item_kind", "remains", "container", "sample", "effect", "exhibit"),
        _one_of("item", "item_kind"),
        _code("action", "recovered", "packed", "unpacked", "handed_over", "received", "not_arrived",
              "examined", "imaged", "sampled", "stored", "released", "reburied"),
        _ref("container"), Column("from_party", refers_to="party", or_words=True),
        Column("to_party", refers_to="party", or_words=True),
        "place seal seal_state note",
    ),
    _table(
        "effect", "remains", _key("effect"), _ref("remains"),
        _code("kind", "document", "clothing", "jewellery", "device", "other"),
        "description inscription found_where",
    ),
    _table(
        "exhibit", "remains", _key("exhibit"), _ref("remains"),
        _code("kind", "ligature", "projectile", "fragment", "restraint", "other"),
        "description found_where",
    ),
    _table(
        "finding", "remains", _key("finding"), _ref("remains"), "mechanism region side tissue",
        _code("timing", "antemortem", "perimortem", "postmortem", "indeterminable"), "timing_basis",
        _code("certainty", "certain", "probable", "possible"), "alternatives", _date("found_on"),
        "examiner note",
    ),
    _table(
        "consistency", "remains", _key("finding", refers_to="finding"), _key("allegation"),
        "allegation_source",
        _code("degree", "not_consistent", "consistent", "highly_consistent", "typical",
              "diagnostic"),
        "examiner", _date("concluded_on"),
    ),
    _table(
        "death", "remains", _key("remains", refers_to="remains"), "cause",
        _code("manner", "homicide", "accident", "natural", "suicide", "undetermined", "pending"),
        "circumstance", _date("concluded_on"), "examiner",
    ),
    _table(
        "element", "remains", _key("remains", refers_to="remains"), _key("element"), _key("side"),
        _key("zone"), "completeness measurements note",
    ),
    _table(
        "tooth", "remains", _OWNER, _key("owner", refers_by="owner_kind"), _key("tooth"),
        _key("charted_on", kind=Kind.DATE), "state surfaces original_code examiner",
    ),
    _table(
        "fingerprint", "remains", _OWNER, _key("owner", refers_by="owner_kind"), _key("finger"),
        "quality file", _code("comparison", "identification", "exclusion", "inconclusive"),
        "with examiner verifier",
    ),
    _table(
        "mark", "remains", _key("mark"), _code("owner_kind", "remains", "person"),
        _one_of("owner", "owner_kind"),
        _code("kind", "scar", "tattoo", "birthmark", "amputation", "implant", "healed_fracture",
              "other"),
        "region side description serial",
    ),
    # People
    _table(
        "person", "people", _key("person"), "name name_other",
        _code("sex", "female", "male", "other", "unknown"), _date("born", "last_seen_on"),
        "last_seen_where", _code("status", *_STATUS), _number("stature_cm", 20, 260),
        _date("found_alive_on"), "note",
    ),
    _table(
        "same_person", "people", _key("person_a", refers_to="person"),
        _key("person_b", refers_to="person"),
        _code("relation", "same", "different", required=True), _date("decided_on"), "basis",
    ),
    _table(
        "relative", "people", _key("individual"), _ref("family", required=True),
        _ref("father", "relative"), _ref("mother", "relative"),
        _code("sex", "female", "male", "other", "unknown"), _ref("person"),
        _code("certainty", "checked", "stated"), "note",
    ),
    _table(
        "family", "people", _key("family"), _code("kin_complete", "yes", "no"), _date("stated_on"),
        "contact_ref note",
    ),
    _table(
        "consent", "people", _key("consent"), _ref("individual", "relative"), "purpose",
        _date("given_on", "withdrawn_on"), "guardian version",
    ),
    _table(
        "attribute", "people", _key("attribute"), _ref("person", required=True),
        _code("kind", "veteran", "serviceman", "relative_of_serviceman", "official", "activist",
              "journalist", "named_on_a_list", "other", required=True),
        "basis source note",
    ),
    # Laboratory
    _table(
        "sample", "laboratory", _key("sample"),
        _code("kind", "post_mortem", "reference", "direct_reference", "elimination", required=True),
        _ref("remains"), _ref("individual", "relative"), _ref("person"), "tissue provenance",
        _date("taken_on"), "laboratory",
    ),
    _table(
        "profile", "laboratory", _key("sample", refers_to="sample"), _key("run"), _key("marker"),
        "allele1 allele2", _codes("flags", "mixture", "off_ladder", "three_alleles"),
    ),
    _table(
        "haplotype", "laboratory", _key("sample", refers_to="sample"),
        _code("kind", "Y", "mt", is_key=True), _key("marker"), "value",
    ),
    _table(
        "marker_type", "laboratory", _key("marker"),
        _code("kind", "autosomal", "X", "Y", "mt", "sex", required=True), "chromosome",
        _number("map_cm", 0), _number("silent_frequency", 0, 1),
    ),
    _table(
        "frequency", "laboratory", _key("marker"), _key("allele"), _key("population"),
        Column("frequency", Kind.NUMBER, low=0, high=1, required=True), _integer("n_alleles", 1),
    ),
    _table(
        "mutation", "laboratory", _key("marker"),
        _code("model", "none", "equal", "proportional", "stepwise", "matrix", required=True),
        _number("rate_female", 0, 1), _number("rate_male", 0, 1), _number("rate2", 0, 1),
        _number("range", 0),
    ),
    # What is said and decided
    _table(
        "claim", "said", _key("claim"), "utterance", _ref("part_of", "claim"), "site claimant",
        _code("claimant_role", *CLAIMANT_ROLES), _date("said_on", "as_of"),
        _code("measure", *MEASURES, required=True), "population", _code("qualifier", *QUALIFIERS),
        "value", _integer("low"), _integer("high"), _code("unit", *UNITS),
        _code("stance", "reports", "estimates", "denies", "corrects"),
        Column("refers_to", Kind.TEXTS, refers_to="claim"),
        "source_title source_url", _date("source_published"), "note",
    ),
    _table(
        "statement", "said", _key("statement"), _ref("site"), _date("given_on"),
        _code("protection", "open", "name_withheld", "sealed", required=True), "summary consent",
    ),
    _table(
        "list_entry", "said", _key("list"), _key("entry"), "name",
        _code("sex", "female", "male", "other", "unknown"), _date("born", "died"), "place note",
    ),
    _table(
        "document", "said", _key("document"),
        _code("about_kind", "site", "grave", "marker", "journal", "remains", "person", "event",
              "claim"),
        _one_of("about", "about_kind"),
        _code("kind", "record", "order", "protocol", "photograph", "web_page", "letter", "map",
              "other"),
        Column("title", required=True), "author", _date("dated_on"), "origin", "address",
        _date("captured_on"), "sha256 note",
    ),
    _table(
        "recommendation", "said", _key("recommendation"), _ref("remains", required=True),
        _ref("person"),
        _code("outcome", "identify", "exclude", "family_level", "withdraw", "more_evidence",
              required=True),
        _codes("basis", "dna", "dental", "fingerprint", "implant"),
        _code("journal_seen", *_YES_NO), _date("sitting_on"), "author",
        _code("author_discipline", *_DISCIPLINES), Column("reasons", required=True),
    ),
    _table(
        "signature", "said", _key("recommendation", refers_to="recommendation"), _key("signer"),
        _code("discipline", *_DISCIPLINES, required=True), _date("signed_on"), "note",
    ),
    _table(
        "decision", "said", _key("decision"), _ref("remains", required=True), _ref("person"),
        _code("outcome", "identified", "excluded", "withdrawn", required=True), _date("decided_on"),
        _codes("basis", "dna", "dental", "fingerprint", "implant"),
        _code("journal_seen", "yes", "no"), Column("signed_by_roles", Kind.TEXTS),
        _ref("replaces", "decision"), "reasons", _ref("recommendation"),
        _code("withdrawn_because", *WITHDRAWN_BECAUSE), "policy family_summary",
    ),
    _table(
        "notification", "said", _key("notification"), _ref("person", required=True),
        _ref("family"), _ref("decision"),
        _code("of", "search_opened", "sample_asked", "identity", "circumstances", "withdrawal",
              "release", required=True),
        _date("told_on"), "told_by told_to", _code("in_person", *_YES_NO),
        Column("declined", Kind.TEXTS), "wishes note",
    ),
)  # fmt: skip

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _ALL})
"""Every table of the format, in the order in which references point back."""


def several(cell: str) -> tuple[str, ...]:
    """The values of a cell with several, parted by ``;``."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())
