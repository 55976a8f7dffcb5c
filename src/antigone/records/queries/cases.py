# SPDX-License-Identifier: Apache-2.0
"""Cases: which are kept, and each as the tables and as the value that the format knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from antigone.records import access, protected
from antigone.records.errors import NoPolicy, NoSuchCase
from antigone.records.models import (
    RECORD_OF,
    InvestigationCase,
    KeptRow,
    Person,
    ProfileRun,
    Recorded,
    Remains,
    Sample,
    SourceTable,
)
from antigone.records.models.cells import cell_of, referred_to
from antigone.records.models.documents import PROTECTED_TABLES
from antigone.records.models.samples import CALL
from antigone.terms.case import Case, case_from_tables
from antigone.terms.policy import read_policy
from antigone.terms.tables import TABLES, Tables

Keys = Mapping[str, Mapping[UUID, str]]
"""Keys of the records that others refer to: table, then id."""


def cases() -> QuerySet[InvestigationCase]:
    """Every case kept here, by short name."""
    return InvestigationCase.objects.all()


@dataclass(frozen=True, slots=True)
class CaseSize:
    """A case, and how many remains and persons it has."""

    case: InvestigationCase
    remains: int
    persons: int


def case_sizes() -> list[CaseSize]:
    """Every case kept here, with its size."""
    remains = _count_by_case(Remains)
    persons = _count_by_case(Person)
    return [CaseSize(one, remains.get(one.pk, 0), persons.get(one.pk, 0)) for one in cases()]


def _count_by_case(record: type[Recorded]) -> dict[UUID, int]:
    counted = record.objects.order_by().values("case_id").annotate(n=Count("id"))
    return {row["case_id"]: row["n"] for row in counted}


def case_by_slug(slug: str) -> InvestigationCase:
    """The case of that short name."""
    found = InvestigationCase.objects.filter(slug=slug).first()
    if found is None:
        raise NoSuchCase(slug=slug)
    return found


def case_value(case: InvestigationCase) -> Case:
    """The case as a frozen value, for everything that weighs it."""
    if not case.policy_text.strip():
        raise NoPolicy(case=case.slug)
    return case_from_tables(case_tables(case), read_policy(case.policy_text))


def case_tables(case: InvestigationCase) -> Tables:
    """The tables of a case: exactly as they were imported, for whoever may see all of it.

    Otherwise the rows and columns that may be seen. A table whose key is withheld is left out.
    """
    headers = [one for one in SourceTable.objects.filter(case=case) if _may_be_named(one.table)]
    keys = _keys(case, [header.table for header in headers])
    return {
        header.table: list(_rows(case, header, keys))
        if header.table in RECORD_OF
        else list(_kept_rows(case, header))
        for header in headers
    }


def _may_be_named(table: str) -> bool:
    return all(access.sees_column(table, name) for name in TABLES[table].key)


def _columns(header: SourceTable) -> list[str]:
    return [name for name in header.columns if access.sees_column(header.table, name)]


class _Keys(dict[UUID, str]):
    """Keys of the records that may be seen; any other record's is blank."""

    def __missing__(self, hidden: UUID) -> str:
        return ""


def _keys(case: InvestigationCase, tables: list[str]) -> Keys:
    return {
        table: _Keys(RECORD_OF[table].objects.filter(case=case).values_list("id", "key"))
        for table in referred_to(one for one in tables if one in RECORD_OF)
    }


def _kept_rows(case: InvestigationCase, header: SourceTable) -> Iterator[dict[str, str]]:
    section, columns = PROTECTED_TABLES.get(header.table), _columns(header)
    kept = KeptRow.objects.filter(case=case, table=header.table).order_by("ordinal")
    for one in kept.iterator(chunk_size=2000):
        row = one.row
        if section and one.sealed_row is not None:
            row = protected.open_value(
                one.subject, "kept_row", one.pk, section, bytes(one.sealed_row)
            )
        yield {name: row[name] for name in columns if name in row}  # PostgreSQL sorts keys


def _rows(case: InvestigationCase, header: SourceTable, keys: Keys) -> Iterator[dict[str, str]]:
    table = TABLES[header.table]
    known = {name: table.column(name) for name in _columns(header)}
    for values in _values(case, header.table):
        as_written, row = values["as_written"], {}
        for name, column in known.items():
            if name in as_written:
                cell = as_written[name]
            elif column is None:
                cell = values["extra"].get(name)
            else:
                cell = cell_of(header.table, column, values, keys)
            if cell is not None:
                row[name] = cell
        yield row


def _values(case: InvestigationCase, table: str) -> Iterator[dict[str, Any]]:
    if table == "profile":
        return iter(_calls(case))
    found = RECORD_OF[table].objects.filter(case=case).order_by("ordinal")
    if access.sees_everything():
        rows: Iterator[dict[str, Any]] = found.values().iterator(chunk_size=2000)
    else:  # as records, because each is masked by itself
        rows = (vars(one) for one in found.iterator(chunk_size=2000))
    sealed = RECORD_OF[table].sealed
    return (_opened(table, sealed, one) for one in rows) if sealed else rows


def _opened(table: str, sealed: Mapping[str, str], values: dict[str, Any]) -> dict[str, Any]:
    """A record's values with its protected columns opened; blank where there is nothing."""
    key = values["id"]
    opened = {
        column: protected.open_value(key, table, key, section, bytes(values[column]))
        if values[column] is not None
        else ""
        for column, section in sealed.items()
    }
    return values | opened


def _calls(case: InvestigationCase) -> list[dict[str, Any]]:
    """Every call of every run, in the order of the table; of an erased profile none."""
    return _calls_of(ProfileRun.objects.filter(case=case))


def _calls_of(runs: QuerySet[ProfileRun]) -> list[dict[str, Any]]:
    found = []
    for run in runs.iterator():
        if run.calls is None:
            continue
        calls = protected.open_value(run.subject, "profile", run.pk, "dna", bytes(run.calls))
        of = {"run": run.run, "sample_id": run.sample_id, "sample_key": run.sample_key}
        found += [dict(zip(CALL, call, strict=True)) | of for call in calls]
    found.sort(key=lambda one: one["ordinal"])
    return found


def profile_rows(runs: QuerySet[ProfileRun]) -> list[dict[str, str]]:
    """The calls of these runs as rows of the table `profile`."""
    samples = Sample.objects.filter(runs__in=runs).values_list("id", "key")
    keys = {"sample": _Keys(samples)}
    return [
        {
            column.name: values["as_written"].get(column.name)
            or cell_of("profile", column, values, keys)
            for column in TABLES["profile"].columns
        }
        for values in _calls_of(runs)
    ]
