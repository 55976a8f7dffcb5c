# SPDX-License-Identifier: Apache-2.0
"""The refusals of the records."""
