# SPDX-License-Identifier: Apache-2.0
"""Writes, one noun a file; every one of them through the trail."""
