# SPDX-License-Identifier: Apache-2.0
"""Verifies evidence from an Antigone ledger: one file, Python 3.8 or newer, nothing to install.

    python3 verify_evidence.py PACKAGE
    python3 verify_evidence.py PACKAGE --sheet-log LOG --sheet-size 731 --sheet-root 209c 4747 ...
    python3 verify_evidence.py PACKAGE --checkpoint FILE --log-key KEY

PACKAGE is an evidence package (a folder or a zip file) or the proof of one event (a .json file).
It follows ledger-spec.md and shares no code with the software that wrote the package. It needs no
network, writes nothing, and runs nothing that comes with the package.

Exit status
  0  nothing is wrong, and everything that you gave (sheet, key) agrees
  1  something is wrong: do not rely on the evidence
  2  not used as meant: nothing was checked
  3  your own file or value could not be read: nothing was checked
  4  nothing is wrong, but what you gave could not be compared: neither a yes nor a no
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import stat
import struct
import sys
import textwrap
import unicodedata
import zipfile
import zlib
from datetime import datetime
from functools import lru_cache

DATA_FILES = (
    "READ-ME-FIRST.txt",
    "consistency.jsonl",
    "disclosed.jsonl",
    "erased.jsonl",
    "events.jsonl",
    "facts.json",
    "inclusion.jsonl",
    "keys.txt",
    "ledger-spec.md",
    "verify_evidence.py",
)
TAG_FILES = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")
MOST_FILES = 100000
LARGEST_FILE = 2**30
LARGEST_BAG = 2**36
LARGEST_PROOF = 16 << 20
LARGEST_NUMBER = 2**53 - 1
DEEPEST = 64
CHUNK = 1 << 20
ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)


AGREES, WRONG, MISUSED, UNREADABLE, NOT_COMPARED = range(5)


class Unreadable(Exception):
    """A file or a value of the reader's own that cannot be read."""


class Misused(Exception):
    """The program was not used as meant: said in English, and in Ukrainian."""


class Refused(Exception):
    """Something that makes further checks of the same file senseless."""

    def __init__(self, code, where, what):
        super().__init__(what)
        self.finding = (code, where, what)


# --- canonical JSON (RFC 8785 without fractions) -----------------------------------------------

SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n"}
SHORT_ESCAPES.update({"\f": "\\f", "\r": "\\r"})
TO_ESCAPE = re.compile('["\\\\\x00-\x1f]')


def canonical(value, depth=0):
    """The canonical text of a value; ValueError where there is none."""
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        if abs(value) > LARGEST_NUMBER:
            raise ValueError("a number is too large")
        return str(value)
    if isinstance(value, str):
        value.encode("utf-8")  # half of a surrogate pair is a ValueError
        return '"' + TO_ESCAPE.sub(escaped, value) + '"'
    if not isinstance(value, (list, dict)) or depth == DEEPEST:
        raise ValueError("a fraction, or nested too deep")
    if isinstance(value, list):
        return "[" + ",".join([canonical(member, depth + 1) for member in value]) + "]"
    members = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
    texts = [canonical(key) + ":" + canonical(member, depth + 1) for key, member in members]
    return "{" + ",".join(texts) + "}"


def escaped(match):
    """The escape of one sign."""
    return SHORT_ESCAPES.get(match.group()) or f"\\u{ord(match.group()):04x}"


def parsed(text):
    """The value of JSON text; ValueError for a key twice, a fraction, or no JSON."""
    try:
        return json.loads(text, object_pairs_hook=each_key_once, parse_float=no_fraction)
    except RecursionError:
        raise ValueError("nested too deep") from None


def each_key_once(pairs):
    """The object of these pairs."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def no_fraction(text):
    """Fractions have no canonical form."""
    raise ValueError("a fraction: " + text[:20])


def parsed_canonical(written):
    """The value of bytes that are exactly its canonical text."""
    value = parsed(written.decode("utf-8"))
    if canonical(value).encode("utf-8") != written:
        raise ValueError("not in the one canonical form")
    return value


# --- Ed25519, verification only (RFC 8032, section 5.1) ----------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def point_sum(a, b):
    """The sum of two points in extended coordinates (section 5.1.4)."""
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiples_of(point):
    """0 to 15 times 16^n times a point, for each n below 64."""
    rows = []
    for _ in range(64):
        row = [(0, 1, 1, 0)]
        for _ in range(15):
            row.append(point_sum(row[-1], point))
        rows.append(row)
        point = point_sum(row[15], point)
    return rows


def times(scalar, rows):
    """The multiple of a point by a number below 2^256, from the rows of the point."""
    found = (0, 1, 1, 0)
    for row in rows:
        found = point_sum(found, row[scalar & 15]) if scalar & 15 else found
        scalar >>= 4
    return found


def point_of(encoded):
    """The point of 32 bytes (section 5.1.3); None if there is none, or another encoding of it."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def bytes_of(point):
    """The 32 bytes of a point."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def has_small_order(point):
    """Whether eight times the point is nothing."""
    for _ in range(3):
        point = point_sum(point, point)
    return point[0] % P == 0 and (point[1] - point[2]) % P == 0


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_usable_key(public):
    """Whether 32 bytes are a point that may be a public key."""
    point = point_of(public)
    return point is not None and not has_small_order(point)


@lru_cache(maxsize=64)
def rows_of_key(public):
    """The multiples of minus a public key; None if it may not be one."""
    if len(public) != 32 or not is_usable_key(public):
        return None
    key = point_of(public)
    return multiples_of((P - key[0], key[1], 1, P - key[3]))


@lru_cache(maxsize=1)
def rows_of_base():
    """The multiples of the base point."""
    return multiples_of(BASE)


def ed25519_verifies(public, signature, message):
    """Section 5.1.7, without the factor 8, refusing s >= L and points of small order."""
    rows = rows_of_key(public)
    s = int.from_bytes(signature[32:], "little")
    if rows is None or len(signature) != 64 or s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % L
    r = point_sum(times(s, rows_of_base()), times(k, rows))
    return bytes_of(r) == signature[:32] and not has_small_order(r)


# --- the tree (RFC 6962, section 2.1), by its recursive definition -----------------------------


def sha256(content):
    """SHA-256, 32 bytes."""
    return hashlib.sha256(content).digest()


def node(left, right):
    """The hash over two children."""
    return sha256(b"\x01" + left + right)


def split(count):
    """The largest power of two below the number of leaves."""
    return 1 << (count - 1).bit_length() - 1


def root_by_path(index, size, leaf, path):
    """The root to which PATH(index, D[size]) leads; ValueError if it has another length."""
    if size == 1:
        if path:
            raise ValueError("the path is too long")
        return leaf
    if not path:
        raise ValueError("the path is too short")
    k = split(size)
    if index < k:
        return node(root_by_path(index, k, leaf, path[:-1]), path[-1])
    return node(path[-1], root_by_path(index - k, size - k, leaf, path[:-1]))


def roots_by_path(old, new, whole, old_root, path):
    """The two roots that SUBPROOF(old, D[new], whole) makes; ValueError for another length."""
    if old == new:
        if whole:
            if path:
                raise ValueError("the path is too long")
            return old_root, old_root
        if len(path) != 1:
            raise ValueError("the path has another length")
        return path[0], path[0]
    if not path:
        raise ValueError("the path is too short")
    k, last = split(new), path[-1]
    if old <= k:
        older, newer = roots_by_path(old, k, whole, old_root, path[:-1])
        return older, node(newer, last)
    older, newer = roots_by_path(old - k, new - k, False, old_root, path[:-1])
    return node(last, older), node(last, newer)


def roots_at(leaves, sizes):
    """The roots over the first so many hashes of leaves, by that number."""
    found, parts = {}, []
    last = max(sizes, default=0)
    for count in range(last + 1):
        if count in sizes:
            found[count] = root_over(parts)
        if count < last:
            parts.append((leaves[count], 1))
        while len(parts) > 1 and parts[-1][1] == parts[-2][1]:
            right, left = parts.pop(), parts.pop()
            parts.append((node(left[0], right[0]), 2 * left[1]))
    return found


def root_over(parts):
    """The root over perfect subtrees, the largest first."""
    if not parts:
        return sha256(b"")
    root = parts[-1][0]
    for left, _ in reversed(parts[:-1]):
        root = node(left, root)
    return root


def root_of(leaves):
    """The root over hashes of leaves."""
    return roots_at(leaves, {len(leaves)})[len(leaves)]


# --- keys and signed notes (C2SP signed-note, tlog-checkpoint) ---------------------------------

NAME = r"[^\s+]{1,255}"
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
SIGNATURE_LINE = re.compile("— (" + NAME + ") ([A-Za-z0-9+/]+={0,2})")


def base64_bytes(text):
    """The bytes of standard, padded base64; ValueError for any other form of it."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not the one form of base64")
    return raw


def key_parts(text):
    """Name, hash and 32 bytes of a key's text name+hash+base64; ValueError if it is none."""
    name, _, rest = text.partition("+")
    _, _, encoded = rest.partition("+")
    raw = base64_bytes(encoded)
    if not re.fullmatch(NAME, name) or len(raw) != 33 or raw[:1] != b"\x01":
        raise ValueError("not an Ed25519 key")
    key_hash = sha256(name.encode("utf-8") + b"\n" + raw)[:4]
    if text != name + "+" + key_hash.hex() + "+" + encoded or not is_usable_key(raw[1:]):
        raise ValueError("its hash does not fit, or its bytes are no usable point")
    return name, key_hash, raw[1:]


def note_parts(note):
    """The text of a note and its signature lines as (name, bytes); ValueError if it is none."""
    if len(note) > 65536 or any(sign < " " and sign != "\n" for sign in note):
        raise ValueError("it is too long or has control characters")
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not text or not signatures.endswith("\n"):
        raise ValueError("it has no text, or no signature after a blank line")
    lines = signatures[:-1].split("\n")
    found = []
    for line in lines:
        match = SIGNATURE_LINE.fullmatch(line)
        signed = base64_bytes(match.group(2)) if match else b""
        if len(signed) < 5 or len(lines) > 64:
            raise ValueError("a signature line is ill-formed, or there are too many")
        found.append((match.group(1), signed))
    return text + "\n", found


def signers_of(text, signatures, keys):
    """The texts of the keys that have signed; ValueError for a false signature of a known key."""
    known = {}
    for key in keys:
        name, key_hash, public = key_parts(key)
        known[name, key_hash] = (key, public)
    signers = []
    for name, signed in signatures:
        key, public = known.get((name, signed[:4]), (None, None))
        if key and not ed25519_verifies(public, signed[4:], text.encode("utf-8")):
            raise ValueError("the signature of " + name + " is false")
        if key and key not in signers:
            signers.append(key)
    if not signers:
        raise ValueError("none of the known keys has signed it")
    return signers


def checkpoint_parts(text):
    """Origin, size and root of a checkpoint's text; ValueError if it is none."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise ValueError("it is not origin, size and root, one line each")
    if not re.fullmatch("0|[1-9][0-9]{0,14}", lines[1]):
        raise ValueError("its size is no number")
    root = base64_bytes(lines[2])
    if len(root) != 32:
        raise ValueError("its root is not 32 bytes long")
    return lines[0], int(lines[1]), root


# --- what the reader holds: a note, its text, or the lines of a printed sheet --------------------

SIZE_LINE = re.compile(
    "(?:[^\\W\\d]+:[ \u00a0]*)?([0-9][0-9 \u00a0\u202f,.'\u2019]*)(?:[ \u00a0]+[^\\W\\d]+)?"
)
DASHES = "\u2014\u2013-"


class Held:
    """A checkpoint that the reader holds from elsewhere."""

    def __init__(self, where, origin, size, root, signatures=()):
        self.where, self.origin, self.size, self.root = where, origin, size, root
        self.named = origin  # None if the reader gave no log
        self.signatures = list(signatures)  # (name, bytes)

    @property
    def text(self):
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def held_checkpoint(text, where):
    """A checkpoint as a note has it, or as somebody typed it from a sheet; or Unreadable."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    signed = [line for line in lines if line[0] in DASHES]
    lines = [line for line in lines if line[0] not in DASHES]
    origin = None if not lines or SIZE_LINE.fullmatch(lines[0]) else held_origin(lines.pop(0))
    if len(lines) < 2:
        raise Unreadable(f"{where}: it has no line with the size and one with the root after it")
    size, root = held_size(lines[0]), held_root("".join(lines[1:]))
    return Held(where, origin, size, root, [held_signature(line, where) for line in signed])


def held_origin(text):
    """The name of a log, with or without what the sheet says before it."""
    origin = text.rpartition("\u00b7")[2].strip()
    if re.fullmatch("(antigone/)?" + UUID, origin.lower(), re.ASCII):
        return "antigone/" + origin.lower().rpartition("/")[2]
    if not re.fullmatch(NAME, origin):
        raise Unreadable(f"the name of the log ({origin[:80]}) is not as a sheet has it")
    return origin


def held_size(text):
    """A number of events in digits, which may be grouped; a word may follow."""
    match = SIZE_LINE.fullmatch(text.strip())
    digits = re.sub("[^0-9]", "", match.group(1)) if match else ""
    if not 0 < len(digits) <= 15:
        raise Unreadable(f"the size ({text[:80]}) is not a number of events")
    return int(digits)


def held_root(text):
    """32 bytes in hexadecimal, with blanks and in any case, or in base64."""
    signs = "".join(text.split())
    if re.fullmatch("[0-9a-fA-F]{64}", signs):
        return bytes.fromhex(signs)
    try:
        root = base64_bytes(signs)
    except ValueError:
        root = b""
    if len(root) != 32:
        raise Unreadable(fault_of_root(signs) + ": compare it with your sheet")
    return root


def fault_of_root(signs):
    """What is wrong with the digits of a root: the first that is none, or how many they are."""
    wrong = [n for n, sign in enumerate(signs) if sign not in "0123456789abcdefABCDEF"]
    if not wrong or len(signs) == 44:
        return (
            f"the root has {len(signs)} signs; it is 64 digits 0-9 a-f (or 44 of base64) / "
            f"у корені знаків {len(signs)}, а має бути 64"
        )
    place, sign = wrong[0] + 1, signs[wrong[0]]
    called = "" if sign < "\x7f" else f" ({unicodedata.name(sign, 'unknown')})"
    return (
        f"in the root, blanks not counted, sign {place} is '{sign}'{called}, which is no digit "
        f"0-9 a-f / у корені знак {place} — «{sign}», а це не цифра 0-9 a-f"
    )


def held_signature(line, where):
    """Name and bytes of a signature line."""
    match = SIGNATURE_LINE.fullmatch("\u2014 " + line[1:].strip())
    try:
        signed = base64_bytes(match.group(2)) if match else b""
    except ValueError:
        signed = b""
    if len(signed) < 5:
        raise Unreadable(f"{where}: a signature line is incomplete or mistyped")
    return match.group(1), signed


# --- events ------------------------------------------------------------------------------------

HASH = "[0-9a-f]{64}"
WORD = "[a-z][a-z0-9_]{0,63}"
TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
TEXT_FORMS = {
    "act": UUID,
    "actor": UUID,
    "at": TIME,
    "boot": "[0-9A-Za-z-]{1,64}",
    "device": UUID,
    "log": UUID,
    "monotonic": "0|[1-9][0-9]{0,19}",
    "previous": HASH,
    "role": WORD,
    "software": "[0-9A-Za-z .+_-]{1,64}",
    "verb": WORD + r"\." + WORD,
}
OPTIONAL_FORMS = {"case": UUID, "kind": WORD, "record": UUID}
NUMBERS = ("base", "revision", "sequence")
EVENT_KEYS = {"attachments", "commitments", "version"}.union(TEXT_FORMS, OPTIONAL_FORMS, NUMBERS)
ERASURE_VERB = "erasures.erase"


def is_text(value, form):
    """Whether a value is text of this form."""
    return isinstance(value, str) and re.fullmatch(form, value, re.ASCII) is not None


def is_count(value):
    """Whether a value is a whole number of at most 15 digits."""
    return type(value) is int and 0 <= value < 10**15


def read_event(written):
    """The event of a leaf's bytes; ValueError says what is wrong with it."""
    event = parsed_canonical(written)
    if not isinstance(event, dict) or set(event) != EVENT_KEYS:
        raise ValueError("a key is missing, or there is one more")
    wrong = [key for key, form in TEXT_FORMS.items() if not is_text(event[key], form)]
    for key, form in OPTIONAL_FORMS.items():
        if event[key] is not None and not is_text(event[key], form):
            wrong.append(key)
    wrong += [key for key in NUMBERS if not is_count(event[key])]
    if event["version"] != 1 or event["version"] is True:
        wrong.append("version")
    wrong += [] if are_attachments(event["attachments"]) else ["attachments"]
    wrong += [] if are_commitments(event["commitments"]) else ["commitments"]
    if wrong:
        raise ValueError("its " + wrong[0] + " is ill-formed")
    refuse_contradictions(event)
    return event


def are_attachments(value):
    """Whether a value is a list of hashes and sizes."""
    return isinstance(value, list) and all(
        isinstance(one, dict)
        and set(one) == {"sha256", "size"}
        and is_text(one["sha256"], HASH)
        and is_count(one["size"])
        for one in value
    )


def are_commitments(value):
    """Whether a value maps sections to hashes."""
    return isinstance(value, dict) and all(
        is_text(section, WORD) and is_text(value[section], HASH) for section in value
    )


def refuse_contradictions(event):
    """What the form of each key alone cannot say."""
    datetime.strptime(event["at"], "%Y-%m-%dT%H:%M:%S.%f%z")
    if event["at"][17:19] > "59":
        raise ValueError("a minute has 60 seconds")
    if (event["previous"] == "0" * 64) != (event["sequence"] == 0):
        raise ValueError("zeros stand before the first event, and only there")
    if (event["kind"] is None) != (event["record"] is None):
        raise ValueError("kind and record are there together or not at all")
    revision, sections = event["revision"], set(event["commitments"])
    if not (event["base"] < revision or event["base"] == revision == 0):
        raise ValueError("the base is not below the revision")
    if ("open" in sections) != (revision > 0) or (revision and event["record"] is None):
        raise ValueError("a revision has a record and an open section")
    if not revision and sections - {"reason"}:
        raise ValueError("without a revision only a reason is committed")


# --- bags (BagIt 1.0, RFC 8493) ----------------------------------------------------------------

STRAY = (
    ". A computer may have added it by itself (as .DS_Store, Thumbs.db), or somebody saved it "
    "there: check a fresh copy of the package / Файл міг додати сам комп'ютер, або хтось його "
    "тут зберіг: перевірте свіжу копію пакета"
)
BAG_NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")


def folder_files(folder):
    """A way to open each file of a folder, by its name there."""
    if not os.path.isdir(folder):
        raise Refused("bag", os.path.basename(folder), "it is no folder and no zip file")
    found = {}
    for place, folders, names in os.walk(folder):
        for name in folders + names:
            path = os.path.join(place, name)
            inside = os.path.relpath(path, folder).replace(os.sep, "/")
            mode = os.lstat(path).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise Refused("bag", ascii(inside), "it is a link or no plain file")
            if stat.S_ISREG(mode):
                found[inside] = lambda path=path: open(path, "rb")
    return found, LARGEST_BAG


def zip_files(archive):
    """A way to open each file of a zip file, by its name in the one folder there."""
    found, packed = {}, 0
    if len({entry.filename.split("/")[0] for entry in archive.infolist()}) != 1:
        raise Refused("bag", "the zip file", "it does not hold exactly one folder" + STRAY)
    for entry in archive.infolist():
        if entry.filename.endswith("/"):
            continue
        name = entry.filename.partition("/")[2]
        if name in found or entry.flag_bits & 1 or stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused("bag", ascii(name), "it is there twice, encrypted, or a link")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("bag", ascii(name), "it is packed in an unusual way")
        found[name] = lambda entry=entry: archive.open(entry)
        packed += entry.compress_size
    return found, min(LARGEST_BAG, (64 << 20) + 200 * packed)


def read_bag(files, limit):
    """Size and hash of each file and the content of all but attachments, once all is compared."""
    if len(files) > MOST_FILES:
        raise Refused("bag", "the package", "it has too many files")
    sizes, hashes, contents = {}, {}, {}
    for name in files:
        if not BAG_NAME.fullmatch(name):
            what = "its name is outside the bag or not allowed"
            raise Refused("bag", ascii(name)[:120], what + STRAY)
        keep = not name.startswith("data/attachments/")
        sizes[name], hashes[name], contents[name] = read_limited(files[name], limit, name, keep)
        limit -= sizes[name]
    data = [name for name in files if name.startswith("data/")]
    refuse_difference(set(files) - set(data), set(TAG_FILES), "the bag", set(files))
    if contents["bagit.txt"] != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
        raise Refused("bag", "bagit.txt", "it does not declare BagIt 1.0")
    compare_manifest(contents, hashes, "tagmanifest-sha256.txt", set(TAG_FILES[:3]))
    compare_manifest(contents, hashes, "manifest-sha256.txt", set(data))
    compare_totals(contents["bag-info.txt"], sum(sizes[name] for name in data), len(data))
    return {name[5:]: (sizes[name], hashes[name], contents[name]) for name in data}


def read_limited(opener, limit, name, keep):
    """Size, hash and, if wanted, content of a file, read up to a limit."""
    size, digest, kept = 0, hashlib.sha256(), []
    with opener() as stream:
        while True:
            chunk = stream.read(CHUNK)
            if not chunk:
                return size, digest.hexdigest(), b"".join(kept)
            size += len(chunk)
            if size > limit or (keep and size > LARGEST_FILE):
                raise Refused("bag", name, "it is larger than is allowed")
            digest.update(chunk)
            if keep:
                kept.append(chunk)


def refuse_difference(found, expected, where, there):
    """Refuse the first name that only one of the two has; `there` may have come by accident."""
    for name in sorted(found ^ expected):
        what = "it is missing from " if name in expected else "it has no place in "
        raise Refused("bag", ascii(name)[:120], what + where + (STRAY if name in there else ""))


def tag_lines(content, name):
    """The lines of a tag file."""
    try:
        text = content.decode("utf-8")
    except ValueError:
        raise Refused("bag", name, "it is not UTF-8") from None
    if not text.endswith("\n"):
        raise Refused("bag", name, "it does not end in a line feed")
    return text[:-1].split("\n")


def compare_manifest(contents, hashes, manifest, names):
    """Every named file is listed once with the hash of its bytes, and no other."""
    listed = {}
    for line in tag_lines(contents[manifest], manifest):
        match = re.fullmatch("([0-9a-f]{64})  (.+)", line)
        if match is None or match.group(2) in listed:
            raise Refused("bag", manifest, "a line is ill-formed or there twice")
        listed[match.group(2)] = match.group(1)
    refuse_difference(set(listed), names, manifest, names - set(TAG_FILES))
    for name in sorted(listed):
        if listed[name] != hashes[name]:
            raise Refused("bag", name, "its bytes are not those of " + manifest)


def compare_totals(content, octets, count):
    """The totals of bag-info.txt are those of the files."""
    found = {}
    for line in tag_lines(content, "bag-info.txt"):
        match = re.fullmatch("([A-Za-z][A-Za-z0-9-]*): ([^\x00-\x1f\x7f]+)", line)
        if match is None or match.group(1) in found:
            raise Refused("bag", "bag-info.txt", "a line is ill-formed or there twice")
        found[match.group(1)] = match.group(2)
    if found.get("Payload-Oxum") != f"{octets}.{count}":
        raise Refused("bag", "bag-info.txt", "its Payload-Oxum does not fit the files")


# --- the files of a package, and the proof of one event ----------------------------------------


class Evidence:
    """What was read: texts and values, not yet believed."""

    def __init__(self):
        self.log, self.facts, self.single = "", {}, False
        self.events, self.notes, self.keys = [], [], []
        self.disclosed, self.erased, self.inclusion, self.consistency = [], [], [], []
        self.attachments = {}


FORMS = {
    "disclosed": {"body": "any", "salt": "hash", "section": "text", "sequence": "count"},
    "erased": {"erased_by": "count", "section": "text", "sequence": "count"},
    "inclusion": {"path": "hashes", "sequence": "count", "size": "count"},
    "consistency": {"new": "count", "old": "count", "path": "hashes"},
}


def fits(value, form):
    """Whether one member of a line has its form."""
    if form == "hash":
        return is_text(value, HASH)
    if form == "hashes":
        return isinstance(value, list) and all(is_text(part, HASH) for part in value)
    if form == "count":
        return type(value) is int and value >= 0
    return form == "any" or isinstance(value, str)


def checked_line(value, kind, where):
    """A value of a file of lines, or of a proof, with exactly the members of its kind."""
    form = FORMS[kind]
    if not isinstance(value, dict) or set(value) != set(form):
        raise Refused("file", where, "it does not have exactly its keys")
    for name in form:
        if not fits(value[name], form[name]):
            raise Refused("file", where, name + " is ill-formed")
    return value


def lines_of(content, where):
    """The lines of a file, each with its end."""
    if content and not content.endswith(b"\n"):
        raise Refused("file", where, "its last line has no end")
    return content[:-1].split(b"\n") if content else []


def canonical_lines(content, kind):
    """The values of disclosed.jsonl and its like."""
    where, found = kind + ".jsonl", []
    for number, line in enumerate(lines_of(content, where), start=1):
        place = f"{where}, line {number}"
        try:
            value = parsed_canonical(line)
        except ValueError:
            raise Refused("file", place, "it is not canonical JSON") from None
        found.append(checked_line(value, kind, place))
    return found


def read_keys(lines, where):
    """The keys as (role, text, name, public bytes)."""
    found = []
    for line in lines:
        role, _, text = line.partition(" ")
        try:
            name, _, public = key_parts(text)
        except ValueError as fault:
            raise Refused("file", where, f"a key is refused: {fault}") from None
        if role not in ("log", "witness") or public in [key[3] for key in found]:
            raise Refused("file", where, "a line is of neither role, or a key is there twice")
        found.append((role, text, name, public))
    return found


def text_of(content, where):
    """The text of bytes in UTF-8."""
    try:
        return content.decode("utf-8")
    except ValueError:
        raise Refused("file", where, "it is not UTF-8") from None


def read_facts(content):
    """The claims of facts.json."""
    try:
        facts = parsed_canonical(content[:-1]) if content.endswith(b"\n") else None
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        raise Refused("file", "facts.json", "it is not one canonical object on one line")
    for name, value in facts.items():
        if not is_text(name, WORD) or not is_text(value, "[^\x00-\x1f\x7f]*"):
            raise Refused("file", "facts.json", "a claim is not a plain name with a text")
    if (facts.get("format"), facts.get("version")) != ("antigone evidence package", "1"):
        raise Refused("file", "facts.json", "it is not of the format and version known here")
    if not is_text(facts.get("log"), UUID) or not facts.get("made_at"):
        raise Refused("file", "facts.json", "the id of the log or the time is missing")
    return facts


def read_package(path):
    """The evidence of a package."""
    if os.path.isdir(path):
        return package_of(read_bag(*folder_files(path)))
    try:
        with zipfile.ZipFile(path) as archive:
            return package_of(read_bag(*zip_files(archive)))
    except ZIP_FAULTS:
        raise Refused("bag", os.path.basename(path), "the zip file is damaged") from None


def package_of(files):
    """The evidence of a bag's files."""
    evidence = Evidence()
    for name in DATA_FILES:
        if name not in files:
            raise Refused("file", name, "it is missing")
    for name in sorted(set(files) - set(DATA_FILES)):
        size, digest, content = files[name]
        if re.fullmatch(r"checkpoints/[0-9]{4,6}\.note", name):
            evidence.notes.append(text_of(content, name))
        elif name == "attachments/" + digest:
            evidence.attachments[digest] = size
        else:
            raise Refused("file", name, "it has no place here, or its name is not its hash")
    evidence.facts = read_facts(files["facts.json"][2])
    evidence.log = evidence.facts["log"]
    evidence.events = lines_of(files["events.jsonl"][2], "events.jsonl")
    for kind in FORMS:
        setattr(evidence, kind, canonical_lines(files[kind + ".jsonl"][2], kind))
    keys = lines_of(files["keys.txt"][2], "keys.txt")
    evidence.keys = read_keys([text_of(line, "keys.txt") for line in keys], "keys.txt")
    return evidence


PROOF_KEYS = {"format": str, "version": str, "event": dict, "inclusion": dict}
PROOF_KEYS.update({"checkpoints": list, "consistency": list, "keys": list, "disclosed": list})


def read_proof(path):
    """The evidence of the proof of one event."""
    where = os.path.basename(path)
    with open(path, "rb") as stream:
        content = stream.read(LARGEST_PROOF + 1)
    try:
        if len(content) > LARGEST_PROOF:
            raise ValueError("too large")
        proof = parsed(content.decode("utf-8"))
        canonical(proof)
    except ValueError:
        raise Refused("file", where, "it is not JSON as the ledger has it") from None
    if not isinstance(proof, dict) or set(proof) != set(PROOF_KEYS):
        raise Refused("file", where, "it does not have exactly its keys")
    if not all(isinstance(proof[key], kind) for key, kind in PROOF_KEYS.items()):
        raise Refused("file", where, "a value is of the wrong kind")
    if (proof["format"], proof["version"]) != ("antigone ledger proof", "1"):
        raise Refused("file", where, "it is not of the format and version known here")
    return proof_evidence(proof, where)


def proof_evidence(proof, where):
    """The evidence of a proof's object."""
    evidence = Evidence()
    evidence.single, evidence.log = True, proof["event"].get("log")
    if not is_text(evidence.log, UUID):
        raise Refused("file", where, "its event names no log")
    if not all(isinstance(text, str) for text in proof["checkpoints"] + proof["keys"]):
        raise Refused("file", where, "a checkpoint or a key is no text")
    evidence.events = [canonical(proof["event"]).encode("utf-8")]
    evidence.notes = proof["checkpoints"]
    evidence.keys = read_keys(proof["keys"], where)
    evidence.inclusion = [checked_line(proof["inclusion"], "inclusion", where)]
    for kind in ("consistency", "disclosed"):
        lines = [checked_line(value, kind, where) for value in proof[kind]]
        setattr(evidence, kind, lines)
    return evidence


# --- the checks --------------------------------------------------------------------------------


class Examination:
    """What has been established about the evidence, and the findings against it."""

    def __init__(self, evidence, trusted_keys=(), held=(), trusted_witnesses=()):
        self.evidence = evidence
        self.trusted_keys = list(trusted_keys)
        self.trusted_witnesses = list(trusted_witnesses)
        self.held = list(held)
        self.findings = []
        self.leaves = {}  # sequence: hash of the leaf
        self.events = {}  # sequence: event
        self.points = {}  # size: root
        self.witnesses = {}  # size: names of the witnesses' keys
        self.complete = 0
        self.agreed = []  # sizes of checkpoints held elsewhere that agree
        self.disagreed = []  # those held elsewhere that do not
        self.not_compared = []  # what the reader gave and nothing here answers: (what, why)

    def find(self, code, where, what):
        """Note that something is wrong."""
        self.findings.append((code, where, what))

    @property
    def witnessed(self):
        """The size of the latest checkpoint that somebody else vouches for."""
        return max([0] + list(self.witnesses) + self.agreed)

    def run(self):
        """All checks, in the order of the specification."""
        self.check_keys()
        self.read_events()
        self.read_checkpoints()
        self.compute_roots()
        self.check_chain()
        self.check_inclusion()
        self.check_consistency()
        self.check_held()
        self.check_named_witnesses()
        self.check_disclosed()
        self.check_erased()
        self.check_histories()
        self.check_attachments()
        return self

    def check_keys(self):
        """The log's keys carry its name, and are those that the reader trusts."""
        own = [key for key in self.evidence.keys if key[0] == "log"]
        if not own:
            self.find("key", "keys", "no key of the log is named")
        for _, text, name, _ in own:
            if name != "antigone/" + self.evidence.log:
                self.find("key", visible(name), "the key of the log is named after another log")
            if self.trusted_keys and text not in self.trusted_keys:
                self.find("key", visible(text), "it is not a key that you have named as the log's")

    def read_events(self):
        """Every event is well-formed, of this log, and in order."""
        if not self.evidence.events:
            self.find("event", "events", "there is none")
        last = -1
        for number, written in enumerate(self.evidence.events, start=1):
            try:
                event = read_event(written)
            except ValueError as fault:
                self.find("event", f"line {number} of the events", visible(str(fault)))
                continue
            sequence = event["sequence"]
            if event["log"] != self.evidence.log:
                self.find("event", f"event {sequence}", "it belongs to another log")
            if sequence <= last:
                self.find("event", f"event {sequence}", "it is there twice or out of order")
            last = sequence
            self.events[sequence] = event
            self.leaves[sequence] = sha256(b"\x00" + written)

    def read_checkpoints(self):
        """Every checkpoint is signed by the log, and none contradicts another."""
        if not self.evidence.notes:
            self.find("note", "checkpoints", "there is none")
        for number, note in enumerate(self.evidence.notes, start=1):
            where = f"checkpoint {number}"
            try:
                text, signatures = note_parts(note)
                keys = [key[1] for key in self.evidence.keys]
                signers = signers_of(text, signatures, keys)
                origin, size, root = checkpoint_parts(text)
            except ValueError as fault:
                self.find("note", where, visible(str(fault)))
                continue
            names = {role: [] for role in ("log", "witness")}
            for role, key, name, _ in self.evidence.keys:
                if key in signers and (role == "log" or self.believes(key)):
                    names[role].append(name)
            if origin != "antigone/" + self.evidence.log:
                self.find("note", where, "it is of another log")
            elif not names["log"]:
                self.find("note", where, "the log itself has not signed it")
            else:
                self.add_point(size, root, names["witness"], where)

    def believes(self, key):
        """Whether a witness's key counts: any that is stated, unless the reader has named some."""
        return not self.trusted_witnesses or key in self.trusted_witnesses

    def add_point(self, size, root, witnesses, where):
        """Keep a checkpoint; two roots for one size prove that the log was forked."""
        if self.points.setdefault(size, root) != root:
            self.find("fork", where, f"the log has signed two roots for {size} events")
        if witnesses:
            self.witnesses.setdefault(size, set()).update(witnesses)

    def compute_roots(self):
        """Where every event up to a checkpoint is there, its root is computed from them."""
        together = 0
        while together in self.leaves:
            together += 1
        sizes = {size for size in self.points if size <= together}
        roots = roots_at([self.leaves[number] for number in range(together)], sizes)
        for size in sorted(sizes):
            if roots[size] != self.points[size]:
                where = f"checkpoint of {size}"
                self.find("inclusion", where, "the events make another root")
                return
            self.complete = size

    def check_chain(self):
        """Each event names the hash of the one before it."""
        for sequence, event in self.events.items():
            before = self.leaves.get(sequence - 1)
            if before is not None and event["previous"] != before.hex():
                where = f"event {sequence}"
                self.find("chain", where, "it does not name the event before it")

    def check_inclusion(self):
        """Each event is in the tree of a checkpoint."""
        shown = set()
        for proof in self.evidence.inclusion:
            sequence, size = proof["sequence"], proof["size"]
            where = f"event {sequence}"
            if sequence not in self.leaves or size not in self.points or sequence in shown:
                self.find("inclusion", where, "the proof is of an event or checkpoint not given")
                continue
            shown.add(sequence)
            fault = self.inclusion_fault(sequence, size, proof["path"])
            if fault:
                self.find("inclusion", where, fault)
        for sequence in self.leaves:
            if sequence not in shown and sequence >= self.complete:
                where = f"event {sequence}"
                self.find("inclusion", where, "nothing shows that it is in the ledger")

    def inclusion_fault(self, sequence, size, path):
        """Why a path does not lead from an event to a checkpoint; None if it does."""
        if sequence >= size:
            return "the checkpoint is older than the event"
        try:
            hashes = [bytes.fromhex(part) for part in path]
            root = root_by_path(sequence, size, self.leaves[sequence], hashes)
        except ValueError as fault:
            return str(fault)
        return None if root == self.points[size] else "the path leads to another root"

    def check_consistency(self):
        """Each checkpoint continues the one before it."""
        shown = set()
        for proof in self.evidence.consistency:
            old, new = proof["old"], proof["new"]
            where = f"checkpoints of {old} and {new}"
            if old not in self.points or new not in self.points:
                self.find("consistency", where, "the proof is of a checkpoint not given")
                continue
            shown.add((old, new))
            fault = self.consistency_fault(old, new, proof["path"])
            if fault:
                self.find("consistency", where, fault)
        sizes = sorted(self.points)
        for place in range(1, len(sizes)):
            old, new = sizes[place - 1], sizes[place]
            if (old, new) not in shown and new > self.complete:
                where = f"checkpoints of {old} and {new}"
                self.find("consistency", where, "nothing shows that one continues the other")

    def consistency_fault(self, old, new, path):
        """Why a path does not lead from one checkpoint to another; None if it does."""
        if old > new:
            return "the older checkpoint is the larger one"
        if old == 0:
            return None if not path and self.points[0] == sha256(b"") else "it is not empty"
        try:
            hashes = [bytes.fromhex(part) for part in path]
            older, newer = roots_by_path(old, new, True, self.points[old], hashes)
        except ValueError as fault:
            return str(fault)
        if older != self.points[old] or newer != self.points[new]:
            return "the path leads to other roots"
        return None

    @property
    def status(self):
        """The exit status."""
        return WRONG if self.findings else NOT_COMPARED if self.not_compared else AGREES

    def check_held(self):
        """Checkpoints that the reader holds from elsewhere agree with those of the package."""
        for held in self.held:
            if held.origin is None:
                held.origin = "antigone/" + self.evidence.log
            fault = self.fault_of_held(held)
            if fault:
                self.find("held", held.where, fault)
                self.disagreed.append(held)
                continue
            root = self.points.get(held.size)
            if root is None and held.size <= self.complete:
                root = root_of([self.leaves[number] for number in range(held.size)])
            if root is None:
                what = f"your checkpoint of {held.size} events"
                self.not_compared.append((what, self.why_not_compared(held.size)))
            elif root == held.root:
                self.agreed.append(held.size)
            else:
                what = f"its root for {held.size} events is another than in this package. If what"
                what += " you typed is what your sheet says, this is another ledger or a rewritten"
                self.find("held", held.where, what + " one")
                self.disagreed.append(held)

    def fault_of_held(self, held):
        """What is wrong with a held checkpoint before its root is compared; None if nothing is."""
        if held.origin != "antigone/" + self.evidence.log:
            return (
                f"it is of the log {held.origin}, this package of antigone/{self.evidence.log}: "
                "another ledger"
            )
        known = {}
        for _, text, name, _ in self.evidence.keys:
            known[name, key_parts(text)[1]] = key_parts(text)[2]
        for name, signed in held.signatures:
            public = known.get((name, signed[:4]))
            if public is None and name == held.origin:
                return "it is signed with another key of the log than this package names"
            if public and not ed25519_verifies(public, signed[4:], held.text.encode("utf-8")):
                return f"the signature of {name} under it is false: it is not what was signed"
        return None

    def why_not_compared(self, size):
        """Why the package answers nothing about this size, and what to do."""
        sizes = sorted(self.points)
        if not sizes:
            return "the package has no checkpoint"
        if size > sizes[-1]:
            return (
                f"the package ends at {sizes[-1]} events, before your sheet. Ask for a package "
                "that was made after your sheet"
            )
        all_of_them = ", ".join(map(str, sizes[:-1])) + f" and {sizes[-1]}"
        span = f"between {sizes[0]} and {sizes[-1]}" if len(sizes) > 6 else f"of {all_of_them}"
        span = f"of {sizes[0]}" if len(sizes) == 1 else span
        have = f"{count_of(len(sizes), 'checkpoint')}, {span} events"
        return (
            f"the package has no checkpoint of {size} events (it has {have}). Look at the size "
            "again; if it is right, ask for a package that has it. An unchanged installation "
            "gives every checkpoint that it ever signed"
        )

    def check_named_witnesses(self):
        """Witnesses whom the reader named have signed something here."""
        if self.trusted_witnesses and not self.witnesses:
            why = "none of the checkpoints here is signed with it. Ask for a package that has one"
            self.not_compared.append(("the witness whose key you gave", why))

    def committed(self, one):
        """The commitment to which a line refers, if it is there."""
        event = self.events.get(one["sequence"], {"commitments": {}})
        return event["commitments"].get(one["section"])

    def check_disclosed(self):
        """What is shown is what the event commits to."""
        self.refuse_disorder("disclosed", self.evidence.disclosed)
        for one in self.evidence.disclosed:
            where = f"event {one['sequence']}, section {visible(one['section'])}"
            body = canonical(one["body"]).encode("utf-8")
            if self.committed(one) is None:
                self.find("commitment", where, "no such event with this section is given")
            elif sha256(bytes.fromhex(one["salt"]) + body).hex() != self.committed(one):
                self.find("commitment", where, changed_content(one["sequence"], one["section"]))

    def check_erased(self):
        """What is said to be erased was erased by a later event, on the same record."""
        self.refuse_disorder("erased", self.evidence.erased)
        shown = {(one["sequence"], one["section"]) for one in self.evidence.disclosed}
        for one in self.evidence.erased:
            where = f"event {one['sequence']}, section {visible(one['section'])}"
            if self.committed(one) is None:
                self.find("erasure", where, "no such event with this section is given")
                continue
            erasing = self.events.get(one["erased_by"], {})
            record = self.events[one["sequence"]]["record"]
            if one["section"] == "open" or place_of(one) in shown:
                self.find("erasure", where, "this section is not sealed, or is shown after all")
            elif one["erased_by"] <= one["sequence"] or erasing.get("verb") != ERASURE_VERB:
                self.find("erasure", where, "no later event states its erasure")
            elif record is None or erasing["record"] != record:
                self.find("erasure", where, "the event that erases is of another record")

    def refuse_disorder(self, name, ones):
        """Lines ascend by event and section, so that none is there twice."""
        places = [place_of(one) for one in ones]
        if any(places[n] >= places[n + 1] for n in range(len(places) - 1)):
            self.find("file", name, "its lines do not ascend by event and section")

    def check_histories(self):
        """Revisions ascend; of a record with anything shown, none is missing or kept back."""
        ones = self.evidence.disclosed + self.evidence.erased
        answered, histories = {place_of(one) for one in ones}, {}
        for _, event in sorted(self.events.items()):
            if event["record"] is not None and event["revision"]:
                histories.setdefault(event["record"], []).append(event)
        for record, events in histories.items():
            where = "record " + record
            numbers = [event["revision"] for event in events]
            if any(numbers[n] >= numbers[n + 1] for n in range(len(numbers) - 1)):
                self.find("history", where, "its revisions do not ascend with the events")
            if len({event["kind"] for event in events}) > 1:
                self.find("history", where, "it changes its kind")
            if not self.evidence.single:
                self.check_history(where, events, answered)

    def check_history(self, where, events, answered):
        """One record: all revisions, and each shown section in all of them."""
        shown = {
            section
            for event in events
            for section in event["commitments"]
            if (event["sequence"], section) in answered
        }
        if not shown:
            return
        missing = set(range(1, events[-1]["revision"] + 1))
        missing -= {event["revision"] for event in events}
        if missing:
            self.find("history", where, f"revision {min(missing)} is not given")
        for event in events:
            for section in sorted(shown.intersection(event["commitments"])):
                if (event["sequence"], section) not in answered:
                    what = f"section {section} of revision {event['revision']} is kept back"
                    self.find("hidden", where, what)

    def check_attachments(self):
        """Each file that comes along is named by an event."""
        named = set()
        for event in self.events.values():
            named.update((one["sha256"], one["size"]) for one in event["attachments"])
        for digest, size in sorted(self.evidence.attachments.items()):
            if (digest, size) not in named:
                self.find("attachment", digest, "no event names a file of this hash and size")


def changed_content(sequence, section):
    """That what is shown is not what was recorded, for a reader who is no programmer."""
    return (
        f"The content shown for event {sequence} (section {visible(section)}) is NOT what the "
        "ledger recorded: it was changed after it was entered. / Показаний вміст події "
        f"{sequence} (розділ {visible(section)}) — НЕ той, що записано в журналі: його змінено "
        "після внесення"
    )


def place_of(one):
    """Event and section of a line."""
    return one["sequence"], one["section"]


def examine(path, trusted_keys=(), held=(), trusted_witnesses=()):
    """The examination of a package or a proof; a single finding where it cannot be read."""
    try:
        evidence = read_proof(path) if looks_like_proof(path) else read_package(path)
    except Refused as refusal:
        found = Examination(Evidence())
        found.findings.append(refusal.finding)
        return found
    return Examination(evidence, trusted_keys, held, trusted_witnesses).run()


def looks_like_proof(path):
    """Whether it is a file that does not begin like a zip file."""
    if os.path.isdir(path):
        return False
    with open(path, "rb") as stream:
        return stream.read(2) != b"PK"


# --- what is said ------------------------------------------------------------------------------


def visible(text):
    """Text with every sign that a terminal might obey, or that turns the line, made visible."""
    return "".join(
        sign if unicodedata.category(sign)[0] != "C" else f"\\u{ord(sign):04x}" for sign in text
    )


def say(text=""):
    """One line."""
    sys.stdout.write(text + "\n")


def count_of(number, noun):
    """1 event, 2 events."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def report(found, most, show):
    """Everything that was found, for a reader who is no programmer."""
    evidence = found.evidence
    say("WHAT IT IS")
    if evidence.single:
        say("  The proof of one event.")
    for name, value in sorted(evidence.facts.items()):
        say(f"  it says of itself: {name} = {visible(value)}")
    say(f"  ledger (log): {evidence.log or 'unknown'}")
    for role, text, _, _ in evidence.keys:
        say(f"  key ({role}): {visible(text)}")
    say()
    say("CHECKS, ITEM BY ITEM")
    wrong = failures(found)
    report_checkpoints(found, most)
    for size in sorted(set(found.agreed)):
        events = count_of(size, "event")
        say(f"  ok      your sheet of {events} has the same root / той самий корінь, що на аркуші")
    report_events(found, most, wrong)
    report_sections(found, most, show, wrong)
    for where, faults in wrong.items():
        text = f"  FAILED  {visible(where)}: {visible('; '.join(faults))}"
        say(textwrap.fill(text, 88, subsequent_indent=" " * 10, break_on_hyphens=False))
    say()


def failures(found):
    """What is wrong, by the place where it is: each place once."""
    wrong = {}
    for _, where, what in found.findings:
        faults = wrong.setdefault(where, [])
        if what not in faults:
            faults.append(what)
    return wrong


def report_checkpoints(found, most):
    """The latest checkpoint and those that somebody else has signed; all of them if wanted."""
    sizes = sorted(found.points)
    if not sizes:
        return
    say(f"  {count_of(len(sizes), 'checkpoint')} signed by the log")
    for size in sizes:
        names = sorted(found.witnesses.get(size, ()))
        if names or size == sizes[-1] or most == sys.maxsize:
            by = "also signed by " + visible(", ".join(names)) if names else "no witness has signed"
            say(f"  ok      checkpoint of {count_of(size, 'event')}: {by}")


def report_events(found, most, wrong):
    """Two lines for each event against which nothing was found."""
    sound = [one for one in sorted(found.events.items()) if f"event {one[0]}" not in wrong]
    for sequence, event in sound[:most]:
        about = f"{event['kind']} {event['record']}, revision {event['revision']}"
        say(f"  ok      event {sequence}: {event['verb']}, {about if event['record'] else '-'}")
        state = "EXPOSED" if sequence >= found.witnessed else "held outside"
        say(f"          by the machine's clock {event['at']}; {state}")
    if len(sound) > most:
        say(f"  ... and {len(sound) - most} more, checked as well (--all lists them)")


def report_sections(found, most, show, wrong):
    """One line for each section that is shown or erased; how many are kept back."""
    answers = {place_of(one): one for one in found.evidence.disclosed + found.evidence.erased}
    places = [(n, section) for n in sorted(found.events) for section in commitments(found, n)]
    answered = [place for place in places if place in answers]
    sound = [place for place in answered if section_of(place) not in wrong]
    for place in sound if show else sound[:most]:
        where = section_of(place)
        one = answers[place]
        if "erased_by" in one:
            say(f"  ok      {where}: erased lawfully, as event {one['erased_by']} states")
            continue
        say(f"  ok      {where}: shown, and it is what was entered")
        if show:
            body = json.dumps(one["body"], ensure_ascii=False, indent=2)
            say("\n".join("          " + visible(line) for line in body.split("\n")))
    if len(sound) > most and not show:
        say(f"  ... and {len(sound) - most} more, checked as well (--all lists them)")
    if len(places) > len(answered):
        kept = count_of(len(places) - len(answered), "section")
        say(f"  {kept} not shown: only the fingerprint (commitment) is here.")


def section_of(place):
    """Where a section stands."""
    return f"event {place[0]}, section {place[1]}"


def commitments(found, sequence):
    """The sections of an event, ascending."""
    return sorted(found.events[sequence]["commitments"])


def summarise(found):
    """The verdict and its limits, in plain words."""
    say("RESULT")
    if found.findings:
        faults = len(failures(found))
        if all(code == "held" for code, _, _ in found.findings):
            for held in found.disagreed:
                compare_again(held)
        say(f"  DOES NOT VERIFY: {count_of(faults, 'fault')}. Do not rely on this evidence.")
        say(f"  НЕ ПІДТВЕРДЖЕНО: помилок — {faults}. Не покладайтеся на ці матеріали.")
        say("  The lines FAILED above say what. Ask whoever gave it to you for an unchanged copy,")
        say("  and keep this one.")
        return
    for what, why in found.not_compared:
        say(f"  COULD NOT BE COMPARED with {what}:")
        say(textwrap.fill(visible(why) + ".", 88, initial_indent="  ", subsequent_indent="  "))
        say("  This is neither a yes nor a no: do not take it for verified.")
        say("  НЕ ВДАЛОСЯ ПОРІВНЯТИ з тим, що ви надали: у пакеті немає відповідної контрольної")
        say("  точки. Це ні «так», ні «ні». Попросіть пакет, у якому вона є.")
    if found.not_compared and found.held:
        say(f"  The log of this package is antigone/{found.evidence.log}.")
        say("  Compare this with 'Log' on your sheet; if it differs, it is another ledger: do not")
        say(
            "  rely on it. Порівняйте з рядком «Журнал» на аркуші; якщо він інший, це інший журнал:"
        )
        say("  не покладайтеся на пакет.")
    for size in sorted(set(found.agreed)):
        agreement(found, size)
    if found.trusted_keys:
        say("  VERIFIED AGAINST THE KEY YOU GAVE: the ledger is signed with it.")
        say("  ПІДТВЕРДЖЕНО ЗА ВАШИМ КЛЮЧЕМ: журнал підписано ним.")
    if found.trusted_witnesses and found.witnesses:
        size = max(found.witnesses)
        say("  VERIFIED AGAINST THE WITNESS WHOSE KEY YOU GAVE: that witness has signed the")
        say(f"  ledger of {count_of(size, 'event')}.")
        say(f"  ПІДТВЕРДЖЕНО ЗА КЛЮЧЕМ СВІДКА: свідок підписав журнал (подій — {size}).")
    compared = found.agreed or found.trusted_keys or found.trusted_witnesses
    if not compared:
        say("  NOT COMPARED WITH ANYTHING OF YOURS. The package agrees with itself; a forger's own")
        say("  package does too.")
        say("  НЕ ПОРІВНЯНО НІ З ЧИМ ВАШИМ. Пакет узгоджений сам із собою; підроблений — теж.")
    say("  WHOLE: nothing in it was changed since it was made.")
    say("  ЦІЛЕ: відтоді, як пакет створено, у ньому нічого не змінено.")
    if not compared:
        say("  WHOSE LEDGER it is was not compared: give your sheet or key (READ-ME-FIRST, 3, 4).")
        say("  ЧИЙ це журнал, не порівняно: додайте свій аркуш або ключ (READ-ME-FIRST, 3, 4).")
    say()
    limits(found)


def compare_again(held):
    """What the reader gave and the package contradicts, to be held against the paper once more."""
    root = held.root.hex()
    groups = [root[n : n + 4] for n in range(0, 64, 4)]
    say("  NOT THE SAME AS YOUR SHEET. First compare again what you typed:")
    say("  НЕ ЗБІГАЄТЬСЯ З ВАШИМ АРКУШЕМ. Спершу порівняйте ще раз те, що ви ввели:")
    if held.named:
        say(f"      log   {visible(held.named)}")
    say(f"      size  {held.size}")
    say("      root  " + " ".join(groups[:8]))
    say("            " + " ".join(groups[8:]))
    say("  If this is exactly what your sheet says, the package is of another ledger, or of a")
    say("  rewritten one. Якщо на аркуші саме це, то пакет з іншого або переписаного журналу.")


def agreement(found, size):
    """A held checkpoint agrees, and what came after it."""
    grown = max(found.points) - size
    inside = sum(sequence < size for sequence in found.events)
    say(f"  VERIFIED AGAINST YOUR SHEET of {count_of(size, 'event')}.")
    say(f"  ПІДТВЕРДЖЕНО ЗА ВАШИМ АРКУШЕМ (подій — {size}).")
    if grown:
        say(f"  The ledger has grown by {count_of(grown, 'event')} since your sheet; the first")
        say(f"  {size} are the same. Відтоді додано подій — {grown}; перші {size} ті самі.")
    if inside < len(found.events):
        say(f"  Of the {count_of(len(found.events), 'event')} in this package {inside} were in the")
        say(
            f"  ledger when your sheet was made. За аркушем — {inside} з {len(found.events)} подій."
        )


def limits(found):
    """What a verified package does not show."""
    exposed = sorted(one for one in found.events if one >= found.witnessed)
    say("WHAT THIS DOES NOT SHOW")
    say("  - That an entry was true when it was made, the exact second of an act, or who sat at")
    say("    the keyboard: times and accounts are as the ledger's own machine recorded them.")
    if not found.trusted_keys and not found.agreed:
        say("  - Whose keys these are. Compare the log's key above with one that you received by")
        say("    another way, or give it with --log-key.")
    if found.witnesses and not found.trusted_witnesses:
        size = max(found.witnesses)
        say(f"  - Who the witnesses are. If their keys are theirs, no event below {size}")
        say(
            "    can have been rewritten since they signed. Give those you know with --witness-key."
        )
    if exposed:
        count, first = count_of(len(exposed), "event"), exposed[0]
        say(f"  - That the EXPOSED entries are original: {count}, the first is {first}. Nobody")
        say("    outside held a checkpoint when they were made. Whoever has the ledger's machine")
        say("    and its key could have rewritten them. If you hold a later sheet, give it.")
    if found.complete and found.complete == max(found.points):
        say("  + It is complete: every event up to the latest checkpoint is here.")
    else:
        say("  - That there is nothing else: other events exist that are not in this package, and")
        say("    later revisions of the same records may be among them.")


def arguments_of(arguments):
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("package", help="a folder, a .zip file, or the .json proof of one event")
    add("--sheet-size", nargs="+", metavar="N", help="the size on your sheet, in digits")
    add("--sheet-root", nargs="+", metavar="DIGITS", help="the root on your sheet: 64 digits")
    add("--sheet-log", nargs="+", metavar="LOG", help="the log on your sheet")
    add(
        "--checkpoint",
        action="append",
        default=[],
        metavar="FILE",
        help="a file with your checkpoint: the text of the sheet's square code, from your paper "
        "and never from the package; repeat it",
    )
    add(
        "--log-key",
        action="append",
        default=[],
        metavar="KEY",
        help="the log's key (name+hash+key) as you received it; repeat it",
    )
    add(
        "--witness-key",
        action="append",
        default=[],
        metavar="KEY",
        help="count only this witness's key; repeat it",
    )
    add("--all", action="store_true", help="list everything, not the first 200 events")
    add("--show", action="store_true", help="print what is disclosed")
    given = parser.parse_args(arguments)
    if (given.sheet_size is None) != (given.sheet_root is None) or (
        given.sheet_log and not given.sheet_root
    ):
        parser.error("--sheet-size and --sheet-root are given together")
    return given


def main(arguments=None):
    """Verify what the command line names."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    given = arguments_of(arguments)
    try:
        refuse_misuse(given)
        log_keys, witness_keys = own_keys(given.log_key), own_keys(given.witness_key)
        held = own_checkpoints(given)
    except Misused as fault:
        for said in fault.args:
            sys.stderr.write(visible(said) + "\n")
        return MISUSED
    except Unreadable as fault:
        sys.stderr.write(f"YOUR FILE COULD NOT BE READ: {visible(str(fault))}.\n")
        sys.stderr.write("Nothing was checked; this says nothing about the package.\n")
        sys.stderr.write("ВАШ ФАЙЛ (АБО ЗНАЧЕННЯ) НЕ ВДАЛОСЯ ПРОЧИТАТИ. Нічого не перевірено.\n")
        return UNREADABLE
    try:
        found = examine(given.package, log_keys, held, witness_keys)
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"Not verified: {visible(str(fault))}\n")
        sys.stderr.write("Не перевірено: порівняйте введену назву пакета.\n")
        return MISUSED
    try:
        report(found, sys.maxsize if given.all else 200, given.show)
        summarise(found)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough, as `head` has; the status still holds
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return found.status


def refuse_misuse(given):
    """Refuse a folder that is no package, and a checkpoint that comes out of a package."""
    if os.path.isdir(given.package) and not os.path.isfile(
        os.path.join(given.package, "bagit.txt")
    ):
        raise Misused(
            "Not verified: This is not a package: there is no bagit.txt here. Nothing was checked. "
            "Did you mean the folder above/below?",
            "Не перевірено: це не пакет: тут немає bagit.txt. Нічого не перевірено. Можливо, ви "
            "мали на увазі теку вище або нижче?",
        )
    for name in given.checkpoint:
        if is_within_package(name):
            raise Misused(
                f"Not verified: {os.path.basename(name)} lies inside a package. Your checkpoint "
                "must come from your paper, never from the package. Nothing was checked.",
                "Не перевірено: цей файл лежить у пакеті. Контрольна точка має бути з вашого "
                "паперового аркуша, а не з пакета. Нічого не перевірено.",
            )


def is_within_package(name):
    """Whether a folder above a file is a package, the one to be checked or any other."""
    place = os.path.dirname(os.path.realpath(name))
    while not os.path.isfile(os.path.join(place, "bagit.txt")):
        place, below = os.path.dirname(place), place
        if place == below:
            return False
    return True


def own_keys(texts):
    """Keys as the reader typed them; blanks do not count."""
    found = ["".join(text.split()) for text in texts]
    for text in found:
        try:
            key_parts(text)
        except ValueError as fault:
            raise Unreadable(f"the key {text[:60]}: {fault}") from None
    return found


def own_checkpoints(given):
    """The checkpoints that the reader gave, as files and in words."""
    found = [held_checkpoint(own_text(name), os.path.basename(name)) for name in given.checkpoint]
    if given.sheet_root:
        origin = held_origin(" ".join(given.sheet_log)) if given.sheet_log else None
        size, root = held_size(" ".join(given.sheet_size)), held_root("".join(given.sheet_root))
        found.append(Held("your sheet", origin, size, root))
    return found


def own_text(name):
    """The text of a file of the reader's, however its editor wrote it."""
    try:
        with open(name, "rb") as stream:
            content = stream.read(65536)
        wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        return content.decode("utf-16" if wide else "utf-8-sig")
    except OSError as fault:
        raise Unreadable(f"{os.path.basename(name)}: {fault.strerror}") from None
    except ValueError:
        raise Unreadable(f"{os.path.basename(name)}: it is no text") from None


if __name__ == "__main__":
    sys.exit(main())
