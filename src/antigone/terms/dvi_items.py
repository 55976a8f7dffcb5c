# SPDX-License-Identifier: Apache-2.0
"""Items of the ante- and post-mortem forms of disaster victim identification, 00 to 95.

`dvi_items.csv` and `dvi_options.csv` stand beside this file. The numbers are those of INTERPOL's
classic forms (sheets A to G), so that records compare with those of others. All labels are our
own words, in English and Ukrainian, made from a public inventory of the items: none is copied.
Where the inventory names only a range (00 to 13, the garments within a block of codes), the order
inside the range is ours.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark
from antigone.terms.tables import Row, several


class Keeping(Enum):
    """What an item's words are, and so where they are kept."""

    TEXT = "text"
    ONE_OF = "one_of"  # one of the options, or words
    SOME_OF = "some_of"  # several of the options, parted by ;, or words
    TOOTH = "tooth"  # the chart itself is table `tooth`
    CONTACT = "contact"  # names or reaches living people: column `contact`
    PROFILE = "profile"  # alleles: table `profile`


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values that a form offers."""

    code: str
    en: str
    uk: str


@dataclass(frozen=True, slots=True)
class DviItem:
    """One item: its number, the sheet it stands on in each form, and what it is called."""

    number: str
    ante_mortem: str
    """Sheet of the yellow form; blank where the item does not stand on it."""
    post_mortem: str
    """Sheet of the pink form; blank where the item does not stand on it."""
    keeping: Keeping
    options: tuple[Option, ...]
    parts: Option | None
    """What the words say one after the other, such as material and colour."""
    en: str
    uk: str

    def sheet(self, owner_kind: str) -> str:
        """The sheet on which it stands for remains or for a person; blank for neither."""
        return self.post_mortem if owner_kind == "remains" else self.ante_mortem


SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "unknown-dvi-item": gettext_noop(
            "No form has an item %(item)s. Write a number of the forms, such as 36, 53.04 or "
            "24.0207; what fits none goes to item 92."
        ),
        "dvi-contact-in-value": gettext_noop(
            "Item %(item)s names living people or says how they are reached. Write it into the "
            "column contact, which only those who speak with families read."
        ),
        "dvi-value-in-contact": gettext_noop(
            "Item %(item)s describes, and names nobody. Write it into the column value."
        ),
        "dvi-alleles-in-value": gettext_noop(
            "Item %(item)s is alleles. Enter them as a DNA profile, which the laboratory alone "
            "reads, and write the number of its report at item 94."
        ),
    }
)


@cache
def dvi_items() -> Mapping[str, DviItem]:
    """Every item, by its number, in the order of the forms."""
    options: dict[str, list[Option]] = {}
    for row in _rows("dvi_options.csv"):
        options.setdefault(row["options"], []).append(Option(row["code"], row["en"], row["uk"]))
    parts = {one.code: one for one in options.pop("parts")}
    return MappingProxyType(
        {
            row["item"]: DviItem(
                row["item"], row["ante_mortem"], row["post_mortem"], Keeping(row["kind"]),
                tuple(options.get(row["options"], ())), parts.get(row["parts"]),
                row["en"], row["uk"],
            )
            for row in _rows("dvi_items.csv")
        }
    )  # fmt: skip


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


def unfit_item(row: Row) -> tuple[str, Remark] | None:
    """What cannot stand in a row of `dvi_item`, and in which column; None if nothing.

    An item of the other form is recorded, and printed at the end of this one.
    An unknown number is none; nor are words that others than those meant would read.
    """
    number = row.get("item", "").strip()
    found = dvi_items().get(number)
    if found is None:
        return "item", _said("unknown-dvi-item", item=number)
    value, contact = row.get("value", "").strip(), row.get("contact", "").strip()
    if value and found.keeping is Keeping.CONTACT:
        return "value", _said("dvi-contact-in-value", item=number)
    if (value or contact) and found.keeping is Keeping.PROFILE:
        return "value" if value else "contact", _said("dvi-alleles-in-value", item=number)
    if contact and found.keeping is not Keeping.CONTACT:
        return "contact", _said("dvi-value-in-contact", item=number)
    return None


def chosen(found: DviItem, value: str) -> tuple[frozenset[str], str]:
    """Of a value the options chosen, and the words that are none of them."""
    if not found.options:
        return frozenset(), value
    known = {one.code for one in found.options}
    parts = several(value)
    return (
        frozenset(one for one in parts if one in known),
        "; ".join(one for one in parts if one not in known),
    )


def _said(code: str, **facts: str) -> Remark:
    return Remark(code, SENTENCES[code], facts)
