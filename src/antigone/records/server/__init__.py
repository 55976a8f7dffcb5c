# SPDX-License-Identifier: Apache-2.0
"""The PostgreSQL of an institution, as a database backend of Django."""
