# SPDX-License-Identifier: Apache-2.0
"""The product's settings, in a folder of their own that is gone after the tests."""

import atexit
import os
import shutil
import tempfile

if "ANTIGONE_HOME" not in os.environ:  # a process that the tests start inherits the first one's
    os.environ["ANTIGONE_HOME"] = tempfile.mkdtemp(prefix="antigone-tests-")
    atexit.register(shutil.rmtree, os.environ["ANTIGONE_HOME"], ignore_errors=True)

from antigone.site.settings import *  # noqa: E402, F403
