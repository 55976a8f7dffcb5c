# SPDX-License-Identifier: Apache-2.0
"""Reads, one noun a file."""
