# SPDX-License-Identifier: Apache-2.0
"""The tables, one noun a file."""

from collections.abc import Mapping

from antigone.records.models.accounts import User
from antigone.records.models.analyses import (
    AnalysisRun,
    ChanceMatches,
    FactorWeight,
    PosteriorPair,
    Proposal,
    RuleOutcome,
    SameCandidate,
)
from antigone.records.models.attachments import ATTACHED_SECTIONS, Attachment
from antigone.records.models.cases import CodeCounter, InvestigationCase, SourceTable
from antigone.records.models.claims import Claim
from antigone.records.models.documents import KeptRow
from antigone.records.models.identifications import Decision
from antigone.records.models.jobs import Job
from antigone.records.models.laboratory import Frequency, MarkerType, Mutation
from antigone.records.models.ledger import (
    CHANGES,
    LOGS,
    READS,
    Checkpoint,
    Event,
    HeldCheckpoint,
    Log,
    ReadEvent,
    Revision,
    SealedSection,
    Tile,
    Witnessing,
)
from antigone.records.models.people import Family, Person, PersonRelation, Relative
from antigone.records.models.places import Grave, JournalEntry, Marker, Site
from antigone.records.models.recorded import Part, Recorded
from antigone.records.models.remains import (
    Container,
    Death,
    Effect,
    Exhibit,
    Finding,
    Remains,
    RemainsRelation,
)
from antigone.records.models.roles import Notice, OpenedHypothesis, Opening, RoleGrant
from antigone.records.models.rows import CaseRow, field_of
from antigone.records.models.samples import ProfileRun, Sample

RECORD_OF: Mapping[str, type[Recorded]] = {
    "site": Site,
    "grave": Grave,
    "marker": Marker,
    "journal": JournalEntry,
    "remains": Remains,
    "relation": RemainsRelation,
    "container": Container,
    "effect": Effect,
    "exhibit": Exhibit,
    "finding": Finding,
    "death": Death,
    "person": Person,
    "same_person": PersonRelation,
    "family": Family,
    "relative": Relative,
    "sample": Sample,
    "profile": ProfileRun,
    "marker_type": MarkerType,
    "frequency": Frequency,
    "mutation": Mutation,
    "claim": Claim,
    "decision": Decision,
}
"""The record of each table that has one, in the order in which references point back."""

__all__ = [
    "RECORD_OF",
    "CHANGES",
    "LOGS",
    "READS",
    "ATTACHED_SECTIONS",
    "AnalysisRun",
    "Attachment",
    "CaseRow",
    "ChanceMatches",
    "Checkpoint",
    "Claim",
    "CodeCounter",
    "Container",
    "Death",
    "Decision",
    "Effect",
    "Event",
    "Exhibit",
    "FactorWeight",
    "Family",
    "Finding",
    "Frequency",
    "Grave",
    "HeldCheckpoint",
    "InvestigationCase",
    "Job",
    "JournalEntry",
    "KeptRow",
    "Log",
    "Marker",
    "MarkerType",
    "Mutation",
    "Notice",
    "OpenedHypothesis",
    "Opening",
    "Part",
    "Person",
    "PersonRelation",
    "PosteriorPair",
    "ProfileRun",
    "Proposal",
    "ReadEvent",
    "Recorded",
    "Relative",
    "Remains",
    "RemainsRelation",
    "Revision",
    "RoleGrant",
    "RuleOutcome",
    "SameCandidate",
    "Sample",
    "SealedSection",
    "Site",
    "SourceTable",
    "Tile",
    "User",
    "Witnessing",
    "field_of",
]
