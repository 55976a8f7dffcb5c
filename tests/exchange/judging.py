# SPDX-License-Identifier: Apache-2.0
"""Two programs that share no code judge the same evidence, and must say the same."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from antigone.exchange.evidence_checks import Judgement
from antigone.exchange.evidence_packages import SHIPPED, check_package
from antigone.ledger.held import read_held


def the_shipped_verifier() -> Any:
    spec = importlib.util.spec_from_file_location("verify", SHIPPED / "verify_evidence.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


shipped = the_shipped_verifier()


def agreed(path: Path, *, held: str | None = None) -> Judgement:
    """The judgement of the package's own check, once the shipped verifier has found the same.

    `held` is a checkpoint from outside, as its holder wrote it.
    """
    ours = [] if held is None else [read_held(held)]
    theirs = [] if held is None else [shipped.held_checkpoint(held, "held")]
    judgement = check_package(path, held=ours)
    found = shipped.examine(str(path), held=theirs)
    assert found.status == judgement.status
    assert {fault.code for fault in judgement.faults} == {one[0] for one in found.findings}, (
        judgement.faults,
        found.findings,
    )
    assert sorted(found.agreed) == sorted(judgement.agreed)
    assert len(found.not_compared) == len(judgement.not_compared)
    if judgement.sound:
        assert found.witnessed == judgement.witnessed
        assert found.complete == judgement.complete
        assert max(found.points) == judgement.size
        exposed = sorted(one for one in found.events if one >= found.witnessed)
        assert exposed == sorted(judgement.exposed)
    return judgement
