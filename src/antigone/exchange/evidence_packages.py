# SPDX-License-Identifier: Apache-2.0
"""Evidence packages and one-file proofs: written from plain values, read back, checked."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from antigone.exchange.bags import BagFile, BagInTheWay, BagRefused, open_bag, write_bag
from antigone.exchange.evidence import (
    FORMAT_VERSION,
    PACKAGE_FORMAT,
    PROOF_FORMAT,
    Consistency,
    Disclosed,
    Erased,
    Evidence,
    EvidenceKey,
    EvidenceUnreadable,
    Inclusion,
    consistency_value,
    disclosed_value,
    erased_value,
    inclusion_value,
    lines_of,
    read_consistency,
    read_disclosed,
    read_erased,
    read_inclusion,
    read_keys,
    read_lines,
    split_lines,
)
from antigone.exchange.evidence_checks import Finding, Judgement, check
from antigone.ledger.canonical import Json, canonical, read_canonical
from antigone.ledger.errors import CanonicalFault
from antigone.ledger.held import HeldCheckpoint
from antigone.ledger.notes import VerifierKey
from antigone.terms.errors import AntigoneError, gettext_noop

EVENTS = "events.jsonl"
DISCLOSED = "disclosed.jsonl"
ERASED = "erased.jsonl"
INCLUSION = "inclusion.jsonl"
CONSISTENCY = "consistency.jsonl"
FACTS = "facts.json"
KEYS = "keys.txt"
SPECIFICATION = "ledger-spec.md"
VERIFIER = "verify_evidence.py"
SHEET = "READ-ME-FIRST.txt"
FILES = frozenset(
    {
        EVENTS,
        DISCLOSED,
        ERASED,
        INCLUSION,
        CONSISTENCY,
        FACTS,
        KEYS,
        SPECIFICATION,
        VERIFIER,
        SHEET,
    }
)
LARGEST_PROOF = 16 << 20

SHIPPED = Path(__file__).parent / "shipped"
_CHECKPOINT = re.compile(r"checkpoints/[0-9]{4,6}\.note")
_ATTACHMENT = re.compile(r"attachments/([0-9a-f]{64})")
_FACT = re.compile(r"[a-z][a-z0-9_]{0,63}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class EvidenceUnsound(AntigoneError):
    """Evidence that its own verifier would refuse; it is not written."""

    code = "exchange.evidence-unsound"
    message = gettext_noop(
        "The package would not verify (%(count)s faults; the first: %(where)s: %(what)s). Nothing "
        "was written. Run antigone ledger verify."
    )


# --- packages --------------------------------------------------------------------------------


def write_evidence_package(
    target: Path,
    *,
    events: Iterable[bytes],
    disclosed: Iterable[Disclosed | Erased],
    proofs: Iterable[Inclusion | Consistency],
    checkpoints: Iterable[str],
    keys: Iterable[EvidenceKey],
    specification: str,
    verifier: bytes,
    facts: Mapping[str, str],
    attachments: Mapping[str, Path] | None = None,
) -> Judgement:
    """Write a package into the new folder `target`, or the zip file if it ends in .zip.

    `facts` has the ``log`` (id), ``made_at`` and further claims, all text without personal values.
    `attachments` has the files that come with it by their SHA-256. What the package shows is
    checked first: evidence that its verifier would refuse is not written.
    """
    files = {hashed: path.stat().st_size for hashed, path in (attachments or {}).items()}
    disclosed, proofs = list(disclosed), list(proofs)
    evidence = Evidence(
        facts=_checked_facts({"format": PACKAGE_FORMAT, "version": FORMAT_VERSION, **facts}),
        events=tuple(events),
        disclosed=tuple(sorted(_of(disclosed, Disclosed), key=_place)),
        erased=tuple(sorted(_of(disclosed, Erased), key=_place)),
        inclusion=tuple(sorted(_of(proofs, Inclusion), key=lambda proof: proof.sequence)),
        consistency=tuple(sorted(_of(proofs, Consistency), key=lambda one: (one.old, one.new))),
        checkpoints=tuple(checkpoints),
        keys=tuple(keys),
        attachments=files,
    )
    judgement = _refuse_unsound(evidence)
    payload: dict[str, bytes | Path] = dict(_texts(evidence))
    payload |= {SPECIFICATION: specification.encode(), VERIFIER: verifier}
    payload |= {SHEET: (SHIPPED / SHEET).read_bytes()}
    payload |= {f"attachments/{hashed}": path for hashed, path in (attachments or {}).items()}
    write_bag(target, payload, _information(evidence))
    return judgement


def read_evidence_package(path: Path) -> Evidence:
    """The evidence of a package, folder or zip file; the bag is sound and every file well-formed.

    Raises
    ------
    BagRefused, EvidenceUnreadable
    """
    with open_bag(path) as files:
        _refuse_other_files(files)
        content = {name: files[name].content() for name in FILES}
        notes = {name: files[name].content() for name in files if _CHECKPOINT.fullmatch(name)}
        attachments = _attachments(files)
    return Evidence(
        facts=_read_facts(content[FACTS]),
        events=tuple(split_lines(content[EVENTS], EVENTS)),
        disclosed=read_lines(content[DISCLOSED], DISCLOSED, read_disclosed),
        erased=read_lines(content[ERASED], ERASED, read_erased),
        inclusion=read_lines(content[INCLUSION], INCLUSION, read_inclusion),
        consistency=read_lines(content[CONSISTENCY], CONSISTENCY, read_consistency),
        checkpoints=tuple(_text(notes[name], name) for name in sorted(notes)),
        keys=read_keys(_text(content[KEYS], KEYS), KEYS),
        attachments=attachments,
    )


def check_package(
    path: Path,
    *,
    trusted: Collection[VerifierKey] = (),
    held: Collection[HeldCheckpoint] = (),
) -> Judgement:
    """What the ledger's own formats find in a package or a proof; unreadable is a fault too."""
    try:
        evidence = read_proof(path) if _is_proof(path) else read_evidence_package(path)
    except BagRefused as refusal:
        return _unreadable("bag", refusal)
    except EvidenceUnreadable as refusal:
        return _unreadable("file", refusal)
    return check(evidence, trusted=trusted, held=held)


def _unreadable(code: str, refusal: AntigoneError) -> Judgement:
    fault = Finding(code, refusal.facts["file"], refusal.facts["what"])
    return Judgement(faults=(fault,), size=0, witnessed=0, complete=0, exposed=())


def _texts(evidence: Evidence) -> dict[str, bytes]:
    found = {
        EVENTS: b"".join(event + b"\n" for event in evidence.events),
        DISCLOSED: lines_of(disclosed_value(one) for one in evidence.disclosed),
        ERASED: lines_of(erased_value(one) for one in evidence.erased),
        INCLUSION: lines_of(inclusion_value(one) for one in evidence.inclusion),
        CONSISTENCY: lines_of(consistency_value(one) for one in evidence.consistency),
        FACTS: canonical(dict(evidence.facts)) + b"\n",
        KEYS: "".join(f"{key.line}\n" for key in evidence.keys).encode(),
    }
    for number, note in enumerate(evidence.checkpoints, start=1):
        found[f"checkpoints/{number:04}.note"] = note.encode()
    return found


def _information(evidence: Evidence) -> dict[str, str]:
    return {
        "Bagging-Date": evidence.facts["made_at"][:10],
        "External-Identifier": evidence.facts["log"],
        "Bag-Software-Agent": evidence.facts.get("software", "antigone"),
    }


def _refuse_other_files(files: Mapping[str, BagFile]) -> None:
    for name in sorted(FILES - files.keys()):
        raise EvidenceUnreadable(file=name, what="it is missing")
    for name in files:
        if (
            name not in FILES
            and not _CHECKPOINT.fullmatch(name)
            and not _ATTACHMENT.fullmatch(name)
        ):
            raise EvidenceUnreadable(file=name, what="it has no place in a package")


def _attachments(files: Mapping[str, BagFile]) -> dict[str, int]:
    found = {}
    for name, file in files.items():
        parts = _ATTACHMENT.fullmatch(name)
        if parts and file.sha256 != name.partition("/")[2]:
            raise EvidenceUnreadable(file=name, what="its name is not the hash of its bytes")
        if parts:
            found[file.sha256] = file.size
    return found


def _read_facts(content: bytes) -> dict[str, str]:
    try:
        value = read_canonical(content.removesuffix(b"\n"))
    except CanonicalFault:
        raise EvidenceUnreadable(file=FACTS, what="it is not canonical JSON") from None
    if not content.endswith(b"\n") or not isinstance(value, dict):
        raise EvidenceUnreadable(file=FACTS, what="it is not one object on one line")
    return _checked_facts(value)


def _checked_facts(facts: Mapping[str, Any]) -> dict[str, str]:
    for name, value in facts.items():
        if not _FACT.fullmatch(name) or not isinstance(value, str):
            raise EvidenceUnreadable(file=FACTS, what="a claim is not a plain name with a text")
        if any(sign < " " or sign == "\x7f" for sign in value):
            raise EvidenceUnreadable(file=FACTS, what="a claim has control characters")
    if (facts.get("format"), facts.get("version")) != (PACKAGE_FORMAT, FORMAT_VERSION):
        raise EvidenceUnreadable(file=FACTS, what="it is not of this format and version")
    if not _UUID.fullmatch(facts.get("log", "")) or not facts.get("made_at"):
        raise EvidenceUnreadable(file=FACTS, what="the id of the log or the time is missing")
    return dict(facts)


# --- proofs of one event ---------------------------------------------------------------------


def write_proof(
    target: Path,
    *,
    event: bytes,
    inclusion: Inclusion,
    checkpoints: Iterable[str],
    keys: Iterable[EvidenceKey],
    consistency: Iterable[Consistency] = (),
    disclosed: Iterable[Disclosed] = (),
) -> Judgement:
    """Write the proof of one event into the new file `target`; refused if it would not verify."""
    if target.exists():
        raise BagInTheWay(path=target.name)
    value: dict[str, Json] = {
        "format": PROOF_FORMAT,
        "version": FORMAT_VERSION,
        "event": read_canonical(event),
        "inclusion": inclusion_value(inclusion),
        "checkpoints": [*checkpoints],
        "consistency": [consistency_value(one) for one in consistency],
        "keys": [key.line for key in keys],
        "disclosed": [disclosed_value(one) for one in sorted(disclosed, key=_place)],
    }
    judgement = _refuse_unsound(_proof_of(value))
    with target.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
    return judgement


def read_proof(path: Path) -> Evidence:
    """The evidence of a one-file proof."""
    content = path.read_bytes() if path.stat().st_size <= LARGEST_PROOF else b""
    try:
        value = json.loads(content.decode(), object_pairs_hook=_once)
        canonical(value)
    except (ValueError, RecursionError, CanonicalFault):
        raise EvidenceUnreadable(
            file=path.name, what="it is not JSON as the ledger has it"
        ) from None
    return _proof_of(value)


def _proof_of(value: Json) -> Evidence:
    file = "the proof"
    if not isinstance(value, dict) or value.keys() != _PROOF_KEYS.keys():
        raise EvidenceUnreadable(file=file, what="it does not have exactly its keys")
    for key, kind in _PROOF_KEYS.items():
        if not isinstance(value[key], kind):
            raise EvidenceUnreadable(file=file, what=f"{key} is of the wrong kind")
    found: dict[str, Any] = value
    if (found["format"], found["version"]) != (PROOF_FORMAT, FORMAT_VERSION):
        raise EvidenceUnreadable(file=file, what="it is not of this format and version")
    if not all(isinstance(text, str) for text in [*found["checkpoints"], *found["keys"]]):
        raise EvidenceUnreadable(file=file, what="a checkpoint or a key is no text")
    return Evidence(
        facts={"format": PROOF_FORMAT, "version": FORMAT_VERSION, "log": _log_of(found["event"])},
        events=(canonical(found["event"]),),
        disclosed=tuple(read_disclosed(one, file) for one in found["disclosed"]),
        inclusion=(read_inclusion(found["inclusion"], file),),
        consistency=tuple(read_consistency(one, file) for one in found["consistency"]),
        checkpoints=tuple(found["checkpoints"]),
        keys=read_keys("".join(f"{line}\n" for line in found["keys"]), file),
        single=True,
    )


_PROOF_KEYS: Mapping[str, type] = {
    "format": str,
    "version": str,
    "event": dict,
    "inclusion": dict,
    "checkpoints": list,
    "consistency": list,
    "keys": list,
    "disclosed": list,
}


def _log_of(event: dict[str, Json]) -> str:
    log = event.get("log")
    if not isinstance(log, str) or not _UUID.fullmatch(log):
        raise EvidenceUnreadable(file="the proof", what="its event names no log")
    return log


def _is_proof(path: Path) -> bool:
    """Whether it is a file that does not begin like a zip file."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(2) != b"PK"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


# --- common ----------------------------------------------------------------------------------


def _refuse_unsound(evidence: Evidence) -> Judgement:
    judgement = check(evidence)
    if not judgement.sound:
        first = judgement.faults[0]
        raise EvidenceUnsound(count=len(judgement.faults), where=first.where, what=first.what)
    return judgement


def _of(values: Iterable[Any], kind: type) -> list[Any]:
    return [value for value in values if isinstance(value, kind)]


def _place(one: Disclosed | Erased) -> tuple[int, str]:
    return one.sequence, one.section


def _text(content: bytes, file: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise EvidenceUnreadable(file=file, what="it is not UTF-8") from None
