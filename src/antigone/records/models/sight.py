# SPDX-License-Identifier: Apache-2.0
"""Who looks: rows outside the sight are not there, and what it withholds comes back blank."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, NoReturn, Protocol

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.db.models.options import Options
from django.db.models.query import ModelIterable, QuerySet
from django.db.models.sql import Query

from antigone.records.denials import ChangedOutsideAnAction, ColumnWithheld, NobodyLooks


class Sight(Protocol):
    """What somebody may see; `records.access` makes it."""

    sees_all: bool
    """Whether nothing is hidden from it."""
    may_write: bool
    """Whether records may be written within it: inside actions only."""

    def rows(self, model: type[models.Model]) -> Q | None:
        """Which rows of `model` are there; None for none of them."""

    def unnamed(self, model: type[models.Model]) -> frozenset[str]:
        """Columns that no query may name: withheld, or readable only record by record."""

    def may_cross(self, relation: Any) -> bool:
        """Whether a query may name what lies beyond a relation."""

    def mask(self, record: models.Model) -> None:
        """Blank what is withheld of a record, and note what was read."""


_looking: ContextVar[Sight | None] = ContextVar("looking", default=None)


def looking() -> Sight:
    """The sight within which this code runs.

    Raises
    ------
    NobodyLooks
    """
    sight = _looking.get()
    if sight is None:
        raise NobodyLooks
    return sight


@contextmanager
def within(sight: Sight | None) -> Iterator[Sight | None]:
    """Run a block within `sight`; within None nothing is answered."""
    token = _looking.set(sight)
    try:
        yield sight
    finally:
        _looking.reset(token)


def look(sight: Sight | None) -> None:
    """Go on within `sight`, inside a block of `within` that ends it."""
    _looking.set(sight)


def somebody_looks() -> bool:
    """Whether there is a sight at all."""
    return _looking.get() is not None


class SeenQuery(Query):
    """A query that refuses every name which leads to what its sight withholds."""

    sight: Sight | None = None

    def names_to_path(
        self, names: Any, opts: Any, allow_many: bool = True, fail_on_missing: bool = False
    ) -> Any:
        """As Django's, after each name was held against the sight."""
        if self.sight is not None and not self.sight.sees_all:
            self._hold(list(names), opts)
        return super().names_to_path(names, opts, allow_many, fail_on_missing)

    def _hold(self, names: list[str], opts: Options[Any] | None) -> None:
        for place, name in enumerate(names):
            field = _field(opts, name)
            if field is None or opts is None:
                return  # an annotation or a transform: what they are made of was held before
            self._hold_one(opts.model, field, names[place + 1 :])
            opts = field.related_model._meta if field.is_relation else None

    def _hold_one(self, model: type[models.Model], field: Any, further: list[str]) -> None:
        assert self.sight is not None
        if field.concrete and {field.name, field.attname} & self.sight.unnamed(model):
            raise ColumnWithheld(kind=model._meta.model_name, column=field.name)
        if not field.is_relation:
            return
        goes_on = bool(further) and _field(field.related_model._meta, further[0]) is not None
        if (goes_on or not field.concrete) and not self.sight.may_cross(field):
            raise ColumnWithheld(kind=field.related_model._meta.model_name, column=field.name)

    def add_filtered_relation(self, *args: Any, **kwargs: Any) -> None:
        """Refused: its condition would pass the sight by."""
        if self.sight is not None and not self.sight.sees_all:
            raise ColumnWithheld(kind=self.model._meta.model_name, column="a filtered relation")
        super().add_filtered_relation(*args, **kwargs)


def _field(opts: Options[Any] | None, name: str) -> Any:
    if opts is None:
        return None
    try:
        return opts.pk if name == "pk" else opts.get_field(name)
    except FieldDoesNotExist:
        return None


class SeenIterable(ModelIterable):  # type: ignore[type-arg]
    """Records, each with what is withheld of it blanked."""

    def __iter__(self) -> Iterator[models.Model]:
        """Each record as the sight of the query sees it."""
        sight, related = self.queryset.query.sight, self.queryset.query.select_related
        for record in super().__iter__():
            if sight is not None:
                _mask(sight, record, related if isinstance(related, dict) else {})
            yield record


def _mask(sight: Sight, record: Any, related: dict[str, Any]) -> None:
    """Mask a record and those that came with it; what is hidden of a reference hides its record."""
    sight.mask(record)
    for name, further in related.items():
        beyond = record._state.fields_cache.get(name)
        if beyond is not None:
            _mask(sight, beyond, further)


class SeenQuerySet(QuerySet[Any]):
    """Rows within the sight in which the query was begun."""

    def __init__(self, model: Any = None, query: Any = None, using: Any = None, hints: Any = None):
        super().__init__(model, query or SeenQuery(model), using, hints)
        self._iterable_class = SeenIterable

    @property
    def _hides(self) -> bool:
        sight = self.query.sight
        return sight is not None and not sight.sees_all

    def select_related(self, *fields: Any) -> SeenQuerySet:
        """The related records too, each as its own sight shows it.

        In the same query where every record beyond is there whenever the one before is, else by
        prefetching.
        """
        if not self._hides or fields == (None,):
            return super().select_related(*fields)
        if not fields:
            self._refuse("every relation")
        joined = [name for name in fields if self._may_be_joined(name)]
        found = super().select_related(*joined) if joined else self._chain()
        rest = [name for name in fields if name not in joined]
        return found.prefetch_related(*rest) if rest else found

    def _may_be_joined(self, path: str) -> bool:
        sight, model = self.query.sight, self.model
        for name in path.split("__"):
            field = model._meta.get_field(name)
            if {field.name, field.attname} & sight.unnamed(model) or not sight.may_cross(field):
                return False
            model = field.related_model
        return True

    def values(self, *fields: Any, **expressions: Any) -> Any:
        """As Django's; without names, the columns that may be named."""
        if self._hides and not fields and not expressions:
            fields = self._nameable()
        return super().values(*fields, **expressions)

    def values_list(self, *fields: Any, **options: Any) -> Any:
        """As Django's; without names, the columns that may be named."""
        if self._hides and not fields:
            fields = self._nameable()
        return super().values_list(*fields, **options)

    def _nameable(self) -> tuple[str, ...]:
        hidden = self.query.sight.unnamed(self.model)
        names = (field.attname for field in self.model._meta.concrete_fields)
        return tuple(name for name in names if name not in hidden)

    def raw(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: nothing of a raw query can be held against a sight."""
        self._refuse("raw SQL")

    def extra(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: nothing of it can be held against a sight."""
        self._refuse("raw SQL")

    def _refuse(self, what: str) -> NoReturn:
        raise ColumnWithheld(kind=self.model._meta.model_name, column=what)

    def update(self, **values: Any) -> int:
        """As Django's, inside an action."""
        _hold_writing(self.model)
        return super().update(**values)

    def delete(self) -> Any:
        """As Django's, inside an action; the database refuses it all the same."""
        _hold_writing(self.model)
        return super().delete()

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """As Django's, inside an action."""
        _hold_writing(self.model)
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Iterable[Any], fields: Any, **kwargs: Any) -> int:
        """As Django's, inside an action, and never with a masked record."""
        _hold_writing(self.model)
        objs = list(objs)
        for one in objs:
            _refuse_masked(one)
        return super().bulk_update(objs, fields, **kwargs)


def _hold_writing(model: type[models.Model]) -> None:
    if not looking().may_write:
        raise ChangedOutsideAnAction(kind=model._meta.model_name)


def _refuse_masked(record: Any) -> None:
    if record.withheld:
        raise ColumnWithheld(kind=record._meta.model_name, column=min(record.withheld))


class SeenManager(models.Manager.from_queryset(SeenQuerySet)):  # type: ignore[misc]
    """The one manager of what is kept: for reading, for references, and for what refers back."""

    def get_queryset(self) -> Any:
        """The rows that are there for whoever looks."""
        sight, found = looking(), super().get_queryset()
        if not sight.sees_all:
            rows = sight.rows(self.model)
            found = found.none() if rows is None else found.filter(rows)
        found.query.sight = sight
        return found


class Seen(models.Model):
    """What is seen only within a sight, and written only inside an action."""

    objects = SeenManager()
    withheld: frozenset[str] = frozenset()
    """Columns of this record that were blanked because whoever looks may not see them."""
    unrecorded: ClassVar[tuple[str, ...]] = ()
    """Columns that change without an act, and that no revision holds."""

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's, inside an action, and never when masked: blanks would be written."""
        if not set(kwargs.get("update_fields") or ("",)) <= set(self.unrecorded):
            _hold_writing(type(self))
        _refuse_masked(self)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """As Django's, inside an action; the database refuses it all the same."""
        _hold_writing(type(self))
        return super().delete(*args, **kwargs)


def blank(record: models.Model, columns: Iterable[str]) -> None:
    """Take `columns` (attribute names) out of a record, and say so in its `withheld`."""
    taken = frozenset(columns)
    for field in record._meta.concrete_fields:
        if field.attname in taken:
            record.__dict__[field.attname] = _nothing(field)
            if field.is_relation and field.is_cached(record):
                field.delete_cached_value(record)
    record.withheld = record.withheld | taken  # type: ignore[attr-defined]


def _nothing(field: Any) -> Any:
    if field.null:
        return None
    if isinstance(field, models.JSONField):
        return {}
    return "" if field.empty_strings_allowed else None


__all__ = [
    "Seen",
    "SeenManager",
    "SeenQuerySet",
    "Sight",
    "blank",
    "look",
    "looking",
    "somebody_looks",
    "within",
]
