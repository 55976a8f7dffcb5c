# SPDX-License-Identifier: Apache-2.0
"""The door for web servers other than `antigone serve`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antigone.site.settings")

application = get_wsgi_application()
