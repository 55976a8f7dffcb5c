# SPDX-License-Identifier: Apache-2.0
"""House rules of access: every column in a section, every view with a policy, one door for all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver, path

import antigone
from antigone.records import kinds
from antigone.records.models import Part, Recorded
from antigone.records.models.sight import Seen, SeenManager
from antigone.records.reach import kind_of
from antigone.records.rights import ACTIONS, OPERATOR, PSEUDONYMISED, ROLES, Right
from antigone.records.sections import KEPT, Reach, Section, section_of
from antigone.terms.tables import TABLES
from antigone.web.pages import POLICY, page
from tests.house import access_guide

SOURCE = Path(antigone.__file__).parent
WORD_FOR_WORD = {"extra", "as_written"}
"""JSON of a source's own words: `extra` no role reads, `as_written` is shown by its columns."""
NOT_RECORDS = {"log", "event", "read_event", "revision", "sealed_section", "tile", "job",
               "sign_in_wait"}  # fmt: skip
"""Tables of the ledger, of waiting work and of attempts: no rows of a case."""
OUTSIDE = ("allauth.", "django.views.i18n", "django.views.static", "django.contrib.")
"""Views of others: they ask the records nothing, and without a policy nothing would answer."""
PAST_THE_SIGHT = {
    "records/access.py", "records/reach.py", "records/kinds.py", "records/actions/changes.py",
    "records/models/sight.py", "records/queries/accounts.py",
}  # fmt: skip
"""Files that may make a query set of their own, which no sight narrows."""


def test_every_column_of_every_table_is_in_a_section() -> None:
    for table in TABLES.values():
        for column in table.columns:
            assert section_of(table.name, column.name) is not Section.UNLISTED, (table, column)
        assert KEPT[table.name].sections, table


@pytest.mark.parametrize("model", list(apps.get_app_config("records").get_models()))
def test_every_model_is_listed_with_every_field(model) -> None:
    kind = kind_of(model)
    if not issubclass(model, Seen):
        assert kind in NOT_RECORDS
        return
    assert kind in KEPT
    for field in model._meta.concrete_fields:
        listed = section_of(kind, field.name) is not Section.UNLISTED
        assert listed or field.name in WORD_FOR_WORD, (kind, field.name)


def test_kinds_are_those_of_the_ledger() -> None:
    assert {kind_of(model): model for model in kinds.kinds().values()} == dict(kinds.kinds())


def test_every_record_is_behind_the_sight() -> None:
    for model in apps.get_app_config("records").get_models():
        if issubclass(model, Recorded | Part) and kind_of(model) != "user":
            assert isinstance(model._default_manager, SeenManager), model
            assert isinstance(model._base_manager, SeenManager), model


def test_an_unlisted_column_or_kind_is_denied() -> None:
    assert section_of("person", "new_column") is Section.UNLISTED
    assert section_of("new_kind", "id") is Section.UNLISTED
    assert not any(Section.UNLISTED in rights for rights in ROLES.values())


def test_paths_of_reach_lead_where_they_say() -> None:
    for kind, model in kinds.kinds().items():
        kept = KEPT[kind]
        ends = {Reach.SITE: "site", Reach.FAMILY: "family"}
        for reach, paths in kept.paths.items():
            for one in paths:
                target, at = model, one.split("__")
                for name in at if one != "pk" else ():
                    target = target._meta.get_field(name).related_model
                assert kind_of(target) == ends.get(reach, kind_of(target))
                assert reach is not Reach.OPENED or kind_of(target) in ("remains", "person")


def test_roles_and_actions_are_known() -> None:
    assert OPERATOR not in ROLES
    for rights in ROLES.values():
        assert all(isinstance(right, Right) for right in rights.values())
    for role in PSEUDONYMISED:
        hidden = {Section.NAMES, Section.CLAIMED_NAMES, Section.FAMILY_CONTACT, Section.WITNESSES}
        assert not hidden & ROLES[role].keys()
    for action, roles in ACTIONS.items():
        assert set(roles) <= {*ROLES, "holder", "nobody"}, action


def test_what_the_design_says_never_is_never() -> None:
    s = Section
    names = {s.NAMES, s.CLAIMED_NAMES}
    families = {s.PEDIGREE, s.FAMILY_CONTACT, s.ANTE_MORTEM, *names}
    never = {
        "field_recorder": {s.DNA, s.WITNESSES} | families - {s.CLAIMED_NAMES},
        "morgue": {s.DNA} | families,
        "pathologist": {s.FAMILY_CONTACT, s.WITNESSES},
        "anthropologist": {s.FAMILY_CONTACT, s.WITNESSES},
        "odontologist": {s.FAMILY_CONTACT, s.WITNESSES},
        "geneticist": {s.FAMILY_CONTACT, s.TRAUMA, *names},
        "family_liaison": {s.POST_MORTEM, s.TRAUMA, s.PEDIGREE_CONFLICTS, s.KINSHIP, s.PROPOSALS},
        "commission": {s.DNA},
        "legal_authority": {s.DNA},
        "coordinator": {s.DNA, s.FAMILY_CONTACT, s.WITNESSES, s.PEDIGREE_CONFLICTS},
        "observer": {s.DNA, s.FAMILY_CONTACT, *names},
        "analyst": {s.FAMILY_CONTACT, *names},
        "auditor": {s.DNA, s.FAMILY_CONTACT, s.WITNESSES, *names},
        "administrator": set(s) - {s.CASE, s.ACCOUNTS, s.LEDGER, s.OPENINGS},
    }
    assert never.keys() == ROLES.keys()
    for role, sections in never.items():
        assert not sections & ROLES[role].keys(), role
    assert not any(right.writes for name, right in ROLES["auditor"].items() if name != "ledger")


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        else:
            yield one


def without_policy(resolver: URLResolver) -> list[str]:
    return [
        str(one.pattern)
        for one in patterns(resolver)
        if not hasattr(one.callback, POLICY) and not one.callback.__module__.startswith(OUTSIDE)
    ]


def test_every_view_has_a_policy() -> None:
    assert without_policy(get_resolver()) == []


def test_a_view_without_a_policy_is_found() -> None:
    class Addresses:
        urlpatterns = (path("new/", lambda request: None), path("old/", page()(print)))

    assert without_policy(URLResolver(get_resolver().pattern, Addresses)) == ["new/"]


def calls(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {ast.unparse(one.func) for one in ast.walk(tree) if isinstance(one, ast.Call)}


def test_only_actions_look_without_limits() -> None:
    for one in SOURCE.rglob("*.py"):
        inside = one.relative_to(SOURCE).as_posix()
        if inside == "records/access.py" or inside.startswith("records/actions/"):
            continue
        assert not {"access.unrestricted", "unrestricted"} & calls(one), inside


def test_only_few_files_pass_the_sight_by() -> None:
    for one in SOURCE.rglob("*.py"):
        inside = one.relative_to(SOURCE).as_posix()
        if inside in PAST_THE_SIGHT or inside.startswith("records/embedded"):
            continue
        assert "QuerySet" not in calls(one), inside
        assert not {"RawSQL", "RawQuerySet"} & calls(one), inside


def test_the_guide_prints_the_table_of_today() -> None:
    text = access_guide.GUIDE.read_text("utf-8")
    assert access_guide.written_anew(text) == text, "python -m tests.house.access_guide"
