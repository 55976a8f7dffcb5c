# SPDX-License-Identifier: Apache-2.0
"""Formats of the ledger: canonical text, events, the tree, signed notes. Pure, no clock."""
