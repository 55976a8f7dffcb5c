# SPDX-License-Identifier: Apache-2.0
"""Filters of the pages of accounts: roles and states in words."""

from __future__ import annotations

from django import template

from antigone.web import role_words

register = template.Library()

register.filter("role_in_words", role_words.role_in_words)
register.filter("state_in_words", role_words.state_in_words)
