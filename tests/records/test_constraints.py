# SPDX-License-Identifier: Apache-2.0
"""Every named constraint, broken on purpose: it is the database that refuses."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from antigone.records import guards
from antigone.records.actions import accounts, analyses, cases, trail
from antigone.records.models import (
    CHANGES,
    RECORD_OF,
    AffectedRecord,
    CaseRow,
    Checkpoint,
    Decision,
    Family,
    HeldCheckpoint,
    InvestigationCase,
    KeptContradiction,
    Log,
    Person,
    Remains,
    Signature,
    Tile,
    User,
    Withdrawal,
    Witnessing,
    field_of,
    references_of,
)
from antigone.records.models.accounts import SignInWait
from antigone.records.models.attachments import ATTACHED_SECTIONS, Attachment
from antigone.records.models.jobs import Job
from antigone.records.models.roles import Notice, OpenedHypothesis, Opening, RoleGrant
from antigone.terms.results import (
    ChanceRow,
    FactorRow,
    Identification,
    PosteriorRow,
    ProposalRow,
    Remark,
    RuleRow,
    SameCandidateRow,
)
from antigone.terms.tables import TABLES
from tests.records.invented import POLICY, every_table, small_case

Changes = dict[str, Any]
SAID = Remark("said", "It was said.", {})

CONSTRAINTS = sorted(
    (
        (model, constraint)
        for model in apps.get_app_config("records").get_models()
        for constraint in model._meta.constraints
        if constraint.name != "job_one_open_of_a_kind_in_a_case"  # below, by itself
    ),
    key=lambda pair: pair[1].name,
)
SOURCE_TABLE_OF = {record: table for table, record in RECORD_OF.items()}

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
_HERE: Changes = {"decided_by_id": "account", "withdrawn_because": ""}
_SAME_OWNER = dict.fromkeys(
    ("owner_kind", "owner_remains_id", "owner_person_id", "owner_key"), "same"
)
SPECIAL: dict[str, Changes] = {
    "remains_age_max_not_below_its_range": {"age_max": -1, "age_min": None},
    "remains_age_min_not_above_its_range": {"age_min": 131, "age_max": None},
    "remains_stature_max_cm_not_below_its_range": {
        "stature_max_cm": 19,
        "stature_min_cm": None,
    },
    "remains_stature_min_cm_not_above_its_range": {
        "stature_min_cm": 261,
        "stature_max_cm": None,
    },
    "sample_remains_is_record_or_key": {
        "kind": "post_mortem",
        "individual_id": None,
        "remains_id": "other",
        "remains_key": "X",
    },
    "case_code_prefix_given": {"code_prefix": ""},
    "case_code_prefix_unique": {"code_prefix": "same"},
    "case_name_given": {"name": ""},
    "case_slug_given": {"slug": ""},
    "case_slug_unique": {"slug": "same"},
    "chance_counts_not_negative": {"comparisons": -1},
    "chance_once_for_pair_and_alternative": {"alternative": "same"},
    "claim_not_part_of_itself": {"part_of_id": "own id", "part_of_key": ""},
    "claim_value_in_order": {"low": 3, "high": 2},
    "code_counter_has_five_digits": {"last_issued": 100_000},
    "death_once_for_remains": {"remains_id": "same", "remains_key": "same"},
    "decision_does_not_replace_itself": {"replaces_id": "own id", "replaces_key": ""},
    "decision_identified_or_excluded_has_person": {
        "outcome": "identified", "person_id": None, "person_key": "",
    },
    "factor_once_for_pair_and_evidence": {"evidence": "same"},
    "frequency_once_for_allele_and_population": {
        "marker": "same", "allele": "same", "population": "same",
    },
    "assemblage_once_for_remains": {
        "assemblage": "same", "remains_id": "same", "remains_key": "same",
    },
    "attachment_digest_stated": {"sha256": ""},
    "conclusion_cites_findings": {"findings": ""},
    "conclusion_is_signed": {"signed_by": ""},
    "consistency_once_for_an_allegation": {
        "finding_id": "same", "finding_key": "same", "allegation": "same",
    },
    "dvi_item_once_on_a_form": {**_SAME_OWNER, "item": "same", "recorded_on": "same"},
    "element_once_for_remains": {
        "remains_id": "same", "remains_key": "same", "element": "same", "side": "same",
        "zone": "same",
    },
    "estimate_in_order": {"low": 40.0, "high": 30.0},
    "estimate_of_sex_has_no_range": {"of": "sex", "low": 1.0, "high": 2.0},
    "estimate_sex_only_of_sex": {"sex": "female"},
    "fingerprint_once_for_a_finger": {**_SAME_OWNER, "finger": "same"},
    "list_entry_once_on_a_list": {"list": "same", "entry": "same"},
    "recommendation_has_person": {"outcome": "identify", "person_id": None, "person_key": ""},
    "signature_once_for_a_signer": {
        "recommendation_id": "same", "recommendation_key": "same", "signer": "same",
    },
    "tooth_once_on_a_chart": {**_SAME_OWNER, "tooth": "same", "charted_on": "same"},
    "transcription_once_for_line_and_reader": {
        "site_id": "same", "site_key": "same", "page": "same", "line": "same", "reader": "same",
    },
    "attachment_section_known": {"section": "no section"},
    "attachment_size_not_negative": {"size": -1},
    "kept_contradiction_about_given": {"about": ""},
    "kept_contradiction_decided_with_a_reason": {"state": "explained", "reason": ""},
    "kept_contradiction_facts_given": {"facts": ""},
    "kept_contradiction_gone_after_it_was_found": {"gone_at": LONG_AGO},
    "kept_contradiction_once_for_its_records": {"about": "same"},
    "kept_contradiction_rule_given": {"rule": ""},
    "kept_contradiction_state_known": {"state": "forgotten", "reason": "x"},
    "job_ended_once_closed": {"ended_at": LONG_AGO},
    "job_error_when_refused_or_failed": {"error": {}},
    "job_held_while_it_runs": {"holder": "x"},
    "job_kind_given": {"kind": ""},
    "job_one_open_of_a_kind_without_a_case": {"kind": "same"},
    "job_result_when_done": {"result": {}},
    "job_share_from_0_to_1": {"share": 2.0},
    "job_state_known": {"state": "asleep", "ended_at": LONG_AGO},
    "notice_named": {"code": ""},
    "affected_record_as_its_kind_says": {"kind": "claim"},
    "affected_record_one_in_one_place": {"withdrawal_id": "same", "ordinal": "same"},
    "withdrawal_not_of_itself": {"of_id": "decision_id"},
    "withdrawal_once_by_a_decision": {"decision_id": "same"},
    "withdrawal_once_for_a_decision": {"of_id": "same"},
    "decision_by_dna_states_the_policy": _HERE | {
        "outcome": "identified", "basis": "dental;dna", "policy": "",
    },
    "decision_made_here_has_reasons": _HERE | {"reasons": ""},
    "decision_made_here_on_a_recommendation": _HERE | {"recommendation_id": None},
    "decision_once_on_a_recommendation": _HERE | {"recommendation_id": "same"},
    "decision_replaced_once_here": _HERE | {"replaces_id": "same", "replaces_key": ""},
    "decision_to_name_has_primary_basis": _HERE | {"outcome": "identified", "basis": ""},
    "decision_withdrawn_because_only_if_withdrawn": _HERE | {
        "withdrawn_because": "found_alive",
    },
    "decision_withdrawn_replaces_one_because": _HERE | {
        "outcome": "withdrawn", "withdrawn_because": "", "recommendation_id": None,
    },
    "opened_hypothesis_closed_if_by_a_decision": {"closed_by_id": "a decision"},
    "recommendation_made_here_has_discipline": {"author_account_id": "account",
                                                "author_discipline": ""},
    "recommendation_to_identify_has_primary_basis": {
        "author_account_id": "account", "outcome": "identify", "basis": "",
    },
    "signature_once_for_an_account": {"recommendation_id": "same", "recommendation_key": "",
                                      "account_id": "account"},
    "opened_hypothesis_closed_with_a_reason": {"closed_reason": "x"},
    "opened_hypothesis_has_a_reason": {"reason": ""},
    "opened_hypothesis_open_once": {"remains_id": "same", "person_id": "same"},
    "opening_approved_by_another": {"approved_by_id": "user_id"},
    "opening_ends_after_its_start": {"opened_at": LONG_AGO, "ends_at": LONG_AGO},
    "opening_has_a_reason": {"reason": ""},
    "opening_of_sealed_matter_has_order_and_second_key": {"sealed_too": True},
    "role_grant_approved_by_another": {"approved_by_id": "user_id", "approved_at": LONG_AGO},
    "role_grant_approved_by_somebody_at_a_time": {"approved_at": LONG_AGO},
    "role_grant_ends_after_its_start": {"valid_until": LONG_AGO},
    "role_grant_in_a_case_unless_of_the_installation": {"case_id": None},
    "role_grant_of_a_family_is_a_liaisons": {"family_id": "other"},
    "role_grant_of_a_site_is_a_field_recorders": {"site_id": "other"},
    "role_grant_role_known": {"role": "king"},
    "sign_in_wait_of_something": {"of": ""},
    "held_checkpoint_of_a_log": {"origin": ""},
    "held_checkpoint_once": {"origin": "same", "size": "same", "root": "same"},
    "kept_row_one_row_in_one_place": {"table": "same", "ordinal": "same"},
    "kept_row_table_named": {"table": ""},
    "marker_type_once_in_case": {"marker": "same"},
    "mutation_once_for_marker": {"marker": "same"},
    "posterior_bounds_in_order": {"probability_low": 0.6, "probability_high": 0.5},
    "posterior_from_0_to_1": {"probability": 1.5},
    "posterior_once_for_pair": {"remains_id": "same", "person_id": "same"},
    "profile_run_named": {"run": ""},
    "profile_run_once_for_sample": {"sample_id": "same", "sample_key": "same", "run": "same"},
    "profile_run_sample_given": {"sample_id": None, "sample_key": ""},
    "profile_run_sample_is_record_or_key": {"sample_key": "X"},
    "proposal_from_0_to_1": {"probability": -0.1},
    "proposal_of_identification_names_somebody": {"tier": "identification", "person_id": None},
    "proposal_once_for_remains": {"remains_id": "same"},
    "proposal_tier_known": {"tier": "certain"},
    "relation_not_with_itself": {"remains_b_id": "remains_a_id"},
    "relation_once_for_a_pair": {"remains_a_id": "same", "remains_b_id": "same"},
    "relative_not_its_own_parent": {"mother_id": "own id", "mother_key": ""},
    "relative_two_different_parents": {"father_id": "other", "mother_id": "other"},
    "remains_age_in_order": {"age_min": 40, "age_max": 30},
    "remains_code_issued": {"code": ""},
    "remains_code_never_reused": {"code": "same"},
    "remains_stature_in_order": {"stature_min_cm": 180, "stature_max_cm": 170},
    "rule_once_for_pair": {"rule": "same"},
    "rule_outcome_known": {"outcome": "nearly"},
    "same_candidate_not_with_itself": {"remains_a_id": None, "remains_b_id": None,
                                       "person_a_id": "other", "person_b_id": "other"},
    "same_candidate_two_remains_or_two_persons": {"person_a_id": "other"},
    "same_person_not_with_itself": {"person_b_id": "person_a_id"},
    "same_person_once_for_a_pair": {"person_a_id": "same", "person_b_id": "same"},
    "sample_of_remains_is_post_mortem": {"remains_id": "other"},
    "sample_post_mortem_is_of_remains": {"kind": "post_mortem"},
    "source_table_named": {"table": ""},
    "source_table_once_in_case": {"table": "same"},
    "log_known": {"name": "rumours"},
    "revision_from_1": {"number": 0},
    "revision_once_for_record": {"record": "same", "number": "same"},
    "run_number_once_in_case": {"number": "same"},
    "sealed_section_once": {"event_id": "same", "section": "same"},
    "tile_once": {"height": "same", "place": "same"},
    "witnessing_by_somebody": {"witness": ""},
    "witnessing_manner_known": {"manner": "hearsay"},
}  # fmt: skip


def run_of(remains: tuple[str, str], persons: tuple[str, str]) -> Identification:
    """A run with two rows in every table."""
    a, b = persons
    one, other = remains
    return Identification(
        posterior=tuple(
            PosteriorRow(key, a, 0.9, 0.8, 1.0, 0.5, 0.9, None, None) for key in remains
        ),
        factors=tuple(FactorRow(one, a, what, 1.0, "group", "model") for what in "xy"),
        rules=tuple(RuleRow(one, a, rule, "met", SAID) for rule in ("R1", "R2")),
        chance=tuple(ChanceRow(one, a, what, 1, 0.1) for what in "xy"),
        proposals=tuple(
            ProposalRow(key, a, 0.9, "presumptive", "x", (), b, 0.1, 1.0, 0.1, (), SAID)
            for key in remains
        ),
        same_candidates=(
            SameCandidateRow("remains", one, other, 4.0, "profiles"),
            SameCandidateRow("remains", other, one, 4.0, "profiles"),
        ),
        facts={},
    )


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[InvestigationCase]:
    """Two rows or more of every model, in two cases; each test's breach is rolled back alone."""
    with django_db_blocker.unblock(), transaction.atomic():
        amina = accounts.open_account(username="amina", by=None)
        case, _ = (
            cases.import_case(
                tables=tables, policy_text=POLICY, name=slug, slug=slug, by=amina, invented=True
            )
            for slug, tables in (("every-table", every_table()), ("other", small_case()))
        )
        found = run_of(("remains-0", "remains-1"), ("person-0", "person-1"))
        for _ in range(2):
            analyses.store_run(case=case, found=found, by=amina)
        guards.remove(connection)  # constraints alone are tested here
        fill_the_ledger(amina, case)
        fill_what_is_about_people_at_work(amina, case)
        yield case
        transaction.set_rollback(True)


def fill_the_ledger(amina: User, case: InvestigationCase) -> None:
    """Two rows in every table of the ledger that an act does not fill by itself."""
    trail.record_reads(by=amina, case=case, read=[("family", case.pk, "contact")])
    log = Log.objects.get(name=CHANGES)
    for n in range(2):
        Tile.objects.create(log=log, height=8, place=n, hash="0" * 64)
        checkpoint = Checkpoint.objects.create(
            log=log, size=n, root="0" * 64, note="x", made_at=timezone.now()
        )
        Witnessing.objects.create(
            checkpoint=checkpoint, manner="signed_sheet", witness="Ben", witnessed_at=timezone.now()
        )
        HeldCheckpoint.objects.create(
            origin="antigone/x", key="k", size=n, root="0" * 64, note="x", held_at=timezone.now()
        )


def fill_what_is_about_people_at_work(amina: User, case: InvestigationCase) -> None:
    """Two rows of every table about roles, openings, attachments and work in hand."""
    now = timezone.now()
    remains, persons = Remains.objects.filter(case=case), Person.objects.filter(case=case)
    fill_what_was_decided(amina, case)
    for n in range(2):
        RoleGrant.objects.create(
            user=amina, role="morgue", case=case, valid_from=now, requested_by=amina,
            valid_until=now + timedelta(days=1),
        )  # fmt: skip
        OpenedHypothesis.objects.create(
            case=case, remains=remains[n], person=persons[n], opened_by=amina, opened_at=now,
            reason="x",
        )  # fmt: skip
        Opening.objects.create(
            user=amina, case=case, role="morgue", kind="remains", record=case.pk, reason="x"
        )
        Notice.objects.create(to=amina, case=case, code="x", made_at=now)
        SignInWait.objects.create(of=f"digest {n}", last_at=now)
        Job.objects.create(kind=f"kind {n}", asked_by=amina, asked_as="coordinator")
        KeptContradiction.objects.create(
            case=case, rule="empty_grave", about=f"grave:{n}", facts="0" * 64, found_at=now,
            decided_by=amina, decided_at=now,
        )  # fmt: skip
        Attachment.objects.create(
            case=case, section=sorted(ATTACHED_SECTIONS)[0], kind="remains", record=case.pk,
            sha256="0" * 64, size=1, media_type="text/plain",
        )  # fmt: skip


def fill_what_was_decided(amina: User, case: InvestigationCase) -> None:
    """A decision and a signature made here, and two identifications withdrawn."""
    decisions = list(Decision.objects.filter(case=case))
    Decision.objects.filter(pk=decisions[0].pk).update(
        decided_by=amina, withdrawn_because="", replaces=decisions[2]
    )
    Signature.objects.filter(case=case, ordinal=0).update(account=amina)
    more = Decision.objects.create(
        case=case, ordinal=90, key="more", remains=decisions[0].remains, outcome="withdrawn"
    )
    pairs = ((decisions[0], decisions[1]), (decisions[2], more))
    for n, (decision, of) in enumerate(pairs):
        withdrawal = Withdrawal.objects.create(
            case=case, decision=decision, of=of, made_at=timezone.now()
        )
        for place in range(2 - n):
            AffectedRecord.objects.create(
                withdrawal=withdrawal, ordinal=place, kind="family",
                family=Family.objects.filter(case=case).first(),
            )  # fmt: skip


def test_one_job_of_a_kind_is_open_in_a_case(filled: InvestigationCase) -> None:
    amina = User.objects.get(username="amina")
    asked = {"kind": "weigh", "case": filled, "asked_by": amina, "asked_as": "coordinator"}
    with transaction.atomic():
        Job.objects.create(**asked)
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.create(**asked)
        transaction.set_rollback(True)


def generic(model: type[models.Model], name: str) -> Changes:
    """What breaks a constraint that follows from the definition of a table."""
    table = SOURCE_TABLE_OF[model]
    rest = name.removeprefix(f"{table}_")
    if rest == "one_row_in_one_place":
        return {"ordinal": "same"}
    if rest == "key_unique_in_case":
        return {"key": "same"}
    for column in TABLES[table].columns:
        field = field_of(table, column.name)
        if rest == f"{field}_known":
            unjoined = {
                name: value
                for other in TABLES[table].columns
                if other.refers_by == column.name
                for name, value in (
                    (f"{field_of(table, other.name)}_key", "X"),
                    *((f"{one}_id", None) for one in references_of(table)[other.name].values()),
                )
            }
            return {field: "no such code"} | unjoined
        if rest == f"{field}_in_order":
            ends = {f"{field}_earliest": date(2022, 2, 1), f"{field}_latest": date(2022, 1, 1)}
            return ends
        if rest == f"{field}_not_below_its_range":
            return {field: column.low - 1}
        if rest == f"{field}_not_above_its_range":
            return {field: column.high + 1}
        joined = references_of(table).get(column.name, {})
        for target, one in joined.items():
            if rest == f"{one}_as_its_kind_says":
                other = next(code for code in joined if code != target)
                return alone(joined, target) | {column.refers_by: other, f"{field}_key": ""}
            if rest == f"{field}_is_record_or_key":
                kind = {column.refers_by: target} if column.refers_by else {}
                return alone(joined, target) | kind | {f"{field}_key": "X"}
        if rest == f"{field}_given":
            nothing = {f"{one}_id": None for one in joined.values()} | {f"{field}_key": ""}
            return nothing if joined else {field: ""}
    raise AssertionError(f"no test breaks {name}")


def alone(joined: Mapping[str, str], target: str) -> Changes:
    """A reference joined to another record of `target`, and to nothing else."""
    nothing = {f"{one}_id": None for one in joined.values()}
    return nothing | {f"{joined[target]}_id": "other"}


def literal(changes: Changes, row: models.Model, first: models.Model) -> Changes:
    """Words of `changes` made values: of the first row, of this row, or of another record."""
    made = {}
    for name, value in changes.items():
        if value == "same":
            value = getattr(first, name)
        elif value == "own id":
            value = row.pk
        elif value == "account":
            value = User.objects.get(username="amina").pk
        elif value == "a decision":
            value = Decision.objects.order_by("ordinal").first().pk
        elif value == "other":
            target = row._meta.get_field(name.removesuffix("_id")).related_model
            same_case = target.objects.filter(case=getattr(row, "case", None) or row.run.case)
            value = same_case.exclude(pk=row.pk).order_by("ordinal").first().pk
        elif isinstance(value, str) and value.endswith("_id"):
            value = getattr(row, value)
        made[name] = value
    return made


@pytest.mark.parametrize(
    ("model", "constraint"), CONSTRAINTS, ids=[constraint.name for _, constraint in CONSTRAINTS]
)
def test_the_database_refuses(
    filled: InvestigationCase, model: type[models.Model], constraint: models.BaseConstraint
) -> None:
    name = constraint.name
    changes = SPECIAL.get(name) or generic(model, name)
    rows = model.objects.order_by("pk")
    if issubclass(model, CaseRow):
        rows = rows.filter(case=filled).order_by("ordinal")
    elif "case" in getattr(constraint, "fields", ()):
        rows = rows.filter(case=filled)  # the same in another case would be no breach
    first, row = rows[:2]
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        model.objects.filter(pk=row.pk).update(**literal(changes, row, first))
    assert_names_it(refusal.value, model, constraint)


def assert_names_it(
    refusal: IntegrityError, model: type[models.Model], constraint: models.BaseConstraint
) -> None:
    """It is this constraint that refused, and no other."""
    diagnosis = getattr(refusal.__cause__, "diag", None)
    if diagnosis is not None:
        assert diagnosis.constraint_name == constraint.name
    elif isinstance(constraint, models.UniqueConstraint) and constraint.fields:
        columns = [model._meta.get_field(field).column for field in constraint.fields]
        words = ", ".join(f"{model._meta.db_table}.{column}" for column in columns)
        assert words in str(refusal)
    else:
        assert constraint.name in str(refusal)


def test_no_two_constraints_share_a_name() -> None:
    names = [constraint.name for _, constraint in CONSTRAINTS]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 63 for name in names), "PostgreSQL cuts longer names"


def test_half_a_place_on_the_grid_is_recorded(filled: InvestigationCase) -> None:
    grave = RECORD_OF["grave"].objects.filter(case=filled).first()
    RECORD_OF["grave"].objects.filter(pk=grave.pk).update(y_m=None)
