# SPDX-License-Identifier: Apache-2.0
"""Who signs and witnesses the ledger: a role in any case of the installation is enough."""

from __future__ import annotations

import pytest
from django.test import Client

from antigone.records import access
from antigone.records.models import Checkpoint, InvestigationCase
from antigone.records.models.sight import within
from tests.roles import somebody


@pytest.mark.parametrize(("role", "may"), [("coordinator", True), ("morgue", False)])
def test_a_checkpoint_is_made_by_whoever_may(wood, settings, role, may):
    settings.SECOND_FACTOR_REQUIRED = False
    with access.at_the_terminal(None):
        case = InvestigationCase.objects.get(slug="wood")
        somebody_here = somebody(role, case)
    client = Client()
    client.force_login(somebody_here)
    with within(None):
        shown = client.get("/checkpoints/").status_code
        made = client.post("/checkpoints/make/", {"log": "changes"}).status_code
    assert (shown, made) == ((200, 302) if may else (404, 404))
    with access.at_the_terminal(None):
        assert Checkpoint.objects.count() == may
