# SPDX-License-Identifier: Apache-2.0
"""Cases with known truth, drawn under stated fault rates."""
