# SPDX-License-Identifier: Apache-2.0
"""A small installation in which every table has rows: for whoever tampers with it."""

from __future__ import annotations

import random
import uuid
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from antigone.analysis.runs import store_run
from antigone.ledger.notes import SigningKey, origin_of, sign_checkpoint
from antigone.ledger.tree import leaf_hash
from antigone.records import access
from antigone.records.actions import (
    accounts,
    attempts,
    checkpoints,
    contradictions,
    erasures,
    jobs,
    trail,
)
from antigone.records.models import (
    CHANGES,
    AffectedRecord,
    Attachment,
    Decision,
    Family,
    InvestigationCase,
    Log,
    Notice,
    OpenedHypothesis,
    Opening,
    Person,
    ProfileRun,
    RoleGrant,
    User,
    Withdrawal,
)
from tests.proof.writer_actions import RealWriting, at_the_terminal, import_case, rows
from tests.records.invented import every_table
from tests.records.test_runs import RUN

EVENTS = 520
"""More than 512, so that two full parts of the tree are kept."""
AGAIN = replace(
    RUN,
    factors=(replace(RUN.factors[0], log10_lr=2.5),),
    rules=(replace(RUN.rules[0], rule="R3"),),
    chance=(replace(RUN.chance[0], comparisons=7, expected_matches=0.5),),
)
"""Another run, so that each of its tables has two rows that differ."""


def filled() -> RealWriting:
    """Two cases, two runs, an erasure, contradictions, corrections, reads, witnessed checkpoints."""
    writing, rng = RealWriting(), random.Random(1)
    with at_the_terminal():
        every = import_case(writing.by, "every", every_table())
        accounts.open_account(username="chidi", by=None)
        for run in (RUN, AGAIN):
            store_run(writing.case, run, writing.by)
        contradictions.take_stock(case=every, by=writing.by)
        jobs.ask(kind="weigh", case=every, arguments={"seconds": 1.0}, by=writing.by)
    attempts.begin(account="invented")
    while rows(Log).get(name=CHANGES).size < EVENTS:
        writing.correct(rng)
    with at_the_terminal():
        _read(every, writing.by)
        _erase(every, writing.by)
        for manner in ("signed_sheet", "witness_file"):
            witnessed(writing.by, manner)
        _hold_another(writing.by)
    with access.unrestricted("one row of every table"), transaction.atomic():
        _of_access(writing)
        _of_withdrawals(every)
        trail.record(action="proofs.fill", by=writing.by, case=writing.case)
    writing.correct(rng)
    return writing


def _read(case: InvestigationCase, by: User) -> None:
    with transaction.atomic():
        for one in rows(ProfileRun).filter(case=case)[:2]:
            trail.record_reads(by=by, case=case, read=[("profile", one.pk, "dna")])


def _erase(case: InvestigationCase, by: User) -> None:
    subject = rows(ProfileRun).filter(case=case).last().subject
    erasures.erase(case=case, subject=subject, order="Invented order 1.", by=by)


def witnessed(by: User, manner: str = "witness_file") -> str:
    """Sign the log as it stands and give the note to a witness outside."""
    made = checkpoints.make_checkpoint(by=by)
    checkpoints.record_witnessing(
        checkpoint=made, manner=manner, witness="Invented Tribunal", by=by, note=made.note
    )
    return made.note


def _of_access(writing: RealWriting) -> None:
    """Two rows of each table of roles, openings, notices and attachments, no better than invented."""
    case, by, now = writing.case, writing.by, timezone.now()
    later = now + timedelta(hours=1)
    person = rows(Person).filter(case=case).first()
    for n, one in enumerate(writing.remains[:2]):
        record = {"kind": "remains", "record": one}
        RoleGrant.objects.create(
            user=by,
            role="geneticist",
            case=case,
            valid_from=now,
            valid_until=later,
            requested_by=by,
            reason=f"Invented {n}.",
        )
        OpenedHypothesis.objects.create(
            case=case, remains_id=one, person=person, opened_by=by, opened_at=now, reason=f"{n}"
        )
        Opening.objects.create(
            user=by,
            case=case,
            role="geneticist",
            reason=f"Invented {n}.",
            opened_at=now,
            ends_at=later,
            **record,
        )
        Notice.objects.create(to=by, case=case, code=f"invented-{n}", made_at=now)
        Attachment.objects.create(
            case=case, section="remains", sha256=f"{n}" * 64, size=n, media_type="text/plain",
            file_name=f"{n}", **record,
        )  # fmt: skip


def _of_withdrawals(case: InvestigationCase) -> None:
    """Two withdrawals, each with two records that it concerns, no better than invented."""
    named = list(rows(Decision).filter(case=case).order_by("key"))
    family, opened = rows(Family).filter(case=case).first(), rows(OpenedHypothesis).first()
    for by, of in ((0, 1), (2, 0)):
        made = Withdrawal.objects.create(
            case=case, decision=named[by], of=named[of], made_at=timezone.now()
        )
        AffectedRecord.objects.create(withdrawal=made, ordinal=1, kind="family", family=family)
        AffectedRecord.objects.create(
            withdrawal=made, ordinal=2, kind="opened_hypothesis", opened_hypothesis=opened
        )


def _hold_another(by: User) -> None:
    """Hold a checkpoint of an installation that is not there."""
    for size in (1, 2):
        log = str(uuid.UUID(int=size))
        key = SigningKey(origin_of(log), bytes([size]) * 32)
        note = sign_checkpoint(origin_of(log), size, leaf_hash(b"invented"), key)
        checkpoints.hold_checkpoint(note=note, key=key.verifier, consistency=[], by=by)
