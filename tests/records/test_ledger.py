# SPDX-License-Identifier: Apache-2.0
"""The ledger under the records: it holds, it is found out, it proves, and it lets erase."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from antigone.cli.database import bring_up_to_date
from antigone.ledger.errors import ConsistencyFault, NoteFault
from antigone.ledger.events import read_event
from antigone.ledger.notes import SigningKey, add_signature, read_checkpoint
from antigone.ledger.tree import leaf_hash, verify_consistency, verify_inclusion
from antigone.records import guards, keys
from antigone.records.actions import accounts, cases, checkpoints, erasures, trail
from antigone.records.actions.changes import change
from antigone.records.erasing import complete_erasures
from antigone.records.errors import NoCheckpoint, NothingSealed, NotOurCheckpoint, OlderThanHeld
from antigone.records.ledger_key import verifier_key
from antigone.records.models import (
    AnalysisRun,
    Checkpoint,
    Event,
    Family,
    Grave,
    InvestigationCase,
    Log,
    ProfileRun,
    ReadEvent,
    Remains,
    Revision,
    SealedSection,
    User,
)
from antigone.records.queries import proofs
from antigone.records.queries.cases import case_tables
from antigone.records.queries.ledger import exposure, verify
from tests.records.invented import POLICY, every_table, small_case

Import = Callable[..., InvestigationCase]


@pytest.fixture
def wood(imported: Import) -> InvestigationCase:
    """A case with something in every table."""
    return imported(every_table())


def codes() -> list[str]:
    return [one.code for one in verify().faults]


def note_on(grave: Grave, words: str, by: User) -> None:
    """Change a grave's note, as an action does."""
    with transaction.atomic():
        assert change(grave, note=words)
        trail.record(action="corrections.correct", by=by, case=grave.case, reason="misread")


def test_an_untouched_ledger_holds(wood: InvestigationCase, amina: User) -> None:
    note_on(Grave.objects.first(), "stones", amina)
    found = verify()
    assert found.holds, found.faults
    assert found.events == Log.objects.get(name="changes").size == Event.objects.count()
    assert found.revisions == Revision.objects.count()
    assert found.records > 100


def test_no_personal_value_stands_in_an_event(wood: InvestigationCase) -> None:
    bodies = "".join(Event.objects.values_list("body", flat=True))
    for words in ("Вигадана", "amina", "line", "person-0", "SUM"):
        assert not re.search(rf"(?<![a-z]){words}(?![a-z])", bodies)  # examination is none


def test_a_protected_section_lies_sealed_in_the_database(wood: InvestigationCase) -> None:
    run = ProfileRun.objects.first()
    assert b"14" not in bytes(run.calls)
    event = Event.objects.get(record=run.pk)
    assert set(read_event(event.body.encode()).commitments) == {"open", "dna"}
    revision = Revision.objects.get(record=run.pk)
    assert "allele" not in revision.body


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Any]:
    """A case that is committed, once for all breaches: none of them leaves a trace."""
    with django_db_blocker.unblock():
        yield cases.import_case(
            tables=every_table(), policy_text=POLICY, name="Invented Wood", slug="wood",
            by=accounts.open_account(username="amina", by=None), invented=True,
        )  # fmt: skip
        call_command("flush", verbosity=0, interactive=False)


@pytest.mark.parametrize(
    "breach",
    [
        lambda case: Grave.objects.update(note="x"),
        lambda case: Grave.objects.update(note="x", revision=2),
        lambda case: Grave.objects.update(note="x", revision=9),
        lambda case: Grave.objects.create(case=case, key="new", ordinal=99),
        lambda case: Grave.objects.create(case=case, key="new", ordinal=99, revision=3),
        lambda case: _sql("DELETE FROM records_finding"),
        lambda case: _sql("DELETE FROM records_sealedsection"),
        lambda case: _sql("UPDATE records_revision SET body = '{}'"),
        lambda case: _sql("UPDATE records_event SET body = '{}'"),
        lambda case: _sql("UPDATE records_log SET size = 1"),
        lambda case: _sql("DELETE FROM records_log"),
    ],
)
def test_the_database_refuses_what_leaves_no_event(
    committed: InvestigationCase, breach: Callable[[InvestigationCase], Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        breach(committed)
    assert verify().holds


def _sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def by_the_back_door(statement: str, *values: Any) -> None:
    """Change the database as somebody does who owns it."""
    guards.remove(connection)
    _sql(statement, *values)
    guards.install(connection)


def test_a_change_by_the_back_door_is_found(wood: InvestigationCase) -> None:
    by_the_back_door("UPDATE records_grave SET note = 'x' WHERE ordinal = 0")
    assert codes() == ["ledger.record-changed"]


def test_a_missing_guard_is_found(wood: InvestigationCase) -> None:
    guards.remove(connection)
    assert set(codes()) == {"ledger.guard-missing"}


def test_a_lifted_guard_is_not_put_back_unseen(wood: InvestigationCase) -> None:
    """Starting the program again hides nothing; whoever migrates puts it back."""
    guards.remove(connection)
    bring_up_to_date()
    assert set(codes()) == {"ledger.guard-missing"}
    call_command("migrate", verbosity=0)
    assert codes() == []


def test_a_migration_without_steps_leaves_the_guards_alone(wood: InvestigationCase) -> None:
    """Other processes write meanwhile: nobody may see a database without its guards."""
    with CaptureQueriesContext(connection) as seen:
        call_command("migrate", verbosity=0)
    changed = [one["sql"] for one in seen if not one["sql"].lstrip().upper().startswith("SELECT")]
    assert not [one for one in changed if "TRIGGER" in one.upper()]


def test_a_rewritten_history_is_found_by_a_witness_alone(imported: Import, amina: User) -> None:
    """The exposure: who rewrites everything consistently is caught only from outside."""
    case = imported(small_case())
    witnessed = checkpoints.make_checkpoint(by=amina)
    Checkpoint.objects.all()  # what an insider would rewrite as well
    event = Event.objects.filter(kind="grave").first()
    body = event.body.replace('"verb":"cases.import_case"', '"verb":"cases.export_case"')
    by_the_back_door("UPDATE records_event SET body = %s WHERE sequence = %s", body, event.sequence)
    assert "ledger.event-differs" in codes()  # the next event's link
    found = verify(witnesses=[witnessed.note])
    assert "ledger.checkpoint-broken" in [one.code for one in found.faults]
    assert case.slug == "wood"


def test_a_note_of_another_ledger_is_not_passed_over(wood: InvestigationCase, amina: User) -> None:
    made = checkpoints.make_checkpoint(by=amina)
    other = made.note.replace(str(made.log.identifier), "00000000-0000-4000-8000-000000000000")
    assert verify(witnesses=[made.note]).holds
    for note in (other, "no note at all"):
        faults = [one.code for one in verify(witnesses=[note]).faults]
        assert faults == ["ledger.witness-of-another-log"]


def test_reads_are_a_log_of_their_own(wood: InvestigationCase, amina: User) -> None:
    run = ProfileRun.objects.first()
    for _ in range(3):
        trail.record_reads(by=amina, case=wood, read=[("profile", run.pk, "dna")] * 2)
    assert ReadEvent.objects.count() == 3
    assert read_event(ReadEvent.objects.last().body.encode()).verb == "reads.dna"
    found = verify()
    assert found.holds
    assert found.reads == 3


def test_a_checkpoint_is_signed_and_witnessed(wood: InvestigationCase, amina: User) -> None:
    assert exposure().events == exposure().size
    made = checkpoints.make_checkpoint(by=amina)
    said = read_checkpoint(made.note, [verifier_key(made.log.identifier)])
    assert (said.size, said.root.hex()) == (made.size, made.root)
    checkpoints.record_witnessing(
        checkpoint=made, manner="signed_sheet", witness="Invented court", by=amina
    )
    assert exposure().events == 2  # the checkpoint's own event and the witnessing's
    assert verify().holds


def test_a_witness_signs_and_a_false_one_is_refused(wood: InvestigationCase, amina: User) -> None:
    made = checkpoints.make_checkpoint(by=amina)
    other = SigningKey("invented-court", b"7" * 32)
    cosigned = add_signature(made.note, other)
    checkpoints.record_witnessing(
        checkpoint=made, manner="witness_file", witness="Invented court", by=amina,
        note=cosigned, key=other.verifier.text,
    )  # fmt: skip
    issued = proofs.issued()
    assert issued.witness_keys == (other.verifier.text,)
    assert len(read_checkpoint(issued.notes[made.size], [other.verifier]).signers) == 1
    with pytest.raises(NoteFault):
        checkpoints.record_witnessing(
            checkpoint=made, manner="witness_file", witness="x", by=amina, note=made.note,
            key=other.verifier.text,
        )  # fmt: skip
    later = checkpoints.make_checkpoint(by=amina)
    with pytest.raises(NotOurCheckpoint):
        checkpoints.record_witnessing(
            checkpoint=later, manner="witness_file", witness="x", by=amina, note=cosigned,
            key=other.verifier.text,
        )  # fmt: skip


def test_proofs_from_tiles_lead_to_the_root(imported: Import, amina: User) -> None:
    imported({"grave": [{"grave": f"G{n}"} for n in range(700)]})
    old = checkpoints.make_checkpoint(by=amina)
    note_on(Grave.objects.first(), "stones", amina)
    new = checkpoints.make_checkpoint(by=amina)
    root = bytes.fromhex(new.root)
    for sequence in (0, 255, 256, 511, 512, new.size - 1):
        path = proofs.inclusion(sequence, new.size)
        verify_inclusion(
            index=sequence, size=new.size, root=root, path=path,
            leaf=leaf_hash(proofs.event_body(sequence)),
        )  # fmt: skip
    verify_consistency(
        old=old.size, new=new.size, old_root=bytes.fromhex(old.root), new_root=root,
        path=proofs.consistency(old.size, new.size),
    )  # fmt: skip
    with pytest.raises(NoCheckpoint):
        proofs.checkpoint_over(new.size)


def test_a_witness_holds_what_others_sign_and_refuses_a_rewriting(
    imported: Import, amina: User
) -> None:
    imported(small_case())
    first = checkpoints.make_checkpoint(by=amina)
    key = verifier_key(first.log.identifier)
    cosigned = checkpoints.hold_checkpoint(note=first.note, key=key, consistency=(), by=amina)
    assert cosigned.startswith(first.note)
    second = checkpoints.make_checkpoint(by=amina)
    path = proofs.consistency(first.size, second.size)
    with pytest.raises(ConsistencyFault):
        checkpoints.hold_checkpoint(note=second.note, key=key, consistency=path[:-1], by=amina)
    checkpoints.hold_checkpoint(note=second.note, key=key, consistency=path, by=amina)
    with pytest.raises(OlderThanHeld):
        checkpoints.hold_checkpoint(note=first.note, key=key, consistency=(), by=amina)


@pytest.mark.django_db(transaction=True)
def test_an_erasure_empties_destroys_and_still_verifies(imported: Import, amina: User) -> None:
    case = imported(every_table())
    run = ProfileRun.objects.exclude(calls=None).first()
    erasures.erase(case=case, subject=run.subject, order="Order 7 of an invented court", by=amina)
    assert keys.store().destroyed(run.subject)
    run.refresh_from_db()
    assert run.calls is None
    assert not any(row["sample"] == run.sample.key for row in case_tables(case)["profile"])
    found = verify()
    assert found.holds, found.faults
    assert found.erased_sections >= 1
    closed = list(proofs.opened([Event.objects.get(record=run.pk, number=1).sequence], ["dna"]))
    assert closed[0].erased_by == Event.objects.get(record=run.pk, number=2).sequence
    with pytest.raises(NothingSealed):
        erasures.erase(case=case, subject=run.subject, order="again", by=amina)


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_gone_without_an_order_is_found(imported: Import) -> None:
    imported(every_table())
    keys.store().destroy(Family.objects.exclude(contact_ref=None).first().pk)
    assert codes() == ["ledger.erased-unsaid"]


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_erasure_is_completed(imported: Import, amina: User) -> None:
    case = imported(every_table())
    run = ProfileRun.objects.exclude(calls=None).first()
    with transaction.atomic():
        erasures.erase(case=case, subject=run.subject, order="Order 7", by=amina)
        transaction.get_connection().run_on_commit.clear()  # the machine stops here
    assert not keys.store().destroyed(run.subject)
    assert complete_erasures() == [run.subject]
    assert keys.store().destroyed(run.subject)
    assert complete_erasures() == []


def test_two_editors_and_one_revision(wood: InvestigationCase, amina: User) -> None:
    one = Remains.objects.first()
    other = Remains.objects.get(pk=one.pk)
    with transaction.atomic():
        assert change(one, note="first")
        assert not change(other, note="second")
        trail.record(action="corrections.correct", by=amina, case=wood)
    assert Remains.objects.get(pk=one.pk).note == "first"
    assert Remains.objects.get(pk=one.pk).revision == 2


def test_every_sealed_section_and_run_is_in_the_ledger(wood: InvestigationCase) -> None:
    assert SealedSection.objects.filter(section="witness").count() == 3
    assert not AnalysisRun.objects.exists()
