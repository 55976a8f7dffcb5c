# SPDX-License-Identifier: Apache-2.0
"""Django's database backend for the embedded database: SQLite as SQLCipher brings it."""
