# SPDX-License-Identifier: Apache-2.0
"""policy.toml by itself: the shipped example, a new file, a check."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.files import POLICY
from antigone.exchange.case_folder.limits import LIMITS
from antigone.exchange.case_folder.remarks import Fault, Remarks
from antigone.exchange.case_folder.texts import decoded
from antigone.exchange.case_folder.writing import FileInTheWay
from antigone.terms.policy import Policy, PolicyFaults, read_policy


def example_policy_text() -> str:
    """The commented example that is shipped."""
    return (files("antigone.exchange") / "shipped" / "policy-example.toml").read_text("utf-8")


def write_policy(text: str, path: Path) -> None:
    """Write a policy to a new file; nothing is overwritten."""
    try:
        with path.open("x", encoding="utf-8", newline="") as stream:
            stream.write(text)
    except FileExistsError:
        raise FileInTheWay(name=path.name) from None


def check_policy_file(path: Path) -> tuple[Fault, ...]:
    """Every fault of the policy in the file at `path`."""
    remarks = Remarks()
    size, limit = path.stat().st_size, LIMITS.small_file_bytes
    if size > limit:
        remarks.add(kinds.FILE_TOO_LARGE, path.name, size=size, limit=limit)
    elif (text := decoded(path.read_bytes(), path.name, remarks)) is not None:
        checked_policy(text, remarks)
    return remarks.faults


def checked_policy(text: str, remarks: Remarks) -> Policy | None:
    """The policy that `text` writes; None after its faults were noted."""
    try:
        return read_policy(text)
    except PolicyFaults as refusal:
        for sentence in refusal.facts["faults"]:
            remarks.add(kinds.POLICY_FAULT, POLICY, sentence=sentence)
        return None
