# SPDX-License-Identifier: Apache-2.0
"""Short forms of the proofs in tests/proof."""
