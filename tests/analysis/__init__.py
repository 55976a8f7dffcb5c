# SPDX-License-Identifier: Apache-2.0
"""Work on the records that takes long."""
