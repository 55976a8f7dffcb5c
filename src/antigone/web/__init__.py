# SPDX-License-Identifier: Apache-2.0
"""Pages, the same nouns as records."""
