# SPDX-License-Identifier: Apache-2.0
"""What is known, by whom, since when. One Django app, one line of migrations."""
