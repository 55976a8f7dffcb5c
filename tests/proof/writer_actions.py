# SPDX-License-Identifier: Apache-2.0
"""The real writes of the proofs: corrections and imports, what they must leave, and their SQL."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection, models
from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX

from antigone.ledger.events import read_event
from antigone.ledger.tree import Frontier, leaf_hash
from antigone.records import access, keys
from antigone.records.actions import accounts, cases, corrections
from antigone.records.errors import ChangedMeanwhile
from antigone.records.kinds import kinds
from antigone.records.models import CHANGES, Event, InvestigationCase, Log, Remains, Revision, User
from tests.proof.writer import Statement, Workload
from tests.records.invented import POLICY, small_case

IMPORTS = 0.1
"""Share of imports among the writes; the rest are corrections."""
SEXES = ("male", "female", "undetermined")


def rows(model: type[models.Model]) -> models.QuerySet[Any]:
    """Every row, whoever looks: the proofs stand beside the house, not in it."""
    return models.QuerySet(model)


def at_the_terminal() -> AbstractContextManager[Any]:
    """Look and act as whoever holds the machine."""
    return access.at_the_terminal(None)


def tiny_case() -> dict[str, list[dict[str, str]]]:
    """A body, a sample and its profile, which is sealed."""
    found = small_case()
    return {
        "grave": found["grave"][:1],
        "remains": found["remains"][:1],
        "sample": [{"sample": "X1", "kind": "post_mortem", "remains": "R1"}],
        "profile": [
            {"sample": "X1", "run": "1", "marker": "INVENTED", "allele1": "14", "allele2": "15.3"}
        ],
    }


def import_case(by: User, slug: str, tables: Any) -> InvestigationCase:
    return cases.import_case(
        tables=tables, policy_text=POLICY, name="Invented Wood", slug=slug, by=by, invented=True
    )


class RealWriting:
    """Corrections of a small case's remains by many at once, and now and then a new tiny case."""

    def __init__(self) -> None:
        slug = f"wood-{secrets.token_hex(4)}"
        with at_the_terminal():
            self.by = accounts.open_account(username=f"amina-{slug}", by=None)
            self.case = import_case(self.by, slug, small_case())
        self.remains = [one.pk for one in rows(Remains).filter(case=self.case)]
        self.checked = Frontier.empty()
        assert not self.faults([])

    def write(self, rng: random.Random) -> str:
        """One action of either kind; says record and revision, or the new case."""
        if rng.random() < IMPORTS:
            with at_the_terminal():
                made = import_case(self.by, f"case-{secrets.token_hex(8)}", tiny_case())
            return f"case {made.pk} 1"
        return self.correct(rng)

    def correct(self, rng: random.Random) -> str:
        """Another sex for some remains, tried anew on the newest revision until nobody was first."""
        while True:
            seen = rows(Remains).get(pk=rng.choice(self.remains))
            number = seen.revision + 1
            sex = rng.choice([one for one in SEXES if one != seen.sex])
            if self.corrected(seen, sex=sex):
                return f"remains {seen.pk} {number}"

    def corrected(self, seen: Remains, **changes: str) -> bool:
        """Correct remains on the revision seen; False if somebody was first."""
        try:
            with at_the_terminal():
                corrections.correct(
                    record=seen,
                    changes=changes,
                    base=seen.revision,
                    by=self.by,
                    reason="Invented correction.",
                )
        except ChangedMeanwhile:
            return False
        return True

    def faults(self, acknowledged: Sequence[str]) -> list[str]:
        """Acknowledged and not there, records without events, events without records, a wrong tree."""
        return [
            *self._not_there(acknowledged),
            *self._wrong_log(),
            *_unsettled(),
            *_without_the_other(),
        ]

    def _not_there(self, acknowledged: Iterable[str]) -> list[str]:
        said = [one.split() for one in acknowledged]
        wanted = {(record, int(number)) for _, record, number in said}
        found = rows(Revision).filter(record__in={record for record, _ in wanted})
        there = {(str(record), number) for record, number in found.values_list("record", "number")}
        lost = [f"acknowledged and lost: {one} {number}" for one, number in wanted - there]
        if len(wanted) < len(said):
            lost.append("two writers were told that they made the same revision")
        return lost

    def _wrong_log(self) -> list[str]:
        """The events since the last look, hashed here and held against the head."""
        said = []
        events = rows(Event).filter(sequence__gte=self.checked.size).order_by("sequence")
        for sequence, body in events.values_list("sequence", "body"):
            if sequence != self.checked.size or read_event(body.encode()).sequence != sequence:
                said.append(f"event {sequence} is out of its place")
            self.checked.append(leaf_hash(body.encode()))
        head = rows(Log).get(name=CHANGES)
        if (head.size, head.frontier) != (self.checked.size, self.checked.to_text()):
            said.append(f"the head is not that of the {self.checked.size} events")
        return said

    def close(self) -> None:
        connection.close()
        keys.store().close()


class TooEarly(RealWriting):
    """The control: acknowledges a correction before it is made, as a program does that answers first."""

    promised: tuple[Remains, str] | None = None

    def write(self, rng: random.Random) -> str:
        if self.promised:
            seen, sex = self.promised
            self.corrected(seen, sex=sex)
        seen = rows(Remains).get(pk=rng.choice(self.remains))
        self.promised = seen, rng.choice([one for one in SEXES if one != seen.sex])
        return f"remains {seen.pk} {seen.revision + 1}"


def _unsettled() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_due")
        (waiting,) = cursor.fetchone()
    return [f"{waiting} changes without a revision"] if waiting else []


def _without_the_other() -> list[str]:
    """Records and their newest revisions must be the same set, kind by kind."""
    said = []
    newest = (
        rows(Revision).values("kind", "record").annotate(newest=models.Max("number")).order_by()
    )
    by_kind: dict[str, set[tuple[Any, int]]] = {}
    for kind, record, number in newest.values_list("kind", "record", "newest"):
        by_kind.setdefault(kind, set()).add((record, number))
    for kind, model in kinds().items():
        there = set(rows(model).values_list("id", "revision"))
        if odd := there ^ by_kind.get(kind, set()):
            said.append(f"{len(odd)} of kind {kind}: record without event, or event without record")
    events = rows(Event).filter(number__gt=0).count()
    if events != rows(Revision).count():
        said.append(f"{events} events of a revision, {rows(Revision).count()} revisions")
    return said


def product_pragmas() -> str:
    """What a connection of the product says of itself, as pragmas for another one."""
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "cache_size")
    found = {}
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"PRAGMA {name}")
            (found[name],) = cursor.fetchone()
    assert found["synchronous"] == 2, "the product no longer runs with synchronous=FULL"
    found["synchronous"] = "FULL"
    return ";".join(f"PRAGMA {name}={value}" for name, value in found.items())


def recorded(writing: RealWriting, writes: int, seed: int) -> Workload:
    """The SQL of `writes` real actions on the embedded database, and the file before them."""
    pragmas = product_pragmas()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    start = Path(str(connection.settings_dict["NAME"])).read_bytes()
    rng, transactions = random.Random(seed), []
    for _ in range(writes):
        tape = Tape()
        with connection.execute_wrapper(tape):
            writing.write(rng)
        transactions.append(tape.statements)
    return Workload(start, transactions, pragmas)


class Tape:
    """Notes every writing statement, as SQLite takes it."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.begun = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self._note(sql, params, many)
        return execute(sql, params, many, context)

    def _note(self, sql: str, params: Any, many: bool) -> None:
        word = sql.split(maxsplit=1)[0].upper()
        if word == "BEGIN":
            self.begun += 1
            assert self.begun == 1, "an action is one transaction"
        elif word != "SELECT":
            if params is not None:
                sql = FORMAT_QMARK_REGEX.sub("?", sql).replace("%%", "%")
            for values in params if many else [params or ()]:
                self.statements.append((sql, tuple(_plain(one) for one in values)))


def _plain(value: Any) -> Any:
    """A parameter as the database's own adapters write it."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, memoryview):
        return bytes(value)
    assert value is None or isinstance(value, str | int | float | bytes), type(value)
    return value
