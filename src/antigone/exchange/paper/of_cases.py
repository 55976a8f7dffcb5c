# SPDX-License-Identifier: Apache-2.0
"""Papers of a case: what may be seen of its records, set in type."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from antigone.exchange.paper import certificates, dvi_forms, family_papers, lists, recovery_sheets
from antigone.exchange.paper.carried import Carried
from antigone.exchange.paper.labels import Label, label_sheets
from antigone.exchange.paper.sheets import pdf_of
from antigone.exchange.paper.words import in_both
from antigone.records.models import CaseRow, InvestigationCase, Person, Remains
from antigone.records.queries import meetings, papers, sittings
from antigone.records.queries.papers import PaperRow
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import TABLES, several

_Row = TypeVar("_Row", bound=CaseRow)


class NothingOfThatKey(AntigoneError):
    """A paper of something that the case does not have, or not for whoever looks."""

    code = "exchange.nothing-of-that-key"
    message = gettext_noop(
        "Case %(case)s has no %(kind)s with the key %(key)s. Look it up in the list, and write its "
        "key or its code."
    )


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it leaves: the file, its name without anything personal, and what it is about."""

    content: bytes
    file_name: str
    about: CaseRow | None = None
    read: tuple[tuple[str, UUID, str], ...] = ()
    """Kind, id and section of the protected cells that stand on it."""


def carried_of(
    paper: str, case: InvestigationCase, rows: Iterable[PaperRow],
    columns: Mapping[str, Collection[str]], made_at: datetime,
) -> Carried:  # fmt: skip
    """What a form carries: of these rows the columns that stand on it, and their revisions."""
    tables: dict[str, list[dict[str, str]]] = {}
    revisions: dict[str, list[int]] = {}
    for one in sorted(rows, key=lambda row: _ORDER[row.table]):
        kept = {name: cell for name, cell in one.cells.items() if name in columns[one.table]}
        tables.setdefault(one.table, []).append(kept)
        revisions.setdefault(one.table, []).append(one.revision)
    return Carried(paper, case.slug, tables, made_at, revisions, str(case.pk))


_ORDER = {name: place for place, name in enumerate(TABLES)}


def recovery_sheet(case: InvestigationCase, key: str, made_at: datetime) -> Paper:
    """The recovery sheet of the remains of that key or code."""
    remains = _remains(case, key)
    rows = papers.rows_of_recovery(remains)
    carried = carried_of("recovery", case, rows.values(), recovery_sheets.CARRIED, made_at)
    sheet = recovery_sheets.recovery_sheet(
        {table: one.cells for table, one in rows.items()},
        code=remains.code, case=case.slug, made_at=made_at, carried=carried,
    )  # fmt: skip
    return Paper(pdf_of(sheet), f"recovery-{remains.code}.pdf", remains)


def post_mortem_form(case: InvestigationCase, key: str, made_at: datetime) -> Paper:
    """The post-mortem form of the remains of that key or code."""
    remains = _remains(case, key)
    return _form(dvi_forms.POST_MORTEM, case, remains, remains.code, made_at)


def ante_mortem_form(case: InvestigationCase, key: str, made_at: datetime) -> Paper:
    """The ante-mortem form of a person; neither code nor file name says of whom."""
    person = _found(papers.person_named(case, key), case, "person", key)
    return _form(dvi_forms.ANTE_MORTEM, case, person, "", made_at)


def _form(
    paper: str, case: InvestigationCase, owner: Remains | Person, code: str, made_at: datetime
) -> Paper:
    rows = papers.rows_of_form(owner)
    carried = carried_of(paper, case, rows, dvi_forms.CARRIED[paper], made_at)
    sheet = dvi_forms.dvi_form(
        paper, carried.tables, code=code, case=case.slug, made_at=made_at, carried=carried
    )
    named = f"{paper.replace('_', '-')}-{code or owner.pk.hex[:8]}.pdf"
    return Paper(pdf_of(sheet), named, owner, papers.protected_in(rows))


def photograph_log(case: InvestigationCase, key: str, made_at: datetime) -> Paper:
    """The log of the photographs of remains."""
    remains = _remains(case, key)
    rows = [one.cells for one in papers.photographs_of(remains)]
    sheet = lists.photograph_log(rows, code=remains.code, case=case.slug, made_at=made_at)
    return Paper(pdf_of(sheet), f"photographs-{remains.code}.pdf", remains)


def custody_list(case: InvestigationCase, key: str, made_at: datetime) -> Paper:
    """The chain of custody of remains."""
    return custody_list_of(_remains(case, key), made_at)


def custody_list_of(one: CaseRow, made_at: datetime) -> Paper:
    """The chain of custody of anything that moves: remains, a container, a sample, an object."""
    code = getattr(one, "code", "") or one.key  # type: ignore[attr-defined]
    lines = _custody_lines(papers.chain_on_paper(one))
    sheet = lists.custody_list(lines, code=code, case=one.case.slug, made_at=made_at)
    named = getattr(one, "code", "") or one.pk.hex[:8]
    return Paper(pdf_of(sheet), f"custody-{named}.pdf", one)


def transport_list(case: InvestigationCase, key: str, made_at: datetime, *, day: date) -> Paper:
    """What was handed to the party of that key, such as a vehicle, on `day`."""
    party = _found(papers.party_named(case, key), case, "party", key)
    lines = _custody_lines(papers.transport_by(party, day))
    sheet = lists.transport_list(
        lines, carrier=party.key, day=day.isoformat(), case=case.slug, made_at=made_at
    )
    return Paper(pdf_of(sheet), f"transport-{day.isoformat()}.pdf", party)


def _custody_lines(rows: Iterable[papers.ListRow]) -> list[lists.Line]:
    return [lists.Line(one.cells, one.within) for one in rows]


def meeting_sheet(case: InvestigationCase, made_at: datetime, *, day: date) -> Paper:
    """The sheet of the daily meeting, as of the end of `day`."""
    found = meetings.meeting(case, day)
    sheet = lists.meeting_sheet(
        day=day, remains=found.remains,
        stages=[(one.name, one.by_then, one.on_the_day) for one in found.stages],
        awaiting=found.awaiting, case=case.slug, made_at=made_at,
    )  # fmt: skip
    return Paper(pdf_of(sheet), f"meeting-{day.isoformat()}.pdf")


def handover_receipt(case: InvestigationCase, key: str, made_at: datetime) -> Paper:
    """The receipt for remains and the objects found with them, when they go to the family."""
    remains = _remains(case, key)
    lines = [(remains.code, in_both(lists.REMAINS), "")]
    lines += [
        (one.cells.get("effect", ""), one.cells.get("description", ""), "")
        for one in papers.effects_of(remains)
    ]
    sheet = family_papers.receipt(
        lines, given_by_family=False, code=remains.code, case=case.slug, made_at=made_at
    )
    return Paper(pdf_of(sheet), f"receipt-{remains.code}.pdf", remains)


def family_receipt(case: InvestigationCase, key: str, made_at: datetime) -> Paper:
    """The receipt for the samples that a family gave."""
    family = _found(papers.family_named(case, key), case, "family", key)
    lines = [
        (one.cells.get("sample", ""), one.cells.get("tissue", ""), one.cells.get("taken_on", ""))
        for one in papers.samples_of_family(family)
    ]
    sheet = family_papers.receipt(
        lines, given_by_family=True, code="", case=case.slug, made_at=made_at
    )
    return Paper(pdf_of(sheet), f"receipt-{family.pk.hex[:8]}.pdf", family)


def certificate(case: InvestigationCase, key: str, made_at: datetime) -> Paper:
    """The certificate of an identification, by the key of the decision."""
    found = papers.identification_named(case, key)
    if found is None:
        raise NothingOfThatKey(case=case.slug, kind="decision", key=key)
    decision, remains, person = found
    place = papers.made_by_event(decision)
    certified = certificates.Certified(
        decision=decision.key, remains=remains.key, person=person.key, name=person.name,
        born=person.born if papers.may_be_seen(person, "born") else "",
        decided_on=decision.decided_on, basis=several(decision.basis),
        signed=several(decision.signed_by_roles),
        place=certificates.LedgerPlace(*place) if place else None, invented=case.invented,
        complete=not sittings.unmet(decision), stands=not papers.is_replaced(decision),
    )  # fmt: skip
    sheet = certificates.certificate(certified, code=remains.code, case=case.slug, made_at=made_at)
    return Paper(pdf_of(sheet), f"certificate-{remains.code}.pdf", decision)


def consent_form(case: InvestigationCase, key: str, made_at: datetime) -> Paper:
    """The consent of that key, to be signed; its words do not name who signs."""
    consent = _found(papers.consent_named(case, key), case, "consent", key)
    cells = papers.row_of(consent).cells
    sheet = family_papers.consent_form(cells, code="", case=case.slug, made_at=made_at)
    return Paper(pdf_of(sheet), f"consent-{consent.pk.hex[:8]}.pdf", consent)


def blank(name: str, made_at: datetime) -> Paper:
    """A sheet or form to fill by hand."""
    made = {
        "recovery": lambda: recovery_sheets.recovery_sheet({}, code="", case="", made_at=made_at),
        "post-mortem": lambda: dvi_forms.dvi_form(
            dvi_forms.POST_MORTEM, {}, code="", case="", made_at=made_at
        ),
        "ante-mortem": lambda: dvi_forms.dvi_form(
            dvi_forms.ANTE_MORTEM, {}, code="", case="", made_at=made_at
        ),
        "photographs": lambda: lists.photograph_log([], code="", case="", made_at=made_at),
        "custody": lambda: lists.custody_list([], code="", case="", made_at=made_at),
        "transport": lambda: lists.transport_list([], carrier="", day="", case="", made_at=made_at),
        "consent": lambda: family_papers.consent_form({}, code="", case="", made_at=made_at),
        "receipt": lambda: family_papers.receipt(
            [], given_by_family=True, code="", case="", made_at=made_at
        ),
    }
    return Paper(pdf_of(made[name]()), f"{name}.pdf")


BLANKS = ("recovery", "post-mortem", "ante-mortem", "photographs", "custody", "transport",
          "consent", "receipt")  # fmt: skip
"""Papers that can be had blank."""


def labels_of_remains(
    case: InvestigationCase, keys: Sequence[str], made_at: datetime, *, stock: str,
    kinds: Sequence[str], copies: int = 1, begin: int = 1,
) -> Paper:  # fmt: skip
    """Labels with the code of each of these remains: for the body, the bag and the grave."""
    found = [_remains(case, key) for key in keys]
    labels = [Label(kind, one.code) for one in found for kind in kinds]
    content = label_sheets(labels, stock=stock, made_at=made_at, copies=copies, begin=begin)
    name = f"labels-{found[0].code}.pdf" if len(found) == 1 else "labels.pdf"
    return Paper(content, name, found[0] if len(found) == 1 else None)


def label_of_grave(case: InvestigationCase, key: str, made_at: datetime, *, stock: str) -> Paper:
    """A label with the key of a grave, where the key is written as a code."""
    grave = _found(papers.grave_named(case, key), case, "grave", key)
    content = label_sheets([Label("grave", grave.key)], stock=stock, made_at=made_at)
    return Paper(content, "label-of-grave.pdf", grave)


def _remains(case: InvestigationCase, key: str) -> Remains:
    return _found(papers.remains_named(case, key), case, "remains", key)


def _found(found: _Row | None, case: InvestigationCase, kind: str, key: str) -> _Row:
    if found is None:
        raise NothingOfThatKey(case=case.slug, kind=kind, key=key)
    return found


FORMS: Mapping[str, Callable[[InvestigationCase, str, datetime], Paper]] = {
    "post-mortem": post_mortem_form,
    "ante-mortem": ante_mortem_form,
}
"""Forms after INTERPOL's items, by name."""
SHEETS: Mapping[str, Callable[[InvestigationCase, str, datetime], Paper]] = {
    "recovery": recovery_sheet,
    "photographs": photograph_log,
    "custody": custody_list,
    "receipt": handover_receipt,
    "family-receipt": family_receipt,
    "consent": consent_form,
    "certificate": certificate,
}
"""Sheets of one thing, by name."""
