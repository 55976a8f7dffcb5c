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

    def key_of(self, row: Row) -> tuple[str, ...]:
        """The key of `row`."""
        return tuple(row.get(name, "") for name in self.key)


def _key(name: str, **more: object) -> Column:
    return Column(name, is_key=True, required=True, **more)  # type: ignore[arg-type]


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _ref(name: str, table: str | None = None, *, required: bool = False) -> Column:
    return Column(name, refers_to=table or name, required=required)


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
        "custody", "remains", _key("event"), Column("at", Kind.TIME),
        _code("item_kind", "remains", "container", "sample", "effect", "exhibit"),
        Column("item", refers_by="item_kind"),
        _code("action", "recovered", "packed", "unpacked", "handed_over", "received", "examined",
              "imaged", "sampled", "stored", "released", "reburied"),
        _ref("container"), "from_party to_party place seal seal_state note",
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
        Column("owner", refers_by="owner_kind"),
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
        "decision", "said", _key("decision"), _ref("remains", required=True), _ref("person"),
        _code("outcome", "identified", "excluded", "withdrawn", required=True), _date("decided_on"),
        _codes("basis", "dna", "dental", "fingerprint", "implant"),
        _code("journal_seen", "yes", "no"), Column("signed_by_roles", Kind.TEXTS),
        _ref("replaces", "decision"), "reasons",
    ),
)  # fmt: skip

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _ALL})
"""Every table of the format, in the order in which references point back."""


def several(cell: str) -> tuple[str, ...]:
    """The values of a cell with several, parted by ``;``."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())
