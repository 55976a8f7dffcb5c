# SPDX-License-Identifier: Apache-2.0
"""What a contradiction is, and of which kind: a sentence, the records concerned, what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from antigone.ledger.canonical import canonical
from antigone.records import access
from antigone.records.queries.evidence import Evidence
from antigone.records.sections import Section
from antigone.terms.results import Remark

About = tuple[tuple[str, UUID], ...]
"""Records: the kind and the id of each."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One contradiction: its kind, a sentence, and the keys of what it is about."""

    kind: str
    remark: Remark
    graves: tuple[str, ...] = ()
    remains: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    about: About = ()
    """The records that contradict one another: with the kind, they say which one it is."""
    held: tuple[str, ...] = ()
    """What these records say that the sentence does not repeat: an explanation holds for it."""
    site: UUID | None = None

    @property
    def which(self) -> str:
        """The records concerned, as a kept contradiction names them."""
        return " ".join(sorted(f"{kind}:{one}" for kind, one in self.about))

    @property
    def mark(self) -> str:
        """What an address calls it by: the same for the same kind and records."""
        return mark_of(self.kind, self.which)

    def digest(self, salt: str) -> str:
        """SHA-256 of what the records say; salted, because names could be guessed from it."""
        facts = {name: str(value) for name, value in self.remark.facts.items()}
        said = [salt, self.kind, self.which, facts, list(self.held)]
        return sha256(canonical({"said": said})).hexdigest()


def mark_of(kind: str, which: str) -> str:
    """A short name for a contradiction of this kind between these records."""
    return sha256(f"{kind} {which}".encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of contradiction, and what must be seen for its sentence to be told."""

    codes: tuple[str, ...]
    find: Callable[[Evidence], Iterator[Contradiction]]
    said_of: tuple[Section, ...]
    absent_from: tuple[Section, ...] = ()
    """Sections of which all must be seen, because the sentence says that something is not there."""
    tables: frozenset[str] = frozenset()
    """Tables without which there is nothing to find: a case that lacks one is not asked."""

    def may_be_told(self) -> bool:
        """Whether whoever looks may know what the sentence says."""
        return access.sees(*self.said_of) and access.sees_whole(*self.absent_from)


def said(kind: str, template: str, **facts: Any) -> Remark:
    """The sentence of a contradiction."""
    return Remark(kind, template, facts)
