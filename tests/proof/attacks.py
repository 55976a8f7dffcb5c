# SPDX-License-Identifier: Apache-2.0
"""What an insider does who holds the database, its guards and the installation's signing key.

Each attack leaves a log that is right in itself: hashes, tree, tiles and head are computed anew. Only
what somebody outside holds can tell. Made inside `tampering.undone`, an attack is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection, models

from antigone.ledger.canonical import canonical, read_canonical
from antigone.ledger.events import NOTHING_BEFORE, OPEN, Event, commitment, event_bytes, read_event
from antigone.ledger.tree import Frontier, Tile, leaf_hash
from antigone.records import models as records
from antigone.records.kinds import columns_of, kinds, parts_of
from tests.proof.tampering import guards_aside

Change = Callable[[int, Event], Event]


def table(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'


def _run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _key(record: UUID | str) -> Any:
    """A record's id as the database's raw column holds it."""
    one = UUID(str(record))
    return one if connection.vendor == "postgresql" else one.hex


def log_of_changes() -> list[Event]:
    """Every event of the log of changes."""
    bodies = _rows(f"SELECT body FROM {table(records.Event)} ORDER BY sequence")
    return [read_event(body.encode()) for (body,) in bodies]


def put_log(events: Iterable[Event]) -> None:
    """Write these events in place of those that are there, with every hash computed anew."""
    previous, frontier = NOTHING_BEFORE, Frontier.empty()
    tiles: list[Tile] = []
    for event in events:
        body = event_bytes(replace(event, previous=previous))
        hashed = leaf_hash(body)
        previous = hashed.hex()
        tiles += frontier.append(hashed)
        sql = f"UPDATE {table(records.Event)} SET body = %s WHERE sequence = %s"
        _run(sql, body.decode(), event.sequence)
    _put_tiles(tiles)
    _run(
        f"UPDATE {table(records.Log)} SET size = %s, frontier = %s, last_leaf = %s WHERE name = %s",
        frontier.size, frontier.to_text(), previous, records.CHANGES,
    )  # fmt: skip


def _put_tiles(tiles: Sequence[Tile]) -> None:
    _run(f"DELETE FROM {table(records.Tile)} WHERE log_id = %s", records.CHANGES)
    sql = f"INSERT INTO {table(records.Tile)} (log_id, height, place, hash) VALUES (%s, %s, %s, %s)"
    for tile in tiles:
        _run(sql, records.CHANGES, tile.height, tile.index, tile.hash.hex())


def rewrite_value(record: models.Model, column: str, value: str) -> None:
    """Give a record another value from its first revision on, as if it had always been so."""
    with guards_aside():
        commitments: dict[int, str] = {}
        sql = f"SELECT event_id, salt, body FROM {table(records.Revision)} WHERE record = %s"
        for sequence, salt, body in _rows(sql, _key(record.pk)):
            forged = read_canonical(body.encode()) | {column: value}
            commitments[sequence] = commitment(bytes.fromhex(salt), forged)
            put = f"UPDATE {table(records.Revision)} SET body = %s WHERE event_id = %s"
            _run(put, canonical(forged).decode(), sequence)
        put = f'UPDATE {table(type(record))} SET "{column}" = %s WHERE id = %s'
        _run(put, value, _key(record.pk))
        put_log(_with_commitments(log_of_changes(), commitments))


def _with_commitments(events: list[Event], commitments: dict[int, str]) -> list[Event]:
    return [
        replace(one, commitments={**one.commitments, OPEN: commitments[one.sequence]})
        if one.sequence in commitments
        else one
        for one in events
    ]


def cut_tail(size: int) -> None:
    """Take away every event from `size` on, and set each record back to what it was then."""
    with guards_aside():
        gone = log_of_changes()[size:]
        for sealed in (records.SealedSection, records.Revision):
            _run(f"DELETE FROM {table(sealed)} WHERE event_id >= %s", size)
        _run(f"DELETE FROM {table(records.Event)} WHERE sequence >= %s", size)
        for kind, record in {(one.kind, one.record) for one in gone if one.revision}:
            _set_back(kind, record)
        put_log(log_of_changes())


def _set_back(kind: str | None, record: str | None) -> None:
    """The record as its newest remaining revision has it; without one, gone."""
    assert kind is not None
    assert record is not None
    model = kinds()[kind]
    sql = (
        f"SELECT number, body FROM {table(records.Revision)} WHERE record = %s "
        "ORDER BY number DESC LIMIT 1"
    )
    left = _rows(sql, _key(record))
    if not left:
        for part in parts_of(model):
            _run(f"DELETE FROM {table(part)} WHERE {part.whole}_id = %s", _key(record))
        _run(f"DELETE FROM {table(model)} WHERE id = %s", _key(record))
        return
    number, body = left[0]
    values = read_canonical(body.encode())
    written = {one.name: one.read(values[one.name]) for one in columns_of(model)}
    models.QuerySet(model).filter(pk=record).update(**written, revision=number)


def append_forged(verb: str, count: int) -> None:
    """Add events of the insider's own making, so that the log is as long as it was."""
    with guards_aside():
        for _ in range(count):
            last = log_of_changes()[-1]
            forged = replace(
                last, sequence=last.sequence + 1, verb=verb, kind=None, record=None, case=None,
                revision=0, base=0, commitments={}, attachments=(),
            )  # fmt: skip
            sql = (
                f"INSERT INTO {table(records.Event)} (sequence, at, act, kind, number, body) "
                f"SELECT %s, at, act, '', 0, %s FROM {table(records.Event)} WHERE sequence = %s"
            )
            _run(sql, forged.sequence, event_bytes(forged).decode(), last.sequence)
        put_log(log_of_changes())
