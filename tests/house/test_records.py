# SPDX-License-Identifier: Apache-2.0
"""House rules of the records: one act for each action, one door, one direction, named rules."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

import antigone.records
from antigone.records.models import RECORD_OF, references_of

RECORDS = Path(antigone.records.__file__).parent
SOURCE = RECORDS.parent
HELPERS = {
    "attempts", "cells", "changes", "codes", "insertion", "leases", "new_rows", "rows", "trail",
}  # fmt: skip
"""Files of `actions` that hold no action: what they do is part of the action that calls them."""
NOUNS = (
    "recorded", "accounts", "ledger", "cases", "places", "remains", "people", "samples", "custody",
    "examinations", "recovery", "laboratory", "claims", "testimony", "identifications",
    "documents", "attachments", "contradictions", "analyses", "jobs", "roles",
    "withdrawals",
)  # fmt: skip
"""The noun list: a model refers to its own noun or to one before it."""
WRITES = {
    "create", "bulk_create", "create_user", "get_or_create", "update_or_create", "update",
    "bulk_update", "delete", "save", "raw", "execute", "executemany",
}  # fmt: skip


def model_classes() -> list[type[models.Model]]:
    """Every model of the records."""
    return list(apps.get_app_config("records").get_models())


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """The public functions of a file."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def calls(node: ast.AST) -> list[str]:
    """Names of everything that is called in `node`, with what stands before the dot."""
    return [ast.unparse(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)]


ACTIONS = [
    (path.stem, node)
    for path in sorted((RECORDS / "actions").glob("*.py"))
    if path.stem not in HELPERS | {"__init__"}
    for node in functions(path)
]


@pytest.mark.parametrize(
    ("noun", "action"), ACTIONS, ids=[f"{noun}.{node.name}" for noun, node in ACTIONS]
)
def test_every_action_leaves_one_act_in_one_transaction(noun: str, action: ast.FunctionDef) -> None:
    assert calls(action).count("trail.record") == 1
    named = [
        ast.literal_eval(keyword.value)
        for call in ast.walk(action)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "trail.record"
        for keyword in call.keywords
        if keyword.arg == "action"
    ]
    assert named == [f"{noun}.{action.name}"]
    doors = ("transaction.atomic", f"access.guarded('{noun}.{action.name}')")
    assert [ast.unparse(one) for one in action.decorator_list if ast.unparse(one) in doors]
    assert not action.args.args, "arguments of an action are given by name"


LEDGER = ("Event", "ReadEvent", "Revision", "SealedSection", "Log", "Tile")


def test_only_the_trail_writes_the_ledger() -> None:
    for path in SOURCE.rglob("*.py"):
        if path == RECORDS / "actions" / "trail.py" or "migrations" in path.parts:
            continue
        made = set(calls(ast.parse(path.read_text("utf-8"))))
        doors = {f"{model}.objects.{write}" for model in LEDGER for write in WRITES}
        assert not made & doors, path
        text = path.read_text("utf-8")
        assert not [model for model in LEDGER if f"insert({model}," in text], path


def test_only_actions_write() -> None:
    for folder in ("records/queries", "web", "cli", "analysis", "exchange"):
        for path in (SOURCE / folder).rglob("*.py"):
            for name in calls(ast.parse(path.read_text("utf-8"))):
                wrote = ".objects." in name and name.rsplit(".", 1)[1] in WRITES
                assert not wrote, (path, name)


def test_references_point_one_way_along_the_noun_list() -> None:
    def place(model: type[models.Model]) -> int:
        return NOUNS.index(model.__module__.rsplit(".", 1)[1])

    for model in model_classes():
        for field in model._meta.fields:
            target = field.related_model
            if target is not None and target._meta.app_label == "records":
                assert place(target) <= place(model), (model, field.name)


def test_nothing_is_deleted_along_a_reference() -> None:
    for model in model_classes():
        for field in model._meta.fields:
            if field.related_model is not None:
                assert field.remote_field.on_delete is models.PROTECT, (model, field.name)


def test_every_constraint_is_named_after_what_it_says() -> None:
    for model in model_classes():
        for constraint in model._meta.constraints:
            assert constraint.name == constraint.name.lower()
            assert "%" not in constraint.name
        assert not model._meta.unique_together
        unnamed = [
            field.name
            for field in model._meta.local_fields
            if field.unique and not (field.primary_key or field.one_to_one)
        ]
        assert unnamed in ([], ["username"]), model  # Django's own account


def test_records_stand_in_the_order_of_the_exchange_format() -> None:
    seen: set[str] = set()
    for table in RECORD_OF:
        for column, targets in references_of(table).items():
            assert set(targets) - {table} <= seen, (table, column)
        seen.add(table)


@pytest.mark.django_db
def test_migrations_are_those_of_the_models() -> None:
    call_command("makemigrations", "records", check=True, dry_run=True, verbosity=0)


def test_migrations_are_one_line_and_named() -> None:
    names = sorted(path.stem for path in (RECORDS / "migrations").glob("0*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert not [name for name in names if "auto" in name]
