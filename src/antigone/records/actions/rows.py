# SPDX-License-Identifier: Apache-2.0
"""From rows of the exchange format to records: every cell kept, references joined."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError

from antigone.records import protected
from antigone.records.actions.insertion import AT_ONCE, in_parts, insert
from antigone.records.errors import (
    CallTwice,
    CellNotReadable,
    ReferenceCircle,
    RefusedByTheDatabase,
)
from antigone.records.models import (
    RECORD_OF,
    InvestigationCase,
    KeptRow,
    ProfileRun,
    Recorded,
    Sample,
    field_of,
    references_of,
)
from antigone.records.models.cells import (
    fields_of,
    joined_fields,
    referred_to,
    target_of,
    word_field,
)
from antigone.records.models.documents import PROTECTED_TABLES
from antigone.records.models.samples import CALL
from antigone.terms.errors import AntigoneError
from antigone.terms.tables import TABLES, Column, Row, Table

Joined = dict[str, dict[str, UUID]]
"""Ids of the records kept so far: table, then key."""
_REFERRED_TO = referred_to(RECORD_OF)


def columns_of(rows: Sequence[Row]) -> list[str]:
    """Every column of any row, in the order in which they first appear."""
    return list(dict.fromkeys(name for row in rows for name in row))


def refuse_unkeepable(table: str, rows: Sequence[Row]) -> None:
    """Refuse a cell with a character that PostgreSQL or UTF-8 cannot keep."""
    for n, row in enumerate(rows):
        for name, cell in row.items():
            if "\0" in cell or not (cell.isascii() or _is_unicode(cell)):
                raise CellNotReadable(table=table, row=n + 2, column=name, kind="text")


def _is_unicode(cell: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in cell)


def keep_word_for_word(
    case: InvestigationCase, table: str, rows: Sequence[Row], joined: Joined
) -> None:
    """Keep the rows of a table that has no record yet; those of a protected one are sealed."""
    kept = [KeptRow(case=case, table=table, ordinal=n, row=dict(row)) for n, row in enumerate(rows)]
    if section := PROTECTED_TABLES.get(table):
        subjects = _subjects(case)
        for one in kept:
            sample = joined.get("sample", {}).get(one.row.get("sample", "").strip())
            one.subject = subjects.get(sample, one.pk) if sample else one.pk
        protected.make_keys(one.subject for one in kept)
        for one in kept:
            one.sealed_row = protected.seal_value(one.subject, "kept_row", one.pk, section, one.row)
            one.row = {}
    KeptRow.objects.bulk_create(kept)


def _subjects(case: InvestigationCase) -> dict[UUID, UUID]:
    """Whom each sample is of, whose key seals what a laboratory found in it: else the sample."""
    found = Sample.objects.filter(case=case)
    rows = found.values_list("pk", "remains_id", "individual_id", "person_id")
    return {pk: remains or individual or person or pk for pk, remains, individual, person in rows}


def store_table(
    case: InvestigationCase,
    name: str,
    rows: Sequence[Row],
    joined: Joined,
    issued: Sequence[str] = (),
) -> None:
    """Store every row of `name` as a record, and note its id in `joined`.

    `issued` are the codes of the records, where the record has one.
    """
    try:
        if name == "profile":
            _store_profiles(case, rows, joined.get("sample", {}))
        else:
            _store_records(case, name, rows, joined, issued)
    except IntegrityError as refusal:
        raise RefusedByTheDatabase(table=name, rule=_rule_broken(refusal)) from None


def _store_records(
    case: InvestigationCase, name: str, rows: Sequence[Row], joined: Joined, issued: Sequence[str]
) -> None:
    table, record = TABLES[name], RECORD_OF[name]
    values = values_of(case, table, rows)
    if issued:
        values = ({**one, "code": code} for one, code in zip(values, issued, strict=True))
    joined[name] = {}
    for generation in _generations(table, values):
        _seal(name, record, generation)
        for one in generation:
            join(table, one, joined)
            one.setdefault("id", uuid4())
        insert(record, generation)
        if name in _REFERRED_TO:
            joined[name].update((one["key"], one["id"]) for one in generation)


def _seal(table: str, record: type[Recorded], values: Sequence[dict[str, Any]]) -> None:
    """Seal each protected column, under a key of the record's own."""
    for column, section in record.sealed.items():
        written = [one for one in values if one.get(column)]
        for one in written:
            one.setdefault("id", uuid4())
        protected.make_keys(one["id"] for one in written)
        for one in written:
            key = one["id"]
            one[column] = protected.seal_value(key, table, key, section, one[column])
        for one in values:
            one[column] = one.get(column) or None


def _store_profiles(
    case: InvestigationCase, rows: Sequence[Row], samples: Mapping[str, UUID]
) -> None:
    """Store each run with all its calls: one record, sealed with the key of whom it is of."""
    calls: dict[tuple[str, str], array[int]] = {}
    for n, row in enumerate(rows):
        name = (row.get("sample", "").strip(), row.get("run", "").strip())
        calls.setdefault(name, array("l")).append(n)
    subjects, read = _subjects(case), _row_reader(case, TABLES["profile"], columns_of(rows))
    for part in in_parts(calls.items(), AT_ONCE):
        runs = [
            _profile_run(case, name, [read(n, rows[n]) for n in found], samples, subjects)
            for name, found in part
        ]
        protected.make_keys(run["subject"] for run in runs)
        for run in runs:
            value = [[one.get(name, "") for name in CALL] for one in run["calls"]]
            run["calls"] = protected.seal_value(run["subject"], "profile", run["id"], "dna", value)
        insert(ProfileRun, runs)


def _profile_run(
    case: InvestigationCase,
    name: tuple[str, str],
    calls: Sequence[Mapping[str, Any]],
    samples: Mapping[str, UUID],
    subjects: Mapping[UUID, UUID],
) -> dict[str, Any]:
    """The fields of one run, its calls not yet sealed."""
    sample, run = name
    markers = [one["marker"] for one in calls]
    if "" in markers or len(set(markers)) < len(markers):
        at = next(n for n, one in enumerate(markers) if not one or one in markers[:n])
        raise CallTwice(sample=sample, run=run, marker=markers[at], row=calls[at]["ordinal"] + 2)
    of, own = samples.get(sample), uuid4()
    return {
        "id": own,
        "case_id": case.pk,
        "sample_id": of,
        "sample_key": "" if of else sample,
        "run": run,
        "called_markers": sum(bool(one.get("allele1")) for one in calls),
        "subject": subjects[of] if of else own,
        "calls": calls,
    }


def _rule_broken(refusal: IntegrityError) -> str:
    """The rule's name. PostgreSQL's own sentence would quote the row, names and all."""
    diagnosis = getattr(refusal.__cause__, "diag", None)
    if diagnosis is None:
        return str(refusal)
    return diagnosis.constraint_name or f"{diagnosis.column_name} must be given"


def values_of(
    case: InvestigationCase, table: Table, rows: Sequence[Row]
) -> Iterator[dict[str, Any]]:
    """The fields of each row's record; references still stand under ``…_key``."""
    read = _row_reader(case, table, columns_of(rows))
    return (read(ordinal, row) for ordinal, row in enumerate(rows))


def _row_reader(
    case: InvestigationCase, table: Table, names: Sequence[str]
) -> Callable[[int, Row], dict[str, Any]]:
    """What turns a row with columns of these `names` into the fields of its record."""
    known = [(name, column) for name in names if (column := table.column(name)) is not None]
    columns = [(name, column, word_field(table.name, column)) for name, column in known]
    unknown = [name for name in names if table.column(name) is None]

    def read(ordinal: int, row: Row) -> dict[str, Any]:
        values: dict[str, Any] = {"case_id": case.pk, "ordinal": ordinal}
        as_written: dict[str, str | None] = {}
        for name, column, word in columns:
            cell = row.get(name)
            if word is not None:
                values[word] = written = (cell or "").strip()
            else:
                fields, written = _fields(table, ordinal, column, cell or "")
                values.update(fields)
            if cell != written:
                as_written[name] = cell
        values["extra"] = {name: row[name] for name in unknown if name in row}
        values["as_written"] = as_written
        return values

    return read


def _fields(table: Table, ordinal: int, column: Column, cell: str) -> tuple[dict[str, Any], str]:
    try:
        return fields_of(table.name, column, cell)
    except (ValueError, AntigoneError):
        raise CellNotReadable(
            table=table.name, row=ordinal + 2, column=column.name, kind=column.kind.value
        ) from None


def join(table: Table, values: dict[str, Any], joined: Mapping[str, Mapping[str, UUID]]) -> None:
    """Replace each reference's key by its record, where that record is kept."""
    for column in references_of(table.name):
        key = values.get(f"{field_of(table.name, column)}_key", "")
        target = target_of(table.name, column, values)
        found = joined.get(target, {}).get(key)
        if found is not None:
            values.update(joined_fields(table.name, column, target, found, key))


def _generations(table: Table, values: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Rows in parts, so that what a row refers to in its own table comes in an earlier part."""
    own = [
        f"{field_of(table.name, column)}_key"
        for column, fields in references_of(table.name).items()
        if table.name in fields
    ]
    if not own:
        yield from in_parts(values, AT_ONCE)
        return
    waiting = list(values)
    missing = {one["key"] for one in waiting}
    while waiting:
        ready = [one for one in waiting if not any(one.get(name) in missing for name in own)]
        if not ready:
            raise ReferenceCircle(table=table.name, count=len(waiting), key=waiting[0]["key"])
        yield ready
        missing -= {one["key"] for one in ready}
        waiting = [one for one in waiting if one["key"] in missing]
