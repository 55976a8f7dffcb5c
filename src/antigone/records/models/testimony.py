# SPDX-License-Identifier: Apache-2.0
"""Testimony: statements of witnesses, lists of others, and documents."""

from django.db import models

from antigone.records.models import rows


class Statement(rows.CaseRow):
    """What a witness said, sealed, and how far the witness is protected."""

    key = rows.key()
    site, site_key = rows.reference("Site", "statements")
    given_on, given_on_earliest, given_on_latest = rows.partial_date()
    protection = rows.coded()
    summary = models.BinaryField(null=True)
    consent = rows.text()

    sealed = {"summary": "witness"}

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("statement")


class ListEntry(rows.CaseRow):
    """One line of a list that somebody else keeps."""

    list = rows.text()
    entry = rows.text()
    name = rows.text()
    sex = rows.coded()
    born, born_earliest, born_latest = rows.partial_date()
    died, died_earliest, died_latest = rows.partial_date()
    place = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        verbose_name_plural = "list entries"
        constraints = (
            *rows.constraints_of("list_entry"),
            models.UniqueConstraint(
                fields=["case", "list", "entry"], name="list_entry_once_on_a_list"
            ),
        )


class Document(rows.CaseRow):
    """A document, photograph or captured page: its origin, its hash, and what it is about."""

    key = rows.key()
    about_kind = rows.coded()
    about_site = rows.joined("Site", "documents")
    about_grave = rows.joined("Grave", "documents")
    about_marker = rows.joined("Marker", "documents")
    about_journal = rows.joined("JournalEntry", "documents")
    about_remains = rows.joined("Remains", "documents")
    about_person = rows.joined("Person", "documents")
    about_event = rows.joined("PlaceEvent", "documents")
    about_claim = rows.joined("Claim", "documents")
    about_key = rows.text()
    kind = rows.coded()
    title = rows.text()
    author = rows.text()
    dated_on, dated_on_earliest, dated_on_latest = rows.partial_date()
    origin = rows.text()
    address = rows.text()
    captured_on, captured_on_earliest, captured_on_latest = rows.partial_date()
    sha256 = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("document")
