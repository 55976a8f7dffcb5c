# SPDX-License-Identifier: Apache-2.0
"""Names across scripts: parse, compare, weigh."""
