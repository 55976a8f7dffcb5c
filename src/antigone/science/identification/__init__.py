# SPDX-License-Identifier: Apache-2.0
"""Weighs all evidence at once, and applies the rules of the policy."""
