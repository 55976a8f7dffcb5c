# SPDX-License-Identifier: Apache-2.0
"""`antigone case erase`: what is sealed about a subject, by order of a court or by law."""

from __future__ import annotations

import click

from antigone.cli.account import account
from antigone.cli.database import open_database


@click.command("erase")
@click.argument("slug")
@click.option("--subject", required=True, metavar="TABLE:KEY", help="Whom it is about.")
@click.option("--order", required=True, help="The order or the law. It stays in the ledger.")
@click.confirmation_option(prompt="What is erased cannot be brought back by anybody. Erase it?")
def erase_subject(slug: str, subject: str, order: str) -> None:
    """Erase the DNA profiles, contacts, testimony and files of one subject of SLUG.

    The subject is what the profile is of (remains, relative, person), a family, or a statement's
    row; its files are those attached to that record. Their keys are destroyed: what was sealed is
    gone in every copy of the database, old backups included. That it was erased, when and by whose
    order stays in the ledger, which still verifies. Backups of the keys that are older must be
    destroyed too.
    """
    open_database()
    from antigone.cli.evidence import record_named
    from antigone.records.actions import erasures
    from antigone.records.queries.cases import case_by_slug

    case = case_by_slug(slug)
    erasures.erase(case=case, subject=record_named(case, subject), order=order, by=account())
    click.echo(f"Erased: what was sealed of {subject}. The ledger says so.", err=True)
