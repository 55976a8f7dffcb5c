# SPDX-License-Identifier: Apache-2.0
"""Words of a skeletal inventory: which bone an individual has once, on each side, or several of."""

from __future__ import annotations

import re

ONCE = frozenset(
    """cranium skull calvarium calvaria mandible maxilla hyoid sternum manubrium sacrum coccyx atlas
    axis occipital frontal""".split()
)
ON_EACH_SIDE = frozenset(
    """clavicle scapula humerus radius ulna femur patella tibia fibula calcaneus talus temporal
    parietal zygomatic ilium ischium pubis navicular cuboid scaphoid lunate""".split()
) | {"hip bone", "os coxae", "innominate", "petrous", "petrous portion"}
_SIDES = {
    "left": "left", "l": "left", "right": "right", "r": "right", "sin": "left", "dex": "right",
}  # fmt: skip
_ABSENT = re.compile(r"absent|missing|not present|none|0|0 ?%|відсутн\w*|нема\w*")


def bone(written: str) -> str:
    """The bone that a row names, as it is compared: lower case, single blanks, no underscores."""
    return " ".join(written.casefold().replace("_", " ").split())


def side(element: str, written: str) -> str | None:
    """On which side a bone is: ``left``, ``right``, ``single``, ``unsided``.

    None for a bone of which an individual has several (ribs, vertebrae without a number), and for
    words that are not known here: such a row is counted by no landmark, and its caller says so.
    """
    if bone(element) in ONCE:
        return "single"
    if bone(element) in ON_EACH_SIDE:
        return _SIDES.get(bone(written).rstrip("."), "unsided")
    return None


def is_absent(completeness: str) -> bool:
    """Whether a row says that the bone was looked for and is not there; blank says it is there."""
    return _ABSENT.fullmatch(bone(completeness)) is not None
