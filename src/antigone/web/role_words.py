# SPDX-License-Identifier: Apache-2.0
"""Roles and states of accounts, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

ROLES: Mapping[str, object] = {
    "field_recorder": _("field recorder"),
    "morgue": _("mortuary"),
    "pathologist": _("pathologist"),
    "anthropologist": _("anthropologist"),
    "odontologist": _("odontologist"),
    "geneticist": _("geneticist"),
    "family_liaison": _("family liaison"),
    "commission": _("member of the commission"),
    "legal_authority": _("legal authority"),
    "coordinator": _("coordinator"),
    "observer": _("observer"),
    "analyst": _("analyst"),
    "auditor": _("auditor"),
    "administrator": _("administrator"),
}
STATES: Mapping[str, object] = {
    "open": _("in use"),
    "awaits_password": _("one-time code handed over, no password yet"),
    "code_ran_out": _("one-time code ran out unused"),
    "suspended": _("suspended"),
    "terminal": _("at the terminal only"),
}


def role_in_words(role: str) -> str:
    """The label of a role; one that is not known is shown as it is."""
    return str(ROLES.get(role, role))


def state_in_words(state: str) -> str:
    """The label of how an account stands."""
    return str(STATES.get(state, state))
