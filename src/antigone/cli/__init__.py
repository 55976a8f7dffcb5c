# SPDX-License-Identifier: Apache-2.0
"""Commands, the same nouns as records. Nothing heavy is imported before a command runs."""

from __future__ import annotations

from antigone.cli.front import main

__all__ = ["main"]
