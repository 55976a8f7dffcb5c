# SPDX-License-Identifier: Apache-2.0
"""Who may do what, and who sees what: the only place that decides. What is not listed is denied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models import Q
from django.db.models.query import QuerySet
from django.utils import timezone

from antigone.records.denials import NotAllowed, RoleEnded
from antigone.records.models import (
    CaseRow,
    InvestigationCase,
    OpenedHypothesis,
    Opening,
    RoleGrant,
    User,
)
from antigone.records.models.sight import looking, somebody_looks, within
from antigone.records.models.together import together
from antigone.records.reach import WHOLE, Scope, Seeing, kind_of
from antigone.records.rights import (
    ACTIONS,
    EVERY_READ_IS_LOGGED,
    HOLDER,
    NOBODY,
    OPERATOR,
    ROLES,
    SMALL_NUMBERS_WITHHELD,
    WHEREVER_HELD,
)
from antigone.records.sections import PROTECTED, Reach, Section
from antigone.terms.tables import TABLES

LONGEST_ROLE = 64
"""Characters of a role in an event of the ledger."""

_Act = TypeVar("_Act", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class _Everything:
    """A sight from which nothing is hidden: the operator's, or that of an act under way."""

    role: str
    may_write: bool
    user: User | None = None
    sees_all: bool = True

    def rows(self, model: Any) -> Q:
        return Q()

    def unnamed(self, model: Any) -> frozenset[str]:
        return frozenset()

    def may_cross(self, relation: Any) -> bool:
        return True

    def mask(self, record: Any) -> None:
        return


@dataclass(frozen=True, slots=True)
class Granted:
    """A role that somebody holds now: in the case, or at one site or for one family of it."""

    role: str
    case: UUID | None
    site: UUID | None = None
    family: UUID | None = None

    def scope(self, section: Section) -> Scope | None:
        """How far this role reaches into a section; None where it does not reach at all."""
        right = ROLES[self.role].get(section)
        if right is None:
            return None
        if right.reach is Reach.OPENED:
            return {Reach.OPENED: frozenset()}
        named = {Reach.SITE: self.site, Reach.FAMILY: self.family}.get(right.reach)
        return WHOLE if named is None else {right.reach: frozenset({named})}


def granted(user: User, case: InvestigationCase | None, now: datetime) -> list[Granted]:
    """The roles that `user` holds at `now` in `case`, and those of the installation."""
    of = Q(case=case) | Q(case__isnull=True) if case else Q()
    return [Granted(*row) for row in _granted(user, of, now)] if user.is_active else []


def _granted(user: User, of: Q, now: datetime) -> QuerySet[Any]:
    held = QuerySet(RoleGrant).filter(of, standing(now), user=user)
    return held.values_list("role", "case_id", "site_id", "family_id")


def standing(now: datetime) -> Q:
    """Grants that hold at `now`: approved, begun, not ended and not run out."""
    return Q(
        Q(valid_until__isnull=True) | Q(valid_until__gt=now),
        Q(ended_at__isnull=True) | Q(ended_at__gt=now),
        approved_by__isnull=False,
        valid_from__lte=now,
    )


def looking_as(user: User, case: InvestigationCase | None, now: datetime) -> Looking:
    """What `user` sees of `case` at `now`; without a case, which cases there are. Enter it."""
    of = Q(case=case) if case else Q(case__isnull=True)
    openings = _openings(_opened_records(user, of, now))
    return Looking(user, case, granted(user, case, now), openings, pairs=_opened(Q(case=case)))


def looking_at(user: User, slug: str, now: datetime) -> Looking | None:
    """The same for the case that an address names, asked in one query; None where there is none.

    It is not known yet who looks: the case itself is shown to nobody before that.
    """
    of = Q(case__slug=slug)
    found, grants, openings, pairs = together(
        QuerySet(InvestigationCase).filter(slug=slug),
        _granted(user, of | Q(case__isnull=True), now),
        _opened_records(user, of, now),
        _opened(of),
    )
    if not found:
        return None
    held = [Granted(*row) for row in grants] if user.is_active else []
    sight = Looking(user, found[0], held, _openings(openings), pairs=pairs)
    sight.asked_of = connections[DEFAULT_DB_ALIAS]
    return sight


def case_looked_at(slug: str) -> InvestigationCase | None:
    """The case of that short name as whoever looks sees it, where it was read to see who looks."""
    sight = looking()
    if not isinstance(sight, Looking) or sight.asked_of is not connections[DEFAULT_DB_ALIAS]:
        return None  # as known on a day, a case may have had another name
    if sight.of is None or sight.of.slug != slug or not sight.sees(Section.CASE):
        return None
    case = copy(sight.of)
    sight.mask(case)
    return case


def _opened_records(user: User, of: Q, now: datetime) -> QuerySet[Opening]:
    return QuerySet(Opening).filter(of, user=user, opened_at__lte=now, ends_at__gt=now)


def _openings(found: Iterable[Opening]) -> Mapping[tuple[str, UUID], frozenset[Section]]:
    openings: dict[tuple[str, UUID], frozenset[Section]] = {}
    for one in found:
        sections = frozenset(Section if one.sealed_too else ROLES[one.role])
        openings[one.kind, one.record] = (
            openings.get((one.kind, one.record), frozenset()) | sections
        )
    return openings


class Looking(Seeing):
    """The sight of one account in one case, by the roles that it holds there."""

    sees_all = False
    may_write = False
    asked_of: Any = None
    """The database out of which the case was read, with what its roles are."""

    def __init__(
        self,
        user: User,
        case: InvestigationCase | None,
        roles: Iterable[Granted],
        openings: Mapping[tuple[str, UUID], frozenset[Section]],
        *,
        pairs: Iterable[tuple[UUID, UUID]],
        only_writing: bool = False,
    ) -> None:
        self.user, self.of, self.roles = user, case, tuple(roles)
        every_case = frozenset(one.case for one in self.roles)
        super().__init__(
            user=user.pk, case=case.pk if case else None, cases=every_case,
            scopes=_scopes(self.roles, case, only_writing), openings=openings,
            pairs=frozenset(pairs) if _reach_the_opened(self.roles) else frozenset(),
            logged=frozenset(Section) if self._logs_everything else PROTECTED,
        )  # fmt: skip

    @property
    def _logs_everything(self) -> bool:
        return any(one.role in EVERY_READ_IS_LOGGED for one in self.roles)

    @property
    def role(self) -> str:
        """The roles that look, as an event names them."""
        joined = "_and_".join(sorted({one.role for one in self.roles})) or "none"
        return joined if len(joined) <= LONGEST_ROLE else "several_roles"

    def __enter__(self) -> Looking:
        """Look: from here on the records answer as this sight sees them."""
        self._entered = within(self)
        self._entered.__enter__()
        return self

    def __exit__(self, *fault: Any) -> None:
        """Look away."""
        self._entered.__exit__(*fault)


def _reach_the_opened(roles: Iterable[Granted]) -> bool:
    return any(right.reach is Reach.OPENED for one in roles for right in ROLES[one.role].values())


def _opened(of: Q) -> QuerySet[Any]:
    """The pairs that are open now: asked once, so that a day of the past opens nothing."""
    found = QuerySet(OpenedHypothesis).filter(of, closed_at__isnull=True)
    return found.values_list("remains_id", "person_id")


def _scopes(
    roles: Iterable[Granted], case: InvestigationCase | None, only_writing: bool
) -> dict[Section, Scope]:
    """How far these roles together reach; where no case is looked at, those of the installation."""
    found: dict[Section, Scope] = {}
    for one in roles:
        if case is None and one.case is not None:
            found[Section.CASE] = WHOLE  # that it is there
            continue
        for section, right in ROLES[one.role].items():
            scope = one.scope(section)
            if scope is not None and (right.writes or not only_writing):
                found[section] = _joined(found[section], scope) if section in found else scope
    return found


def _joined(one: Scope, other: Scope) -> Scope:
    if one == WHOLE or other == WHOLE:
        return WHOLE
    return {reach: one.get(reach, frozenset()) | other.get(reach, frozenset())
            for reach in {*one, *other}}  # fmt: skip


@contextmanager
def at_the_terminal(user: User | None) -> Iterator[None]:
    """Look as whoever holds the machine: everything is seen, every act is recorded as theirs."""
    with within(_Everything(OPERATOR, may_write=False, user=user)):
        yield


@contextmanager
def unrestricted(reason: str) -> Iterator[None]:
    """Look without limits, and write, for a stated reason. Inside actions only (a house test)."""
    if not reason:
        raise ValueError("say why")
    with within(_Everything(acting_as(), may_write=True)):
        yield


@contextmanager
def acting(
    by: User | None, action: str, case: InvestigationCase | None, account: User | None = None
) -> Iterator[str]:
    """Do `action`: see all of it and write, once it is certain that `by` may; gives the role."""
    role = require(by, action, case, account)
    with within(_Everything(role, may_write=True, user=by)):
        yield role


@contextmanager
def on_behalf(by: User, role: str, case: InvestigationCase | None) -> Iterator[None]:
    """For a worker at the terminal: do what `by` asked for as `role`, recorded as theirs.

    Raises
    ------
    NotAllowed
        For anybody but the operator, whose worker it is.
    RoleEnded
        Where `by` does not hold the role in the case any more.
    """
    if acting_as() != OPERATOR or not sees_everything():
        raise NotAllowed(action="on behalf of another")
    if role != OPERATOR and role not in {one.role for one in granted(by, case, timezone.now())}:
        raise RoleEnded
    with within(_Everything(role, may_write=False, user=by)):
        yield


def refuse_partial(action: str) -> None:
    """Refuse work on a part of a case as if it were all of it."""
    if not sees_everything():
        raise NotAllowed(action=action)


def acting_as() -> str:
    """The role in which whoever looks acts, for the events of the ledger."""
    return str(getattr(looking(), "role", OPERATOR)) if somebody_looks() else OPERATOR


def require(
    by: User | None, action: str, case: InvestigationCase | None, account: User | None = None
) -> str:
    """The role in which `by` may do `action` in `case`, or to `account`, now.

    Raises
    ------
    NotAllowed
        Also for an action that stands in no table.
    """
    if action not in ACTIONS:
        raise NotAllowed(action=action)
    sight = looking() if somebody_looks() else None
    if isinstance(sight, _Everything):
        if sight.may_write or sight.user is None or sight.user == by:
            return sight.role
        raise NotAllowed(action=action)
    if NOBODY in ACTIONS[action]:
        return NOBODY
    if HOLDER in ACTIONS[action] and by is not None and by == account:
        return HOLDER
    if by is not None and isinstance(sight, Looking) and sight.user == by:
        role = _role_for(action, case, granted(by, case, timezone.now()))
        if role is not None:
            return role
    raise NotAllowed(action=action)


def _role_for(action: str, case: InvestigationCase | None, roles: Iterable[Granted]) -> str | None:
    """The first role that may do an action in a case, of those held; None for none."""
    of = {None, case.pk if case else None}
    held = {one.role for one in roles if action in WHEREVER_HELD or one.case in of} | {NOBODY}
    return next((role for role in ACTIONS.get(action, ()) if role in held), None)


def require_columns(by: User, record: CaseRow, columns: Iterable[str]) -> None:
    """Refuse unless roles of `by` write these columns of this record; they are of the format.

    Raises
    ------
    NotAllowed
    """
    if not set(columns) <= columns_written(by, record):
        raise NotAllowed(action="corrections.correct")


def columns_written(by: User, record: CaseRow) -> frozenset[str]:
    """The columns of a record that roles of `by` write."""
    names = TABLES[kind_of(type(record))].column_names
    writing = _writing(by, record.case)
    if writing is None:
        return frozenset(names)
    return frozenset(name for name in names if writing.reaches_column(record, name))


def tables_written(by: User, case: InvestigationCase) -> dict[str, frozenset[str]]:
    """The columns that roles of `by` write in some record of the case, by table."""
    every = {table.name: frozenset(table.column_names) for table in TABLES.values()}
    writing = _writing(by, case)
    if writing is None:
        return every
    return {
        table: frozenset(name for name in names if writing.sees_column(table, name))
        for table, names in every.items()
    }


def require_section(by: User, record: CaseRow, section: Section) -> None:
    """Refuse unless a role of `by` writes this section, as far as this record.

    Raises
    ------
    NotAllowed
    """
    if section not in sections_written(by, record):
        raise NotAllowed(action="attachments.attach")


def sections_written(by: User, record: CaseRow) -> frozenset[Section]:
    """The sections that roles of `by` write at this record."""
    writing = _writing(by, record.case)
    if writing is None:
        return frozenset(Section)
    return frozenset(one for one in Section if writing.reaches(record, one))


def _writing(by: User, case: InvestigationCase) -> Seeing | None:
    """The sight of what roles of `by` write in the case; None where that is everything.

    Within an act roles are asked for again; what a page offers goes by those it began with.
    """
    if acting_as() == OPERATOR:
        return None
    sight = looking()
    if isinstance(sight, Looking) and sight.user == by and sight.of == case:
        roles, pairs = sight.roles, sight.pairs
    else:
        roles, pairs = tuple(granted(by, case, timezone.now())), frozenset(_opened(Q(case=case)))
    return Looking(by, case, roles, {}, pairs=pairs, only_writing=True)


def may(by: User, action: str, case: InvestigationCase | None) -> bool:
    """Whether `by` may do `action`: for what a page offers, by the roles that it began with."""
    sight = looking() if somebody_looks() else None
    if isinstance(sight, Looking) and sight.user == by and sight.of == case:
        return _role_for(action, case, sight.roles) is not None
    try:
        require(by, action, case)
    except NotAllowed:
        return False
    return True


def guarded(action: str) -> Callable[[_Act], _Act]:
    """Make a function an action: one transaction, only for whoever may, with nothing hidden inside.

    The case is the keyword `case`, or that of the first record given by keyword.
    """

    def decorate(act: _Act) -> _Act:
        @wraps(act)
        def guarded_act(**given: Any) -> Any:
            with (
                transaction.atomic(),
                acting(given.get("by"), action, _case_of(given), given.get("account")),
            ):
                return act(**given)

        guarded_act.guarded = action  # type: ignore[attr-defined]
        return guarded_act  # type: ignore[return-value]

    return decorate


def _case_of(given: Mapping[str, Any]) -> InvestigationCase | None:
    if "case" in given:
        return given["case"]  # type: ignore[no-any-return]
    for value in given.values():
        case = getattr(value, "case", None)
        if isinstance(case, InvestigationCase):
            return case
    return None


def sees(*sections: Section | str) -> bool:
    """Whether whoever looks may see something of each of these sections."""
    sight = looking()
    return sight.sees_all or all(sight.sees(Section(one)) for one in sections)


def opened(*sections: Section | str) -> bool:
    """Whether each of these sections is seen, be it of one record that was opened."""
    sight = looking()
    found = [Section(one) for one in sections]
    return sight.sees_all or all(sight.sees(one) or sight.opens(one) for one in found)


def sees_whole(*sections: Section | str) -> bool:
    """Whether all of them may be seen, of a site at least, so that absence says something."""
    sight = looking()
    return sight.sees_all or all(sight.complete(Section(one)) for one in sections)


def sees_small_numbers() -> bool:
    """Whether counts are shown to whoever looks however small they are."""
    sight = looking()
    held = {one.role for one in getattr(sight, "roles", ()) if one.case is not None}
    return sight.sees_all or bool(held - SMALL_NUMBERS_WITHHELD)


def sees_as_far(section: Section | str, other: Section | str) -> bool:
    """Whether one section is seen exactly as far as another, so that what is absent is not there.

    Not where pairs are opened: of a person, the pair that is open may be seen and others not.
    """
    sight = looking()
    return sight.sees_all or sight.as_far(Section(section), Section(other))


def visible(kind: str, record: UUID, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Of the columns of a record as it once stood, those that may be seen (history pages).

    Empty where the record is not there for whoever looks.
    """
    sight = looking()
    return dict(columns) if sight.sees_all else sight.visible(kind, record, columns)


def sees_everything() -> bool:
    """Whether nothing is hidden from whoever looks: the operator, or an act under way."""
    return looking().sees_all


def sees_column(table: str, column: str) -> bool:
    """Whether whoever looks may see something of a column of a table of the exchange format."""
    sight = looking()
    return sight.sees_all or sight.sees_column(table, column)


def sees_rows(model: type[models.Model]) -> bool:
    """Whether rows of a model may be there for whoever looks."""
    sight = looking()
    return sight.sees_all or sight.rows(model) is not None


def nameable(model: type[models.Model], *columns: str) -> bool:
    """Whether a query may search, sort by and count these columns for whoever looks."""
    hidden = looking().unnamed(model)
    return not hidden.intersection(columns)
