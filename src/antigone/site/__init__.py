# SPDX-License-Identifier: Apache-2.0
"""Settings, urls, wsgi: puts the house together."""
