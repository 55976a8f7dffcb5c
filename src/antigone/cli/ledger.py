# SPDX-License-Identifier: Apache-2.0
"""`antigone ledger`: verify it, prove an event, sign checkpoints, and exchange them with others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from antigone.cli.account import account
from antigone.cli.database import open_database
from antigone.cli.progress import Progress
from antigone.terms.errors import AntigoneError, gettext_noop

if TYPE_CHECKING:
    from antigone.records.models import Checkpoint

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_NEW = click.Path(path_type=Path)
WITNESS_FORMAT = "antigone-witness"


class NotAWitnessFile(AntigoneError):
    """A file that no installation has offered or signed."""

    code = "cli.not-a-witness-file"
    message = gettext_noop(
        "%(file)s is not a witness file. Ask for one made with: antigone ledger witness offer."
    )


@click.group()
def ledger() -> None:
    """The ledger of this installation: nothing older than a witnessed checkpoint changes unseen."""


@ledger.command()
def status() -> None:
    """Print events, checkpoints, and how many events no witness holds yet."""
    open_database()
    from antigone.records.models import LOGS, Checkpoint
    from antigone.records.queries.ledger import exposure

    click.echo("log\tevents\tcheckpoints\twitnessed\tsince_witnessed\twitnessed_at")
    for name in LOGS:
        now = exposure(name)
        at = now.witnessed_at.isoformat() if now.witnessed_at else ""
        made = Checkpoint.objects.filter(log=name).count()
        click.echo(f"{name}\t{now.size}\t{made}\t{now.witnessed_size}\t{now.events}\t{at}")


@ledger.command()
@click.option(
    "--witness", "witnesses", multiple=True, type=_FILE, help="A note held outside; repeat it."
)
@click.pass_context
def verify(context: click.Context, witnesses: tuple[Path, ...]) -> None:
    """Check every event, revision and record, and hold them against checkpoints and witnesses.

    A note may be the text of a day sheet's square code, a witness file, or its lines as typed
    from the sheet. Faults go to standard output, one a line. Exit status 0 when there is none, 1
    otherwise, 3 when a note cannot be read: then nothing was checked.
    """
    from antigone.exchange.evidence_checks import UNREADABLE, WRONG
    from antigone.ledger.errors import HeldUnreadable

    open_database()
    from antigone.records.queries.ledger import verify as verified

    try:
        notes = [_note_in(path) for path in witnesses]
    except (HeldUnreadable, NotAWitnessFile, UnicodeDecodeError) as refusal:
        click.echo(f"YOUR FILE COULD NOT BE READ. {refusal}", err=True)
        context.exit(UNREADABLE)
    with Progress() as progress:
        found = verified(witnesses=notes, progress=progress.report)
    for fault in found.faults:
        click.echo(f"{fault.code}\t{fault.template % dict(fault.facts)}")
    click.echo(
        f"{found.events} events, {found.reads} reads, {found.revisions} revisions, "
        f"{found.records} records, {found.checkpoints} checkpoints, {found.witnessed} notes from "
        f"outside, {found.erased_sections} erased sections.",
        err=True,
    )
    click.echo(
        f"{found.exposed} events since the last witnessed checkpoint: whoever holds the database "
        "and its keys could have rewritten those unseen.",
        err=True,
    )
    if found.holds:
        click.echo("The ledger holds.", err=True)
        return
    click.echo(f"THE LEDGER DOES NOT HOLD. Faults: {found.fault_count}.", err=True)
    context.exit(WRONG)


@ledger.command()
@click.option("--out", type=_NEW, help="Also write the signed note there.")
@click.option("--sheet", type=_NEW, help="Also write the day sheet there (PDF), to sign in ink.")
@click.option(
    "--language", type=click.Choice(("en", "uk")), default="en", show_default=True,
    help="Of the day sheet.",
)  # fmt: skip
def checkpoint(out: Path | None, sheet: Path | None, language: str) -> None:
    """Sign the size and the root of the ledger as it stands, and print the note."""
    open_database()
    from antigone.exchange.day_sheets import day_sheet
    from antigone.records.actions import checkpoints
    from antigone.records.queries.day_sheets import day_facts

    made = checkpoints.make_checkpoint(by=account())
    click.echo(made.note, nl=False)  # it is signed, whatever becomes of the files
    if out:
        out.write_text(made.note, encoding="utf-8")
    if sheet:
        sheet.write_bytes(day_sheet(day_facts(made), language))


@ledger.command()
@click.argument("event", type=click.IntRange(min=0))
@click.option("--out", type=_NEW, required=True, help="The proof: one new file.")
@click.option(
    "--section", "sections", multiple=True, help="Disclose this section, as open; repeat it."
)
def prove(event: int, out: Path, sections: tuple[str, ...]) -> None:
    """Write a proof that event number EVENT is in the log; verify_evidence.py checks it offline."""
    open_database()
    from antigone.exchange.evidence import Consistency, EvidenceKey, Inclusion
    from antigone.exchange.evidence_packages import write_proof
    from antigone.ledger.notes import VerifierKey
    from antigone.records.ledger_key import verifier_key
    from antigone.records.queries import proofs

    over, issued, subtree = proofs.checkpoint_over(event), proofs.issued(), proofs.subtree_of_log()
    opened, _ = disclosed([event], sections)
    witnesses = [EvidenceKey("witness", VerifierKey.from_text(one)) for one in issued.witness_keys]
    write_proof(
        out,
        event=proofs.event_body(event),
        inclusion=Inclusion(event, over.size, proofs.inclusion(event, over.size, subtree)),
        checkpoints=issued.notes.values(),
        consistency=[Consistency(*step) for step in issued.steps(subtree)],
        keys=[EvidenceKey("log", verifier_key(over.log.identifier)), *witnesses],
        disclosed=opened,
    )
    click.echo(
        f"Event {event} is proved under the checkpoint at {over.size}, which hangs together with "
        f"the {len(issued.notes)} that were ever signed: {out}.",
        err=True,
    )


def disclosed(events: list[int], sections: tuple[str, ...]) -> tuple[list[Any], list[Any]]:
    """These sections of these events, opened; and those that were lawfully erased."""
    from antigone.exchange.evidence import Disclosed, Erased
    from antigone.records.queries import proofs

    opened, erased = [], []
    for one in proofs.opened(events, sections):
        if isinstance(one, proofs.Opened):
            opened.append(Disclosed(one.sequence, one.section, one.salt, one.body))
        else:
            erased.append(Erased(one.sequence, one.section, one.erased_by))
    return opened, erased


@ledger.group()
def witness() -> None:
    """Let others hold our checkpoints, and hold theirs."""


@witness.command()
@click.argument("out", type=_NEW)
def offer(out: Path) -> None:
    """Sign a checkpoint and write it to OUT with the proofs that it follows from earlier ones."""
    open_database()
    from antigone.records.actions import checkpoints
    from antigone.records.ledger_key import verifier_key
    from antigone.records.models import CHANGES, Checkpoint
    from antigone.records.queries import proofs

    made = checkpoints.make_checkpoint(by=account())
    sizes = Checkpoint.objects.filter(log=CHANGES, size__lt=made.size)
    paths = {
        str(old): [one.hex() for one in proofs.consistency(old, made.size)]
        for old in sizes.values_list("size", flat=True).distinct()
    }
    value = {
        "format": WITNESS_FORMAT,
        "key": verifier_key(made.log.identifier).text,
        "note": made.note,
        "consistency": paths,
    }
    out.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    click.echo(f"A checkpoint of {made.size} events is offered in {out}.", err=True)


@witness.command()
@click.argument("file", type=_FILE)
@click.argument("out", type=_NEW)
def hold(file: Path, out: Path) -> None:
    """Hold the checkpoint that FILE offers, and write it to OUT with our signature.

    It must follow from the last one of that log that we hold; a rewritten log is refused here.
    """
    offered = _offered(file)
    open_database()
    from antigone.ledger.notes import VerifierKey
    from antigone.records.actions import checkpoints
    from antigone.records.ledger_key import verifier_key
    from antigone.records.models import CHANGES, HeldCheckpoint, Log

    key = VerifierKey.from_text(offered["key"])
    held = HeldCheckpoint.objects.filter(origin=key.name).order_by("-size").first()
    path = offered["consistency"].get(str(held.size), []) if held else []
    note = checkpoints.hold_checkpoint(
        note=offered["note"],
        key=key,
        consistency=[bytes.fromhex(one) for one in path],
        by=account(),
    )
    ours = verifier_key(Log.objects.get(name=CHANGES).identifier)
    value = {"format": WITNESS_FORMAT, "key": ours.text, "note": note, "consistency": {}}
    out.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    click.echo(f"Held. Give {out} back to those who offered it.", err=True)


@witness.command()
@click.argument("file", type=_FILE)
@click.option("--witness", "name", required=True, help="Who signed it.")
def accept(file: Path, name: str) -> None:
    """Keep the signature of another installation under a checkpoint of ours."""
    offered = _offered(file)
    open_database()
    from antigone.records.actions import checkpoints

    found = _checkpoint_of(offered["note"])
    checkpoints.record_witnessing(
        checkpoint=found,
        manner="installation",
        witness=name,
        note=offered["note"],
        key=offered["key"],
        by=account(),
    )
    click.echo(f"The checkpoint at {found.size} events is witnessed by {name}.", err=True)


@witness.command()
@click.argument("size", type=click.IntRange(min=1))
@click.option("--witness", "name", required=True, help="Who signed the sheet in ink.")
def sheet(size: int, name: str) -> None:
    """Record that NAME signed and keeps the printed day sheet of the checkpoint at SIZE events."""
    open_database()
    from antigone.records.actions import checkpoints

    found = _checkpoint_at(size)
    checkpoints.record_witnessing(
        checkpoint=found, manner="signed_sheet", witness=name, by=account()
    )
    click.echo(f"The checkpoint at {size} events is witnessed by {name}.", err=True)


class NoCheckpointThere(AntigoneError):
    """A size at which no checkpoint of ours was made."""

    code = "cli.no-checkpoint-there"
    message = gettext_noop(
        "No checkpoint of this ledger has %(size)d events. `antigone ledger status` says how many "
        "there are; the day sheet names its size."
    )


def _checkpoint_of(note: str) -> Checkpoint:
    from antigone.ledger.notes import read_checkpoint_body

    return _checkpoint_at(read_checkpoint_body(note.partition("\n\n")[0] + "\n").size)


def _checkpoint_at(size: int) -> Checkpoint:
    from antigone.records.models import CHANGES, Checkpoint

    found = Checkpoint.objects.filter(log=CHANGES, size=size).first()
    if found is None:
        raise NoCheckpointThere(size=size)
    return found


def _offered(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError):
        raise NotAWitnessFile(file=file.name) from None
    texts = isinstance(value, dict) and all(
        isinstance(value.get(name), str) for name in ("key", "note")
    )
    if not texts or value.get("format") != WITNESS_FORMAT or not _paths(value.get("consistency")):
        raise NotAWitnessFile(file=file.name)
    return value


def _paths(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(path, list)
        and all(
            isinstance(one, str) and len(one) == 64 and set(one) <= set("0123456789abcdef")
            for one in path
        )
        for path in value.values()
    )


def _note_in(path: Path) -> str:
    """A note of a file: the note in a witness file, a signed note, or lines typed from a sheet."""
    from antigone.ledger.held import read_held

    text = path.read_text(encoding="utf-8-sig")
    text = str(_offered(path)["note"]) if text.lstrip().startswith("{") else text
    read_held(text)
    return text
