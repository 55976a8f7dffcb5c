# SPDX-License-Identifier: Apache-2.0
"""Papers: sheets, labels and forms as PDF, made from plain values; filled forms read back."""
