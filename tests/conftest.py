# SPDX-License-Identifier: Apache-2.0
"""For all tests: properties are given the time they need, on whatever machine, and repeat in CI."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")
