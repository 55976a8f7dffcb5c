# SPDX-License-Identifier: Apache-2.0
"""Drawings as SVG, made on the server: they need no script, scale, print and can be read aloud."""
