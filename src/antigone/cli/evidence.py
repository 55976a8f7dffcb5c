# SPDX-License-Identifier: Apache-2.0
"""`antigone evidence`: what a court, or anybody, can verify without us and without a network."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from antigone.cli.account import account
from antigone.cli.database import open_database
from antigone.cli.ledger import disclosed
from antigone.terms.errors import AntigoneError, gettext_noop

if TYPE_CHECKING:
    from antigone.records.models import InvestigationCase


class NoSuchRecord(AntigoneError):
    """A record that the case does not have."""

    code = "cli.no-such-record"
    message = gettext_noop(
        "Case %(case)s has no %(kind)s with the key %(key)r. Write it as TABLE:KEY, as the case "
        "folder names both."
    )


@click.group()
def evidence() -> None:
    """Evidence packages: events, what is disclosed of them, proofs, and a verifier."""


@evidence.command()
@click.argument("slug")
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--record", "records", multiple=True, metavar="TABLE:KEY", help="Only this record; repeat it."
)
@click.option(
    "--section",
    "sections",
    multiple=True,
    required=True,
    type=click.Choice(["open", "reason", "dna", "contact", "witness"]),
    help="Disclose these sections; every other one stays a commitment.",
)
@click.option("--reason", required=True, help="By whose order, for whom. It stays in the ledger.")
def package(
    slug: str, out: Path, records: tuple[str, ...], sections: tuple[str, ...], reason: str
) -> None:
    """Write the events of case SLUG, or of some of its records, as the package OUT.

    A new folder, or a .zip. Whoever receives it runs `python3 data/verify_evidence.py .` in it.
    """
    open_database()
    from antigone.exchange.evidence import Consistency, EvidenceKey, Inclusion
    from antigone.exchange.evidence_packages import write_evidence_package
    from antigone.ledger.notes import VerifierKey
    from antigone.records.actions import checkpoints
    from antigone.records.actions import evidence as acts
    from antigone.records.ledger_key import verifier_key
    from antigone.records.queries import proofs
    from antigone.records.queries.cases import case_by_slug

    case = case_by_slug(slug)
    wanted = [record_named(case, one) for one in records]
    found = proofs.events_of_records(wanted) if wanted else proofs.events_of_case(case)
    acts.record_package(
        case=case, sections=sections, events=len(found), reason=reason, by=account()
    )
    newest = checkpoints.make_checkpoint(by=account())
    issued = proofs.issued()
    subtree = proofs.subtree_of_log()
    opened, erased = disclosed([sequence for sequence, _ in found], sections)
    witnesses = [EvidenceKey("witness", VerifierKey.from_text(one)) for one in issued.witness_keys]
    judgement = write_evidence_package(
        out,
        events=[body for _, body in found],
        disclosed=[*opened, *erased],
        proofs=[
            *(
                Inclusion(sequence, newest.size, proofs.inclusion(sequence, newest.size, subtree))
                for sequence, _ in found
            ),
            *(Consistency(*step) for step in issued.steps(subtree)),
        ],
        checkpoints=issued.notes.values(),
        keys=[EvidenceKey("log", verifier_key(newest.log.identifier)), *witnesses],
        specification=_specification(),
        verifier=(files("antigone.exchange") / "shipped" / "verify_evidence.py").read_bytes(),
        facts={
            "log": str(newest.log.identifier),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "sections": " ".join(sections),
        },
    )
    click.echo(
        f"Events: {len(found)}, of which under no witnessed checkpoint: {len(judgement.exposed)}. "
        f"Disclosed sections: {len(opened)}, erased ones: {len(erased)}. "
        f"Checkpoints: {len(issued.notes)}. Written: {out}",
        err=True,
    )


def record_named(case: InvestigationCase, named: str) -> UUID:
    """The id of the record that ``TABLE:KEY`` names."""
    from antigone.records.kinds import kinds, rows_of

    kind, _, key = named.partition(":")
    model = kinds().get(kind)
    row = None
    if model is not None and hasattr(model, "key") and hasattr(model, "case"):
        row = rows_of(model).filter(case=case, key=key).values_list("pk", flat=True).first()
    if row is None:
        raise NoSuchRecord(case=case.slug, kind=kind, key=key)
    found: UUID = row
    return found


def _specification() -> str:
    return (files("antigone.exchange") / "shipped" / "ledger-spec.md").read_text("utf-8")
