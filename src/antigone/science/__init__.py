# SPDX-License-Identifier: Apache-2.0
"""Methods: pure functions on terms and arrays. No Django, no files, no clock."""
