# SPDX-License-Identifier: Apache-2.0
"""The Django app of the records."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class RecordsConfig(AppConfig):
    """What is known, by whom, since when."""

    name = "antigone.records"
    label = "records"

    def ready(self) -> None:
        """Let every migration end with the database's guards in place."""
        from antigone.records import guards

        pre_migrate.connect(guards.before_migration, sender=self, dispatch_uid="guards")
        post_migrate.connect(guards.after_migration, sender=self, dispatch_uid="guards")
