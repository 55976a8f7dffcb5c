# SPDX-License-Identifier: Apache-2.0
"""From sections and reaches to rows and columns: what a sight shows of each model."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.query import QuerySet

from antigone.records.models import (
    RECORD_OF,
    InvestigationCase,
    KeptRow,
    Part,
)
from antigone.records.models.sight import Seen, blank
from antigone.records.sections import FRAME, KEPT, PROTECTED, Kept, Reach, Section, section_of
from antigone.terms.tables import TABLES

Scope = Mapping[Reach, frozenset[UUID]]
"""How far a section is seen: by which reaches, each of these sites or families."""
WHOLE: Scope = {Reach.CASE: frozenset()}

_TABLE_OF = {
    "journal_entry": "journal",
    "remains_relation": "relation",
    "person_relation": "same_person",
    "profile_run": "profile",
    "place_event": "event",
    "custody_event": "custody",
}
_WORD_FOR_WORD = "as_written"
_ROW = ("row", "sealed_row")
_FOUND_BY = FRAME | {"key"}
"""Fields by which a query may find a record of a protected section without reading it."""


@cache
def kind_of(model: type[models.Model]) -> str:
    """The kind of a model's records: its table's name, or its own in lower snake case."""
    words = re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()
    return _TABLE_OF.get(words, words)


@cache
def case_path(model: type[models.Model]) -> str | None:
    """The path from a model to its case; None where it is of no case."""
    if model is InvestigationCase:
        return "pk"
    if issubclass(model, Part):
        return f"{model.whole}__case"
    return "case" if any(one.name == "case" for one in model._meta.fields) else None


class Seeing:
    """Rows and columns by sections: the arithmetic of a sight, without who looks and why."""

    def __init__(
        self,
        *,
        user: UUID,
        case: UUID | None,
        cases: frozenset[UUID | None],
        scopes: Mapping[Section, Scope],
        pairs: frozenset[tuple[UUID, UUID]],
        openings: Mapping[tuple[str, UUID], frozenset[Section]],
        logged: frozenset[Section],
    ) -> None:
        self._user, self._case, self._cases = user, case, cases
        self._scopes, self._openings, self._logged = scopes, openings, logged
        self.pairs = pairs
        self._unnamed: dict[type[models.Model], frozenset[str]] = {}
        self._columns: dict[type[models.Model], tuple[tuple[str, Section], ...]] = {}
        self._shown: dict[tuple[type[models.Model], Section], frozenset[UUID]] = {}
        self.read: dict[tuple[str, UUID, str], None] = {}
        """Kind, id and section of all that must stand in the log of reads, once each."""

    @property
    def reach(self) -> Hashable:
        """How far it reaches: where it is equal, what is nobody's own shows the same."""
        scopes = frozenset((one, frozenset(far.items())) for one, far in self._scopes.items())
        opened = frozenset(self._openings.items())
        return self._case, self._cases, scopes, opened, self.pairs, self._logged

    # Sections

    def sees(self, section: Section) -> bool:
        """Whether anything of a section may be seen."""
        return section in self._scopes

    def sees_whole(self, section: Section) -> bool:
        """Whether all of a section may be seen."""
        return self._scopes.get(section) == WHOLE

    def sees_column(self, kind: str, column: str) -> bool:
        """Whether anything of a column may be seen, by its own section or that of its rows."""
        section = section_of(kind, column)
        if section is not None:
            return self.sees(section)
        kept = KEPT[kind]
        rows = {kept.row} if kept.by is None else set(kept.by[1].values())
        return any(one is not None and self.sees(one) for one in rows)

    def reaches_column(self, record: Any, column: str) -> bool:
        """Whether a column of this record is within reach."""
        return self.reaches(
            record, section_of(kind_of(type(record)), column) or _row_section(record)
        )

    def reaches(self, record: Any, section: Section) -> bool:
        """Whether what belongs to `section` is within reach at this record."""
        scope = self._scopes.get(section)
        if scope is None or scope == WHOLE:
            return scope is not None
        return record.pk in self._ids(type(record), section)

    def complete(self, section: Section) -> bool:
        """Whether what is not seen of a section is not there, in the case or at the site."""
        return section in self._scopes and set(self._scopes[section]) <= {Reach.CASE, Reach.SITE}

    def opens(self, section: Section) -> bool:
        """Whether an opening shows something of a section that is hidden otherwise."""
        return any(section in KEPT[kind].sections & to for (kind, _), to in self._openings.items())

    def as_far(self, section: Section, other: Section) -> bool:
        """Whether two sections reach exactly as far as one another, and not by opened pairs."""
        scope = self._scopes.get(section)
        if scope is None or Reach.OPENED in scope:
            return False
        return scope in (WHOLE, self._scopes.get(other))

    # Rows

    def rows(self, model: type[models.Model]) -> Q | None:
        """Which rows are there; None for none."""
        kept = KEPT.get(kind_of(model))
        alternatives = [] if kept is None else list(self._alternatives(model, kept))
        if not alternatives:
            return None
        shown = Q()
        for one in alternatives:
            shown |= one
        return shown

    def _alternatives(self, model: type[models.Model], kept: Kept) -> Iterator[Q]:
        for chosen, section in _row_sections(model, kept):
            scope = self._scopes.get(section)
            if scope is not None:
                found = self._in_case(model) & chosen & self._in_scope(model, kept, scope)
                yield found if found else Q(pk__isnull=False)
        if kept.own:
            yield Q(**{kept.own: self._user})
        opened = [one for (kind, one) in self._openings if kind == kind_of(model)]
        if opened:
            yield self._in_case(model) & Q(pk__in=opened)

    def _in_case(self, model: type[models.Model]) -> Q:
        path = case_path(model)
        if model is InvestigationCase and self._case is None:
            return Q() if None in self._cases else Q(pk__in=[one for one in self._cases if one])
        if path is None or (self._case is None and None in self._cases):
            return Q()
        return Q(**{path: self._case})

    def _in_scope(self, model: type[models.Model], kept: Kept, scope: Scope) -> Q:
        if scope == WHOLE:
            return Q()
        found = Q(pk__in=[])
        for reach, ids in scope.items():
            if reach is Reach.OPENED and kept.pair:
                found |= self._one_of_the_pairs(*kept.pair)
                continue
            for path in kept.paths.get(reach, ()):
                aim = self._opened_side(model, path) if reach is Reach.OPENED else ids
                within = QuerySet(model).filter(**{f"{path}__in": aim, "pk": OuterRef("pk")})
                found |= Q(Exists(within.order_by()))  # row by row: few rows ask for few
        return found | self._about_what_is_in_scope(kept, scope)

    def _about_what_is_in_scope(self, kept: Kept, scope: Scope) -> Q:
        """Rows that belong, by its kind and id, to a record that the same scope reaches."""
        found = Q(pk__in=[])
        if kept.about is None:
            return found
        kind, record = kept.about
        for name, model in RECORD_OF.items():
            if KEPT[name].paths.keys() & scope.keys():
                there = QuerySet(model).filter(self._in_scope(model, KEPT[name], scope))
                found |= Q(**{kind: name, f"{record}__in": there.values("pk")})
        return found

    def _one_of_the_pairs(self, remains: str, person: str) -> Q:
        persons: dict[UUID, list[UUID]] = defaultdict(list)
        for one, other in self.pairs:
            persons[one].append(other)
        found = Q(pk__in=[])
        for one, others in persons.items():
            found |= Q(**{remains: one, f"{person}__in": others})
        return found

    def _opened_side(self, model: type[models.Model], path: str) -> list[UUID]:
        last = kind_of(model) if path == "pk" else path.rsplit("__", 1)[-1]
        side = 1 if "person" in last else 0
        return list({pair[side] for pair in self.pairs})

    def _reaches(self, model: type[models.Model], *, strictly: bool = True) -> Scope | None:
        """By which reaches rows of a model are there, all alike; None where that cannot be said.

        Not strictly: rows of sections that are hidden altogether are left out of it.
        """
        kept = KEPT.get(kind_of(model))
        if kept is None:
            return None
        found = [self._scopes.get(section) for _, section in _row_sections(model, kept)]
        if not strictly:
            found = [one for one in found if one is not None] or [None]
        return found[0] if all(one == found[0] for one in found) else None

    # Columns

    def _hidden(self, model: type[models.Model], section: Section | None) -> bool:
        """Whether a section of columns is hidden in all rows."""
        return section is not None and section not in self._scopes

    def _narrower(self, model: type[models.Model], section: Section | None) -> bool:
        """Whether a section of columns reaches less far than the rows that have it."""
        if section is None or self.sees_whole(section):
            return False
        return self._scopes.get(section) != self._reaches(model, strictly=False)

    def unnamed(self, model: type[models.Model]) -> frozenset[str]:
        """Columns that no query may name."""
        if model not in self._unnamed:
            fields = model._meta.concrete_fields
            named = {one.attname for one in fields if self._may_be_named(model, one)}
            names = {one.attname for one in fields} | {one.name for one in fields}
            kept = named | {one.name for one in fields if one.attname in named}
            self._unnamed[model] = frozenset(names - kept)
        return self._unnamed[model]

    def _may_be_named(self, model: type[models.Model], field: Any) -> bool:
        kind = kind_of(model)
        if field.name == _WORD_FOR_WORD:
            return False
        if model is KeptRow:
            return field.name not in _ROW
        section = section_of(kind, field.name)
        if section is None and field.name not in _FOUND_BY and _is_protected(kind):
            return False
        if section in PROTECTED or self._hidden(model, section) or self._narrower(model, section):
            return False
        parts = KEPT[kind].parts.get(field.name, {}) if kind in KEPT else {}
        return not any(self._hidden(model, one) for one in parts.values())

    def may_cross(self, relation: Any) -> bool:
        """Whether every row beyond a relation is there wherever the row before it is."""
        before, beyond = relation.model, relation.related_model
        if not issubclass(beyond, Seen):
            return False
        reaches, further = self._reaches(before, strictly=False), self._reaches(beyond)
        if further == WHOLE:
            return True
        if reaches is None or further is None or Reach.CASE in reaches:
            return False
        return all(
            further.get(reach) == ids and _on_the_path(relation, reach)
            for reach, ids in reaches.items()
        )

    # Records

    def mask(self, record: Any) -> None:
        """Blank what is withheld of a record, and note what was read."""
        model, kind = type(record), kind_of(type(record))
        more = self._openings.get((kind, record.pk), frozenset())
        hidden = []
        for attname, section in self._watched(model):
            if attname not in record.__dict__:
                continue
            if not self._shows(record, section, more):
                hidden.append(attname)
            elif section in self._logged and record.__dict__[attname]:
                self._note(record, section)
        if hidden:
            blank(record, hidden)
        self._mask_parts(record, kind, more)
        if _row_section(record) in self._logged:
            self._note(record, _row_section(record))

    def _watched(self, model: type[models.Model]) -> tuple[tuple[str, Section], ...]:
        """The columns of a model that may be hidden, or whose reading is noted, by section."""
        if model not in self._columns:
            found = (
                (field.attname, section_of(kind_of(model), field.name))
                for field in model._meta.concrete_fields
                if field.name != _WORD_FOR_WORD and not (model is KeptRow and field.name in _ROW)
            )
            self._columns[model] = tuple(
                (attname, section)
                for attname, section in found
                if section is not None and (section in self._logged or not self.sees_whole(section))
            )
        return self._columns[model]

    def _note(self, record: Any, section: Section) -> None:
        """Note that a section of a record was read; a part is of its whole."""
        if isinstance(record, Part):
            whole = type(record)._meta.get_field(type(record).whole)
            kind = kind_of(whole.related_model)  # type: ignore[arg-type]
            self.read[kind, getattr(record, whole.attname), section.value] = None  # type: ignore[union-attr]
        else:
            self.read[kind_of(type(record)), record.pk, section.value] = None

    def _shows(self, record: Any, section: Section | None, more: frozenset[Section]) -> bool:
        if section is None or section in more or self.sees_whole(section):
            return True
        if section not in self._scopes:
            return False
        return not self._narrower(type(record), section) or record.pk in self._ids(
            type(record), section
        )

    def _ids(self, model: type[models.Model], section: Section) -> frozenset[UUID]:
        """Records of which a section is seen that reaches less far than the rows."""
        if (model, section) not in self._shown:
            where = self._in_case(model) & self._in_scope(
                model, KEPT[kind_of(model)], self._scopes[section]
            )
            ids = QuerySet(model).filter(where).values_list("pk", flat=True)
            self._shown[model, section] = frozenset(ids)
        return self._shown[model, section]

    def _mask_parts(self, record: Any, kind: str, more: frozenset[Section]) -> None:
        """Take out the parts of a JSON column that belong to hidden sections."""
        if isinstance(record, KeptRow):
            self._mask_kept_row(record, more)
            return
        whole = record.__dict__.get(_WORD_FOR_WORD)
        if whole:
            record.as_written = {
                name: cell
                for name, cell in whole.items()
                if self._shows(record, section_of(kind, name), more)
            }
        for column, parts in KEPT[kind].parts.items() if kind in KEPT else ():
            held = record.__dict__.get(column)
            if held:
                hidden = {one for one, at in parts.items() if not self._shows(record, at, more)}
                record.__dict__[column] = {k: v for k, v in held.items() if k not in hidden}
                record.withheld = record.withheld | ({column} if hidden else set())

    def _mask_kept_row(self, record: KeptRow, more: frozenset[Section]) -> None:
        shown, taken = {}, set()
        for name, cell in (record.__dict__.get("row") or {}).items():
            section = section_of(record.table, name)
            if section is None or section in more or self.sees_whole(section):
                shown[name] = cell
            else:
                taken.add(name)
        record.__dict__["row"] = shown
        sections = KEPT[record.table].sections if record.table in KEPT else {Section.UNLISTED}
        if record.__dict__.get("sealed_row"):
            if all(one in more or self.sees_whole(one) for one in sections):
                for one in PROTECTED & sections:
                    self._note(record, one)
            else:
                blank(record, ["sealed_row"])
        record.withheld = record.withheld | taken | ({"row"} if taken else set())

    def visible(self, kind: str, record: UUID, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Of the columns of a record as it once stood, those that may be seen now."""
        model = _model_of(kind)
        if model is None or not model._base_manager.filter(pk=record).exists():
            return {}
        now = model._base_manager.get(pk=record)
        more = self._openings.get((kind, record), frozenset())
        shown = {
            name: value
            for name, value in columns.items()
            if name not in (_WORD_FOR_WORD, *_ROW, *KEPT[kind].parts)
            and self._shows(now, section_of(kind, name), more)
        }
        for name, value in shown.items():
            section = section_of(kind, name)
            if section in self._logged and value:
                self.read[kind, record, section.value] = None
        return shown


def _is_protected(kind: str) -> bool:
    """Whether the rows of a kind are of a protected section: read one by one, and noted."""
    return kind in KEPT and KEPT[kind].row in PROTECTED


def _row_sections(model: type[models.Model], kept: Kept) -> Iterator[tuple[Q, Section]]:
    """Which rows of a model belong to which section, as conditions."""
    if model is KeptRow:
        for table in TABLES.keys() - RECORD_OF.keys():
            one = KEPT[table]
            for chosen, section in _conditions(one, "row__"):
                yield Q(table=table) & chosen, section
    else:
        yield from _conditions(kept, "")


def _conditions(kept: Kept, before: str) -> Iterator[tuple[Q, Section]]:
    if kept.by is None:
        assert kept.row is not None
        yield Q(), kept.row
        return
    column, sections = kept.by
    for code, section in sections.items():
        yield Q(**{f"{before}{column}": code}), section


def _row_section(record: Any) -> Section:
    kept = KEPT[record.table if isinstance(record, KeptRow) else kind_of(type(record))]
    if kept.by is None:
        assert kept.row is not None
        return kept.row
    column, sections = kept.by
    code = record.row.get(column) if isinstance(record, KeptRow) else getattr(record, column)
    return sections.get(code, Section.UNLISTED)


def _on_the_path(relation: Any, reach: Reach) -> bool:
    """Whether a relation is a step of the path by which one of its ends is told to be in reach."""
    before, beyond = KEPT[kind_of(relation.model)], KEPT[kind_of(relation.related_model)]
    if reach is Reach.OPENED and relation.concrete and before.pair:
        return relation.name in before.pair
    back = relation.remote_field.name
    steps = {path.split("__")[0] for path in before.paths.get(reach, ())}
    returns = {path.split("__")[0] for path in beyond.paths.get(reach, ())}
    return relation.name in steps or back in returns


@cache
def _model_of(kind: str) -> type[models.Model] | None:
    from django.apps import apps

    every = apps.get_app_config("records").get_models()
    return next((one for one in every if kind_of(one) == kind), None)
