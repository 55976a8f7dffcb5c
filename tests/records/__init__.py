# SPDX-License-Identifier: Apache-2.0
"""The records: what the database refuses, what comes back, what is found."""
