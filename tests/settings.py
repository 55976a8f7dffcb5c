# SPDX-License-Identifier: Apache-2.0
"""The product's settings, in a folder of their own that is gone after the tests."""

import atexit
import os
import shutil
import tempfile

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
if os.environ.get("ANTIGONE_TESTS_OF") != _WORKER:  # what the tests start inherits the folder
    os.environ["ANTIGONE_HOME"] = tempfile.mkdtemp(prefix="antigone-tests-")
    os.environ["ANTIGONE_TESTS_OF"] = _WORKER
    atexit.register(shutil.rmtree, os.environ["ANTIGONE_HOME"], ignore_errors=True)

from antigone.site.settings import *  # noqa: E402, F403
from antigone.site.settings import DATABASES  # noqa: E402

if not os.environ.get("ANTIGONE_DATABASE_URL"):
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # each process its own: no name to tell
elif _template := os.environ.get("ANTIGONE_TEST_TEMPLATE"):
    DATABASES["default"]["TEST"] = {"TEMPLATE": _template}  # migrated once, on that server
