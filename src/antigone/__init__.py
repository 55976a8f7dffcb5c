# SPDX-License-Identifier: Apache-2.0
"""Antigone: from numbered graves to names, numbers and proof."""

__version__ = "0.1.0"
