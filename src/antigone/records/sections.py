# SPDX-License-Identifier: Apache-2.0
"""What is kept, by sections: every column of every record belongs to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from antigone.records.fields import field_of, references_of
from antigone.terms.tables import TABLES


class Section(StrEnum):
    """What belongs together for the eyes of a role. A column that identifies has its own."""

    CASE = "case"
    POLICY = "policy"
    PLACES = "places"
    CLAIMED_NAMES = "claimed_names"  # names and words of markers, journals and lists
    REMAINS_CODES = "remains_codes"  # that these remains exist, under which code
    REMAINS = "remains"
    INSCRIPTIONS = "inscriptions"
    CUSTODY = "custody"
    PARTIES = "parties"  # who holds things: of the whole case, wherever somebody works
    POST_MORTEM = "post_mortem"
    TRAUMA = "trauma"
    CAUSE = "cause"
    ORDERS = "orders"
    PERSON_CODES = "person_codes"  # that this person is sought, under which code
    ANTE_MORTEM = "ante_mortem"
    NAMES = "names"
    ATTRIBUTES = "attributes"  # what may have made somebody a target
    FAMILY_CONTACT = "family_contact"
    PEDIGREE = "pedigree"
    PEDIGREE_CONFLICTS = "pedigree_conflicts"
    CONSENT = "consent"
    SAMPLES = "samples"
    REFERENCE_SAMPLES = "reference_samples"
    LABORATORY = "laboratory"
    DNA = "dna"
    KINSHIP = "kinship"
    PROPOSALS = "proposals"
    HYPOTHESES = "hypotheses"
    RECOMMENDATIONS = "recommendations"
    DECISIONS = "decisions"
    REASONS = "reasons"
    NOTIFICATIONS = "notifications"
    WITNESSES = "witnesses"
    CLAIMS = "claims"
    COUNTS = "counts"
    ESTIMATES = "estimates"
    CONTRADICTIONS = "contradictions"
    LEDGER = "ledger"
    ACCOUNTS = "accounts"
    OPENINGS = "openings"  # who saw what beyond their role, and why
    UNLISTED = "unlisted"  # cells of columns that nobody has put anywhere: no role reads them


PROTECTED = frozenset({Section.FAMILY_CONTACT, Section.DNA, Section.WITNESSES})
"""Kept sealed; read record by record only, and each reading goes into the second log."""


class Reach(StrEnum):
    """Of which records of a section."""

    CASE = "case"
    SITE = "site"  # those of the site of the grant; of every site where it names none
    FAMILY = "family"  # those of the family of the grant; of every family where it names none
    OPENED = "opened"  # those that a hypothesis opened by the coordinator joins


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the columns of one kind of record belong, and by which fields its reach is told."""

    row: Section | None
    """The section that shows that the record is there; None where `by` decides."""
    columns: Mapping[str, Section | None]
    """The section of each column; None for that of the row."""
    by: tuple[str, Mapping[str, Section]] | None = None
    """A column whose code decides the row's section."""
    paths: Mapping[Reach, tuple[str, ...]] = field(default_factory=dict)
    pair: tuple[str, str] | None = None
    """Fields of the remains and of the person, where a record is about both."""
    about: tuple[str, str] | None = None
    """Fields of the kind and id of the record that it belongs to: what reaches that reaches it."""
    own: str | None = None
    """The field of the account that may always read it."""
    parts: Mapping[str, Mapping[str, Section]] = field(default_factory=dict)
    """Columns that hold an object, and the sections of its parts that are not the column's."""

    @property
    def sections(self) -> frozenset[Section]:
        """Every section that a row or column of it belongs to."""
        rows = {self.row} if self.by is None else set(self.by[1].values())
        found = rows | set(self.columns.values())
        found |= {one for parts in self.parts.values() for one in parts.values()}
        return frozenset(one for one in found if one is not None)


def _kept(
    row: Section | tuple[str, Mapping[str, Section]],
    own_columns: str,
    others: Mapping[Section, str] | None = None,
    **more: object,
) -> Kept:
    columns: dict[str, Section | None] = dict.fromkeys(own_columns.split())
    for section, names in (others or {}).items():
        columns |= dict.fromkeys(names.split(), section)
    section, by = (row, None) if isinstance(row, Section) else (None, row)
    paths = {
        reach: tuple(str(more.pop(reach.value)).split()) for reach in Reach if reach.value in more
    }
    return Kept(section, columns, by=by, paths=paths, **more)  # type: ignore[arg-type]


S = Section
_OWNER = ("owner_kind", {"remains": S.POST_MORTEM, "person": S.ANTE_MORTEM})
_SAMPLE = (
    "kind",
    {
        "post_mortem": S.SAMPLES,
        "reference": S.REFERENCE_SAMPLES,
        "direct_reference": S.REFERENCE_SAMPLES,
        "elimination": S.LABORATORY,
    },
)
_ATTACHED = (
    "section",
    {
        one.value: one
        for one in (
            S.PLACES, S.REMAINS, S.CUSTODY, S.POST_MORTEM, S.TRAUMA, S.ANTE_MORTEM,
            S.FAMILY_CONTACT, S.WITNESSES, S.CONSENT, S.LABORATORY,
        )
    },
)  # fmt: skip
_ON_REMAINS = {"site": "remains__grave__site", "opened": "remains"}
_ON_OWNER = {
    "site": "owner_remains__grave__site", "family": "owner_person__relatives__family",
    "opened": "owner_remains owner_person",
}  # fmt: skip
_ON_ITEM = {
    "site": "item_remains__grave__site item_effect__remains__grave__site "
    "item_exhibit__remains__grave__site item_sample__remains__grave__site "
    "item_container__packings__item_remains__grave__site",
    "opened": "item_remains item_effect__remains item_exhibit__remains item_sample__remains",
}
_ABOUT = (
    "about_kind",
    {
        "": S.PLACES, "site": S.PLACES, "grave": S.PLACES, "marker": S.PLACES,
        "journal": S.PLACES, "event": S.PLACES, "remains": S.REMAINS, "person": S.ANTE_MORTEM,
        "claim": S.CLAIMS,
    },
)  # fmt: skip
_RESULT = {"pair": ("remains", "person"), "opened": "remains person"}

KEPT: Mapping[str, Kept] = MappingProxyType(
    {
        # Tables of the exchange format
        "site": _kept(
            S.PLACES, "site name country area latitude longitude found_on secured_on note",
            site="pk",
        ),
        "grave": _kept(S.PLACES, "grave site x_m y_m opened_on excavation note", site="site"),
        "marker": _kept(
            S.PLACES, "marker site kind number stated_burials grave",
            {S.CLAIMED_NAMES: "text note"}, site="site",
        ),
        "journal": _kept(
            S.PLACES, "entry site page line number buried_on stated_burials marker",
            {S.CLAIMED_NAMES: "name description sex born died brought_from transcriber note"},
            site="site",
        ),
        "lead": _kept(
            S.PLACES, "lead site reported_on where searched_on result",
            {S.CLAIMED_NAMES: "reported_by_role says"}, site="site",
        ),
        "event": _kept(
            S.PLACES, "event site kind from_date to_date where who_controlled",
            {S.NAMES: "persons", S.WITNESSES: "sources note"}, site="site",
        ),
        "control_period": _kept(
            S.PLACES, "control_period site from_date to_date who_controlled source note",
            site="site",
        ),
        "transcription": _kept(
            S.PLACES, "transcription site reader transcribed_on page line number buried_on "
            "stated_burials",
            {S.CLAIMED_NAMES: "transcriber name description sex born died brought_from note"},
            site="site",
        ),
        "remains": _kept(
            S.REMAINS_CODES, "remains code kind",
            {S.REMAINS: "grave position recovered_on recovered_by note",
             S.POST_MORTEM: "sex sex_method age_min age_max age_method stature_min_cm "
             "stature_max_cm stature_method status status_basis"},
            site="grave__site", opened="pk",
        ),
        "relation": _kept(
            S.REMAINS, "remains_a remains_b relation decided_on basis",
            site="remains_a__grave__site", opened="remains_a",
        ),
        "container": _kept(
            S.REMAINS_CODES, "container kind", {S.REMAINS: "note"},
            site="packings__item_remains__grave__site", opened="packings__item_remains",
        ),
        "party": _kept(S.PARTIES, "party kind name role institution note"),
        "custody": _kept(
            S.CUSTODY, "event at item_kind item action container from_party to_party place seal "
            "seal_state note", **_ON_ITEM,
        ),
        "recovery": _kept(
            S.REMAINS, "recovery grave remains recovered_on ordnance_cleared ordnance_cleared_by "
            "silence_kept in_situ_sheet depth_cm body_position head_towards restraint "
            "restraint_material features_seen items_seen dug_by recorded_by note",
            site="grave__site remains__grave__site", opened="remains",
        ),
        "photograph": _kept(
            S.REMAINS, "photograph item_kind item code_visible shows at taken_by camera note",
            site="item_remains__grave__site item_grave__site item_site "
            "item_effect__remains__grave__site item_exhibit__remains__grave__site "
            "item_container__packings__item_remains__grave__site",
            opened="item_remains item_effect__remains item_exhibit__remains",
        ),
        "examination_order": _kept(
            S.ORDERS, "examination_order number proceeding remains kinds issued_by issued_on "
            "withdrawn_on note", **_ON_REMAINS,
        ),
        "examination": _kept(
            S.POST_MORTEM, "examination remains examination_order kind at place examiner "
            "assistants without_order_because without_imaging_because note", **_ON_REMAINS,
        ),
        "estimate": _kept(
            S.POST_MORTEM, "estimate remains of sex low high unit interval_percent method "
            "examiner estimated_on note", **_ON_REMAINS,
        ),
        "conclusion": _kept(
            S.CAUSE, "conclusion remains of findings words concluded_on signed_by note",
            **_ON_REMAINS,
        ),
        "assemblage": _kept(
            S.POST_MORTEM, "assemblage remains linked_on basis", **_ON_REMAINS
        ),
        "dvi_item": _kept(
            _OWNER, "owner_kind owner item recorded_on value no_data attachment further examiner",
            {S.FAMILY_CONTACT: "contact"}, **_ON_OWNER,
        ),
        "effect": _kept(
            S.REMAINS, "effect remains kind description found_where",
            {S.INSCRIPTIONS: "inscription"}, **_ON_REMAINS,
        ),
        "exhibit": _kept(S.REMAINS, "exhibit remains kind description found_where", **_ON_REMAINS),
        "finding": _kept(
            S.TRAUMA, "finding remains mechanism region side tissue timing timing_basis certainty "
            "alternatives found_on examiner note", **_ON_REMAINS,
        ),
        "consistency": _kept(
            S.TRAUMA, "finding allegation degree examiner concluded_on",
            {S.WITNESSES: "allegation_source"},
            site="finding__remains__grave__site", opened="finding__remains",
        ),
        "death": _kept(
            S.CAUSE, "remains cause manner circumstance concluded_on examiner", **_ON_REMAINS
        ),
        "element": _kept(
            S.POST_MORTEM, "remains element side zone completeness measurements note",
            **_ON_REMAINS,
        ),
        "tooth": _kept(
            _OWNER, "owner_kind owner tooth charted_on state surfaces original_code examiner",
            **_ON_OWNER,
        ),
        "fingerprint": _kept(
            _OWNER, "owner_kind owner finger quality file comparison with examiner verifier",
            **_ON_OWNER,
        ),
        "mark": _kept(
            _OWNER, "mark owner_kind owner kind region side description serial", **_ON_OWNER
        ),
        "attribute": _kept(
            S.ATTRIBUTES, "attribute person kind basis source note",
            family="person__relatives__family", opened="person",
        ),
        "person": _kept(
            S.PERSON_CODES, "person sex found_alive_on",
            {S.NAMES: "name name_other",
             S.ANTE_MORTEM: "born last_seen_on last_seen_where status stature_cm note"},
            family="relatives__family", opened="pk",
        ),
        "same_person": _kept(
            S.PERSON_CODES, "person_a person_b relation decided_on", {S.ANTE_MORTEM: "basis"},
            family="person_a__relatives__family", opened="person_a",
        ),
        "relative": _kept(
            S.PEDIGREE, "individual family father mother sex person",
            {S.PEDIGREE_CONFLICTS: "certainty note"},
            family="family", opened="family__relatives__person",
        ),
        "family": _kept(
            S.PEDIGREE, "family kin_complete stated_on", {S.FAMILY_CONTACT: "contact_ref note"},
            family="pk", opened="relatives__person",
        ),
        "consent": _kept(
            S.CONSENT, "consent individual purpose given_on withdrawn_on version",
            {S.FAMILY_CONTACT: "guardian"}, family="individual__family",
        ),
        "sample": _kept(
            _SAMPLE, "sample kind remains individual person tissue provenance taken_on laboratory",
            site="remains__grave__site", family="individual__family person__relatives__family",
            opened="remains individual__family__relatives__person person",
        ),
        "profile": _kept(
            S.LABORATORY, "sample run called_markers subject",
            {S.DNA: "calls marker allele1 allele2 flags"},
        ),
        "haplotype": _kept(S.LABORATORY, "sample kind", {S.DNA: "marker value"}),
        "marker_type": _kept(S.LABORATORY, "marker kind chromosome map_cm silent_frequency"),
        "frequency": _kept(S.LABORATORY, "marker allele population frequency n_alleles"),
        "mutation": _kept(S.LABORATORY, "marker model rate_female rate_male rate2 range"),
        "claim": _kept(
            S.CLAIMS, "claim utterance part_of site claimant claimant_role said_on as_of measure "
            "population qualifier value low high unit stance refers_to source_title source_url "
            "source_published note",
        ),
        "statement": _kept(
            S.WITNESSES, "statement site given_on protection summary consent", site="site",
        ),
        "document": _kept(
            _ABOUT, "document about_kind about kind title author dated_on origin address "
            "captured_on sha256 note",
            site="about_site about_grave__site about_marker__site about_journal__site "
            "about_event__site about_remains__grave__site",
            family="about_person__relatives__family", opened="about_remains about_person",
        ),
        "list_entry": _kept(S.CLAIMED_NAMES, "list entry name sex born died place note"),
        "recommendation": _kept(
            S.RECOMMENDATIONS, "recommendation remains person outcome basis journal_seen "
            "sitting_on author author_discipline author_account", {S.REASONS: "reasons"},
            **_RESULT,
        ),
        "signature": _kept(
            S.RECOMMENDATIONS, "recommendation signer discipline signed_on note account",
            opened="recommendation__remains",
        ),
        "notification": _kept(
            S.NOTIFICATIONS, "notification person family decision of told_on told_by told_to "
            "in_person declined wishes note", family="family person__relatives__family",
        ),
        "decision": _kept(
            S.DECISIONS, "decision remains person outcome decided_on basis journal_seen "
            "signed_by_roles replaces recommendation withdrawn_because policy family_summary "
            "decided_by", {S.REASONS: "reasons"},
            family="person__relatives__family", **_RESULT,
        ),
        # Records of our own
        "investigation_case": _kept(
            S.CASE, "slug name invented time_zone code_prefix created_at",
            {S.POLICY: "policy_text"},
        ),
        "attachment": _kept(
            _ATTACHED, "section kind record sha256 size media_type doubt file_name",
            about=("kind", "record"),
        ),
        "code_counter": _kept(S.CASE, "last_issued"),
        "source_table": _kept(S.CASE, "table columns"),
        "kept_row": _kept(S.UNLISTED, "table row sealed_row subject"),  # as its table says
        "kept_contradiction": _kept(
            S.CONTRADICTIONS, "site rule about facts found_at gone_at state reason decided_by "
            "decided_at", site="site",
        ),
        "analysis_run": _kept(
            S.POLICY, "made_at by number", {S.PROPOSALS: "facts"},
            parts={"facts": {"notes": S.DNA}},
        ),
        "posterior_pair": _kept(
            S.KINSHIP, "run remains person probability probability_low probability_high "
            "at_prior_low at_prior_high log10_lr_dna log10_lr_other", **_RESULT,
        ),
        "factor_weight": _kept(
            S.KINSHIP, "run remains person evidence log10_lr group source", **_RESULT
        ),
        "rule_outcome": _kept(S.KINSHIP, "run remains person rule outcome remark", **_RESULT),
        "chance_matches": _kept(
            S.KINSHIP, "run remains person alternative comparisons expected_matches", **_RESULT
        ),
        "proposal": _kept(
            S.PROPOSALS, "run remains person tier reason rules_failed next_step",
            {S.KINSHIP: "probability runner_up runner_up_probability conflicts "
             "primary_log10_lr_over_runner_up expected_chance_matches"}, **_RESULT,
        ),
        "same_candidate": _kept(
            S.KINSHIP, "run remains_a remains_b person_a person_b log10_lr basis"
        ),
        "user": _kept(
            S.ACCOUNTS, "username password last_login is_active opened_at code_until", own="pk"
        ),
        "checkpoint": _kept(S.LEDGER, "log size root note made_at"),
        "witnessing": _kept(S.LEDGER, "checkpoint manner witness note key witnessed_at"),
        "held_checkpoint": _kept(S.LEDGER, "origin key size root note held_at"),
        "role_grant": _kept(
            S.ACCOUNTS, "user role site family valid_from valid_until requested_by approved_by "
            "approved_at ended_at reason", own="user",
        ),
        "withdrawal": _kept(
            S.DECISIONS, "decision of made_at", pair=("of__remains", "of__person"),
            opened="of__remains of__person", family="of__person__relatives__family",
        ),
        "affected_record": _kept(
            ("kind", {"family": S.PEDIGREE, "notification": S.NOTIFICATIONS, "custody": S.CUSTODY,
             "death": S.CAUSE, "conclusion": S.CAUSE, "claim": S.CLAIMS,
             "opened_hypothesis": S.HYPOTHESES}),
            "withdrawal kind family notification custody death conclusion claim opened_hypothesis",
            opened="withdrawal__of__remains", family="family notification__family",
        ),
        "opened_hypothesis": _kept(
            S.HYPOTHESES,
            "remains person opened_by opened_at reason closed_at closed_reason closed_by",
            **_RESULT,
        ),
        "opening": _kept(
            S.OPENINGS, "user role kind record reason order_reference opened_at ends_at sealed_too "
            "approved_by", own="user",
        ),
        "notice": _kept(S.ACCOUNTS, "to code facts made_at read_at", own="to"),
    }
)  # fmt: skip
"""Kind of record, and the sections of its rows and columns. What does not stand here is denied."""

FRAME = frozenset({"id", "case", "ordinal", "revision"})
"""Fields of every record that say nothing but that it is there."""
_SUFFIXES = ("_earliest", "_latest", "_utc", "_key", "_id")


@cache
def _columns_of_fields(table: str) -> Mapping[str, str]:
    """The column of each field that is called otherwise."""
    named = {field_of(table, one): one for one in TABLES[table].column_names}
    joined = {
        field: column
        for column, fields in references_of(table).items()
        for field in fields.values()
    }
    return named | joined


@cache
def section_of(kind: str, name: str) -> Section | None:
    """The section of a column or field; None for that of the row, UNLISTED where it has none."""
    kept = KEPT.get(kind)
    if kept is None:
        return Section.UNLISTED
    if kind in TABLES:
        name = _columns_of_fields(kind).get(name.removesuffix("_id"), name)
    for one in (name, *(name.removesuffix(end) for end in _SUFFIXES if name.endswith(end))):
        if one in kept.columns:
            return kept.columns[one]
        if one in FRAME:
            return None
    return Section.UNLISTED
