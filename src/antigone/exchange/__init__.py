# SPDX-License-Identifier: Apache-2.0
"""Other people's formats, one file each."""
