# SPDX-License-Identifier: Apache-2.0
"""The Django app of the records."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """What is known, by whom, since when."""

    name = "antigone.records"
    label = "records"
