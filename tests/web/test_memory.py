# SPDX-License-Identifier: Apache-2.0
"""What the process that serves pages does not load: the large libraries that weigh a case."""

import subprocess
import sys

PROGRAM = """
import sys, django
django.setup()
import antigone.site.urls
print(*sorted({"scipy", "numba"} & set(sys.modules)))
"""


def test_pages_are_served_without_the_libraries_that_weigh():
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )
    assert found.stdout.split() == []
