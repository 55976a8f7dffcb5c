# SPDX-License-Identifier: Apache-2.0
"""Bones and teeth: what charts and inventories say of one another."""
