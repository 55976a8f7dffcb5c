# SPDX-License-Identifier: Apache-2.0
"""Commands, the same nouns as records."""
