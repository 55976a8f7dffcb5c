# SPDX-License-Identifier: Apache-2.0
"""The tools of an insider who holds the database, its guards and the installation's signing key.

What they leave is right in itself: hashes, tree, tiles, head and signed checkpoints are made anew. Only
what somebody outside holds can tell. Used inside `tampering.undone`, everything is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection, models

from antigone.ledger.canonical import Json, canonical, read_canonical
from antigone.ledger.events import NOTHING_BEFORE, OPEN, Event, commitment, event_bytes, read_event
from antigone.ledger.notes import origin_of, sign_checkpoint
from antigone.ledger.tree import Frontier, Tile, leaf_hash
from antigone.records import models as records
from antigone.records.kinds import columns_of, kinds, parts_of
from antigone.records.ledger_key import signing_key
from tests.proof.tampering import guards_aside


def table(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def rows_of(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def key_of(record: UUID | str) -> Any:
    """A record's id as the database's raw column holds it."""
    one = UUID(str(record))
    return one if connection.vendor == "postgresql" else one.hex


def log_of_changes() -> list[Event]:
    """Every event of the log of changes."""
    bodies = rows_of(f"SELECT body FROM {table(records.Event)} ORDER BY sequence")
    return [read_event(body.encode()) for (body,) in bodies]


def put_log(events: Iterable[Event]) -> None:
    """Write these events in place of those that are there, and all that hangs on them anew."""
    previous, frontier, roots = NOTHING_BEFORE, Frontier.empty(), {}
    tiles: list[Tile] = []
    for event in events:
        forged = _with_checkpoints_anew(replace(event, previous=previous), roots)
        body = event_bytes(forged)
        hashed = leaf_hash(body)
        previous = hashed.hex()
        tiles += frontier.append(hashed)
        roots[frontier.size] = frontier.root()
        sql = f"UPDATE {table(records.Event)} SET body = %s WHERE sequence = %s"
        run(sql, body.decode(), event.sequence)
    _put_tiles(tiles)
    run(
        f"UPDATE {table(records.Log)} SET size = %s, frontier = %s, last_leaf = %s WHERE name = %s",
        frontier.size, frontier.to_text(), previous, records.CHANGES,
    )  # fmt: skip


def _put_tiles(tiles: Sequence[Tile]) -> None:
    run(f"DELETE FROM {table(records.Tile)} WHERE log_id = %s", records.CHANGES)
    sql = f"INSERT INTO {table(records.Tile)} (log_id, height, place, hash) VALUES (%s, %s, %s, %s)"
    for tile in tiles:
        run(sql, records.CHANGES, tile.height, tile.index, tile.hash.hex())


def _with_checkpoints_anew(event: Event, roots: dict[int, bytes]) -> Event:
    """A checkpoint, or the note of one, signed again over the forged tree."""
    if event.kind not in ("checkpoint", "witnessing") or not event.revision:
        return event
    body = revision_body(event.sequence)
    note = str(body["note"])
    size = int(note.split("\n")[1])
    root, key = roots[size], signing_key(UUID(event.log))
    body["note"] = sign_checkpoint(origin_of(event.log), size, root, key)
    if "root" in body:
        body["root"] = root.hex()
    return put_revision(event, body)


def revision_body(sequence: int) -> dict[str, Json]:
    sql = f"SELECT body FROM {table(records.Revision)} WHERE event_id = %s"
    ((body,),) = rows_of(sql, sequence)
    return read_canonical(body.encode())


def put_revision(event: Event, body: dict[str, Json]) -> Event:
    """Another open section in a revision and, if it is the last one, in the record; the event of it."""
    sql = f"SELECT salt FROM {table(records.Revision)} WHERE event_id = %s"
    ((salt,),) = rows_of(sql, event.sequence)
    put = f"UPDATE {table(records.Revision)} SET body = %s WHERE event_id = %s"
    run(put, canonical(body).decode(), event.sequence)
    _put_record(event, body)
    commitments = {**event.commitments, OPEN: commitment(bytes.fromhex(salt), body)}
    return replace(event, commitments=commitments)


def _put_record(event: Event, body: dict[str, Json]) -> None:
    model = kinds()[str(event.kind)]
    own = {"pk": event.record, "revision": event.revision}
    written = {one.name: one.read(body[one.name]) for one in columns_of(model)}
    left_out = (*model.sealed, *model.digested)
    unsealed = {name: value for name, value in written.items() if name not in left_out}
    models.QuerySet(model).filter(**own).update(**unsealed)


def rewrite_value(record: models.Model, column: str, value: str) -> None:
    """Give a record another value from its first revision on, as if it had always been so."""
    with guards_aside():
        events = log_of_changes()
        for place, event in enumerate(events):
            if event.record == str(record.pk) and event.revision:
                body = revision_body(event.sequence) | {column: value}
                events[place] = put_revision(event, body)
        put_log(events)


def rename_verb(sequence: int, verb: str) -> None:
    """Let an act have been another one."""
    with guards_aside():
        events = log_of_changes()
        events[sequence] = replace(events[sequence], verb=verb)
        put_log(events)


def cut_tail(size: int) -> None:
    """Take away every event from `size` on, and set each record back to what it was then."""
    with guards_aside():
        gone = log_of_changes()[size:]
        for kept in (records.SealedSection, records.Revision):
            run(f"DELETE FROM {table(kept)} WHERE event_id >= %s", size)
        run(f"DELETE FROM {table(records.Event)} WHERE sequence >= %s", size)
        for kind, record in {(one.kind, one.record) for one in gone if one.revision}:
            _set_back(str(kind), str(record))
        put_log(log_of_changes())


def _set_back(kind: str, record: str) -> None:
    """The record as its newest remaining revision has it; without one, gone."""
    model = kinds()[kind]
    sql = (
        f"SELECT number, body FROM {table(records.Revision)} WHERE record = %s "
        "ORDER BY number DESC LIMIT 1"
    )
    left = rows_of(sql, key_of(record))
    if not left:
        for part in parts_of(model):
            run(f"DELETE FROM {table(part)} WHERE {part.whole}_id = %s", key_of(record))
        run(f"DELETE FROM {table(model)} WHERE id = %s", key_of(record))
        return
    number, body = left[0]
    values = read_canonical(body.encode())
    columns = [one for one in columns_of(model) if one.name not in (*model.sealed, *model.digested)]
    written = {one.name: one.read(values[one.name]) for one in columns}
    models.QuerySet(model).filter(pk=record).update(**written, revision=number)
