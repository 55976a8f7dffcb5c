# SPDX-License-Identifier: Apache-2.0
"""The field's words and values: errors, codes, partial dates, tables, policy, the case value."""
