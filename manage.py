# SPDX-License-Identifier: Apache-2.0
"""Django's own commands, for those who expect them: `python manage.py check --deploy`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antigone.site.settings")
    execute_from_command_line(sys.argv)
