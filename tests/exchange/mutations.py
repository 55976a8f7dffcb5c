# SPDX-License-Identifier: Apache-2.0
"""Ways to tamper with an evidence package; the manifests are always made to fit afterwards."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from antigone.exchange.bags import DECLARATION, write_bag
from antigone.exchange.evidence import consistency_value, inclusion_value
from antigone.ledger.canonical import canonical
from antigone.ledger.notes import SigningKey, add_signature, sign_checkpoint
from antigone.ledger.tree import leaf_hash, root_of
from tests.exchange.invented_ledger import InventedLedger

Files = dict[str, bytes]
Mutation = Callable[[Files, InventedLedger, random.Random], Files | None]
"""Changes the files under data/; None where this package has nothing to change in that way."""

MUTATIONS: dict[str, Mutation] = {}
CHECKED = ("events", "disclosed", "erased", "inclusion", "consistency")


def mutation(change: Mutation) -> Mutation:
    MUTATIONS[change.__name__] = change
    return change


def payload_of(folder: Path) -> Files:
    return {
        path.relative_to(folder / "data").as_posix(): path.read_bytes()
        for path in sorted((folder / "data").rglob("*"))
        if path.is_file()
    }


def write_again(target: Path, files: Files) -> None:
    """The files as a sound bag: only what they say can give them away."""
    write_bag(target, files, {"Bagging-Date": "2026-11-22"})


def lines(files: Files, name: str) -> list[Any]:
    return [json.loads(line) for line in files[f"{name}.jsonl"].splitlines()]


def with_lines(files: Files, name: str, values: list[Any]) -> Files:
    return {**files, f"{name}.jsonl": b"".join(canonical(value) + b"\n" for value in values)}


def changed_line(
    files: Files, name: str, rng: random.Random, change: Callable[[Any], None]
) -> Files | None:
    values = lines(files, name)
    if not values:
        return None
    change(rng.choice(values))
    found = with_lines(files, name, values)
    return None if found == files else found


def other_hex(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text))
    return (
        text[:place] + format(int(text[place], 16) ^ rng.randrange(1, 16), "x") + text[place + 1 :]
    )


# --- bytes and files -------------------------------------------------------------------------


@mutation
def flip_a_byte(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    """Anywhere that is checked (the sheet, the specification and the program are not)."""
    names = [f"{name}.jsonl" for name in CHECKED] + ["keys.txt"]
    names += [name for name in files if name.startswith(("checkpoints/", "attachments/"))]
    name = rng.choice([name for name in names if files[name]])
    place = rng.randrange(len(files[name]))
    flipped = bytes([files[name][place] ^ 1 << rng.randrange(8)])
    return {**files, name: files[name][:place] + flipped + files[name][place + 1 :]}


@mutation
def drop_a_file(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    names = [name for name in files if not name.startswith(("attachments/", "checkpoints/"))]
    dropped = rng.choice(names)
    return {name: files[name] for name in files if name != dropped}


@mutation
def add_a_file(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    name = rng.choice(["more.txt", "checkpoints/1.note", "attachments/photograph.jpg", "x/y.py"])
    return {**files, name: b"more"}


@mutation
def empty_a_file(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    return {**files, rng.choice(["events.jsonl", "keys.txt", "facts.json"]): b""}


@mutation
def rename_an_attachment(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    names = [name for name in files if name.startswith("attachments/")]
    if not names:
        return None
    name = rng.choice(names)
    rest = {one: files[one] for one in files if one != name}
    return {**rest, "attachments/" + other_hex(name.partition("/")[2], rng): files[name]}


@mutation
def exchange_an_attachment(
    files: Files, ledger: InventedLedger, rng: random.Random
) -> Files | None:
    names = [name for name in files if name.startswith("attachments/")]
    if not names:
        return None
    content, dropped = rng.randbytes(40), rng.choice(names)
    rest = {one: files[one] for one in files if one != dropped}
    return {**rest, f"attachments/{sha256(content).hexdigest()}": content}


# --- events ----------------------------------------------------------------------------------


@mutation
def change_an_event(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    key = rng.choice(["actor", "act", "device", "at", "role", "verb", "monotonic", "software"])

    def change(event: Any) -> None:
        if key in ("actor", "act", "device"):
            event[key] = ledger.uuid()
        elif key == "at":
            event[key] = event[key].replace("2026-03", "2025-03")
        else:
            new = {"role": "auditor", "verb": "cases.open", "monotonic": "7", "software": "other 1"}
            event[key] = new[key]

    return changed_line(files, "events", rng, change)


@mutation
def swap_two_events(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    events = lines(files, "events")
    if len(events) < 2:
        return None
    first, second = sorted(rng.sample(range(len(events)), 2))
    events[first], events[second] = events[second], events[first]
    if rng.random() < 0.5:  # and let each take the other's number
        one, other = events[first], events[second]
        one["sequence"], other["sequence"] = other["sequence"], one["sequence"]
        one["previous"], other["previous"] = other["previous"], one["previous"]
    return with_lines(files, "events", events)


@mutation
def drop_an_event_of_a_shown_record(
    files: Files, ledger: InventedLedger, rng: random.Random
) -> Files | None:
    """With its proof and all that is shown of it: a superseded value is hidden."""
    shown = {one["sequence"] for one in lines(files, "disclosed") + lines(files, "erased")}
    events = lines(files, "events")
    of_record: dict[str, list[int]] = {}
    for event in events:
        if event["record"] and event["revision"]:
            of_record.setdefault(event["record"], []).append(event["sequence"])
    hideable = [
        sequence
        for sequences in of_record.values()
        for sequence in sequences[:-1]
        if shown & {*sequences} - {sequence}
    ]
    if not hideable:
        return None
    hidden = rng.choice(hideable)
    for name in ("events", "disclosed", "erased", "inclusion"):
        values = [one for one in lines(files, name) if one["sequence"] != hidden]
        files = with_lines(files, name, values)
    return files


@mutation
def repeat_an_event(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    events = lines(files, "events")
    place = rng.randrange(len(events))
    return with_lines(files, "events", [*events[:place], events[place], *events[place:]])


@mutation
def invent_an_event(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    """One more event on top, without a proof."""
    events = lines(files, "events")
    event = {**events[-1], "sequence": events[-1]["sequence"] + 1, "act": ledger.uuid()}
    event["previous"] = leaf_hash(canonical(events[-1])).hex()
    return with_lines(files, "events", [*events, event])


@mutation
def break_the_form(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    name = rng.choice([name for name in CHECKED if files[f"{name}.jsonl"]]) + ".jsonl"
    content = files[name]
    changed = rng.choice(
        [
            content[:-1],
            content + b"\n",
            content.replace(b'":', b'": ', 1),
            content.replace(b"\n", b"\r\n", 1),
            b"\xef\xbb\xbf" + content,
            content.replace(b"{", b'{"":null,', 1),
            content.replace(b"}\n", b',"zzz":1.5}\n', 1),
            content.replace(b'"sequence":', b'"sequence":0', 1),
            content.replace(b'"sequence":', b'"sequence":1,"sequence":', 1),
            b"[" * 5000 + b"\n" + content,
            content.replace(b"\n", b"", 1),
        ]
    )
    return None if changed == content else {**files, name: changed}


# --- what is shown ---------------------------------------------------------------------------


@mutation
def change_a_body(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    def change(one: Any) -> None:
        if isinstance(one["body"], dict):
            one["body"][rng.choice([*one["body"]])] = "another"
        else:
            one["body"] = "another"

    return changed_line(files, "disclosed", rng, change)


@mutation
def change_a_salt(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    def change(one: Any) -> None:
        one["salt"] = other_hex(one["salt"], rng)

    return changed_line(files, "disclosed", rng, change)


@mutation
def swap_two_bodies(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    ones = lines(files, "disclosed")
    if len(ones) < 2:
        return None
    first, second = rng.sample(ones, 2)
    for key in ("body", "salt"):
        first[key], second[key] = second[key], first[key]
    return with_lines(files, "disclosed", ones)


@mutation
def keep_back_an_older_value(
    files: Files, ledger: InventedLedger, rng: random.Random
) -> Files | None:
    """The event stays, its section is no longer shown though another revision's is."""
    records = {event["sequence"]: event["record"] for event in lines(files, "events")}
    ones = lines(files, "disclosed")
    kin = [
        one
        for one in ones
        if records[one["sequence"]]
        and any(
            other is not one
            and other["section"] == one["section"]
            and records[other["sequence"]] == records[one["sequence"]]
            for other in ones
        )
    ]
    if not kin:
        return None
    hidden = rng.choice(kin)
    return with_lines(files, "disclosed", [one for one in ones if one is not hidden])


@mutation
def show_twice(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    ones = lines(files, "disclosed")
    return with_lines(files, "disclosed", [ones[0], *ones]) if ones else None


@mutation
def show_of_another_event(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    def change(one: Any) -> None:
        one["sequence"] += rng.choice([1, 1000])

    return changed_line(files, "disclosed", rng, change)


@mutation
def call_it_erased(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    """A value is kept back under the pretext that it was erased."""
    ones = lines(files, "disclosed")
    if not ones:
        return None
    one = rng.choice(ones)
    events = lines(files, "events")
    pretext = rng.choice([*(event["sequence"] for event in events), 10**6])
    gone = {"erased_by": pretext, "section": one["section"], "sequence": one["sequence"]}
    files = with_lines(files, "disclosed", [other for other in ones if other is not one])
    erased = [*lines(files, "erased"), gone]
    erased.sort(key=lambda one: (one["sequence"], one["section"]))
    by = next((event for event in events if event["sequence"] == pretext), None)
    if one["section"] != "open" and by and by["verb"] == "erasures.erase":
        return None  # that would be true
    return with_lines(files, "erased", erased)


@mutation
def take_away_the_erasure(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    erased = lines(files, "erased")
    if not erased:
        return None
    by = erased[0]["erased_by"]
    for name in ("events", "disclosed", "inclusion"):
        files = with_lines(
            files, name, [one for one in lines(files, name) if one["sequence"] != by]
        )
    return files


# --- proofs ----------------------------------------------------------------------------------


@mutation
def hole_in_a_path(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    name = rng.choice(["inclusion", "consistency"])
    values = [one for one in lines(files, name) if one["path"]]
    if not values:
        return None
    one = rng.choice(values)
    path = one["path"]
    place = rng.randrange(len(path))
    lies = [
        path[:place] + path[place + 1 :],
        [*path[:place], "00" * 32, *path[place + 1 :]],
        [*path[:place], other_hex(path[place], rng), *path[place + 1 :]],
        [*path, path[place]],
        [path[place], *path],
        [],
        path[: len(path) // 2],
    ]
    lie = rng.choice(lies)
    if lie == path:
        return None
    return with_lines(
        files,
        name,
        [{**value, "path": lie} if value == one else value for value in lines(files, name)],
    )


@mutation
def exchange_two_paths(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    values = lines(files, "inclusion")
    if len(values) < 2:
        return None
    first, second = rng.sample(values, 2)
    if (first["path"], first["size"]) == (second["path"], second["size"]):
        return None
    first["path"], second["path"] = second["path"], first["path"]
    first["size"], second["size"] = second["size"], first["size"]
    return with_lines(files, "inclusion", values)


@mutation
def drop_a_proof(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    """Unless all events are there, so that none is needed."""
    name = rng.choice(["inclusion", "consistency"])
    values = lines(files, name)
    if not values or len(lines(files, "events")) == len(ledger.events):
        return None
    value = rng.choice(values)
    if name == "consistency" and all_before(files, value["new"]):
        return None
    if name == "inclusion" and covered(files, ledger, value["sequence"]):
        return None
    return with_lines(files, name, [one for one in values if one != value])


def all_before(files: Files, size: int) -> bool:
    return [event["sequence"] for event in lines(files, "events")][:size] == [*range(size)]


def covered(files: Files, ledger: InventedLedger, sequence: int) -> bool:
    return any(size > sequence and all_before(files, size) for size in ledger.notes)


@mutation
def claim_another_size(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    name, key = rng.choice([("inclusion", "size"), ("consistency", "old"), ("consistency", "new")])

    def change(one: Any) -> None:
        one[key] += 1

    return changed_line(files, name, rng, change)


# --- checkpoints and keys --------------------------------------------------------------------


def checkpoints(files: Files) -> list[str]:
    return sorted(name for name in files if name.startswith("checkpoints/"))


@mutation
def sign_with_another_key(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    name = rng.choice(checkpoints(files))
    origin, size, _ = files[name].decode().split("\n")[:3]
    other = SigningKey(origin, rng.randbytes(32))
    root = root_of(ledger.leaves[: int(size)])
    return {**files, name: sign_checkpoint(origin, int(size), root, other).encode()}


@mutation
def exchange_the_key(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    """The stated key becomes another, which has signed nothing."""
    other = SigningKey(ledger.key.name, rng.randbytes(32))
    return {
        **files,
        "keys.txt": files["keys.txt"].replace(
            ledger.key.verifier.text.encode(), other.verifier.text.encode()
        ),
    }


@mutation
def drop_the_keys(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    rest = [line for line in files["keys.txt"].splitlines(True) if not line.startswith(b"log")]
    return {**files, "keys.txt": b"".join(rest)}


@mutation
def let_the_log_witness_itself(
    files: Files, ledger: InventedLedger, rng: random.Random
) -> Files | None:
    own = ledger.key.verifier
    same = type(own)("witness.example/me", own.public)
    return {**files, "keys.txt": files["keys.txt"] + f"witness {same.text}\n".encode()}


@mutation
def rewrite_a_checkpoint(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    name = rng.choice(checkpoints(files))
    rows = files[name].decode().split("\n")
    row = rng.choice([0, 1, 2])
    rows[row] = {0: rows[0] + "x", 1: str(int(rows[1]) + 1), 2: "A" + rows[2][1:]}[row]
    changed = "\n".join(rows).encode()
    return None if changed == files[name] else {**files, name: changed}


@mutation
def drop_a_checkpoint(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    """The proofs that refer to it hang in the air."""
    name = rng.choice(checkpoints(files))
    size = int(files[name].decode().split("\n")[1])
    proofs = lines(files, "inclusion") + lines(files, "consistency")
    if len(checkpoints(files)) > 1 and not any(
        size in (one.get("size"), one.get("old"), one.get("new")) for one in proofs
    ):
        return None
    return {one: files[one] for one in files if one != name}


@mutation
def fork_the_log(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    """A second root for the same size, signed by the real key."""
    name = rng.choice(checkpoints(files))
    origin, size, _ = files[name].decode().split("\n")[:3]
    forked = sign_checkpoint(origin, int(size), rng.randbytes(32), ledger.key)
    if rng.random() < 0.3:
        forked = add_signature(forked, ledger.witness)
    place = rng.choice([name, "checkpoints/9999.note"])
    return {**files, place: forked.encode()}


@mutation
def sign_another_log(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    name = rng.choice(checkpoints(files))
    size = int(files[name].decode().split("\n")[1])
    root = root_of(ledger.leaves[:size])
    note = sign_checkpoint("antigone/" + ledger.uuid(), size, root, ledger.key)
    return {**files, name: note.encode()}


@mutation
def rewrite_the_ledger(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    """By an insider with the key: events, chain, tree, proofs and own signatures all made to fit.

    Only the notes that a witness has signed stay as they are, and give the rewriting away.
    """
    if not ledger.witnessed:
        return None
    events = [json.loads(event) for event in ledger.events]
    start = rng.randrange(max(ledger.witnessed))
    events[start]["actor"] = ledger.uuid()
    for sequence in range(start + 1, len(events)):
        events[sequence]["previous"] = leaf_hash(canonical(events[sequence - 1])).hex()
    forged = InventedLedger(random.Random(0))
    forged.leaves = [leaf_hash(canonical(event)) for event in events]
    forged.notes = ledger.notes
    given = {event["sequence"] for event in lines(files, "events")}
    proofs = [forged.inclusion(one["sequence"], one["size"]) for one in lines(files, "inclusion")]
    found = with_lines(files, "events", [one for one in events if one["sequence"] in given])
    found = with_lines(found, "inclusion", [inclusion_value(one) for one in proofs])
    found = with_lines(found, "consistency", [consistency_value(one) for one in forged.steps()])
    for name in checkpoints(files):
        origin, size, _ = files[name].decode().split("\n")[:3]
        if int(size) not in ledger.witnessed:
            root = root_of(forged.leaves[: int(size)])
            found[name] = sign_checkpoint(origin, int(size), root, ledger.key).encode()
    if not proofs and not all_before(files, max(ledger.witnessed)):
        return None
    return found


@mutation
def witness_alone(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    name = rng.choice(checkpoints(files))
    origin, size, _ = files[name].decode().split("\n")[:3]
    root = root_of(ledger.leaves[: int(size)])
    return {**files, name: sign_checkpoint(origin, int(size), root, ledger.witness).encode()}


@mutation
def forge_the_witness(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    """A line under the witness's name and hash with a signature that is none."""
    name = rng.choice(checkpoints(files))
    text = files[name].decode()
    if ledger.witness.name in text:
        return None
    real = add_signature(text, ledger.witness)
    place = len(text) + len(f"— {ledger.witness.name} ") + 20
    forged = real[:place] + ("A" if real[place] != "A" else "B") + real[place + 1 :]
    return {**files, name: forged.encode()}


@mutation
def claim_another_log(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    return {
        **files,
        "facts.json": files["facts.json"].replace(ledger.log.encode(), ledger.uuid().encode()),
    }


@mutation
def break_the_facts(files: Files, ledger: InventedLedger, rng: random.Random) -> Files | None:
    facts = json.loads(files["facts.json"])
    change: dict[str, Any] = rng.choice(
        [{"version": "2"}, {"format": "other"}, {"made_at": ""}, {"Note": "x"}, {"count": 7}]
    )
    return {**files, "facts.json": canonical({**facts, **change}) + b"\n"}


def spoil_the_bag(folder: Path, rng: random.Random) -> str:
    """Change a file of a package in place, without making the manifests fit."""
    kind = rng.choice(["flip", "drop", "add", "declaration", "oxum", "manifest", "link", "name"])
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    path = rng.choice(paths)
    manifest = folder / "manifest-sha256.txt"
    if kind == "flip":
        content = bytearray(path.read_bytes())
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        path.write_bytes(content)
    elif kind == "drop":
        path.unlink()
    elif kind == "add":
        (path.parent / "more").write_bytes(b"")
    elif kind == "declaration":
        (folder / "bagit.txt").write_bytes(DECLARATION.replace(b"1.0", b"0.97"))
    elif kind == "oxum":
        (folder / "bag-info.txt").write_bytes(b"Payload-Oxum: 1.1\n")
    elif kind == "manifest":
        manifest.write_bytes(manifest.read_bytes() + b"00" * 32 + b"  data/../../outside\n")
    elif kind == "link":
        (folder / "data" / "link").symlink_to(path)
    else:
        path.rename(path.parent / "a name")
    return kind
