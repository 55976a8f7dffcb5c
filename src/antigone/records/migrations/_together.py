# SPDX-License-Identifier: Apache-2.0
"""Migrations that make many tables, in seconds where Django alone needs tens of them."""

from __future__ import annotations

from itertools import takewhile

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class Migration(migrations.Migration):
    """Does what Django's does; the models of the tables that it begins with are drawn once.

    Django draws all models anew that a new table refers to, after each table, and almost all of
    ours refer to each other: time that grows with the square of their number.
    """

    def apply(
        self,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,
    ) -> ProjectState:
        """Make the new tables, then do all else one by one; SQL alone is collected as by Django."""
        if collect_sql:
            return super().apply(project_state, schema_editor, collect_sql)
        new = list(takewhile(lambda one: isinstance(one, migrations.CreateModel), self.operations))
        project_state.__dict__.pop("apps", None)  # drawn when next asked for, with all of them
        for table in new:
            table.state_forwards(self.app_label, project_state)
        for table in new:
            table.database_forwards(self.app_label, schema_editor, project_state, project_state)
        rest = migrations.Migration(self.name, self.app_label)
        rest.operations = self.operations[len(new) :]
        return rest.apply(project_state, schema_editor)
