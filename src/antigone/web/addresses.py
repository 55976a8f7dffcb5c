# SPDX-License-Identifier: Apache-2.0
"""Where a record is read, and what it is called on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from antigone.records.kinds import kind_of
from antigone.records.models import InvestigationCase
from antigone.terms.tables import TABLES
from antigone.web import columns

PAGES: Mapping[str, str] = {
    "grave": "grave", "remains": "one-remains", "person": "person", "family": "family",
    "claim": "claim",
}  # fmt: skip
"""Tables whose records have a page of their own, and its name."""
LISTS: Mapping[str, str] = {
    "grave": "graves", "remains": "remains", "person": "persons", "family": "families",
    "claim": "claims",
}  # fmt: skip
"""Tables that have a list of their own, and its name."""


def address_of(case: InvestigationCase, one: Any) -> str:
    """The page on which a record is read."""
    return address_named(case, kind_of(type(one)), one.pk, getattr(one, "key", ""))


def address_named(case: InvestigationCase, table: str, record: UUID, key: str) -> str:
    """The page on which a record of a table is read, by its id and its key."""
    if table in PAGES and key:
        return reverse(f"web:{PAGES[table]}", args=[case.slug, key])
    return reverse("web:record", args=[case.slug, table, record])


def list_of(case: InvestigationCase, table: str) -> str:
    """The list of a table's records."""
    if table in LISTS:
        return reverse(f"web:{LISTS[table]}", args=[case.slug])
    return reverse("web:records", args=[case.slug, table])


def name_of(one: Any, cells: Mapping[str, str] | None = None) -> str:
    """What a record is called on a page: its key, what stands in its key columns, or its place."""
    key = str(getattr(one, "key", ""))
    if key:
        return key
    table = kind_of(type(one))
    parts = [columns.cell_in_words(table, name, (cells or {}).get(name, "")) for name in
             TABLES[table].key]  # fmt: skip
    if any(parts):
        return " · ".join(part for part in parts if part)
    ordinal = getattr(one, "ordinal", None)
    return "" if ordinal is None else _("row %(number)d") % {"number": ordinal + 1}
