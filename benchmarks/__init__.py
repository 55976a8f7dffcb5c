# SPDX-License-Identifier: Apache-2.0
"""Benchmarks: one command each, printing machine, input and figure. Never part of the tests."""
